"""PageRank by DuckDB, without a graph database: as many rounds as the longest chain.

What models count themselves moves one step from child to base in each round: a join with the
relationships and a sum. The lineage has no cycle, so the moving front shrinks to nothing and the
sums of what has arrived are exact; there is no tolerance. A front that does not fit into memory is
put on disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import ClassVar

import duckdb
import numpy as np

from graph.scores.engine import Links, Ranking
from graph.scores.lineage import FloatArray
from graph.settings import Settings


@dataclass(frozen=True)
class Rounds:
    """The engine outside the database."""

    name: ClassVar[str] = "duckdb"

    def rank(self, links: Links, own: Sequence[FloatArray], settings: Settings) -> Ranking:
        """See `Engine`; all b in the same rounds. `ValueError` if the lineage has a cycle.

        On one thread, for the same last digit every time.
        """
        bases = links.bases
        scores = (1 - settings.damping) * np.array([weight[bases] for weight in own])
        if not bases.size or not own:
            return Ranking(scores.reshape(len(own), bases.size))
        names = [f"b{i}" for i in range(len(own))]
        with (
            TemporaryDirectory(prefix="hubgraph-") as folder,
            duckdb.connect(config={"threads": 1, "temp_directory": folder}) as tables,
        ):
            _links(tables, links, settings.damping)
            _start(tables, links, own, 1 - settings.damping, names)
            iterations = _flow(tables, names, links.size)
            totals = ", ".join(f"fsum({name})" for name in names)
            found = tables.sql(
                f"SELECT model, {totals} FROM arrived GROUP BY model ORDER BY model"
            ).fetchnumpy()
        model, *columns = found.values()
        places = np.searchsorted(bases, model)
        for row, column in zip(scores, columns, strict=True):
            row[places] += column
        return Ranking(scores, iterations)


def _links(tables: duckdb.DuckDBPyConnection, links: Links, damping: float) -> None:
    """The table of relationships, each with the share of its child that it passes on."""
    passed = damping / np.bincount(links.child, minlength=links.size)[links.child]
    tables.register("given", {"child": links.child, "base": links.base, "passed": passed})
    tables.execute("CREATE TABLE link AS SELECT * FROM given")


def _start(
    tables: duckdb.DuckDBPyConnection,
    links: Links,
    own: Sequence[FloatArray],
    share: float,
    names: Sequence[str],
) -> None:
    """The first front, what children count themselves; nothing has arrived yet."""
    children = np.unique(links.child)
    front = {name: share * weight[children] for name, weight in zip(names, own, strict=True)}
    tables.register("given", {"model": children, **front})
    tables.execute("CREATE TABLE front AS SELECT * FROM given")
    tables.execute("CREATE TABLE arrived AS SELECT * FROM front LIMIT 0")


def _flow(tables: duckdb.DuckDBPyConnection, names: Sequence[str], size: int) -> int:
    """Move the front until nothing moves; how many rounds it took."""
    sums = ", ".join(f"fsum({name} * passed) AS {name}" for name in names)
    for done in range(size + 1):
        tables.execute(
            f"CREATE OR REPLACE TABLE next AS SELECT base AS model, {sums} "
            "FROM front JOIN link ON link.child = front.model GROUP BY base"
        )
        tables.execute("INSERT INTO arrived FROM next")
        if not tables.execute("SELECT count(*) FROM next").fetchall()[0][0]:
            return done
        tables.execute("CREATE OR REPLACE TABLE front AS FROM next")
    raise ValueError("the lineage has a cycle")
