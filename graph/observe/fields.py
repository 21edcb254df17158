"""Clean the values of each type of property, one by one or as a whole column of a dump.

Everything that arrives here is hostile. A cleaner returns the value to keep, or `DROP` after noting
why; it has a fast path for values that need no repair, which are nearly all. Beside each cleaner
stands the SQL that gives the same for a column, and says which values are not of the fast path.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from graph import schema
from graph.observe.issues import Issue, Outcome
from graph.observe.table import Table, every, filled
from graph.times import iso, read_time

LONGEST_TEXT = 1_000
"""Characters of one text."""
LONGEST_ITEM = 200
"""Characters of one item of a list, such as a tag."""
MOST_ITEMS = 500
"""Items of a list."""
LARGEST = 2**53
"""Largest count: what every reader of JSON can hold exactly."""

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff]"
    "|(?<![^\x00-\x7f])[\u200c\u200d](?![^\x00-\x7f])"
)
"""Characters that nobody sees; joiners between letters of other scripts and in emoji have a use."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIGITS = re.compile(r"[0-9]{1,16}")
_DECIMAL = re.compile(r"(-?[0-9]{1,16}(?:\.[0-9]{1,16})?) ?%?")
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?Z"
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


class _Drop:
    """Marks a value that is left out."""


DROP: Final = _Drop()

Notes = list[Issue]
Cleaner = Callable[[str, object, str, Notes], object]
"""(field, value, latest time as ISO text, notes) → the value to keep or `DROP`."""


def drop(notes: Notes, field: str, reason: str, value: object) -> object:
    """Note why a value is left out, and leave it out."""
    notes.append(Issue(field, Outcome.DROPPED, reason, value))
    return DROP


class Way(NamedTuple):
    """What is done with the values of a property of one type.

    `select` does it with a column of a dump, of some DuckDB type, in SQL: it adds to a table what
    holds where no value needs more than reading, and gives the value.
    """

    clean: Cleaner  # one value, in Python
    select: Callable[[Table, str, str], str]
    duckdb: str  # the type in which DuckDB holds it; times are milliseconds since 1970
    staged: str = "{}"  # SQL from a cleaned value to what DuckDB holds
    stored: str = "{}"  # SQL from what DuckDB holds to what Neo4j holds
    written: str = "{}"  # SQL from what DuckDB holds to the text in a digest


def of(item: schema.Property) -> Way:
    """What is done with the values of a property."""
    way = WAYS[item.type]
    return way._replace(clean=_one_of(item.values)) if item.values else way


def text(field: str, value: object, _latest: str, notes: Notes) -> object:
    """A text without control characters; an empty one counts as absent."""
    if type(value) is not str:
        return drop(notes, field, "is not text", value)
    if len(value) <= LONGEST_TEXT and value.isascii() and value.isprintable():
        return value if value.strip() else None
    safe = _safe(field, value, notes).strip()
    if len(safe) > LONGEST_TEXT:
        notes.append(Issue(field, Outcome.REPAIRED, f"was cut to {LONGEST_TEXT} characters", value))
        safe = safe[:LONGEST_TEXT]
    return safe or None


def select_text(table: Table, column: str, _type: str) -> str:
    """The same for a column."""
    table.checks.append(f"coalesce(len({column}) <= {LONGEST_TEXT}, true)")
    table.texts.append(column)
    return f"CASE WHEN trim({column}) <> '' THEN {column} END"


def count(field: str, value: object, _latest: str, notes: Notes) -> object:
    """A whole number from 0 to `LARGEST`."""
    if type(value) is int:
        number = value
    elif isinstance(value, str) and _DIGITS.fullmatch(value):
        number = int(value)
        notes.append(Issue(field, Outcome.REPAIRED, "was a number written as text", value))
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    else:
        return drop(notes, field, "is not a whole number", value)
    if 0 <= number <= LARGEST:
        return number
    reason = "is negative" if number < 0 else "is too large for a count"
    return drop(notes, field, reason, value)


def select_count(table: Table, column: str, type_: str) -> str:
    """The same for a column."""
    whole = "" if "INT" in type_ else f" AND {column} = floor({column})"
    table.checks.append(f"({column} IS NULL OR ({column} BETWEEN 0 AND {LARGEST}{whole}))")
    return f"try_cast({column} AS BIGINT)"


def number(field: str, value: object, _latest: str, notes: Notes) -> object:
    """A finite number; a percent sign behind it is passed over."""
    if isinstance(value, str) and (written := _DECIMAL.fullmatch(value)):
        notes.append(Issue(field, Outcome.REPAIRED, "was a number written as text", value))
        return float(written[1])
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) <= LARGEST:
            return float(value)
        is_finite = isinstance(value, int) or math.isfinite(value)  # no float holds some integers
        reason = "is too large" if is_finite else "is not finite"
        return drop(notes, field, reason, value)
    return drop(notes, field, "is not a number", value)


def select_number(table: Table, column: str, _type: str) -> str:
    """The same for a column."""
    value = f"CAST({column} AS DOUBLE)"
    table.checks.append(f"({column} IS NULL OR abs({value}) <= {LARGEST})")
    return value


