"""What follows for the graph from what it holds and what was observed: pure rules, without I/O.

`wanted` says what must be read of the graph for a batch of observations, `batch` what changes.
"""
