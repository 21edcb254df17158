"""What is gone, by name: for a run that knows what is missing and did not touch the rest."""

from collections.abc import Sequence
from datetime import datetime

from graph.observe import Record
from graph.schema import CHANGE, MODEL, NodeType
from graph.store import statements
from graph.store.connection import Graph, Statement
from graph.store.renames import join
from graph.store.runs import Run
from graph.times import iso

_TOGETHER = 5_000
"""Nodes that are marked in one transaction."""


def mark_missing(
    graph: Graph, run: Run, node: NodeType, keys: Sequence[str], at: datetime
) -> tuple[int, int]:
    """Mark what was missing in a list of everything.

    A model that the graph has under another name as well, by its `_id`, is not gone but renamed;
    what was observed at that time or later is not gone.

    Args:
        graph: where to.
        run: which found it.
        node: models, datasets or Spaces.
        keys: their ids in lower case.
        at: when they were found to be missing.

    Returns:
        How many were renamed, and how many are gone.
    """
    renamed = gone = 0
    missing = set(keys)
    for first in range(0, len(keys), _TOGETHER):
        given = {"rows": keys[first : first + _TOGETHER], "at": at}
        if node is MODEL:
            twins = graph.read(statements.TWINS, given, timeout_s=600, row_limit=1_000_000).rows
            there = {t["former"]: t["present"] for t in twins if t["key"] not in missing}
            join(
                graph,
                [
                    Record(
                        CHANGE,
                        former,
                        run.id,
                        {"kind": "renamed", "after": present},
                        None,
                        iso(at),
                    )
                    for former, present in there.items()
                ],
            )
            renamed += len(there)
        gone += int(graph.write(Statement(statements.mark_missing(node), given))[0]["gone"])
    return renamed, gone