def flag(field: str, value: object, _latest: str, notes: Notes) -> object:
    """True or false."""
    if isinstance(value, bool):
        return value
    return drop(notes, field, "is not true or false", value)


def moment(field: str, value: object, latest: str, notes: Notes) -> object:
    """A time as `2024-07-14T22:20:15.000Z`; one without a zone counts as UTC."""
    when = _time(value) if type(value) is str else None
    if when is None or when < _OLDEST:
        return drop(notes, field, "is not a readable time", value)
    written = iso(when)
    if written > latest:
        return drop(notes, field, "lies in the future", value)
    return written


def select_moment(table: Table, column: str, type_: str) -> str:
    """The same for a column, in milliseconds since 1970."""
    since_1970 = f"epoch_ms(try_cast({column} AS TIMESTAMPTZ))"
    fits = f"{since_1970} BETWEEN 0 AND {table.latest_ms}"
    if type_ == "VARCHAR":
        fits = f"regexp_full_match({column}, '{_ISO}') AND {fits}"
    table.checks.append(f"({column} IS NULL OR coalesce({fits}, false))")
    return since_1970


def texts(field: str, value: object, latest: str, notes: Notes) -> object:
    """A list of distinct short texts in their order; an empty one counts as absent."""
    if type(value) is not list:
        if type(value) is not str:
            return drop(notes, field, "is not a list of texts", value)
        notes.append(Issue(field, Outcome.REPAIRED, "was one text, not a list", value))
        value = [value]
    try:
        joined = "".join(value)
        plain = joined.isascii() and joined.isprintable() and "" not in value
    except TypeError:
        plain = False
    if plain and max(map(len, value), default=0) <= LONGEST_ITEM:
        items = list(dict.fromkeys(value))
    else:
        items = list(dict.fromkeys(_items(field, value, latest, notes)))
    if len(items) > MOST_ITEMS:
        reason = f"has {len(items):,} items; the first {MOST_ITEMS} were kept"
        notes.append(Issue(field, Outcome.REPAIRED, reason, items[MOST_ITEMS]))
        del items[MOST_ITEMS:]
    return items or None


def select_texts(table: Table, column: str, _type: str) -> str:
    """The same for a column."""
    check_texts(table, column)
    return filled(column)


def check_texts(table: Table, column: str) -> None:
    """Check that no list of texts in a column needs a repair."""
    joined = f"array_to_string({column}, '')"
    are_short = every(column, f"len(x) <= {LONGEST_ITEM}")
    table.texts.append(joined)
    table.checks += [
        f"coalesce(list_unique({column}) = len({column}), true)",
        f"coalesce(NOT list_contains({column}, ''), true)",
        f"coalesce(len({column}) <= {MOST_ITEMS}, true)",
        f"(CASE WHEN len({joined}) > {LONGEST_ITEM} THEN {are_short} ELSE true END)",
    ]


def _time(value: str) -> datetime | None:
    try:
        return read_time(value)
    except ValueError:
        return None


def _items(field: str, values: Sequence[object], latest: str, notes: Notes) -> list[str]:
    kept: list[str] = []
    noted = len(notes)
    for item in values:
        if isinstance(item, str) and len(item) > LONGEST_ITEM:
            drop(notes, field, "has an item that is too long", item)
            continue
        safe = text(field, item, latest, notes)
        if isinstance(safe, str):
            kept.append(safe)
        if len(notes) - noted > MOST_ITEMS:
            break
    return kept


def _one_of(values: tuple[str, ...]) -> Cleaner:
    allowed = frozenset(values)

    def clean(field: str, value: object, _latest: str, notes: Notes) -> object:
        if isinstance(value, str) and value in allowed:
            return value
        return drop(notes, field, f"is none of {', '.join(values)}", value)

    return clean


def _safe(field: str, value: str, notes: Notes) -> str:
    if not _UNSAFE.search(value) and not _INVISIBLE.search(value):
        return value
    reason = "held invisible or control characters or half a character"
    notes.append(Issue(field, Outcome.REPAIRED, reason, value))
    spaced = re.sub(r"[\t\n\r]+", " ", _INVISIBLE.sub("", value))
    return _UNSAFE.sub("", _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", spaced))


_AT = "make_timestamp({} * 1000)"

WAYS = {
    schema.Type.STRING: Way(text, select_text, "VARCHAR"),
    schema.Type.INTEGER: Way(count, select_count, "BIGINT"),
    schema.Type.FLOAT: Way(number, select_number, "DOUBLE", written="printf('%.6f', {})"),
    schema.Type.BOOLEAN: Way(
        flag,
        lambda _table, column, _type: column,
        "BOOLEAN",
        written="CASE {0} WHEN true THEN 'True' WHEN false THEN 'False' END",
    ),
    schema.Type.DATETIME: Way(
        moment,
        select_moment,
        "BIGINT",
        staged="epoch_ms(CAST({} AS TIMESTAMPTZ))",
        stored="make_timestamptz({} * 1000)",
        written=f"strftime({_AT}, '%Y-%m-%dT%H:%M:%S.%gZ')",
    ),
    schema.Type.STRINGS: Way(
        texts, select_texts, "VARCHAR[]", written="(array_to_string({}, chr(30)) || chr(30))"
    ),
}
"""Type of a property → what is done with its values."""
