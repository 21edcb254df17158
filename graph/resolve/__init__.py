"""What follows from observations for the graph: pure rules, without I/O."""
