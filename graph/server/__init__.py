"""A Neo4j with Graph Data Science and Neo4j Browser, run on this machine as its own process."""
