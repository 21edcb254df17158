"""The command `hubgraph`: one module per area."""
