"""Reading a table of results on benchmarks: a row for each model, benchmark and metric."""

from collections.abc import Iterator
from typing import Any

from graph.observe.dumps.columns import Dump
from graph.observe.dumps.rows import rows
from graph.observe.record_files import Line
from graph.schema import EVALUATION

_FIELDS = {"model": "id", "observed": "date"}
"""Column → field of a record, where they are not called alike."""

_ORIGINS = {"model-index": "card", "hub-eval-results": "hub"}
"""First word of a source that is no leaderboard → where its results stand."""


def result_lines(dump: Dump) -> Iterator[Line]:
    """The rows of a table as records.

    Raises:
        DataError: the file is damaged; every row before that has been returned.
    """
    for number, info, notes in rows(dump):
        record: dict[str, Any] = {"record": EVALUATION.form}
        record |= {_FIELDS.get(name, name): value for name, value in info.items() if value != ""}
        if origin := _ORIGINS.get(str(record.get("source")).split(" ")[0]):
            record["origin"] = origin
        yield Line(str(dump.path), number, record, None, notes)
