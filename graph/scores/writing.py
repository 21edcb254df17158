"""Scores and marks back into the graph.

Models and authors are written best first, in transactions of `batch_size`, two at a time: a reader
who comes in between sees new scores at the top and older ones below, never half a model. Values
that no longer hold are removed last.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from graph.schema import (
    AUTHOR,
    AUTHOR_SCORES,
    LINEAGE_PATTERN,
    MODEL,
    MODEL_SCORES,
    NodeType,
    Score,
    score_properties,
)
from graph.scores.lineage import MARKS, IntArray, RawLineage
from graph.store.connection import Graph, Statement
from graph.store.side_by_side import AT_ONCE, write_side_by_side

_MARK = f"""
MATCH ()-[r:{LINEAGE_PATTERN}]->() WHERE id(r) = row[0]
SET r.cut = row[1]
"""


@dataclass(frozen=True)
class Scored:
    """A kind of node that has scores."""

    node: NodeType
    scores: tuple[Score, ...]
    match: str  # finds the node `n` of a `row`, whose first value is its key
    key: str  # of a node `n`, as Cypher

    @property
    def assigned(self) -> str:
        """Sets every score of `n` to the values of `row`, in the order of the schema."""
        values = [f"n.{name} = row[{i}]" for i, name in enumerate(self._names, start=1)]
        return ", ".join([*values, *self._label])

    @property
    def removed(self) -> str:
        """Removes every score of `n`."""
        return ", ".join([*(f"n.{name}" for name in self._names), *self._label])

    @property
    def _names(self) -> list[str]:
        return [item.name for item in score_properties(self.scores)]

    @property
    def _label(self) -> list[str]:
        return [f"n:{self.node.scored_label}"] if self.node.scored_label else []


MODELS = Scored(MODEL, MODEL_SCORES, "MATCH (n:Model) WHERE id(n) = row[0]", "id(n)")
AUTHORS = Scored(AUTHOR, AUTHOR_SCORES, "MATCH (n:Author {name_folded: row[0]})", "n.name_folded")


def write_marks(graph: Graph, lineage: RawLineage, marks: IntArray, batch_size: int) -> None:
    """Set or remove `cut` where it differs from what is stored."""
    changed = np.flatnonzero(marks != lineage.mark)
    rows = [[int(lineage.relationship[i]), MARKS[marks[i]]] for i in changed]
    write_rows(graph, _MARK, rows, batch_size)


def write_scores(
    graph: Graph,
    scored: Scored,
    rows: Sequence[Sequence[object]],
    batch_size: int,
    advance: Callable[[int], None],
) -> int:
    """Write `scored_rows`, and remove the scores of the nodes of that kind without a row.

    `advance` is called with the number of rows written. Returns how many of the nodes exist.
    """
    statement = f"{scored.match} SET {scored.assigned}"
    found = write_rows(graph, statement, rows, batch_size, advance)
    _clear(graph, scored, {row[0] for row in rows}, batch_size)
    return found


def _clear(graph: Graph, scored: Scored, kept: set[object], batch_size: int) -> None:
    """Remove the scores of every node that has some and whose key is not in `kept`."""
    held = (
        f"MATCH (n:{scored.node.label}) WHERE n.influence IS NOT NULL "
        f"RETURN collect({scored.key}) AS keys"
    )
    stale = [[key] for key in graph.command(held).one()["keys"] if key not in kept]
    write_rows(graph, f"{scored.match} REMOVE {scored.removed}", stale, batch_size)


def write_rows(
    graph: Graph,
    statement: str,
    rows: Sequence[Sequence[object]],
    batch_size: int,
    advance: Callable[[int], None] = lambda _: None,
    *,
    at_once: int = AT_ONCE,
) -> int:
    """Run what follows `UNWIND $rows AS row`, in batches; returns how many rows it found.

    `advance` is called with the number of rows written.
    """
    batches = [rows[low : low + batch_size] for low in range(0, len(rows), batch_size)]
    text = f"UNWIND $rows AS row {statement} RETURN count(*) AS found"
    statements = (Statement(text, {"rows": batch}) for batch in batches)
    written = write_side_by_side(graph, statements, at_once)
    found = 0
    for batch, answer in zip(batches, written, strict=True):
        found += answer[0]["found"]
        advance(len(batch))
    return found
