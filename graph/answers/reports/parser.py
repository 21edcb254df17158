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
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from graph.answers.fragments import expanded
from graph.answers.lexing import only_code
from graph.answers.reports.report import PARAMETER_KINDS, Column, Draw, Kind, Parameter, Report
from graph.errors import ParameterError, QueryError

_ENTRY = re.compile(
    r"""// (\w+)(?: (\w+) \(([^)]+)\)(?: = ("(?:\\.|[^"\\])*"|\[[^]]*\]|[^"\[]\S*?))?)?: (\S.*)"""
)
_CONTINUED = re.compile(r"//   +(\S.*)")
_RANGE = re.compile(r"(-?[\d.]+)\.\.(-?[\d.]+)")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ONCE = ("title", "question", "tags", "draw", "precomputed")
_NEEDED = ("title", "question", "tags", "draw")


class HeaderError(QueryError):
    """A report file breaks the rules of its header; the message names file and line."""

    code = "report"


@dataclass(frozen=True)
class _Entry:
    """One entry of the header: `// key name (spec) = default: text`."""

    line: int
    key: str
    name: str | None
    spec: str | None
    default: str | None
    text: str


def parse(path: Path) -> Report:
    """Read one report file.

    Raises:
        HeaderError: naming file and line, when the file breaks a rule.
    """
    try:
        return _Parser(path, path.read_text(encoding="utf-8")).report()
    except UnicodeDecodeError as error:
        raise HeaderError(f"{path.parent.name}/{path.name}: not UTF-8: {error.reason}.") from None


