"""Which rows of a dump the graph does not hold, and what it holds that is not in the dump."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.bulk import Progress, plain
from graph.bulk.files import digest
from graph.bulk.staging import Advance, watched
from graph.connection import Graph
from graph.dump import Dump, lines, session
from graph.ingest.issue_log import IssueLog
from graph.ingest.renames import FORMER_NAMES
from graph.records import Normaliser, Record
from graph.schema import MODEL
from graph.update import known
from graph.update.known import DIGEST, State

STAGES = ("Reading the graph", "Reading the dump", "Comparing")
"""What a comparison does, in order."""

IntArray = npt.NDArray[np.int64]

_TOGETHER = 20_000
"""Rows that are put into DuckDB at a time."""


@dataclass
class Difference:
    """What an update has to do.

    Attributes:
        rows: numbers of the dump's rows that the loader must read.
        renamed: names of models, former and present; the loader must be told of them.
        gone: keys of what the graph holds and the dump does not.
        expected: how many are there, as the graph has it.
        added: rows that describe what the graph does not.
        changed: rows that say something else than what the graph holds, and newer.
        back: rows of what is gone, as the graph has it.
        unfinished: rows of what an interrupted run may have left half written.
        older: rows that say something else than what the graph holds, but older.
        unchanged: rows that say what the graph holds.
        rejected: rows that cannot be used.
    """

    rows: IntArray
    renamed: list[tuple[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    expected: int = 0
    added: int = 0
    changed: int = 0
    back: int = 0
    unfinished: int = 0
    older: int = 0
    unchanged: int = 0
    rejected: int = 0


def compare(graph: Graph, dump: Dump, at: str, log: IssueLog, progress: Progress) -> Difference:
    """Compare a dump with the graph.

    Rows are compared by the digests of what they say. DuckDB works them out for whole columns;
    where they differ the row is normalised as the loader does it, and that decides.

    Args:
        graph: what it is compared with.
        dump: of models, datasets or Spaces.
        at: when it was taken, ISO text.
        log: takes the issues of rows that cannot be used.
        progress: told of each of `STAGES`.

    Raises:
        DataError: the dump is damaged.
        ServerError: the database went away.
    """
    with session(dump) as connection:
        task = _Comparison(connection, graph, dump, at)
        progress.stage(STAGES[0])
        task.read_graph(progress.advance)
        progress.stage(STAGES[1])
        task.read_dump(progress.advance)
        progress.stage(STAGES[2])
        rejected = task.look_closer(log, progress.advance)
        task.ask_closer()
        found = task.difference()
    found.rejected = rejected
    found.unchanged = dump.rows - rejected - len(found.rows) - found.older
    return found


class _Comparison:
    """The tables of a comparison.

    `known` (key, digest, state) holds what the graph describes, `line` (row, key, digest) every row
    of the dump, `told` (row, key, id, hub_id, version) those that must be looked at closer, `held`
    (key, id, hub_id, version) what the graph has in their place, `missing` (the same) what the
    graph holds and the dump does not.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, graph: Graph, dump: Dump, at: str
    ) -> None:
        self._connection = connection
        self._graph = graph
        self._dump = dump
        self._node = plain.NODES[dump.kind]
        self._at = at

    def read_graph(self, advance: Advance) -> None:
        """Fill `known`."""
        self._run("CREATE TEMP TABLE known (key VARCHAR, digest VARCHAR, state TINYINT)")
        at = datetime.fromisoformat(self._at)
        for some in known.read(self._graph, self._node, at):
            self._put(
                f"INSERT INTO known SELECT x[{DIGEST + 1}:], x[:{DIGEST}], {some.state} FROM given",
                x=pa.array(some.texts, pa.string()),
            )
            advance(some.share)

    def read_dump(self, advance: Advance) -> None:
        """Fill `line`. What cannot be read as a whole column has a digest that fits nothing."""
        described = self._rows("DESCRIBE dump")
        types = {str(name): str(type_) for name, type_, *_ in described}
        latest = datetime.now(UTC) + timedelta(days=1)
        rows = plain.select(self._dump, types, int(latest.timestamp() * 1000))
        text = digest(self._node, plain.stated(self._dump))
        with watched(self._connection, advance):
            self._run(
                "CREATE TEMP TABLE line AS SELECT row, lower(id) AS key,"
                f" TRY({text}) AS digest FROM ({rows})"
            )

    def look_closer(self, log: IssueLog, advance: Advance) -> int:
        """Fill `told`, by the loader's own reading of the rows that differ.

        Returns:
            How many of them cannot be used.
        """
        self._run(
            "CREATE TEMP TABLE told"
            " (row BIGINT, key VARCHAR, id VARCHAR, hub_id VARCHAR, version VARCHAR)"
        )
        self._run(
            f"""CREATE TEMP TABLE different AS
SELECT row, line.key FROM line LEFT JOIN known USING (key)
WHERE known.key IS NULL OR known.state <> {State.PRESENT}
  OR line.digest IS DISTINCT FROM known.digest"""
        )
        # Where ids differ in case only, several rows describe one node: all of them or none.
        different = self._numbers(
            """SELECT row FROM line SEMI JOIN different USING (key)
UNION SELECT row FROM different WHERE key IS NULL"""
        )
        rejected = 0
        normalise = Normaliser()
        some: list[tuple[int, Record]] = []
        for count, line in enumerate(lines(self._dump, self._at, different), 1):
            record, notes = (None, [line.issue]) if line.issue else normalise(line.raw)
            if record is not None:
                some.append((line.number, record))
            else:
                rejected += 1
                for issue in (*line.notes, *notes):
                    log.add(line.source, line.number, None, issue)
            if len(some) == _TOGETHER:
                self._tell(some)
                some.clear()
                advance(count / len(different))
        self._tell(some)
        return rejected

    def ask_closer(self) -> None:
        """Fill `held` and `missing`, and put rows under the names that models bear now."""
        for table in ("held", "missing"):
            columns = "(key VARCHAR, id VARCHAR, hub_id VARCHAR, version VARCHAR)"
            self._run(f"CREATE TEMP TABLE {table} {columns}")
        if self._node is MODEL:
            self._follow_names()
        self._ask("held", "SELECT DISTINCT key FROM told JOIN known USING (key)")
        self._ask(
            "missing",
            f"""SELECT key FROM known
ANTI JOIN line USING (key) ANTI JOIN told USING (key)
WHERE state IN ({State.PRESENT}, {State.UNFINISHED})""",
        )

    def difference(self) -> Difference:
        """What follows from the tables."""
        self._run(
            f"""CREATE TEMP TABLE judged AS
SELECT told.*, held.hub_id AS held_hub_id, held.key IS NULL AS is_new, CASE
    WHEN held.key IS NULL THEN 'added'
    WHEN known.state = {State.GONE} THEN 'back'
    WHEN known.state = {State.UNFINISHED} THEN 'unfinished'
    WHEN right(newest, {DIGEST}) = right(held.version, {DIGEST}) THEN 'unchanged'
    WHEN newest > held.version THEN 'changed'
    ELSE 'older' END AS verdict
FROM (SELECT *, max(version) OVER (PARTITION BY key) AS newest FROM told) AS told
LEFT JOIN held USING (key) LEFT JOIN known USING (key)"""
        )
        renamed = self._renamed()
        gone = self._rows(
            "SELECT key FROM missing WHERE split_part(version, ' ', 2) < ? ORDER BY key", self._at
        )
        counts = {str(name): count for name, count in self._counts()}
        former = {name.lower() for name, _ in renamed}
        return Difference(
            rows=self._numbers(
                "SELECT row FROM judged WHERE verdict NOT IN ('unchanged', 'older')"
            ),
            renamed=renamed,
            gone=[str(key) for (key,) in gone if key not in former],
            expected=self._number(
                f"SELECT count(*) FROM known WHERE state IN ({State.PRESENT}, {State.UNFINISHED})"
            ),
            **counts,
        )

    def _counts(self) -> Iterator[tuple[str, int]]:
        """Verdict → rows; those of renamed models are neither added nor changed."""
        for name in ("added", "changed", "back", "unfinished", "older"):
            yield (
                name,
                self._number(
                    "SELECT count(*) FROM judged ANTI JOIN renamed USING (row)"
                    f" WHERE verdict = '{name}'"
                ),
            )

    def _renamed(self) -> list[tuple[str, str]]:
        """Models that the dump has under a name that is not theirs in the graph."""
        if self._node is not MODEL:
            self._run("CREATE TEMP TABLE renamed (row BIGINT)")
            return []
        self._run(
            """CREATE TEMP TABLE renamed AS
SELECT min(judged.row) AS row, missing.id AS former, arg_min(judged.id, judged.row) AS present
FROM missing JOIN judged USING (hub_id)
WHERE split_part(missing.version, ' ', 2) < ? AND verdict NOT IN ('unchanged', 'older')
  AND coalesce(held_hub_id = hub_id, is_new)
GROUP BY missing.id""",
            self._at,
        )
        rows = self._rows("SELECT former, present FROM renamed ORDER BY former")
        return [(str(former), str(present)) for former, present in rows]

    def _follow_names(self) -> None:
        """Rows under a former name belong to the model that bore it, unless the loader parts them.

        It does where another `_id` tells that someone else bears the name now, or the same one that
        the model has its name back.
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
        self._run(
            """UPDATE told SET key = former.key FROM former
