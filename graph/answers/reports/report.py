"""What a report is: a named Cypher file, its parameters and the columns it returns."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from graph.answers.literals import pasted
from graph.errors import ParameterError, QueryError

LONGEST_TEXT = 1_000
"""Most characters of a text parameter; an id of the Hub has 97 at most."""
MOST_ITEMS = 1_000
"""Most items of a list parameter."""
_LARGEST = 2**63 - 1
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})


_Number = TypeVar("_Number", int, float)


class Kind(StrEnum):
    """Types of parameters and columns; parameters know the first six only."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    STRINGS = "list of strings"
    DATETIME = "datetime"
    MAP = "map"
    MAPS = "list of maps"
    PATH = "path"
    """Drawn by Neo4j Browser; every other reader takes the same facts from the other columns."""


PARAMETER_KINDS = (
    Kind.STRING,
    Kind.INTEGER,
    Kind.FLOAT,
    Kind.BOOLEAN,
    Kind.STRINGS,
    Kind.DATETIME,
)


class Draw(StrEnum):
    """How a result is best shown."""

    TABLE = "table"
    BAR = "bar"
    """a bar for each row: the first text column names it, the first number measures it"""
    LINE = "line"
    """the same, over the time in the first column"""
    GRAPH = "graph"
    """columns `model`, `relation` and `base` are the links of a network"""
    TREE = "tree"
    """the same links, laid out by `depth`"""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a report.

    Attributes:
        name: as used in the Cypher, without `$`.
        type: one of `PARAMETER_KINDS`.
        description: a sentence.
        default: used when it is not given; None means that it may be left out.
        minimum: least number accepted.
        maximum: largest number accepted.
        choices: the closed set of texts accepted, empty for any.
    """

    name: str
    type: Kind
    description: str
    default: object = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def optional(self) -> bool:
        """Whether it may be null."""
        return self.default is None

    @property
    def accepted(self) -> str:
        """What it accepts, in words."""
        if self.choices:
            words = f"one of {', '.join(self.choices)}"
        elif self.minimum is not None:
            words = f"{self.type} from {self.minimum:,.12g} to {self.maximum:,.12g}"
        elif self.type is Kind.DATETIME:
            words = "a date or time, such as 2025-05-01 or 2025-05-01T12:00Z"
        else:
            words = str(self.type)
        return f"{words}, or nothing" if self.optional else words

    def convert(self, raw: object) -> object:
        """The value for the driver.

        Args:
            raw: a typed value, or text as it comes from a command line or an address. Empty text
                is null for an optional parameter; a list may be text with commas. A date is the
                time at which it begins, and a time without a zone is in UTC.

        Raises:
            ParameterError: the value is not accepted.
        """
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            if self.optional:
                return None
            raise self._refuse("it must not be empty")
        match self.type:
            case Kind.INTEGER:
                value: object = self._in_range(self._integer(raw))
            case Kind.FLOAT:
                value = self._in_range(self._float(raw))
            case Kind.BOOLEAN:
                value = self._boolean(raw)
            case Kind.STRINGS:
                value = self._strings(raw)
            case Kind.DATETIME:
                value = self._datetime(raw)
            case _:
                value = self._string(raw)
        return value

    def _refuse(self, why: str) -> ParameterError:
        return ParameterError(
            self.name, f"Parameter {self.name!r}: {why}.", f"Accepted: {self.accepted}."
        )

    def _integer(self, raw: object) -> int:
        if isinstance(raw, str) and re.fullmatch(r"[+-]?[0-9]{1,19}", raw.strip(), re.ASCII):
            raw = int(raw.strip())
        if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) > _LARGEST:
            raise self._refuse(f"{_short(raw)} is not a whole number")
        return raw

    def _float(self, raw: object) -> float:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise self._refuse(f"{_short(raw)} is not a number")
        try:
            number = float(raw)
        except (ValueError, OverflowError):
            raise self._refuse(f"{_short(raw)} is not a number") from None
        if not math.isfinite(number):
            raise self._refuse(f"{_short(raw)} is not a finite number")
        return number

    def _in_range(self, number: _Number) -> _Number:
        if self.minimum is not None and number < self.minimum:
            raise self._refuse(f"{number} is too small")
        if self.maximum is not None and number > self.maximum:
            raise self._refuse(f"{number} is too large")
        return number

    def _boolean(self, raw: object) -> bool:
        word = str(raw).strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise self._refuse(f"{_short(raw)} is neither true nor false")

    def _string(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise self._refuse(f"{_short(raw)} is not text")
        text = raw.strip()
        if len(text) > LONGEST_TEXT:
            raise self._refuse(f"{len(text):,} characters are more than {LONGEST_TEXT:,}")
        if not text.isprintable():
            raise self._refuse("it holds control characters")
        if self.choices and text not in self.choices:
            raise self._refuse(f"{_short(text)} is not known")
        return text

    def _datetime(self, raw: object) -> datetime:
        try:
            match raw:
                case datetime():
                    return _utc(raw)
                case date():
                    return _utc(datetime.combine(raw, time()))
                case str():
                    return _utc(datetime.fromisoformat(raw.strip()))
        except (ValueError, OverflowError):
            pass
        raise self._refuse(f"{_short(raw)} is no date or time")

    def _strings(self, raw: object) -> list[str]:
        items: Iterable[object]
        if isinstance(raw, str):
            items = [item for item in raw.split(",") if item.strip()]
        elif isinstance(raw, list | tuple):
            items = raw
        else:
            raise self._refuse(f"{_short(raw)} is not a list")
        texts = [self._string(item) for item in items]
        if len(texts) > MOST_ITEMS:
            raise self._refuse(f"{len(texts):,} items are more than {MOST_ITEMS:,}")
        return texts


@dataclass(frozen=True)
class Column:
    """One column of a report's result; any value may be null.

    Attributes:
        name: as returned.
        type: of its values.
        description: a sentence.
        unit: of a number, empty when it has none.
    """

    name: str
    type: Kind
    description: str
    unit: str = ""


@dataclass(frozen=True)
class Report:
    """A Cypher file with its header.

    Attributes:
        name: the file's stem, such as `lineage-up`.
        subject: the folder it is in.
        title: a few words.
        question: what it answers, as a question.
        tags: words to find it by.
        parameters: in order.
        columns: in order, as the query returns them.
        draw: how the result is best shown.
        listed: whether people choose it from a list; False for what only serves pages.
        precomputed: whether a large graph stores its answer with the defaults, see
            `graph.answers.precomputed`.
        cypher: the query, its fragments written out.
        path: where the file is.
    """

    name: str
    subject: str
    title: str
    question: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    draw: Draw
    listed: bool
    precomputed: bool
    cypher: str
    path: Path

    @property
    def data_columns(self) -> tuple[Column, ...]:
        """The columns that `run` returns: all but paths."""
        return tuple(c for c in self.columns if c.type is not Kind.PATH)

    @property
    def defaults(self) -> dict[str, object]:
        """The value of each parameter when none is given."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def pasted(self, raw: Mapping[str, object]) -> str:
        """One statement for Neo4j Browser, with these parameters and defaults for the rest.

        Raises:
            ParameterError: a name is unknown or a value is not accepted.
        """
        return pasted(self.title, self.cypher, self.bind(raw))

    def bind(self, raw: Mapping[str, object]) -> dict[str, object]:
        """Values for every parameter: those given, checked, and defaults for the rest.

        Raises:
            ParameterError: a name is unknown or a value is not accepted.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in raw:
            if name not in known:
                accepted = f"It has {', '.join(known)}." if known else "It has none."
                raise ParameterError(
                    name, f"Report {self.name!r} has no parameter {_short(name)}.", accepted
                )
        return {
            name: parameter.convert(raw[name]) if name in raw else parameter.default
            for name, parameter in known.items()
        }

    def check_columns(self, returned: list[str]) -> None:
        """Compare the header's columns with those of a result.

        Raises:
            QueryError: they differ.
        """
        declared = [column.name for column in self.columns]
        if declared != returned:
            raise QueryError(
                f"{self.subject}/{self.path.name}: the header declares the columns "
                f"{', '.join(declared)}, the query returns {', '.join(returned)}."
            )


def _utc(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
