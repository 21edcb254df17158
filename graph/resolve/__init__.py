"""What follows for the graph from what it holds and what was observed: pure rules, without I/O.

`wanted` says what must be read of the graph for a batch of observations, `resolve` what changes.
"""

from graph.resolve.batch import resolve
from graph.resolve.delta import Delta, LinkWrite, NodeWrite, Tally
from graph.resolve.former_names import FormerName, FormerNames
from graph.resolve.held import Held, LinkKey, NodeKey, Values
from graph.resolve.missing import resolve_missing
from graph.resolve.wanted import Wanted, wanted, wanted_missing

__all__ = [
    "Delta",
    "FormerName",
    "FormerNames",
    "Held",
    "LinkKey",
    "LinkWrite",
    "NodeKey",
    "NodeWrite",
    "Tally",
    "Values",
    "Wanted",
    "resolve",
    "resolve_missing",
    "wanted",
    "wanted_missing",
]
