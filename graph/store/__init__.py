"""The only door to Neo4j: the connection, reading what is held, writing what has to change."""
