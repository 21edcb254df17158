"""Tests: `unit` needs no database, `integration` a real Neo4j, `browser` a real Chromium."""
