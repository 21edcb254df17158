"""Scores and marks back into the graph.

Models and authors are written best first, in transactions of `batch_size`: a reader who comes in
between sees new scores at the top and older ones below, never half a model. Values that no longer
hold are removed last.
"""

from collections.abc import Callable, Sequence

import numpy as np

from graph import schema
from graph.schema import NodeType, Source
from graph.scores.lineage import MARKS, IntArray, Lineage
from graph.store.connection import Graph, Statement

Values = Sequence[object]

_MARK = f"""
UNWIND $rows AS row
MATCH ()-[r:{schema.LINEAGE_PATTERN}]->() WHERE id(r) = row[0]
SET r.cut = row[1]
"""
_MODEL = "MATCH (n:Model) WHERE id(n) = row[0]"
_AUTHOR = "MATCH (n:Author {name_folded: row[0]})"
_SCORED_MODELS = "MATCH (m:Model) WHERE m.influence IS NOT NULL RETURN collect(id(m)) AS keys"
_SCORED_AUTHORS = (
    "MATCH (a:Author) WHERE a.influence IS NOT NULL RETURN collect(a.name_folded) AS keys"
)


def write_marks(graph: Graph, lineage: Lineage, marks: IntArray, batch_size: int) -> int:
    """Set or remove `cut` where it differs from what is stored.

    Returns:
        How many relationships changed.
    """
    changed = np.flatnonzero(marks != lineage.mark)
    rows = [[int(lineage.relationship[i]), MARKS[marks[i]]] for i in changed]
    return _write(graph, _MARK, rows, batch_size)


def write_models(
    graph: Graph,
    rows: Sequence[Values],
    batch_size: int,
    advance: Callable[[int], None],
) -> None:
    """Write the scores of models, and remove those of all other models.

    Args:
        graph: where to.
        rows: internal id, then a value for each property of `Source.INFLUENCE`, in the order of the
            schema; best first.
        batch_size: rows in one transaction.
        advance: called with the number of rows written.
    """
    _write(graph, _set(_MODEL, schema.MODEL), rows, batch_size, advance)
    _clear(
        graph,
        match=_MODEL,
        node=schema.MODEL,
        scored=_SCORED_MODELS,
        rows=rows,
        batch_size=batch_size,
    )


def write_authors(
    graph: Graph,
    rows: Sequence[Values],
    batch_size: int,
    advance: Callable[[int], None],
) -> int:
    """Write the scores of authors, and remove those of all other authors.

    Args:
        graph: where to.
        rows: folded name, then the values in the order of the schema; best first.
        batch_size: rows in one transaction.
        advance: called with the number of rows written.

    Returns:
        How many of the authors the graph holds.
    """
    found = _write(graph, _set(_AUTHOR, schema.AUTHOR), rows, batch_size, advance)
    _clear(
        graph,
        match=_AUTHOR,
        node=schema.AUTHOR,
        scored=_SCORED_AUTHORS,
        rows=rows,
        batch_size=batch_size,
    )
    return found


def _write(
    graph: Graph,
    statement: str,
    rows: Sequence[Values],
    batch_size: int,
    advance: Callable[[int], None] = lambda _: None,
) -> int:
    found = 0
    for low in range(0, len(rows), batch_size):
        batch = rows[low : low + batch_size]
        answer = graph.write(Statement(f"{statement} RETURN count(*) AS found", {"rows": batch}))
        found += answer[0]["found"]
        advance(len(batch))
    return found


def _clear(
    graph: Graph,
    *,
    match: str,
    node: NodeType,
    scored: str,
    rows: Sequence[Values],
    batch_size: int,
) -> None:
    """Remove the scores of every node that has some and is not in `rows`."""
    kept = {row[0] for row in rows}
    stale = [[key] for key in graph.command(scored).one()["keys"] if key not in kept]
    names = ", ".join(f"n.{name}" for name in node.names(Source.INFLUENCE))
    names += f", n:{node.scored_label}" if node.scored_label else ""
    _write(graph, f"UNWIND $rows AS row {match} REMOVE {names}", stale, batch_size)


def _set(match: str, node: NodeType) -> str:
    names = node.names(Source.INFLUENCE)
    values = ", ".join(f"n.{name} = row[{i}]" for i, name in enumerate(names, start=1))
    values += f", n:{node.scored_label}" if node.scored_label else ""
    return f"UNWIND $rows AS row {match} SET {values}"
