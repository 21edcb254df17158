"""The graph: its schema, how it is filled, scored and read, and the Neo4j server it lives in."""
