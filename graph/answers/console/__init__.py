"""Cypher that a person writes: refused before it runs, or run within limits."""
