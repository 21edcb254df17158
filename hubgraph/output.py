"""What every command prints: JSON for a machine, lines and tables for a person."""

import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph.answers.json_values import json_value

_PLURAL = re.compile(r"(?<=[a-z])s\b")
PAGE_WIDTH = 200
"""Width of a table in characters where no terminal sets it."""


def emit(document: object, lines: Iterable[str], *, as_json: bool, on_stderr: bool = False) -> None:
    """Print an answer: as one JSON document, or as lines for a person."""
    if as_json:
        typer.echo(json.dumps(json_value(document), indent=2, ensure_ascii=False, default=str))
        return
    for line in lines:
        typer.echo(printable(line), err=on_stderr)


def terminal() -> Console:
    """Standard output for tables: as wide as the terminal, else `PAGE_WIDTH`."""
    return Console() if sys.stdout.isatty() else Console(width=PAGE_WIDTH)


def table(
    columns: Mapping[str, str] | Iterable[str],
    rows: Iterable[Mapping[str, object]],
    *,
    unbroken: Collection[str] = (),
) -> Table:
    """A table without lines, its numbers aligned to the right.

    `columns` maps keys of the rows to headings; keys alone are their own headings. Numbers and the
    `unbroken` columns are never broken over lines.
    """
    if not isinstance(columns, Mapping):
        columns = {key: key.capitalize() for key in columns}
    values = [[row[key] for key in columns] for row in rows]
    made = Table(box=None, padding=(0, 2, 0, 0))
    for key, heading, *column in zip(columns, columns.values(), *values, strict=True):
        are_numbers = any(isinstance(n, int | float) and not isinstance(n, bool) for n in column)
        width = max((len(shown(value)) for value in column), default=0)
        made.add_column(
            heading,
            justify="right" if are_numbers else "left",
            overflow="fold",
            min_width=width if are_numbers or key in unbroken else None,
        )
    for row in values:
        made.add_row(*(Text(shown(value)) for value in row))
    return made


def shown(value: object) -> str:
    """A value for a terminal, without any character that could steer one."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1 or value == 0 else f"{value:.3g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    return printable(str(value))


def printable(text: str) -> str:
    """A line without any character that could steer a terminal."""
    return "".join(character for character in text if character.isprintable())


def listed(counts: Iterable[tuple[str, int]]) -> str:
    """Counts in one phrase: `3 models, 1 author`; those of nothing are left out."""
    return ", ".join(counted(count, name) for name, count in counts if count)


def counted(count: int, words: str) -> str:
    """A count with its words, which begin with a plural: `2 models new`, `1 model new`."""
    if count == 1:
        words = _PLURAL.sub("", words, count=1)
    return f"{count:,} {words}"


def issue_lines(losses: Sequence[str], issues: Mapping[str, int], log: str | None) -> Iterator[str]:
    """What was lost on the way in, and where to read more of it."""
    for loss in losses:
        yield f"Lost           {shown(loss)}"
    if issues:
        yield f"Issues         {listed(sorted(issues.items()))}; see {log}"


def megabytes(number: int) -> str:
    """Bytes as `1,234.5 MB`."""
    return f"{number / 1e6:,.1f} MB"
