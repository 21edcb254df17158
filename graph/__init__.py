"""The graph: its schema, how it is filled, scored and read, and the Neo4j server it lives in."""

__version__ = "0.1.0"
