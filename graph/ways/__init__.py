"""What one can do with the graph: load records, replace it whole, update it, export it."""
