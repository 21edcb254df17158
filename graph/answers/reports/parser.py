"""Reads a report file: a header of comments, one query.

    // title: Children of a model
    // question: What was made from it directly?
    // tags: lineage
    // draw: table
    // parameter model (string) = "google/gemma-7b": The model's id.
    // column model (string): Id of the child.

    MATCH (c:Model)-[r:FINETUNE]->(:Model {id: $model})
    WHERE r.gone_since IS NULL
    RETURN c.id AS model;

The rules are in `docs/cypher.md`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from graph.answers.cypher_text import only_code
from graph.answers.reports.report import PARAMETER_KINDS, Column, Draw, Kind, Parameter, Report
from graph.errors import ParameterError, QueryError

_ENTRY = re.compile(
    r"""// (\w+)(?: (\w+) \(([^)]+)\)(?: = ("(?:\\.|[^"\\])*"|\[[^]]*\]|[^"\[]\S*?))?)?: (\S.*)"""
)
_CONTINUED = re.compile(r"//   +(\S.*)")
_RANGE = re.compile(r"(-?[\d.]+)\.\.(-?[\d.]+)")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NEEDED = ("title", "question", "tags", "draw")
_NAMED = ("parameter", "column")

Words = TypeVar("Words", bound=StrEnum)


class HeaderError(QueryError):
    """A report file breaks the rules of its header; the message names file and line."""

    code = "report"


@dataclass(frozen=True)
class _Entry:
    """One entry of the header: `// key name (spec) = default: text`."""

    line: int
    key: str
    name: str
    spec: str
    default: str | None
    text: str


def parse(path: Path) -> Report:
    """Read one report file; a `HeaderError` names the file and line of a broken rule."""
    try:
        return _Parser(path).report()
    except UnicodeDecodeError as error:
        raise HeaderError(f"{path.parent.name}/{path.name}: not UTF-8: {error.reason}.") from None


class _Parser:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = path.read_text(encoding="utf-8").splitlines()

    def report(self) -> Report:
        with self.line(1):
            if not _NAME.fullmatch(self.path.stem):
                raise ValueError("the file's name must be lower-case words joined by hyphens")
            entries, at = self.entries()
        found: dict[tuple[str, str], Any] = {}
        for entry in entries:
            with self.line(entry.line):
                if (entry.key, entry.name) in found:
                    what = f"{entry.key} {entry.name!r}" if entry.name else repr(entry.key)
                    raise ValueError(f"{what} is there twice")
                found[entry.key, entry.name] = _value(entry)
        once = {key: value for (key, name), value in found.items() if not name}
        parameters = tuple(item for item in found.values() if isinstance(item, Parameter))
        columns = tuple(item for item in found.values() if isinstance(item, Column))
        with self.line(1):
            if missing := [key for key in _NEEDED if key not in once]:
                raise ValueError(f"{missing[0]!r} is missing")
            if not columns:
                raise ValueError("at least one column must be declared")
            once["draw"], drawn = once["draw"]
            numbers = [c.name for c in columns if c.type in (Kind.INTEGER, Kind.FLOAT)]
            if unknown := [name for name in drawn if name not in numbers]:
                raise ValueError(f"{unknown[0]!r} is drawn and is no column of numbers")
        cypher = self.body(at)
        self.check_use(cypher, entries, at)
        with self.line(at + 1):
            return Report(
                name=self.path.stem,
                subject=self.path.parent.name,
                parameters=parameters,
                defaults={parameter.name: parameter.default for parameter in parameters},
                columns=columns,
                cypher=cypher,
                path=self.path,
                drawn=drawn,
                **once,
            )

    def error(self, line: int, what: object) -> HeaderError:
        return HeaderError(f"{self.path.parent.name}/{self.path.name}, line {line}: {what}.")

    @contextmanager
    def line(self, number: int) -> Iterator[None]:
        """What is wrong with a value is wrong on this line."""
        try:
            yield
        except ValueError as error:
            raise self.error(number, error) from None

    def entries(self) -> tuple[list[_Entry], int]:
        """The header's entries, and the index of the line after it."""
        found: list[_Entry] = []
        at = 0
        for at, line in enumerate(self.lines):
            if not line.startswith("//"):
                break
            if (more := _CONTINUED.fullmatch(line)) and found:
                found[-1] = replace(found[-1], text=f"{found[-1].text} {more[1].rstrip()}")
            elif match := _ENTRY.fullmatch(line.rstrip()):
                key, name, spec, default, text = match.groups()
                found.append(_Entry(at + 1, key, name or "", spec or "", default, text))
            else:
                raise self.error(at + 1, "expected `// key: text` or `// column name (type): text`")
        if not found:
            raise ValueError("the header is missing")
        return found, at

    def body(self, start: int) -> str:
        """The query without its closing semicolon."""
        text = "\n".join(self.lines[start:]).strip()
        if not only_code(text).strip(" \n;"):
            raise self.error(start + 1, "the query is missing")
        if not text.endswith(";"):
            raise self.error(len(self.lines), "the query must end with a semicolon")
        text = text[:-1].rstrip()
        if ";" in only_code(text):
            raise self.error(start + 1, "there must be one query only")
        return text

    def check_use(self, cypher: str, entries: Sequence[_Entry], start: int) -> None:
        used = set(re.findall(r"\$(\w+)", only_code(cypher)))
        declared = {entry.name: entry.line for entry in entries if entry.key == "parameter"}
        for name in sorted(used - declared.keys()):
            text = re.compile(rf"\${name}\b")
            line = next(
                n for n, row in enumerate(self.lines[start:], start + 1) if text.search(row)
            )
            raise self.error(line, f"the query uses ${name}, which is not declared")
        for name, line in declared.items():
            if name not in used:
                raise self.error(line, f"parameter {name!r} is declared and not used")


