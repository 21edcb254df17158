"""The bulk import: a whole Hub as a new database, from dumps or record files.

`reading` puts records into a DuckDB database (`staging`; `plain` takes the rows of dumps as whole
columns), `contents` works out the graph, `files` writes it in the form of Neo4j's import tool, and
`importing` runs all of it and switches the server to the new database.
"""