WHERE told.key = former.name AND (told.hub_id IS NULL OR former.hub_id IS NULL
  OR (told.hub_id = former.hub_id AND former.at >= CAST(? AS TIMESTAMPTZ)))""",
            self._at,
        )

    def _ask(self, table: str, keys: str) -> None:
        wanted = [str(key) for (key,) in self._rows(keys)]
        for some in known.held(self._graph, self._node, wanted):
            self._put(
                f"INSERT INTO {table} SELECT * FROM given",
                key=pa.array([each.key for each in some], pa.string()),
                id=pa.array([each.id for each in some], pa.string()),
                hub_id=pa.array([each.hub_id for each in some], pa.string()),
                version=pa.array([each.version for each in some], pa.string()),
            )

    def _tell(self, some: Sequence[tuple[int, Record]]) -> None:
        hub_ids = [record.properties.get("hub_id") for _, record in some]
        self._put(
            "INSERT INTO told SELECT * FROM given",
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

    def _run(self, sql: str, *values: object) -> None:
        self._connection.execute(sql, values)

    def _rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def _numbers(self, sql: str) -> IntArray:
        """The one column of a query, sorted."""
        (column,) = self._connection.execute(sql).fetchnumpy().values()
        return np.sort(np.asarray(column, np.int64))

    def _number(self, sql: str) -> int:
        (value,) = self._rows(sql)[0]
        return int(str(value))
