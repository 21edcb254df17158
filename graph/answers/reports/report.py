"""What a report is: a named Cypher file, its parameters and the columns it returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from graph.answers.cypher_text import pasted
from graph.answers.parameters import (
    Flag,
    Moment,
    Number,
    OneOf,
    Parameters,
    Text,
    Texts,
    Whole,
    accepted,
    declared,
    properties,
)
from graph.answers.query import Query
from graph.errors import ParameterError, QueryError
from graph.store.connection import Result


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


_FIELDS: dict[Kind, object] = {
    Kind.STRING: Text,
    Kind.INTEGER: Whole,
    Kind.FLOAT: Number,
    Kind.BOOLEAN: Flag,
    Kind.STRINGS: Texts,
    Kind.DATETIME: Moment,
}
PARAMETER_KINDS = tuple(_FIELDS)


class Draw(StrEnum):
    """How a result is best shown."""

    TABLE = "table"
    BAR = "bar"
    """a bar for each row, named by its first text"""
    LINE = "line"
    """a line over the time in the first column"""
    STACK = "stack"
    """a stacked bar for each time in the first column"""
    GRAPH = "graph"
    """columns `model`, `relation` and `base` are the links of a network"""
    TREE = "tree"
    """the same links, laid out by `depth`"""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a report."""

    name: str
    type: Kind  # one of `PARAMETER_KINDS`
    description: str
    default: object = None  # None means that it may be left out
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()  # the closed set of texts accepted, empty for any

    @property
    def optional(self) -> bool:
        """Whether it may be null."""
        return self.default is None

    @property
    def field(self) -> tuple[object, object]:
        """Its type and its default, as a model of parameters declares them."""
        of: Any = Annotated[str, OneOf(*self.choices)] if self.choices else _FIELDS[self.type]
        bounds = Field(self.default, ge=self.minimum, le=self.maximum, description=self.description)
        return (of | None if self.optional else of), bounds

    def read(self, raw: object) -> object:
        """The value for the driver; `ParameterError` if it is not accepted."""
        return getattr(_alone(self).read({self.name: raw}), self.name)

    @property
    def accepted(self) -> str:
        """What it accepts, in words."""
        words = accepted(properties(_alone(self))[self.name])
        return f"{words}, or nothing" if self.optional else words


@dataclass(frozen=True)
class Column:
    """One column of a report's result; any value may be null."""

    name: str
    type: Kind
    description: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Report(Query):
    """A Cypher file with its header; its name is the file's stem, such as `lineage-up`."""

    subject: str  # the folder it is in
    question: str  # what it answers
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]  # as the query returns them
    draw: Draw
    path: Path
    drawn: tuple[str, ...] = ()  # columns of numbers that are drawn; default: the first but ranks

    @property
    def data_columns(self) -> tuple[Column, ...]:
        """The columns that `run` returns: all but paths."""
        return tuple(c for c in self.columns if c.type is not Kind.PATH)

    def pasted(self, raw: Mapping[str, object]) -> str:
        """One statement for Neo4j Browser, with these parameters and defaults for the rest."""
        return pasted(self.title, self.cypher, self.bind(raw))

    @cached_property
    def model(self) -> type[Parameters]:
        """What it accepts, as a model of its parameters."""
        return declared(self.name, {p.name: p.field for p in self.parameters})

    def bind(self, raw: Mapping[str, object]) -> dict[str, object]:
        """Values for every parameter: those given, checked, and defaults for the rest.

        Values may be text from a command line or an address: a list is split at commas, and empty
        text is null for an optional parameter.

        Raises:
            ParameterError: a name is unknown or a value is not accepted.
        """
        for parameter in self.parameters:
            empty = raw.get(parameter.name, parameter.default) in ("", None)
            if empty and not parameter.optional:
                problem = f"`{parameter.name}` must not be empty."
                raise ParameterError(parameter.name, problem, f"Accepted: {parameter.accepted}.")
        return dict(self.model.read(raw))

    def data(self, result: Result) -> Result:
        """A result of the query without path columns, which only Neo4j Browser draws."""
        columns = [column.name for column in self.columns]
        if columns != result.columns:
            raise QueryError(
                f"{self.subject}/{self.path.name}: the header declares the columns "
                f"{', '.join(columns)}, the query returns {', '.join(result.columns)}."
            )
        names = [column.name for column in self.data_columns]
        if names == columns:
            return result
        rows = [{name: row[name] for name in names} for row in result.rows]
        return Result(names, rows, result.truncated, result.elapsed_ms)


def _alone(parameter: Parameter) -> type[Parameters]:
    return declared("Parameter", {parameter.name: parameter.field})
