"""One model through time: when it appeared, when it was away, its download and like counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.answers.names import name_now, unknown_model
from graph.answers.query import Query, Reader
from graph.answers.reports import catalogue
from graph.times import read_time

MOST_CHANGES = 1_000
"""Changes of one model that are shown, the newest."""
_TIMELINE = """
MATCH (model:Model {id_folded: toLower($model)})
RETURN model.id AS model, model.known AS known, model.created_at AS created_at,
  model.appeared_at AS appeared_at, model.gone_since AS gone_since,
  model.suspected_since AS suspected_since,
  nullIf(split(model.record_version, ' ')[1], '') AS observed_at,
  model.downloads AS downloads, model.likes AS likes,
  [i IN range(0, size(coalesce(model.away, [])) - 2, 2) |
    {since: model.away[i], until: model.away[i + 1]}] AS away,
  [i IN range(0, size(coalesce(model.counted_at, [])) - 1) |
    {at: model.counted_at[i], downloads: nullIf(model.downloads_then[i], -1),
     likes: nullIf(model.likes_then[i], -1)}] AS counts
"""
TIMELINE = Query("model-timeline", "When a model was on the Hub, and what it counted", _TIMELINE)


@dataclass(frozen=True)
class Absence:
    """A time when a model was gone: from `since` until it was back at `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class CurvePoint:
    """A model's counts at a time; None where unknown."""

    at: datetime
    downloads: int | None
    likes: int | None


@dataclass(frozen=True)
class Timeline:
    """A model through time."""

    model: str  # what it is called now
    known: bool  # whether a record describes it
    created_at: datetime | None
    appeared_at: datetime | None  # None in a graph of an earlier version
    gone_since: datetime | None  # None while it is on the Hub
    suspected_since: datetime | None  # when it was first not seen, if one look is all there is
    observed_at: datetime | None  # of its newest record
    downloads: int | None  # of the last 30 days, as last observed
    likes: int | None  # as last observed
    away: tuple[Absence, ...]  # from which it returned, in order
    counts: tuple[CurvePoint, ...]  # in order; empty while they never changed
    changes: tuple[dict[str, Any], ...]  # rows of `changes-of-model`, the newest first
    taken_over_at: datetime | None = None  # when another repository was first seen under the name

    def was_there(self, at: datetime) -> bool:
        """Whether it was on the Hub at that time, as far as is known."""
        return (
            self.appeared_at is not None
            and self.appeared_at <= at
            and (self.gone_since is None or at < self.gone_since)
            and not any(absence.since <= at < absence.until for absence in self.away)
        )

    @property
    def curve(self) -> tuple[CurvePoint, ...]:
        """The counts up to the last observation, which equals the last point."""
        if not self.counts or self.observed_at is None or self.observed_at <= self.counts[-1].at:
            return self.counts
        last = self.counts[-1]
        return (*self.counts, CurvePoint(self.observed_at, last.downloads, last.likes))


def timeline(read: Reader, model_id: str) -> Timeline | None:
    """The time line of the model of exactly this id, in any case; None without one."""
    row = read(TIMELINE, {"model": model_id}).one()
    if not row:
        return None
    changes = read(catalogue()["changes-of-model"], {"model": model_id, "limit": MOST_CHANGES})
    read_out = {
        "observed_at": _time(row["observed_at"]),
        "away": tuple(Absence(**absence) for absence in row["away"]),
        "counts": tuple(CurvePoint(**point) for point in row["counts"]),
        "changes": tuple(changes.rows),
        "taken_over_at": _taken_over_at(row["model"], changes.rows),
    }
    return Timeline(**{**row, **read_out})


def _taken_over_at(model: str, changes: Sequence[Mapping[str, Any]]) -> datetime | None:
    for change in changes:
        if change["kind"] == "taken_over" and change["called"].lower() == model.lower():
            at: datetime = change["at"]
            return at
    return None


def find_model(read: Reader, name: str) -> str:
    """What a model is called now, by any spelling or former name; else `UnknownNameError`."""
    found = name_now(read, name)
    if found is None:
        raise unknown_model(read, name)
    return found


def _time(text: str | None) -> datetime | None:
    try:
        return read_time(text or "")
    except ValueError:
        return None
