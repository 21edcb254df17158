"""The headers `RateLimit`, `RateLimit-Policy` and `Retry-After` of an answer.

Headers come from outside. One that cannot be read is one that is not there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

LONGEST_WAIT_S = 3_600.0
"""The longest wait, however long the server asks for."""

_LONGEST = 200
_MOST = 10**9
_NAME = re.compile(r'"([a-z][a-z0-9_-]{0,31})"', re.ASCII)
_TEXT = re.compile(r'"[ -!#-~]{0,60}"', re.ASCII)
_NUMBER = re.compile(r"([a-z])\s*=\s*([0-9]{1,10})", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`RateLimit: "api";r=490;t=129`: requests left in this window, seconds until the next."""

    name: str  # of the counter
    left: int
    resets_in_s: int

    @classmethod
    def parse(cls, value: str | None) -> Self | None:
        """Read a header; None when it is missing or says something else."""
        names, numbers = _parts(value)
        if len(names) != 1 or not {"r", "t"} <= numbers.keys():
            return None
        if numbers["r"] > _MOST or numbers["t"] > LONGEST_WAIT_S:
            return None
        return cls(names[0], numbers["r"], numbers["t"])


@dataclass(frozen=True, slots=True)
class RateLimitPolicy:
    """`RateLimit-Policy: "fixed window";"api";q=500;w=300`: requests in each window, its length."""

    name: str  # of the counter
    limit: int
    window_s: int

    @classmethod
    def parse(cls, value: str | None) -> Self | None:
        """Read a header; None when it is missing or says something else."""
        names, numbers = _parts(value)
        if not names or not {"q", "w"} <= numbers.keys():
            return None
        if not 1 <= numbers["q"] <= _MOST or not 1 <= numbers["w"] <= LONGEST_WAIT_S:
            return None
        return cls(names[-1], numbers["q"], numbers["w"])


def _parts(value: str | None) -> tuple[list[str], dict[str, int]]:
    """The counter's name after any descriptions, and the numbers; both empty for anything else."""
    nothing: tuple[list[str], dict[str, int]] = [], {}
    if value is None or len(value) > _LONGEST:
        return nothing
    names: list[str] = []
    numbers: dict[str, int] = {}
    for part in (part.strip() for part in value.split(";")):
        if name := _NAME.fullmatch(part):
            names.append(name[1])
        elif number := _NUMBER.fullmatch(part):
            if number[1] in numbers:
                return nothing
            numbers[number[1]] = int(number[2])
        elif not _TEXT.fullmatch(part):
            return nothing
    return names, numbers


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that `Retry-After` asks for, at most `LONGEST_WAIT_S`; None when it says nothing.

    `now` is the server's time, when it sends one, so that clocks need not agree on its date.
    """
    text = (value or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST_WAIT_S)
    then = _date(text)
    return min(max((then - now).total_seconds(), 0.0), LONGEST_WAIT_S) if then else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one answer says of the quota; None for what it does not say."""

    refused: bool = False  # the quota is used up (429)
    rate: RateLimit | None = None
    policy: RateLimitPolicy | None = None
    retry_after_s: float | None = None  # how long to ask nothing

    @classmethod
    def read(cls, status: int, header: Callable[[str], str | None]) -> Self:
        """Read an answer's headers, each given by its name.

        What an answer from a cache on the way (`Age`) says of the quota is out of date, and
        ignored.
        """
        is_stale = (header("Age") or "0").strip() != "0"
        now = _date((header("Date") or "")[:_LONGEST]) or datetime.now(UTC)
        is_busy = status in (429, 503)
        return cls(
            refused=status == 429,
            rate=None if is_stale else RateLimit.parse(header("RateLimit")),
            policy=RateLimitPolicy.parse(header("RateLimit-Policy")),
            retry_after_s=retry_after(header("Retry-After"), now) if is_busy else None,
        )
