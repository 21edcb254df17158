"""What follows for others if a model, or all models of an author, were withdrawn, gated, …."""
