"""Mark what is gone, which a complete run or a list of everything lacks; and take that back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from graph.errors import DataError, ParameterError
from graph.resolve.former_names import FormerNames
from graph.resolve.missing import resolve_missing, resolve_undone
from graph.resolve.wanted import wanted_missing
from graph.schema import CHANGE, CONCERNS, MODEL, REPOSITORIES, NodeType
from graph.store.apply import apply
from graph.store.connection import LONG_S, Graph, Statement
from graph.store.cypher import find_node
from graph.store.held import read_held
from graph.store.lease import writing
from graph.store.runs import Run, Scope
from graph.times import iso

SPARED = 100
"""Models that may be gone at once whatever their share: a small account may empty itself."""

_TOGETHER = 5_000
"""Nodes that are marked in one transaction."""

_RUN = (
    "MATCH (r:Run {id: $id}) RETURN [t IN [r.started_at, r.observed_to] | t.epochMillis] AS times"
)

_UNDONE = "MATCH (r:Run {id: $id}) SET r.undone_at = $at"

_LOSSES = f"""UNWIND ['gone', 'missing'] AS kind
MATCH (c:{CHANGE.label} {{kind: kind}})-[:{CONCERNS.type}]->(m:{MODEL.label})
WHERE c.first_seen.epochMillis = $times[0]
RETURN c.{CHANGE.key} AS change, m.{MODEL.fold} AS key"""
"""What a run noted as lost."""


class Marked(NamedTuple):
    """What became of nodes that were missing."""

    renamed: int = 0
    gone: int = 0
    suspected: int = 0


def mark_gone(
    graph: Graph,
    run: Run,
    most: float,
    scope: Scope,
    at: datetime | None = None,
    *,
    kind: str = "gone",
) -> Marked:
    """Mark what a complete run did not see of its scope.

    Relationships stay: what was made stays made. What came to the graph later is left alone.

    Args:
        graph: where to.
        run: a run that saw all that the scope holds.
        most: the share of the scope's nodes that may be gone; `SPARED` may be in any case.
        scope: what it saw all of.
        at: when they were found to be gone; default: the start of the run.
        kind: as for `resolve_missing`.

    Raises:
        DataError: more are missing than is believable. None is marked.
    """
    given = {"seen": run.started_at, "author": scope.author}
    known, keys = graph.collect([Statement(_unseen_text(scope.node), given)])[0]
    if len(keys) > max(SPARED, most * known):
        raise DataError(
            f"Of {known:,} {scope.node.plural} that should be there, "
            f"{len(keys):,} were not listed. The listing looks incomplete, so none was marked as "
            "gone."
        )
    return mark_missing(graph, run, scope.node, keys, at or run.started_at, kind=kind)


def mark_missing(
    graph: Graph,
    run: Run,
    node: NodeType,
    keys: Sequence[str],
    at: datetime,
    *,
    kind: str = "gone",
) -> Marked:
    """Mark what was missing in a list of everything.

    What the graph holds under another name as well, by its `_id`, is not gone but renamed; what was
    observed at that time or later is not gone. Keys are ids in lower case; `kind` as for
    `resolve_missing`.
    """
    renamed = gone = suspected = 0
    missing = set(keys)
    with writing(graph, run.kind):
        for first in range(0, len(keys), _TOGETHER):
            some = keys[first : first + _TOGETHER]
            twins = _twins(graph, node, some, missing)
            held = read_held(graph, wanted_missing(node, some, twins))
            now = iso(run.started_at)
            delta = resolve_missing(held, node, some, twins, at=iso(at), now=now, kind=kind)
            apply(graph, delta, run.started_at)
            renamed += len(twins)
            gone += delta.gone
            suspected += delta.suspected
    return Marked(renamed, gone, suspected)


def undo_losses(graph: Graph, run_id: str) -> int:
    """Take back what a run marked as gone or suspected; how many models, datasets and Spaces.

    Raises:
        ParameterError: the graph has no such run.
        ServerError: the database went away, or someone else is writing to the graph.
    """
    found = graph.read(_RUN, {"id": run_id}).rows
    if not found:
        hint = "`hubgraph crawl status` shows the runs that marked something."
        raise ParameterError("run", f"The graph has no run {run_id!r}.", hint)
    now, count = iso(datetime.now(UTC)), 0
    with writing(graph, "undo"):
        given = {"times": found[0]["times"]}
        rows = graph.read(_LOSSES, given, timeout_s=LONG_S, row_limit=10_000_000).rows
        for first in range(0, len(rows), _TOGETHER):
            some = rows[first : first + _TOGETHER]
            keys = sorted({row["key"] for row in some})
            held = read_held(graph, wanted_missing(MODEL, keys, {}))
            changes = {row["change"] for row in some}
            apply(graph, resolve_undone(held, MODEL, keys, changes, now), datetime.now(UTC))
        count = len({row["key"] for row in rows})
        for node in REPOSITORIES:
            if not node.has_history:
                count += int(graph.write(Statement(_found_again(node), given))[0]["count"])
        graph.write(Statement(_UNDONE, {"id": run_id, "at": datetime.now(UTC)}))
    return count


def _twins(
    graph: Graph, node: NodeType, keys: Sequence[str], missing: set[str]
) -> Mapping[str, str]:
    """Names of nodes that are there under another name as well, and that name."""
    if node.label != FormerNames.label:
        return {}
    rows = graph.read(_twins_text(node), {"keys": keys}, timeout_s=LONG_S, row_limit=1_000_000).rows
    return {row["former"]: row["present"] for row in rows if row["key"] not in missing}


def _twins_text(node: NodeType) -> str:
    return f"""UNWIND $keys AS key
{find_node(node, "n", "key")} WHERE n.known AND n.gone_since IS NULL AND n.hub_id IS NOT NULL
MATCH (now:{node.label} {{hub_id: n.hub_id}})
WHERE now.known AND now.gone_since IS NULL AND now.{node.fold} <> n.{node.fold}
RETURN n.{node.key} AS former, now.{node.key} AS present, now.{node.fold} AS key"""


def _found_again(node: NodeType) -> str:
    return f"""MATCH (n:{node.label})
WHERE n.gone_since.epochMillis IN $times OR n.suspected_since.epochMillis IN $times
SET n.gone_since = null, n.suspected_since = null
RETURN count(n) AS count"""


def _unseen_text(node: NodeType) -> str:
    return f"""MATCH (n:{node.label} {{known: true}})
WHERE n.gone_since IS NULL AND ($author IS NULL OR toLower(n.author) = toLower($author))
RETURN [count(n), collect(CASE WHEN n.last_seen < $seen THEN n.{node.fold} END)] AS found"""
