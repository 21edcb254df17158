"""When a dump was taken."""

from datetime import UTC, datetime, timedelta

from graph.errors import ConfigurationError, DataError
from graph.observe.dumps.columns import TIMES, Dump
from graph.observe.dumps.session import session
from graph.times import from_milliseconds, iso, milliseconds, read_time


def observed_at(dump: Dump, now: datetime | None = None) -> str:
    """When a dump was taken: the newest time in it that does not lie in the future, as ISO text.

    Raises:
        DataError: it has no such time.
    """
    latest = milliseconds(now or datetime.now(UTC))
    found = []
    with session(dump) as connection:
        for name in TIMES:
            if name in dump.columns:
                since_1970 = f'epoch_ms(try_cast("{name}" AS TIMESTAMPTZ))'
                newest = f"SELECT max(t) FROM (SELECT {since_1970} AS t FROM dump) WHERE t <= ?"  # noqa: S608
                found += connection.execute(newest, [latest]).fetchall()
    times = [time for (time,) in found if time is not None and time >= 0]
    if not times:
        odd = [
            f"{dump.spelled[name]} is {dump.misfits[name]}"
            for name in TIMES
            if name in dump.misfits
        ]
        why = f"its column {odd[0]}" if odd else f"it has no readable {' or '.join(TIMES)}"
        raise DataError(
            f"{dump.path} does not show when it was taken: {why}.",
            "Give the time: --observed-at TIME.",
        )
    return iso(from_milliseconds(max(times)))


def given_time(text: str) -> str:
    """A time from the command line as ISO text; one without a zone counts as UTC.

    Raises:
        ConfigurationError: it cannot be read, or lies in the future.
    """
    try:
        when = read_time(text)
    except ValueError:
        raise ConfigurationError(
            f"{text!r} is not a time.", "Write it as 2026-10-03 or 2026-10-03T12:00:00Z."
        ) from None
    if not 0 <= milliseconds(when) <= milliseconds(datetime.now(UTC) + timedelta(days=1)):
        raise ConfigurationError(f"No dump can have been taken at {text!r}.")
    return iso(when)
