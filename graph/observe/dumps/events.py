"""Reading an event file: which models were added to the Hub or deleted, week by week.

Each week compares two lists of the whole Hub. A deletion says two things: that the model was there
a week before, as it is described, and that it is gone.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from graph.observe.dumps.columns import Dump
from graph.observe.dumps.session import session
from graph.observe.ids import is_model_id
from graph.observe.issues import Issue, Outcome
from graph.observe.normalise import CHANGE_FORM, MODEL_FORM
from graph.observe.record_files import Line
from graph.times import from_milliseconds, iso, milliseconds

_FETCHED = 5_000
"""Rows."""
_WEEK = timedelta(weeks=1) // timedelta(milliseconds=1)
_ADDED, _DELETED = "added", "deleted"


def event_lines(dump: Dump, now: datetime | None = None) -> Iterator[Line]:
    """What the events of a file say, as records in the order of time.

    A week's deletions come before its additions, so that a model whose name only changed its
    spelling is there at the end. Whether an addition is a return follows from all events that the
    graph hears of, in this file or in others; so one that repeats the event before it (no deletion
    lies between two additions) is taken like any other, and noted.

    Events later than a day after now are rejected.

    Raises:
        DataError: the file is damaged.
    """
    latest = (now or datetime.now(UTC)) + timedelta(days=1)
    for event in _events(dump):
        yield from _lines(event, str(dump.path), milliseconds(latest))


class _Event(NamedTuple):
    """A row: `previous` and `previous_row` are of the event before it that concerns the model."""

    row: int
    week: str | None
    at: int | None
    event: str | None
    id: str | None
    relation: str | None
    bases: list[str | None] | None
    previous: str | None
    previous_row: int | None


def _events(dump: Dump) -> Iterator[_Event]:
    """The events by time; those that cannot be dated come first."""
    relation = "relation" if "relation" in dump.columns else "NULL"
    bases = "base_models" if "base_models" in dump.columns else "NULL"
    with session(dump) as connection:
        result = connection.execute(
            f"""WITH dated AS (
  SELECT file_row_number + 1 AS row, CAST(week AS VARCHAR) AS week,
    epoch_ms(try_cast(week AS TIMESTAMPTZ)) AS time, CAST(event AS VARCHAR) AS event,
    CAST(id AS VARCHAR) AS id, {relation} AS relation, {bases} AS bases
  FROM dump)
SELECT *, lag(event) OVER earlier AS previous, lag(row) OVER earlier AS previous_row
FROM dated
WINDOW earlier AS (
  PARTITION BY lower(id), time IS NOT NULL AND event IN ('{_ADDED}', '{_DELETED}')
  ORDER BY time, event DESC, row)
ORDER BY time NULLS FIRST, event DESC, row"""  # noqa: S608
        )
        while rows := result.fetchmany(_FETCHED):
            yield from map(_Event._make, rows)


def _lines(event: _Event, source: str, latest: int) -> Iterator[Line]:
    if issue := _fault(event, latest):
        yield Line(source, event.row, None, issue)
        return
    week = event.at or 0
    notes: tuple[Issue, ...] = ()
    if event.previous == event.event:
        reason = f"says again what row {event.previous_row:,} says"
        notes = (Issue("event", Outcome.NOTED, reason, event.event),)
    if event.event == _DELETED:
        yield Line(source, event.row, _model(event, week - _WEEK), None, notes)
        yield Line(source, event.row, _change(event, "gone", "unknown"))
    else:
        yield Line(source, event.row, _model(event, week), None, notes)
        yield Line(source, event.row, _change(event, "appeared"))


def _fault(event: _Event, latest: int) -> Issue | None:
    if event.at is None or event.at < 0:
        return Issue("week", Outcome.REJECTED, "is missing or unreadable", event.week)
    if event.at > latest:
        return Issue("week", Outcome.REJECTED, "lies in the future", event.week)
    if event.event not in (_ADDED, _DELETED):
        return Issue("event", Outcome.REJECTED, f"is none of {_ADDED}, {_DELETED}", event.event)
    if not is_model_id(event.id):
        return Issue("id", Outcome.REJECTED, "is not an id, such as owner/name", event.id)
    return None


def _model(event: _Event, at: int) -> dict[str, object]:
    seen = iso(from_milliseconds(at))
    record: dict[str, object] = {"record": MODEL_FORM, "id": event.id, "observed_at": seen}
    if event.bases is not None:
        record["relation"] = event.relation
        record["bases"] = [base for base in event.bases if base is not None]
    return record


def _change(event: _Event, kind: str, after: str | None = None) -> dict[str, object]:
    seen = iso(from_milliseconds(event.at or 0))
    said: dict[str, object] = {"record": CHANGE_FORM, "id": event.id, "kind": kind}
    return said | {"after": after, "observed_at": seen}