def _value(entry: _Entry) -> object:
    """What an entry declares; `ValueError` says what is wrong with it."""
    if entry.key not in (*_NEEDED, "precomputed", *_NAMED):
        raise ValueError(f"unknown key {entry.key!r}")
    if bool(entry.name) != (entry.key in _NAMED):
        form = f"{entry.key}: text" if entry.name else f"{entry.key} name (type): text"
        raise ValueError(f"expected `// {form}`")
    match entry.key:
        case "parameter":
            return _parameter(entry)
        case "column":
            return _column(entry)
        case "tags":
            return tuple(_listing(entry.text))
        case "draw":
            word, _, names = entry.text.partition(" ")
            return _one_of(Draw, "drawing", word), tuple(_listing(names) if names else ())
        case "precomputed":
            if entry.text not in ("yes", "no"):
                raise ValueError("expected `precomputed: yes` or `precomputed: no`")
            return entry.text == "yes"
    return entry.text


def _parameter(entry: _Entry) -> Parameter:
    word, *rest = _listing(entry.spec)
    kind = _one_of(Kind, "type", word)
    if kind not in PARAMETER_KINDS:
        raise ValueError(f"a parameter cannot be of type {kind}")
    parameter = Parameter(entry.name, kind, entry.text, **_limits(kind, rest))
    if entry.default is None:
        return parameter
    try:
        default = json.loads(entry.default)
    except ValueError:
        raise ValueError(
            f"the default of {entry.name!r} must be text in double quotes, a number, true, false "
            "or a list"
        ) from None
    try:
        converted = parameter.read(default)
    except ParameterError as error:
        raise ValueError(f"the default: {error.message} {error.hint}".rstrip(".")) from None
    if type(converted) is not type(default):
        raise ValueError(f"the default of {entry.name!r} must be of type {kind}")
    return replace(parameter, default=default)


def _limits(kind: Kind, spec: Sequence[str]) -> dict[str, Any]:
    """The bounds or choices of a parameter, as its declaration has them behind the type."""
    match spec:
        case []:
            return {}
        case [text] if kind in (Kind.INTEGER, Kind.FLOAT) and (found := _RANGE.fullmatch(text)):
            number = int if kind is Kind.INTEGER else float
            low, high = (number(part) for part in found.groups())
            if low <= high:
                return {"minimum": low, "maximum": high}
        case [text] if kind is Kind.STRING:
            return {"choices": tuple(word.strip() for word in text.split("|"))}
    raise ValueError("expected (integer, 1..100), (string, one | other) or a type alone")


def _column(entry: _Entry) -> Column:
    if entry.default is not None:
        raise ValueError("a column has no default")
    word, *unit = _listing(entry.spec)
    if len(unit) > 1:
        raise ValueError("expected (type) or (type, unit)")
    return Column(entry.name, _one_of(Kind, "type", word), entry.text, *unit)


def _one_of(words: type[Words], what: str, text: str) -> Words:
    try:
        return words(text)
    except ValueError:
        raise ValueError(f"unknown {what} {text!r} (known: {', '.join(words)})") from None


def _listing(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise ValueError("an item of the list is empty")
    return parts
