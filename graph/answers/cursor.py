"""Cursors: a place in an ordered list, as text that goes into an address and comes back checked."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from graph.answers.parameters import LONGEST
from graph.errors import ParameterError

LARGEST = 2**53
"""Whole numbers below are exact in every reader of JSON."""


@dataclass(frozen=True)
class Paging:
    """Where a page of a list stands."""

    after: str | None  # cursor of the next page; None on the last
    limit: int  # most rows on a page
    total: int  # rows of the whole list, or more unless `total_is_exact`
    first: int  # position of the first row, from 1; 0 on an empty page
    last: int
    before: str | None = None  # cursor of the page before, in lists that go both ways
    total_is_exact: bool = True
    start: bool = False  # whether this is a later page of a list that only goes on


@dataclass(frozen=True)
class Cursor:
    """A place in an ordered list: the sort value and id of a row, and its position from 1."""

    kind: str
    value: float | datetime
    key: str
    position: int

    def __str__(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        raw = json.dumps([_digest(self.kind), value, self.key, self.position])
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str | None, parameter: str, kind: str, of: type) -> Self | None:
        """The place that a parameter's text names; None where there is no text.

        `kind` is what is listed and how, `of` the type of the sort value. `ParameterError` if the
        text was not issued for this list.
        """
        if text is None:
            return None
        try:
            return cls.parse(text, kind, of)
        except (ValueError, TypeError, binascii.Error):
            raise not_issued(parameter) from None

    @classmethod
    def parse(cls, text: str, kind: str, of: type) -> Self:
        """Read what `str` wrote; `ValueError` or `TypeError` if it is of another list."""
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found, written, key, position = json.loads(raw)
        valid = (
            found == _digest(kind)
            and isinstance(key, str)
            and 0 < len(key) <= 2 * LONGEST
            and key.isprintable()
            and type(position) is int
            and 0 <= position < LARGEST
        )
        if not valid:
            raise ValueError(text)
        return cls(kind, _value(written, of), key, position)


def onward(
    start: Cursor | None,
    shown: int,
    after: str | None,
    limit: int,
    total: int,
    *,
    exact: bool = True,
) -> Paging:
    """Where a page of `shown` rows behind `start` stands, in a list that only goes on."""
    before = start.position if start else 0
    first, last = (before + 1, before + shown) if shown else (0, 0)
    later = start is not None
    return Paging(after, limit, total, first, last, total_is_exact=exact, start=later)


def not_issued(parameter: str) -> ParameterError:
    """Error for a cursor that was not issued for this list."""
    return ParameterError(
        parameter,
        f"`{parameter}` is not a position in this list.",
        "Take it from the page before, or leave it out to begin at the start.",
    )


def _value(written: object, of: type) -> float | datetime:
    """A sort value as it stands in a cursor; `ValueError` if no list holds such a value."""
    if of is datetime and isinstance(written, str):
        value = datetime.fromisoformat(written)
        if value.tzinfo is not None:
            return value
    elif isinstance(written, int | float) and type(written) is of and abs(written) < LARGEST:
        return written
    raise ValueError(written)


def _digest(kind: str) -> str:
    return hashlib.sha256(kind.encode("utf-8", "replace")).hexdigest()[:8]
