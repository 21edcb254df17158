"""`python -m hubgraph` is the command `hubgraph`."""

from hubgraph.command import main

main()
