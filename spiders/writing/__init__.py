"""Where a crawl's answers go: the journal, record files, the graph."""
