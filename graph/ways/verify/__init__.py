"""The proof that what is shown is true: counted anew outside Neo4j, and compared."""
