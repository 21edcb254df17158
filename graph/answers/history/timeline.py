"""One model through time: since when it is there, when it was away, what it counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from graph.answers.history.changes import Selection
from graph.errors import DataError
from graph.store.connection import Result

MOST_CHANGES = 1_000
"""Changes of one model that are shown, the newest."""


class Run(Protocol):
    """Runs a file of `cypher/` by its name."""

    def __call__(self, name: str, parameters: Mapping[str, object], /) -> Result:
        """Its rows."""


@dataclass(frozen=True)
class Absence:
    """A time in which a model was gone: from `since` on, back at `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Point:
    """What a model counted at a time; None where that was not stated."""

    at: datetime
    downloads: int | None
    likes: int | None


@dataclass(frozen=True)
class Timeline:
    """A model through time.

    Attributes:
        model: what it is called now.
        known: whether a record describes it.
        created_at: when it was created, if that is known.
        appeared_at: since when it is known to be there; None in a graph of an earlier version.
        gone_since: since when it is gone; None while it is there.
        observed_at: when what is known of it was observed, if that is known.
        downloads: of the last 30 days, as last observed.
        likes: as last observed.
        away: when it was gone before it came back, in order.
        counts: what it counted, in order; empty while that never changed.
        changes: rows of `changes-of-model`, the newest first.
    """

    model: str
    known: bool
    created_at: datetime | None
    appeared_at: datetime | None
    gone_since: datetime | None
    observed_at: datetime | None
    downloads: int | None
    likes: int | None
    away: tuple[Absence, ...]
    counts: tuple[Point, ...]
    changes: tuple[dict[str, Any], ...]

    def was_there(self, at: datetime) -> bool:
        """Whether it was on the Hub at that time, as far as is known."""
        return (
            self.appeared_at is not None
            and self.appeared_at <= at
            and (self.gone_since is None or at < self.gone_since)
            and not any(absence.since <= at < absence.until for absence in self.away)
        )

    @property
    def curve(self) -> tuple[Point, ...]:
        """The counts up to the last observation, which told the same as the last point."""
        if not self.counts or self.observed_at is None or self.observed_at <= self.counts[-1].at:
            return self.counts
        last = self.counts[-1]
        return (*self.counts, Point(self.observed_at, last.downloads, last.likes))

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return {
            **vars(self),
            "away": [vars(absence) for absence in self.away],
            "counts": [vars(point) for point in self.counts],
            "changes": list(self.changes),
        }


def timeline(run: Run, model_id: str) -> Timeline | None:
    """The time line of a model of exactly this name, without regard to case; None without one."""
    row = run("model-timeline", {"model": model_id}).one()
    if not row:
        return None
    changes = run(*Selection(model=model_id).page(MOST_CHANGES)).rows
    return Timeline(
        model=row["id"],
        known=row["known"],
        created_at=row["created_at"],
        appeared_at=row["appeared_at"],
        gone_since=row["gone_since"],
        observed_at=_time(row["observed_at"]),
        downloads=row["downloads"],
        likes=row["likes"],
        away=tuple(Absence(**absence) for absence in row["away"]),
        counts=tuple(Point(**point) for point in row["counts"]),
        changes=tuple(changes),
    )


def find_model(run: Run, name: str) -> str:
    """What a model is called, by its id in any spelling or by a former name.

    Raises:
        DataError: no model has or had that name.
    """
    if row := run("model-timeline", {"model": name}).one():
        return str(row["id"])
    phrase = '"' + name.lower().replace('"', " ").replace("\\", " ") + '"'
    if row := run("model-by-alias", {"name": name.lower(), "phrase": phrase}).one():
        return str(row["id"])
    raise DataError(
        f"No model is called {name[:200]!r}.", "It may be misspelt, or not in the loaded data."
    )


def _time(text: str | None) -> datetime | None:
    try:
        when = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when
