"""Verdicts and effective terms of a whole graph: read, computed, and what changed is written.

What models declare stays as it is. Relationships are few kinds: a verdict depends on two cards and
some flags, so each pair of cards is compared once, and what is equal is written together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.schema import LINEAGE_PATTERN, MODEL
from graph.scores.licences.card import Card, Declared, read_card
from graph.scores.licences.effective import Terms, joined_terms
from graph.scores.licences.table import LicenceTable
from graph.scores.licences.verdict import Compared, judge, name_asked, name_flag
from graph.scores.lineage import TYPES, IntArray, Models, RawLineage, facts_of
from graph.store.connection import Graph, Statement
from graph.store.side_by_side import side_by_side, write_side_by_side

Value = tuple[object, ...]
_QUANTIZED = TYPES.index("QUANTIZE")
_PAGE = 100_000
"""Models whose cards are asked for at a time."""

CARD = """
coalesce(m.licenses, [m.license]) AS licences, m.license_name AS name, m.license_link AS link,
m.license IS NOT NULL OR 'license' IN coalesce(m.absent, []) AS is_read,
CASE WHEN coalesce(m.license_name, m.license_link) IS NOT NULL
  THEN toString(date(m.created_at)) END AS made,
CASE WHEN NOT m.license_link CONTAINS '://' THEN m.id END AS model
"""
"""What a card says, of a model `m`: the columns of `card_of`."""
_CARDS = f"""
UNWIND $nodes AS node
MATCH (m:{MODEL.label}) WHERE id(m) = node
RETURN {CARD}, collect(node) AS nodes
"""
_LINKS = f"""
MATCH ()-[r:{LINEAGE_PATTERN}]->() WHERE r.gone_since IS NULL AND r.licence_verdict IS NOT NULL
RETURN [r.licence_verdict, r.licence_rules] AS value, collect(id(r)) AS numbers
"""
_SET_LINK = f"""
UNWIND $rows AS row UNWIND row[0] AS number
MATCH ()-[r:{LINEAGE_PATTERN}]->() WHERE id(r) = number
SET r.licence_verdict = row[1][0], r.licence_rules = row[1][1]
"""
_MODELS = f"""
MATCH (m:{MODEL.label}) WHERE m.terms_open IS NOT NULL
RETURN [m.effective_terms, m.inherited_terms, m.terms_open] AS value, collect(id(m)) AS numbers
"""
_SET_MODEL = f"""
UNWIND $rows AS row UNWIND row[0] AS number
MATCH (m:{MODEL.label}) WHERE id(m) = number
SET m.effective_terms = row[1][0], m.inherited_terms = row[1][1], m.terms_open = row[1][2]
"""


@dataclass(frozen=True)
class _Judged:
    """Internal ids, and of each what belongs there: an index into `values`."""

    number: IntArray
    which: IntArray
    values: Sequence[Value]


def judge_licences(
    graph: Graph, table: LicenceTable, lineage: RawLineage, models: Models, batch_size: int
) -> dict[str, int]:
    """Write the verdict of every relationship and the terms of every model with a base.

    `models` are all models of the graph. Returns how many relationships have each verdict.
    """
    of_model, cards = _read(graph, table, lineage.node)
    links = _verdicts(table, lineage, models, of_model, cards)
    _write(graph, _LINKS, _SET_LINK, links, batch_size)
    _write(graph, _MODELS, _SET_MODEL, _terms(table, lineage, of_model, cards), batch_size)
    counts = np.bincount(links.which, minlength=len(links.values)).tolist()
    found: dict[str, int] = {}
    for (verdict, _), count in zip(links.values, counts, strict=True):
        found[str(verdict)] = found.get(str(verdict), 0) + count
    return dict(sorted(found.items()))


def card_of(row: dict[str, Any]) -> Card:
    """The card that a row with the columns of `CARD` describes."""
    return Card(
        tuple(name for name in row["licences"] if name),
        row["name"] or "",
        row["link"] or "",
        row["is_read"],
        date.fromisoformat(row["made"]) if row["made"] else None,
        row["model"] or "",
    )


def _read(graph: Graph, table: LicenceTable, node: IntArray) -> tuple[IntArray, list[Declared]]:
    """What models declare: for each an index into the different declarations."""
    place: dict[Declared, int] = {}
    of_model = np.zeros(node.size, dtype=np.int64)
    pages = (node[low : low + _PAGE].tolist() for low in range(0, node.size, _PAGE))
    for found in side_by_side(partial(graph.command, _CARDS, {"nodes": page}) for page in pages):
        for row in found.rows:
            licence = read_card(card_of(row), table)
            which = place.setdefault(licence, len(place))
            of_model[np.searchsorted(node, row["nodes"])] = which
    return of_model, list(place)


def _verdicts(
    table: LicenceTable,
    lineage: RawLineage,
    models: Models,
    of_model: IntArray,
    cards: Sequence[Declared],
) -> _Judged:
    child, base = lineage.child, lineage.base
    author = facts_of(models, lineage.node).author
    same_author = (author[child] >= 0) & (author[child] == author[base])
    naming = _naming(table, lineage, models, of_model, cards)
    columns = of_model[child], of_model[base], same_author, naming
    which, first = _distinct(*columns)
    kinds = zip(*(column[first].tolist() for column in columns), strict=True)
    compared: dict[tuple[int, int], Compared] = {}
    place: dict[Value, int] = {}
    merged = np.zeros(first.size, dtype=np.int64)
    for i, (c, b, own, name) in enumerate(kinds):
        found = compared.get((c, b)) or judge(cards[c], cards[b], table)
        compared[c, b] = found
        marks = (*found.flags, *(["O1"] if own else []), *([f"N{name}"] if name else []))
        value = (str(found.verdict), (*found.rules, *marks))
        merged[i] = place.setdefault(value, len(place))
    return _Judged(lineage.relationship, merged[which], list(place))


def _naming(
    table: LicenceTable,
    lineage: RawLineage,
    models: Models,
    of_model: IntArray,
    cards: Sequence[Declared],
) -> IntArray:
    """The number of the flag N1, N2 or N3 of each relationship, 0 without."""
    asked = [name_asked(card, table) for card in cards]
    asks = np.array([bool(name) for name in asked], dtype=np.bool_)
    found = np.zeros(lineage.child.size, dtype=np.int64)
    if asks.any():
        for i in np.flatnonzero(asks[of_model[lineage.base]] & (lineage.type != _QUANTIZED)):
            child = np.searchsorted(models.node, lineage.node[lineage.child[i]])
            found[i] = name_flag(models.id[child], asked[of_model[lineage.base[i]]])
    return found


def _terms(
    table: LicenceTable, lineage: RawLineage, of_model: IntArray, cards: Sequence[Declared]
) -> _Judged:
    """What reaches every model with a base; the others have their own card alone."""
    terms = Terms(table)
    asked = [terms.of(card) for card in cards]
    own = terms.packed(asked)[of_model]
    below = np.unique(lineage.child)
    reached = joined_terms(own, lineage.child, lineage.base)[below]
    which, first = _distinct(*reached.T, of_model[below])
    values: list[Value] = []
    for row, model in zip(reached[first], below[first], strict=True):
        bits, mine = terms.unpacked(row), asked[of_model[model]]
        words, new = terms.words(bits), terms.words(bits & ~mine)
        values.append((tuple(words), tuple(new), bool(terms.doubts(bits))))
    different = list(dict.fromkeys(values))
    place = {value: i for i, value in enumerate(different)}
    merged = np.array([place[value] for value in values], dtype=np.int64)
    return _Judged(lineage.node[below], merged[which], different)


def _distinct(*columns: npt.NDArray[Any]) -> tuple[IntArray, IntArray]:
    """Of each row the number of its kind, and of each kind the place of its first row."""
    which = np.zeros(len(columns[0]), dtype=np.int64)
    first = which[:1]
    for column in columns:
        _, value = np.unique(column, return_inverse=True)
        codes = which * (value.max(initial=0) + 1) + value
        _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    return which, first


def _write(graph: Graph, held: str, write: str, judged: _Judged, batch_size: int) -> None:
    """Write what differs from what is held, and remove what nothing belongs to any more."""
    before = np.full(judged.number.size, -1)
    place = {value: i for i, value in enumerate(judged.values)}
    changes: list[tuple[list[int], list[object]]] = []
    for row in graph.command(held).rows:
        numbers = np.array(row["numbers"], dtype=np.int64)
        at = np.searchsorted(judged.number, numbers)
        at[at == judged.number.size] = 0
        here = judged.number[at] == numbers if judged.number.size else np.zeros_like(at, np.bool_)
        before[at[here]] = place.get(_as_value(row["value"]), -1)
        changes.append((numbers[~here].tolist(), [None] * len(row["value"])))
    changed = np.flatnonzero(before != judged.which)
    order = changed[np.argsort(judged.which[changed], kind="stable")]
    starts = np.flatnonzero(np.diff(judged.which[order])) + 1
    for part in np.split(order, starts):
        if part.size:
            value = judged.values[judged.which[part[0]]]
            changes.append((judged.number[part].tolist(), _as_list(value)))
    parts = ([list(row) for row in rows] for rows in batches(changes, batch_size))
    for _ in write_side_by_side(graph, (Statement(write, {"rows": rows}) for rows in parts)):
        pass


def batches(
    changes: Iterable[tuple[list[int], list[object]]], size: int
) -> Iterator[list[tuple[list[int], list[object]]]]:
    """The changes in groups of so many numbers at most."""
    rows: list[tuple[list[int], list[object]]] = []
    left = size
    for numbers, value in changes:
        low = 0
        while low < len(numbers):
            part = numbers[low : low + left]
            rows.append((part, value))
            low, left = low + len(part), left - len(part)
            if not left:
                yield rows
                rows, left = [], size
    if rows:
        yield rows


def _as_value(value: Iterable[object]) -> Value:
    return tuple(tuple(item) if isinstance(item, list) else item for item in value)


def _as_list(value: Value) -> list[object]:
    return [list(item) if isinstance(item, tuple) else item for item in value]
