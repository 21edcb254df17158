"""Updates: the graph is brought up to date with a newer dump, by what differs from it.

`known` reads what the graph holds, `difference` compares the dump with it, in the `tables` of a
DuckDB session, and `updating` gives the rows that differ to the ordinary loader and marks what is
gone.
"""
