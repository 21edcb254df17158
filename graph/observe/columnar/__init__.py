"""Whole columns of a Hub dump read at once, in DuckDB."""
