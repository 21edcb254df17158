"""Everything that is read out of the graph: reports, networks, history, coverage."""