class _Parser:
    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self.lines = text.splitlines()

    def report(self) -> Report:
        if not _NAME.fullmatch(self.path.stem):
            raise self.error(1, "the file's name must be lower-case words joined by hyphens")
        entries, at = self.entries()
        once = self.single(entries)
        written = self.body(at)
        cypher = self.expanded(written, at)
        parameters = self.parameters(entries)
        self.check_use(written, entries, at)
        return Report(
            name=self.path.stem,
            subject=self.path.parent.name,
            title=once["title"].text,
            question=once["question"].text,
            tags=tuple(self.listing(once["tags"])),
            parameters=parameters,
            columns=self.columns(entries),
            draw=self.draw(once["draw"]),
            precomputed=self.yes(once.get("precomputed")),
            cypher=cypher,
            path=self.path,
        )

    def error(self, line: int, what: str) -> HeaderError:
        return HeaderError(f"{self.path.parent.name}/{self.path.name}, line {line}: {what}.")

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
                found.append(_Entry(at + 1, *match.groups()))
            else:
                raise self.error(at + 1, "expected `// key: text` or `// column name (type): text`")
        if not found:
            raise self.error(1, "the header is missing")
        return found, at

    def single(self, entries: list[_Entry]) -> dict[str, _Entry]:
        """The entries that stand once, by key."""
        found: dict[str, _Entry] = {}
        for entry in entries:
            named = entry.name is not None
            if entry.key not in (*_ONCE, "parameter", "column"):
                raise self.error(entry.line, f"unknown key {entry.key!r}")
            if named != (entry.key in ("parameter", "column")):
                form = f"{entry.key}: text" if named else f"{entry.key} name (type): text"
                raise self.error(entry.line, f"expected `// {form}`")
            if entry.default is not None and entry.key != "parameter":
                raise self.error(entry.line, f"a {entry.key} has no default")
            if not named and entry.key in found:
                raise self.error(entry.line, f"{entry.key!r} is there twice")
            if not named:
                found[entry.key] = entry
        for key in _NEEDED:
            if key not in found:
                raise self.error(entries[0].line, f"{key!r} is missing")
        return found

    def body(self, start: int) -> str:
        """The query without its closing semicolon."""
        text = "\n".join(self.lines[start:]).strip()
        line = start + 1
        if not only_code(text).strip(" \n;"):
            raise self.error(line, "the query is missing")
        if not text.endswith(";"):
            raise self.error(len(self.lines), "the query must end with a semicolon")
        text = text[:-1].rstrip()
        if ";" in only_code(text):
            raise self.error(line, "there must be one query only")
        return text

    def expanded(self, written: str, start: int) -> str:
        """The query with its fragments written out."""
        try:
            return expanded(written)
        except ValueError as error:
            raise self.error(start + 1, str(error)) from None

    def parameters(self, entries: list[_Entry]) -> tuple[Parameter, ...]:
        return tuple(
            self.defaulted(entry, self.parameter(entry, name, spec))
            for entry, name, spec in self.named(entries, "parameter")
        )

    def defaulted(self, entry: _Entry, parameter: Parameter) -> Parameter:
        """The parameter with the default that its entry gives, or null."""
        name = parameter.name
        if entry.default is None:
            return parameter
        try:
            default = json.loads(entry.default)
            converted = parameter.read(default)
        except ParameterError as error:
            raise self.error(
                entry.line, f"the default: {error.message} {error.hint}".rstrip(".")
            ) from None
        except ValueError:
            raise self.error(
                entry.line,
                f"the default of {name!r} must be text in double quotes, a number, true, false or "
                "a list",
            ) from None
        if type(converted) is not type(default):
            raise self.error(
                entry.line, f"the default of {name!r} must be of type {parameter.type}"
            )
        return replace(parameter, default=default)

    def parameter(self, entry: _Entry, name: str, spec: list[str]) -> Parameter:
        kind = self.kind(entry, spec[0])
        if kind not in PARAMETER_KINDS:
            raise self.error(entry.line, f"a parameter cannot be of type {kind}")
        parameter = Parameter(name, kind, entry.text)
        if len(spec) == 1:
            return parameter
        if kind in (Kind.INTEGER, Kind.FLOAT) and (match := _RANGE.fullmatch(spec[1])):
            number = int if kind is Kind.INTEGER else float
            low, high = (number(part) for part in match.groups())
            if low <= high and len(spec) == 2:
                return replace(parameter, minimum=low, maximum=high)
        if kind is Kind.STRING and len(spec) == 2:
            return replace(parameter, choices=tuple(word.strip() for word in spec[1].split("|")))
        raise self.error(
            entry.line, "expected (integer, 1..100), (string, one | other) or a type alone"
        )

    def columns(self, entries: list[_Entry]) -> tuple[Column, ...]:
        found = []
        for entry, name, spec in self.named(entries, "column"):
            if len(spec) > 2:
                raise self.error(entry.line, "expected (type) or (type, unit)")
            kind = self.kind(entry, spec[0])
            found.append(Column(name, kind, entry.text, spec[1] if len(spec) == 2 else ""))
        if not found:
            raise self.error(entries[0].line, "at least one column must be declared")
        return tuple(found)

    def named(self, entries: list[_Entry], key: str) -> Iterator[tuple[_Entry, str, list[str]]]:
        seen = set()
        for entry in entries:
            if entry.key == key and entry.name and entry.spec:
                if entry.name in seen:
                    raise self.error(entry.line, f"{key} {entry.name!r} is there twice")
                seen.add(entry.name)
                yield entry, entry.name, self.listing(entry, entry.spec)

    def kind(self, entry: _Entry, word: str) -> Kind:
        try:
            return Kind(word)
        except ValueError:
            known = ", ".join(kind.value for kind in Kind)
            raise self.error(entry.line, f"unknown type {word!r} (known: {known})") from None

    def draw(self, entry: _Entry) -> Draw:
        try:
            return Draw(entry.text)
        except ValueError:
            raise self.error(
                entry.line, f"unknown drawing {entry.text!r} (known: {', '.join(Draw)})"
            ) from None

    def yes(self, entry: _Entry | None) -> bool:
        if entry is None:
            return False
        if entry.text not in ("yes", "no"):
            raise self.error(entry.line, f"expected `{entry.key}: yes` or `{entry.key}: no`")
        return entry.text == "yes"

    def listing(self, entry: _Entry, text: str | None = None) -> list[str]:
        parts = [part.strip() for part in (entry.text if text is None else text).split(",")]
        if not all(parts):
            raise self.error(entry.line, "an item of the list is empty")
        return parts

    def check_use(self, cypher: str, entries: list[_Entry], start: int) -> None:
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
