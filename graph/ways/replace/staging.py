"""Where records lie in DuckDB between being read and being written as import files.

Each source has a table for each kind of node that it describes, a **part**, with a row for each
record. The number of a row is that of its future node, too. Of several records of one node the
first is imported; the rest are left over for the ordinary loader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa

from graph.errors import ServerError
from graph.observe import fields
from graph.observe.dumps.columns import Dump
from graph.observe.dumps.session import Advance, columns_in, database, shown, watched
from graph.observe.fields import WAYS, Way
from graph.observe.normalise import Record
from graph.schema import NodeType, Type

MEMORY = "900MB"
"""What DuckDB holds in memory; more goes to the disk."""


@dataclass
class Part:
    """A table of records that describe nodes of one kind."""

    table: str
    node: NodeType
    stated: tuple[str, ...] | None = None  # by every row of a dump; None: `absent` of a row says it
    observed_ms: int | None = None  # when all of it was observed; None where each row says it
    first: int = 0  # number of the node of its first row, once every part is complete

    @property
    def rows(self) -> str:
        """SQL: its rows with the numbers of their nodes, as `node`."""
        plain_only = " WHERE plain" if self.stated is not None else ""
        return f"(SELECT *, {self.first} + rowid AS node FROM {self.table}{plain_only})"

    @property
    def imported(self) -> str:
        """SQL: those of `rows` that are imported."""
        return f"(SELECT * FROM {self.rows} WHERE node NOT IN (SELECT node FROM left_over))"

    def states(self, name: str) -> bool:
        """Whether its rows can state a property."""
        return self.stated is None or name in self.stated

    def value(self, name: str) -> str:
        """SQL: a property of a row; null where its rows do not state it."""
        way = fields.of(self.node.find(name))
        return f'"{name}"' if self.states(name) else f"NULL::{way.duckdb}"

    def appeared(self, now_ms: int) -> str:
        """SQL: since when what a row describes is known to be there (`graph.resolve.presence`)."""
        observed = "observed" if self.stated is None else f"{self.observed_ms}::BIGINT"
        signs = (self.value("created_at"), observed, self.value("last_modified"), now_ms)
        since_1970 = f"coalesce({', '.join(map(str, signs))})"
        return WAYS[Type.DATETIME].stored.format(since_1970)


class Staging:
    """A DuckDB database with the parts; an empty folder takes what does not fit into memory."""

    def __init__(self, folder: Path) -> None:
        self.parts: list[Part] = []
        self._next = 0
        self._connection = database(folder, MEMORY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, sql: str, advance: Advance | None = None) -> None:
        """Run one statement, which may take long.

        Raises:
            ServerError: the disk is full.
        """
        with watched(self._connection, advance):
            try:
                self._connection.execute(sql)
            except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
                full = ("No space left", "exceeds available", "max_temp")
                if any(text in str(error) for text in full):
                    raise ServerError(
                        "The disk is full.",
                        "Free some space, or work in a folder on a larger disk.",
                    ) from error
                raise

    def numbers(self, sql: str) -> list[int]:
        """The one column of a query; only for few rows."""
        self.run(sql)
        return [int(number) for (number,) in self._connection.fetchall()]

    def columns(self, sql: str) -> dict[str, Any]:
        """The columns of a query as arrays; masked where values are missing."""
        self.run(sql)
        return dict(self._connection.fetchnumpy())

    def one(self, sql: str) -> int:
        """The one number that a query gives."""
        return self.numbers(sql)[0]

    def take_dump(self, dump: Dump, observed_ms: int, advance: Advance) -> tuple[Part, list[int]]:
        """Take the plain rows of a dump; returns their part, and the numbers of the others.

        Raises:
            DataError: the file is damaged.
        """
        table = f"part_{len(self.parts)}"
        with shown(self._connection, dump):
            columns = columns_in(self._connection, dump)
            self.run(f"CREATE TABLE {table} AS {columns.sql}", advance)
        part = Part(table, dump.node, columns.stated, observed_ms)
        self.parts.append(part)
        return part, self.numbers(f"SELECT row FROM {table} WHERE NOT plain ORDER BY row")

    def open_part(self, node: NodeType) -> Part:
        """A part for records one by one; `add` fills it."""
        table = f"part_{len(self.parts)}"
        listed = ", ".join(f'"{name}" {way.duckdb}' for name, way in _columns(node).items())
        self.run(f"CREATE TABLE {table} ({listed})")
        part = Part(table, node)
        self.parts.append(part)
        return part

    def add(self, part: Part, records: Sequence[tuple[int, Record]]) -> None:
        """Add records with their row numbers to a part that `open_part` gave."""
        columns: dict[str, list[object]] = {
            "row": [row for row, _ in records],
            "id": [record.spelling for _, record in records],
            "version": [record.version for _, record in records],
            "observed": [record.observed_at for _, record in records],
            "absent": [_absent(record) for _, record in records],
        }
        for name in part.node.stated:
            columns[name] = [record.properties.get(name) for _, record in records]
        if part.node.has_lineage:
            lineages = [record.lineage for _, record in records]
            columns["bases"] = [list(said.bases) if said else None for said in lineages]
            columns["relation"] = [said.relation if said else None for said in lineages]
            columns["bases_source"] = [said.source if said else None for said in lineages]
            columns["has_lineage"] = [said is not None for said in lineages]
        self._connection.register("added", pa.table(columns))
        values = ", ".join(
            f"""CAST({way.staged.format(f'"{name}"')} AS {way.duckdb})"""
            for name, way in _columns(part.node).items()
        )
        self.run(f"INSERT INTO {part.table} SELECT {values} FROM added")
        self._connection.unregister("added")

    def parts_of(self, node: NodeType) -> list[Part]:
        """The parts that describe nodes of a kind."""
        return [part for part in self.parts if part.node is node]

    def number(self, count: int) -> int:
        """Numbers for more nodes: the first of `count`."""
        first = self._next
        self._next += count
        return first


def _columns(node: NodeType) -> dict[str, Way]:
    """The columns of a part for records one by one, in their order."""
    text, texts = WAYS[Type.STRING], WAYS[Type.STRINGS]
    columns = {"row": WAYS[Type.INTEGER], "id": text, "version": text}
    columns |= {"observed": WAYS[Type.DATETIME], "absent": texts}
    columns |= {name: fields.of(node.find(name)) for name in node.stated}
    if node.has_lineage:
        columns |= {"bases": texts, "relation": text, "bases_source": text}
        columns["has_lineage"] = WAYS[Type.BOOLEAN]
    return columns


def _absent(record: Record) -> list[str] | None:
    return sorted(name for name, value in record.properties.items() if value is None) or None
