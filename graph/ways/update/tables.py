"""The tables in DuckDB in which a dump is compared with the graph."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.observe.digests import DIGEST, select_digest
from graph.observe.dumps.columns import Dump
from graph.observe.dumps.rows import lines
from graph.observe.dumps.session import Advance, types_in, watched
from graph.observe.hub.records import columns_of
from graph.observe.issue_log import IssueLog
from graph.observe.normalise import Normaliser, Record
from graph.observe.record_files import Line
from graph.store.connection import Graph
from graph.store.held import FORMER_NAMES
from graph.ways.update import known
from graph.ways.update.known import HeldState

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
        for some in known.read_known(self._graph, self.node):
            self._put(
                f"INSERT INTO known SELECT x[{DIGEST + 1}:], x[:{DIGEST}], {HeldState.PRESENT}"
                " FROM given",
                x=pa.array(some.texts, pa.string()),
            )
            advance(some.share)
        at = datetime.fromisoformat(self.at)
        for state, keys in known.exceptional(self._graph, self.node, at):
            self._put(
                f"UPDATE known SET state = {state} FROM given WHERE known.key = given.key",
                key=pa.array(keys, pa.string()),
            )

    def read_dump(self, advance: Advance) -> None:
        """Fill `line`. What cannot be read as a whole column has a digest that fits nothing."""
        latest = datetime.now(UTC) + timedelta(days=1)
        types = types_in(self._connection, self._dump)
        columns = columns_of(self.node, types, int(latest.timestamp() * 1000))
        digest = select_digest(self.node, columns.stated)
        with watched(self._connection, advance):
            self.run(
                "CREATE TEMP TABLE line AS SELECT row, lower(id) AS key,"
                f" TRY({digest}) AS digest FROM ({columns.sql})"
            )

    def look_closer(self, log: IssueLog, advance: Advance) -> int:
        """Fill `candidate`, by the loader's own reading of the rows that differ.

        Returns:
            How many of them cannot be used.
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

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """The rows of a query; only for few."""
        return self._connection.execute(sql, values).fetchall()

    def numbers(self, sql: str) -> IntArray:
        """The one column of a query, sorted."""
        (column,) = self._connection.execute(sql).fetchnumpy().values()
        return np.sort(np.asarray(column, np.int64))

    def number(self, sql: str) -> int:
        """The one number that a query gives."""
        (value,) = self.rows(sql)[0]
        return int(str(value))

    def _follow_names(self) -> None:
        """Rows under a former name belong to the model that bore it, unless the loader parts them.

        It parts them where another `_id` shows that the name is someone else's now, or the same
        one that the model has its name back.
        """
        names = self._graph.read(FORMER_NAMES, timeout_s=known.TIMEOUT_S, row_limit=10_000_000).rows
        if not names:
            return
        self._put(
            "CREATE TEMP TABLE former AS SELECT * FROM given",
            name=pa.array([row["former"] for row in names], pa.string()),
            key=pa.array([row["id"].lower() for row in names], pa.string()),
            hub_id=pa.array([row["hub_id"] for row in names], pa.string()),
            at=pa.array([row["at"] for row in names], pa.timestamp("us", "UTC")),
        )
        self.run(
            """UPDATE candidate SET key = former.key FROM former
WHERE candidate.key = former.name AND (candidate.hub_id IS NULL OR former.hub_id IS NULL
  OR (candidate.hub_id = former.hub_id AND former.at >= CAST(? AS TIMESTAMPTZ)))""",
            self.at,
        )

    def _ask(self, table: str, keys: str) -> None:
        wanted = [str(key) for (key,) in self.rows(keys)]
        for some in known.held(self._graph, self.node, wanted):
            self._put(
                f"INSERT INTO {table} SELECT * FROM given",
                key=pa.array([each.key for each in some], pa.string()),
                id=pa.array([each.id for each in some], pa.string()),
                hub_id=pa.array([each.hub_id for each in some], pa.string()),
                version=pa.array([each.version for each in some], pa.string()),
            )

    def _offer(self, some: Sequence[tuple[int, Record]]) -> None:
        hub_ids = [record.properties.get("hub_id") for _, record in some]
        self._put(
            "INSERT INTO candidate SELECT * FROM given",
            row=pa.array([row for row, _ in some], pa.int64()),
            key=pa.array([record.key for _, record in some], pa.string()),
            id=pa.array([record.spelling for _, record in some], pa.string()),
            hub_id=pa.array(hub_ids, pa.string()),
            version=pa.array([record.version for _, record in some], pa.string()),
        )

    def _put(self, sql: str, **columns: object) -> None:
        """Run a statement that reads some columns as the table `given`."""
        self._connection.register("given", pa.table(columns))
        self._connection.execute(sql)
        self._connection.unregister("given")
