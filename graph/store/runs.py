"""Runs: each task that writes to the graph has a `:Run` node."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from graph.schema import MODEL, NodeType
from graph.store.connection import LONG_S, Graph, Statement
from graph.times import iso

_SAVE = "MERGE (r:Run {id: $id}) SET r += $set"

_SNAPSHOTS = """MATCH (r:Run {status: 'complete'})
WHERE r.scope STARTS WITH $scope AND r.started_at < $at
RETURN count(r) > 0 AS before"""


_UPDATES = """MATCH (r:Run {kind: 'update', status: 'complete'})
WHERE r.scope STARTS WITH $scope AND r.observed_to IS NOT NULL
RETURN collect(DISTINCT r.observed_to) AS times"""


@dataclass(frozen=True)
class Scope:
    """What a complete run has seen all of: everything of one kind, or all that an account has."""

    node: NodeType = MODEL
    author: str | None = None

    def __str__(self) -> str:
        return self.node.label + (f" author={self.author.lower()}" if self.author else "")


@dataclass(frozen=True)
class Run:
    """One run. It may go on in another process after an interruption."""

    id: str  # of its node
    kind: str
    started_at: datetime  # the `last_seen` of all that it writes; UTC, in whole milliseconds

    @classmethod
    def begin(cls, kind: str) -> Self:
        """A new run, starting now."""
        now = datetime.now(UTC)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        return cls(f"{kind}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}", kind, now)


def save_run(graph: Graph, run: Run, **values: object) -> None:
    """Set properties of the run's node, which is created when missing."""
    stored = {"kind": run.kind, "started_at": run.started_at, **values}
    graph.write(Statement(_SAVE, {"id": run.id, "set": stored}))


def end_run(
    graph: Graph,
    run: Run,
    status: str,
    counts: Mapping[str, object],
    *,
    observed_to: str | None = None,
    message: str | None = None,
    scope: str | None = None,
) -> None:
    """Write to a run's node how it ended.

    Args:
        graph: where its node is.
        run: which.
        status: as in the node.
        counts: what it read and wrote, by name; plain data.
        observed_to: the newest observation among its records, ISO 8601.
        message: why it failed, or what it could not reach.
        scope: what the graph is up to date on if it is complete; None when that is nothing.
    """
    seen = datetime.fromisoformat(observed_to) if observed_to else None
    values = {"status": status, "ended_at": datetime.now(UTC), "observed_to": seen}
    counted = json.dumps(counts, sort_keys=True)
    save_run(graph, run, **values, counts=counted, message=message, scope=scope)


def failure(error: BaseException) -> tuple[str, str]:
    """The status of a run that an error ended, and its message."""
    status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
    return status, str(error) or type(error).__name__


def follows_snapshot(graph: Graph, run: Run) -> bool:
    """Whether the graph held every model of the Hub before a run began."""
    given = {"scope": f"{Scope()} of ", "at": run.started_at}
    return bool(graph.read(_SNAPSHOTS, given, timeout_s=LONG_S).one()["before"])


def updates(graph: Graph) -> list[str]:
    """When updates saw every model of the Hub, in order: what they left alone was unchanged."""
    given = {"scope": f"{Scope()} of "}
    times: list[datetime] = graph.read(_UPDATES, given, timeout_s=LONG_S).one()["times"]
    return sorted(map(iso, times))
