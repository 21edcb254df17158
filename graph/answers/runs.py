"""The runs that made the data, and which state of the data they left."""

from dataclasses import dataclass
from datetime import datetime

from graph.answers.query import Query, Reader

_IS_CUT_OFF = """(run.status = "running" AND run.kind <> "influence" AND NOT EXISTS {
  MATCH (lease:Lease) WHERE lease.expires_at > datetime()
})"""
"""Whether a run ended without a word: what loads holds the lease while it runs."""

_RUNS = f"""
MATCH (run:Run)
WHERE run.started_at IS NOT NULL
RETURN
  run.kind AS kind, run.source AS source,
  CASE WHEN {_IS_CUT_OFF} THEN "interrupted" ELSE run.status END AS status,
  run.started_at AS started_at, run.ended_at AS ended_at, run.observed_to AS observed_to,
  run.counts AS counts, run.settings AS settings
ORDER BY started_at DESC, run.id
LIMIT 10
"""
RUNS = Query("runs", "Newest runs", _RUNS)
_VERSION = f"""
MATCH (run:Run)
WHERE run.started_at IS NOT NULL
WITH run ORDER BY run.started_at DESC, run.id LIMIT 20
RETURN
  collect(run.id + " " + run.status + " " + coalesce(toString(run.ended_at), "")) AS runs,
  COUNT {{ () }} + COUNT {{ ()-->() }} AS size,
  max(CASE WHEN run.kind <> "influence" THEN run.observed_to END) AS observed_to,
  max(CASE WHEN run.kind <> "influence" THEN run.ended_at END) AS loaded_at,
  max(CASE run.kind WHEN "influence" THEN run.ended_at END) AS scored_at,
  any(status IN collect(CASE
    WHEN run.started_at > datetime() - duration({{hours: 6}}) AND NOT {_IS_CUT_OFF}
    THEN run.status
  END) WHERE status = "running") AS running
"""
VERSION = Query("data-version", "Which state the data is in", _VERSION)
"""`runs` and `size` change with the data; `running` is whether a run of the last six hours has not
ended."""


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


def unfinished(read: Reader, *, is_written: bool) -> RunEntry | None:
    """The newest run that loads, if it was interrupted or failed: the graph may lack a part.

    `is_written` is whether someone writes to the graph now; else no run goes on.
    """
    loads = (entry for entry in runs(read) if entry.kind != "influence")
    newest = next(loads, None)
    ended = ("interrupted", "failed") if is_written else ("interrupted", "failed", "running")
    return newest if newest and newest.status in ended else None
