"""Reading tables of results on benchmarks: a row for each result, or for each model."""

from collections.abc import Iterator
from typing import Any

from graph.observe.dumps.columns import MODEL_NAME, SCORE, Dump
from graph.observe.dumps.rows import rows
from graph.observe.hub.evaluations import CARD, SOURCE
from graph.observe.record_files import Line
from graph.schema import EVALUATION

_FIELDS = {"model": "id", "observed": "date"}
"""Column → field of a record, where they are not called alike."""

_ORIGINS = {CARD: "card", SOURCE: "hub"}
"""First word of a source that is no leaderboard → where its results stand."""

_LEADERBOARDS = "OpenEvals/leaderboard-data"
"""The dataset that has the Hub's leaderboards in one table."""


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


def leaderboard_lines(dump: Dump, at: str) -> Iterator[Line]:
    """The rows of a table of leaderboards as records, one for each benchmark, observed at a time.

    Raises:
        DataError: the file is damaged; every row before that has been returned.
    """
    about = {"record": EVALUATION.form, "source": _LEADERBOARDS, "origin": "hub", "observed_at": at}
    for number, info, notes in rows(dump):
        model = info.pop(MODEL_NAME, None)
        stated = {name: value for name, value in info.items() if value is not None}
        for place, (name, value) in enumerate(stated.items()):
            record = {"id": model, "benchmark": name.removesuffix(SCORE), "value": value}
            yield Line(str(dump.path), number, about | record, None, () if place else notes)
