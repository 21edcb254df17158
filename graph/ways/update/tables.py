"""The tables in DuckDB in which a dump is compared with the graph."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.observe.digests import DIGEST, select_digest
from graph.observe.dumps.columns import Dump
from graph.observe.dumps.rows import lines
from graph.observe.dumps.session import Advance, columns_in, watched
from graph.observe.issue_log import IssueLog
from graph.observe.normalise import Normaliser, Record
from graph.observe.record_files import Line
from graph.store.connection import LONG_S, Graph
from graph.store.held import FORMER_NAMES
from graph.ways.update import known
from graph.ways.update.known import HeldNode, HeldState

IntArray = npt.NDArray[np.int64]

MOST_KEPT = 100_000
"""Rows that are kept in memory for the loader, some kilobytes each."""

_TOGETHER = 20_000
"""Rows that are put into DuckDB at a time."""


class Tables:
    """The tables of a comparison.

    `known` (key, digest, state) holds what the graph describes, `line` (row, key, digest) every row
    of the dump, `candidate` (row, key, id, hub_id, version) those that may differ, `held`
    (key, id, hub_id, version) what the graph has in their place, `missing` (the same) what the
    graph holds and the dump does not.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, graph: Graph, dump: Dump, at: str
    ) -> None:
        self._connection = connection
        self._graph = graph
        self._dump = dump
        self.node = dump.node
        self._kept: dict[int, Line] | None = None
        self.at = at

    def read_graph(self, advance: Advance) -> None:
        """Fill `known`."""
        self.run("CREATE TEMP TABLE known (key VARCHAR, digest VARCHAR, state TINYINT)")
        for texts in known.read_known(self._graph, self.node, advance):
            self._put(
                f"INSERT INTO known SELECT x[{DIGEST + 1}:], x[:{DIGEST}], {HeldState.PRESENT}"
                " FROM given",
                x=_texts(texts),
            )
        at = datetime.fromisoformat(self.at)
        for state, keys in known.exceptional(self._graph, self.node, at):
            self._put(
                f"UPDATE known SET state = {state} FROM given WHERE known.key = given.key",
                key=_texts(keys),
            )

    def read_dump(self, advance: Advance) -> None:
        """Fill `line`. What cannot be read as a whole column has a digest that fits nothing."""
        columns = columns_in(self._connection, self._dump)
        digest = select_digest(self.node, columns.stated)
        with watched(self._connection, advance):
            self.run(
                "CREATE TEMP TABLE line AS SELECT row, lower(id) AS key,"
                f" TRY({digest}) AS digest FROM ({columns.sql})"
            )

    def look_closer(self, log: IssueLog, advance: Advance) -> int:
        """Fill `candidate`, by the loader's own reading of the rows that differ.

        Returns how many of them cannot be used.
        """
        self.run(
            "CREATE TEMP TABLE candidate"
            " (row BIGINT, key VARCHAR, id VARCHAR, hub_id VARCHAR, version VARCHAR)"
        )
        self.run(
            f"""CREATE TEMP TABLE different AS
SELECT row, line.key FROM line LEFT JOIN known USING (key)
WHERE known.key IS NULL OR known.state <> {HeldState.PRESENT}
  OR line.digest IS DISTINCT FROM known.digest"""
        )
        # Where ids differ in case only, several rows describe one node: all of them or none.
        different = self.numbers(
            """SELECT row FROM line SEMI JOIN different USING (key)
UNION SELECT row FROM different WHERE key IS NULL"""
        )
        rejected = 0
        self._kept = {} if len(different) <= MOST_KEPT else None
        normalise = Normaliser()
        some: list[tuple[int, Record]] = []
        for count, line in enumerate(lines(self._dump, self.at, different), 1):
            record, notes = (None, [line.issue]) if line.issue else normalise(line.raw)
            if record is not None:
                some.append((line.number, record))
                if self._kept is not None:
                    self._kept[line.number] = line._replace(raw=record, notes=(*line.notes, *notes))
            else:
                rejected += 1
                for issue in (*line.notes, *notes):
                    log.add(line.source, line.number, None, issue)
            if len(some) == _TOGETHER:
                self._offer(some)
                some.clear()
                advance(count / len(different))
        self._offer(some)
        return rejected

    def ask_closer(self) -> None:
        """Fill `held` and `missing`, and put rows under the names that models bear now."""
        for table in ("held", "missing"):
            columns = "(key VARCHAR, id VARCHAR, hub_id VARCHAR, version VARCHAR)"
            self.run(f"CREATE TEMP TABLE {table} {columns}")
        if self.node.has_history:
            self._follow_names()
        self._ask("held", "SELECT DISTINCT key FROM candidate JOIN known USING (key)")
        self._ask(
            "missing",
            f"""SELECT key FROM known
ANTI JOIN line USING (key) ANTI JOIN candidate USING (key)
WHERE state IN ({HeldState.PRESENT}, {HeldState.UNFINISHED})""",
        )

    def lines(self, rows: IntArray) -> Iterable[Line]:
        """The rows as they were read, or to be read again where they were too many to keep."""
        if self._kept is None:
            return lines(self._dump, self.at, rows)
        return [self._kept[int(row)] for row in rows]

    def run(self, sql: str, *values: object) -> None:
        """Run a statement."""
        self._connection.execute(sql, values)

    def rows(self, sql: str, *values: object) -> list[Any]:
        """The rows of a query; only for few."""
        return self._connection.execute(sql, values).fetchall()

    def numbers(self, sql: str) -> IntArray:
        """The one column of a query, sorted."""
        (column,) = self._connection.execute(sql).fetchnumpy().values()
        return np.sort(np.asarray(column, np.int64))

    def _follow_names(self) -> None:
        """Rows under a former name belong to the model that bore it, unless the loader parts them.

        It parts them where another `_id` shows that the name is someone else's now, or the same
        one that the model has its name back.
        """
        names = self._graph.read(FORMER_NAMES, timeout_s=LONG_S, row_limit=10_000_000).rows
        if not names:
            return
        self._put(
            "CREATE TEMP TABLE former AS SELECT * FROM given",
            name=_texts(row["former"] for row in names),
            key=_texts(row["id"].lower() for row in names),
            hub_id=_texts(row["hub_id"] for row in names),
            at=pa.array([row["at"] for row in names], pa.timestamp("us", "UTC")),
        )
        self.run(
            """UPDATE candidate SET key = former.key FROM former
WHERE candidate.key = former.name AND (candidate.hub_id IS NULL OR former.hub_id IS NULL
  OR (candidate.hub_id = former.hub_id AND former.at >= CAST(? AS TIMESTAMPTZ)))""",
            self.at,
        )

    def _ask(self, table: str, keys: str) -> None:
        wanted = [key for (key,) in self.rows(keys)]
        for some in known.held(self._graph, self.node, wanted):
            if some:
                columns = map(_texts, zip(*some, strict=True))
                given = dict(zip(HeldNode._fields, columns, strict=True))
                self._put(f"INSERT INTO {table} SELECT * FROM given", **given)

    def _offer(self, some: Sequence[tuple[int, Record]]) -> None:
        self._put(
            "INSERT INTO candidate SELECT * FROM given",
            row=pa.array([row for row, _ in some], pa.int64()),
            key=_texts(record.key for _, record in some),
            id=_texts(record.spelling for _, record in some),
            hub_id=_texts(record.properties.get("hub_id") for _, record in some),
            version=_texts(record.version for _, record in some),
        )

    def _put(self, sql: str, **columns: object) -> None:
        """Run a statement that reads some columns as the table `given`."""
        self._connection.register("given", pa.table(columns))
        self._connection.execute(sql)
        self._connection.unregister("given")


def _texts(values: Iterable[object]) -> Any:
    return pa.array(values, pa.string())
