"""Times as text and as numbers: ISO 8601 in UTC, milliseconds since 1970."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DATE = datetime(2022, 3, 2, 23, 29, 4, tzinfo=UTC)
"""What the Hub says of everything that was created before it kept dates of creation."""


def is_before_dates(created: datetime) -> bool:
    """Whether a date of creation stands for any time up to it; `before_dates` in Cypher."""
    return created < FIRST_DATE + timedelta(seconds=1)


def iso(when: datetime | str) -> str:
    """A time as records write it, `2024-07-14T22:20:15.000Z`; text is read as `read_time` does."""
    when = read_time(when) if isinstance(when, str) else when
    return when.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def read_time(text: str) -> datetime:
    """Read a time in ISO 8601; one without a zone is in UTC, as the result always is.

    Raises:
        ValueError: it is not such a time.
    """
    text = text.strip()
    if text[-3:] in ("UTC", "GMT"):  # as databases write it
        text = f"{text[:-3].rstrip()}Z"
    when = datetime.fromisoformat(text)
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error


def milliseconds(when: datetime) -> int:
    """Milliseconds since 1970."""
    return (when - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(since_1970: int) -> datetime:
    """The time so many milliseconds after the beginning of 1970."""
    return _EPOCH + timedelta(milliseconds=since_1970)
