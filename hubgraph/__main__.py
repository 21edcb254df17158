"""`python -m hubgraph` is the command `hubgraph`."""

from hubgraph.cli import main

main()
