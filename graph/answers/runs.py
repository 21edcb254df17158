"""The runs that made the data, and which state of the data they left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from graph.answers.query import Query, Reader
from graph.store.lease import IS_CUT_OFF

_RUNS = f"""
MATCH (run:Run)
WHERE run.started_at IS NOT NULL
RETURN
  run.kind AS kind, run.source AS source,
  CASE WHEN {IS_CUT_OFF} THEN "interrupted" ELSE run.status END AS status,
  run.started_at AS started_at, run.ended_at AS ended_at, run.observed_to AS observed_to,
  run.counts AS counts, run.settings AS settings
ORDER BY started_at DESC, run.id
LIMIT 10
"""
RUNS = Query("runs", "Newest runs", _RUNS)
_VERSION = f"""
OPTIONAL MATCH (run:Run)
WHERE run.started_at IS NOT NULL
WITH run ORDER BY run.started_at DESC, run.id LIMIT 20
RETURN
  collect(run.id + " " + run.status + " " + coalesce(toString(run.ended_at), "")
    + coalesce(toString(run.undone_at), "")) AS runs,
  COUNT {{ () }} + COUNT {{ ()-->() }} AS size,
  COLLECT {{ MATCH (graph:Graph) RETURN graph.identity }} AS identity,
  COLLECT {{ MATCH (a:Answer) RETURN max(a.computed_at) }}[0] AS answered_at,
  max(CASE WHEN run.kind <> "influence" THEN run.observed_to END) AS observed_to,
  max(CASE WHEN run.kind <> "influence" THEN run.ended_at END) AS loaded_at,
  max(CASE run.kind WHEN "influence" THEN run.ended_at END) AS scored_at,
  any(status IN collect(CASE
    WHEN run.started_at > datetime() - duration({{hours: 6}}) AND NOT {IS_CUT_OFF}
    THEN run.status
  END) WHERE status = "running") AS running
"""
VERSION = Query("data-version", "Which state the data is in", _VERSION)
"""`runs`, `size`, `identity` and `answered_at` change with the data; `running` is whether a run of
the last six hours has not ended."""


@dataclass(frozen=True)
class RunEntry:
    """A load or a computation; `counts` and `settings` are JSON texts."""

    kind: str | None
    source: str | None
    status: str | None
    started_at: datetime
    ended_at: datetime | None
    observed_to: datetime | None
    counts: str | None
    settings: str | None


def runs(read: Reader) -> list[RunEntry]:
    """The ten newest runs."""
    return [RunEntry(**row) for row in read(RUNS).rows]


def unfinished(read: Reader, goes_on: Callable[[str], bool]) -> list[RunEntry]:
    """The newest run that loads and the newest of influence, where it ended without a result.

    `goes_on` says whether a kind of run is at work now.
    """
    newest = {entry.kind == "influence": entry for entry in reversed(runs(read))}
    return [
        run
        for run in newest.values()
        if run.status in ("interrupted", "failed")
        or (run.status == "running" and not goes_on(str(run.kind)))
    ]
