"""Runs: whatever writes to the graph, kept as a `:Run` node."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from graph.connection import Graph, Statement
from graph.ingest import statements
from hubgraph.errors import DataError

SPARED = 100
"""Models that may be gone at once whatever their share: a small account may empty itself."""


@dataclass(frozen=True)
class Run:
    """One run. It may go on in another process after an interruption.

    Attributes:
        id: of its node.
        kind: as in the node.
        started_at: its start, the `last_seen` of all that it writes; UTC, in whole milliseconds.
    """

    id: str
    kind: str
    started_at: datetime

    @classmethod
    def begin(cls, kind: str) -> Self:
        """A new run, starting now."""
        now = datetime.now(UTC)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        return cls(f"{kind}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}", kind, now)


def save_run(graph: Graph, run: Run, **values: object) -> None:
    """Set properties of the run's node, which is created when missing."""
    stored = {"kind": run.kind, "started_at": run.started_at, **values}
    graph.write(Statement(statements.SAVE_RUN, {"id": run.id, "set": stored}))


def end_run(
    graph: Graph,
    run: Run,
    status: str,
    counts: Mapping[str, object],
    *,
    observed_to: str | None = None,
    message: str | None = None,
) -> None:
    """Say how a run ended.

    Args:
        graph: where its node is.
        run: which.
        status: as in the node.
        counts: what it read and wrote, by name; plain data.
        observed_to: the newest observation among its records, ISO 8601.
        message: why it failed.
    """
    save_run(
        graph,
        run,
        status=status,
        ended_at=datetime.now(UTC),
        counts=json.dumps(counts, sort_keys=True),
        observed_to=datetime.fromisoformat(observed_to) if observed_to else None,
        message=message,
    )


def mark_gone(graph: Graph, run: Run, most: float, author: str | None = None) -> int:
    """Mark the models that a complete run did not see.

    Args:
        graph: where to.
        run: a run that saw all that its scope holds; what came to the graph later is left alone.
        most: the share of the scope's models that may be gone, besides `SPARED` in any case.
        author: the scope: one account's models; None for all.

    Returns:
        How many it marked.

    Raises:
        DataError: more are missing than is believable. None is marked.
    """
    scope = {"seen": run.started_at, "author": author}
    counts = graph.read(statements.COUNT_GONE, scope, timeout_s=600).one()
    if counts["gone"] > max(SPARED, most * counts["known"]):
        raise DataError(
            f"Of {counts['known']:,} models that should be there, {counts['gone']:,} were not "
            "listed. That is not believed, and none is marked as gone."
        )
    return int(graph.write(Statement(statements.MARK_GONE, scope))[0]["gone"])
