"""Which rows of a dump the graph does not hold, and what it holds that is not in the dump."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph.observe.digests import DIGEST
from graph.observe.dumps.columns import Dump
from graph.observe.dumps.session import session
from graph.observe.issue_log import IssueLog
from graph.observe.record_files import Line
from graph.progress import Progress
from graph.store.connection import Graph
from graph.ways.update.known import HeldState
from graph.ways.update.tables import Tables

STAGES = ("Reading the graph", "Reading the dump", "Comparing")
"""What a comparison does, in order."""


@dataclass
class Difference:
    """What an update has to do."""

    rows: int  # of the dump's rows, those that the loader must read
    lines: Iterable[Line]  # these rows
    renamed: list[tuple[str, str]]  # former and present names of models, to be loaded as changes
    gone: list[str]  # keys of what the graph holds and the dump does not
    expected: int  # how many are there, as the graph has it
    counts: dict[str, int]  # verdict → rows, as `UpdateSummary` explains them


def compare(graph: Graph, dump: Dump, at: str, log: IssueLog, progress: Progress) -> Difference:
    """Compare a dump with the graph.

    Rows are compared by the digests of what they say. DuckDB works them out for whole columns;
    where they differ the row is normalised as the loader does it, and that decides. The log takes
    the issues of rows that cannot be used.

    Raises:
        DataError: the dump is damaged.
        ServerError: the database went away.
    """
    with session(dump) as connection:
        tables = Tables(connection, graph, dump, at)
        progress.stage(STAGES[0])
        tables.read_graph(progress.advance)
        progress.stage(STAGES[1])
        tables.read_dump(progress.advance)
        progress.stage(STAGES[2])
        rejected = tables.look_closer(log, progress.advance)
        tables.ask_closer()
        return _judge(tables, dump.rows, rejected)


def _judge(tables: Tables, total: int, rejected: int) -> Difference:
    """What follows from the tables."""
    tables.run(
        f"""CREATE TEMP TABLE judged AS
SELECT candidate.*, held.hub_id AS held_hub_id, held.key IS NULL AS is_new, CASE
    WHEN held.key IS NULL THEN 'added'
    WHEN known.state = {HeldState.GONE} THEN 'back'
    WHEN known.state = {HeldState.UNFINISHED} THEN 'unfinished'
    WHEN right(newest, {DIGEST}) = right(held.version, {DIGEST}) THEN 'unchanged'
    WHEN newest > held.version OR candidate.hub_id <> held.hub_id THEN 'changed'
    ELSE 'older' END AS verdict
FROM (SELECT *, max(version) OVER (PARTITION BY key) AS newest FROM candidate) AS candidate
LEFT JOIN held USING (key) LEFT JOIN known USING (key)"""
    )
    renamed = _renamed(tables)
    former = {name.lower() for name, _ in renamed}
    gone = tables.rows(
        "SELECT key FROM missing WHERE split_part(version, ' ', 2) < ? ORDER BY key", tables.at
    )
    rows = tables.numbers("SELECT row FROM judged WHERE verdict NOT IN ('unchanged', 'older')")
    there = f"state IN ({HeldState.PRESENT}, {HeldState.UNFINISHED})"
    verdicts = "FROM judged ANTI JOIN renamed USING (row) GROUP BY verdict"
    counts = dict(tables.rows(f"SELECT verdict, count(*) {verdicts}"))
    counts["unchanged"] = total - rejected - len(rows) - counts.get("older", 0)
    return Difference(
        rows=len(rows),
        lines=tables.lines(rows),
        renamed=renamed,
        gone=[key for (key,) in gone if key not in former],
        expected=tables.rows(f"SELECT count(*) FROM known WHERE {there}")[0][0],
        counts=counts | {"rejected": rejected},
    )


def _renamed(tables: Tables) -> list[tuple[str, str]]:
    """Models that the dump has under a name that is not theirs in the graph.

    Makes the table `renamed` of their rows.
    """
    if not tables.node.has_history:
        tables.run("CREATE TEMP TABLE renamed (row BIGINT)")
        return []
    tables.run(
        """CREATE TEMP TABLE renamed AS
SELECT min(judged.row) AS row, missing.id AS former, arg_min(judged.id, judged.row) AS present
FROM missing JOIN judged USING (hub_id)
WHERE split_part(missing.version, ' ', 2) < ? AND verdict NOT IN ('unchanged', 'older')
  AND coalesce(held_hub_id = hub_id, is_new)
GROUP BY missing.id""",
        tables.at,
    )
    return tables.rows("SELECT former, present FROM renamed ORDER BY former")
