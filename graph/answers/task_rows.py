"""What an experiment on tasks reads: models with a task, or a sample of them, and those without."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from typing import Any

from graph import schema
from graph.experiments.rows import RowBase, TaskRow, author_key
from graph.store.connection import LONG_S, Graph
from graph.store.paging import by_number

MOST_ROWS = 20_000
"""Models that are learned from, if there are more."""
_PAGE = 10_000
_AT_ONCE = 5_000

_WITH_TASK = f"""
MATCH (m:{schema.MODEL.label}) WHERE id(m) = number AND m.task IS NOT NULL
RETURN [
  collect(CASE WHEN m.gone_since IS NULL THEN m.id END),
  collect(CASE WHEN m.task_guess IS NOT NULL THEN id(m) END)
] AS found
"""
_FACTS = f"""m {{
  number: id(m), .id, .task, .downloads, .likes, .parameters, .library, .license,
  formats: coalesce(m.tensor_types, []) + CASE WHEN m.quantization IS NULL THEN []
    ELSE [m.quantization] END,
  tags: coalesce(m.tags, []),
  bases: [(m)-[link:{schema.LINEAGE_PATTERN}]->(b) WHERE link.gone_since IS NULL
    | b {{.id, .license, .parameters}}]
}}"""
_CHOSEN = f"""
UNWIND $ids AS id
MATCH (m:{schema.MODEL.label} {{id: id}})
RETURN collect({_FACTS}) AS found
"""
_WITHOUT_TASK = f"""
MATCH (m:{schema.MODEL.label})
WHERE id(m) = number AND m.task IS NULL AND m.gone_since IS NULL
RETURN collect({_FACTS}) AS found
"""


@dataclass(frozen=True)
class LabelledModels:
    """The models with a task that are there."""

    total: int
    rows: list[TaskRow]  # all of them, or a sample: always the same
    by_author: Counter[str]  # in lower case → all of theirs
    outdated: list[int]  # internal ids of models with a task whose guess is still stored


def labelled_models(
    graph: Graph, advance: Callable[[float], object], most: int = MOST_ROWS
) -> LabelledModels:
    """Read the models with a task, at most so many, which their names choose.

    Of a sample, the bases come along, as far as they have a task.
    """
    names, outdated = list[str](), list[int]()
    for found, guessed in by_number(graph, schema.MODEL, _WITH_TASK, _PAGE, advance):
        names += found
        outdated += guessed
    by_author = Counter(map(author_key, names))
    chosen = nsmallest(most, names, key=_shuffled)
    rows = _rows(graph, chosen, by_author)
    if len(names) > most:
        rows = _with_bases(graph, rows, frozenset(names), by_author)[:most]
    return LabelledModels(len(names), rows, by_author, outdated)


def models_without_task(
    graph: Graph, labelled: LabelledModels, advance: Callable[[float], object]
) -> Iterator[tuple[list[int], list[TaskRow]]]:
    """The models without a task that are there, some at a time, with their internal ids."""
    for found in by_number(graph, schema.MODEL, _WITHOUT_TASK, _PAGE, advance):
        yield [one["number"] for one in found], [_row(one, labelled.by_author) for one in found]


def _with_bases(
    graph: Graph, rows: Sequence[TaskRow], labelled: frozenset[str], by_author: Counter[str]
) -> list[TaskRow]:
    """The rows, each after those of its bases that have a task."""
    have = {row.id for row in rows}
    named = dict.fromkeys(base.id for row in rows for base in row.bases)
    wanted = [name for name in named if name in labelled and name not in have]
    more = {row.id: row for row in (*rows, *_rows(graph, wanted, by_author))}
    order = (name for row in rows for name in (*(base.id for base in row.bases), row.id))
    return [more[name] for name in dict.fromkeys(order) if name in more]


def _rows(graph: Graph, names: Sequence[str], by_author: Counter[str]) -> list[TaskRow]:
    parts = (names[low : low + _AT_ONCE] for low in range(0, len(names), _AT_ONCE))
    answers = (graph.read(_CHOSEN, {"ids": part}, timeout_s=LONG_S).one() for part in parts)
    return [_row(one, by_author) for answer in answers for one in answer["found"]]


def _row(found: dict[str, Any], by_author: Counter[str]) -> TaskRow:
    names = ("id", "task", "downloads", "likes", "parameters", "library", "license")
    return TaskRow(
        **{name: found[name] for name in names},
        formats=tuple(found["formats"]),
        tags=tuple(found["tags"]),
        bases=tuple(RowBase(**base) for base in found["bases"]),
        author_models=by_author[author_key(found["id"])],
    )


def _shuffled(name: str) -> bytes:
    """An order that has nothing to do with what a model is."""
    return blake2b(name.encode(), digest_size=8).digest()
