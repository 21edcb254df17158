"""The names of all models as a table in DuckDB: rules about names ask it instead of each name."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from graph.observe import ids


class ModelNames:
    """The table `named` (place, id, name, author) of models; name and author are in lower case."""

    def __init__(self, model_ids: Sequence[str]) -> None:
        self._ids = model_ids
        self._sql = duckdb.connect()
        given = pa.table({"id": pa.array(model_ids, pa.string()), "place": range(len(model_ids))})
        self._sql.register("given", given)
        self._sql.execute(
            """CREATE TABLE named AS SELECT place, id, lower(id[position('/' IN id) + 1:]) AS name,
  lower(CASE WHEN contains(id, '/') THEN split_part(id, '/', 1) ELSE '' END) AS author
FROM given"""
        )
        self._sql.unregister("given")

    def ask(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """The rows of a query; a list among its values is a table with the column `value`."""
        texts = {n: pa.array(v, pa.string()) for n, v in values.items() if isinstance(v, list)}
        for name, column in texts.items():
            self._sql.register(name, pa.table({"value": column}))
        single = {name: value for name, value in values.items() if name not in texts}
        return self._sql.execute(query, single).fetchall()

    def matching(self, pattern: str) -> list[str]:
        """The ids of the models in whose names a pattern occurs, without regard to case.

        DuckDB knows all of Python's regular expressions but those that look around or back.
        """
        query = "SELECT id FROM named WHERE regexp_matches(name, $pattern) ORDER BY place"
        pattern = f"(?i){_bare(pattern)}"
        try:
            return [id_ for (id_,) in self.ask(query, pattern=pattern)]
        except duckdb.InvalidInputException:
            search = re.compile(pattern).search
            return [id_ for id_ in self._ids if search(ids.name(id_))]


def one_of(patterns: Iterable[str]) -> str:
    """A pattern that finds what one of several finds, all without regard to case."""
    return "|".join(f"(?:{_bare(pattern)})" for pattern in patterns)


def _bare(pattern: str) -> str:
    return pattern.removeprefix("(?i)")
