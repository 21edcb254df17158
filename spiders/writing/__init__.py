"""Keeping what a crawl received: the journal, record files, the graph."""
