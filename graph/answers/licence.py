"""What a model's declared licence asks, what its ancestors' add, how it differs from its bases'.

Read from the cards and the table as they are now, not from what the last computation stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import combinations
from operator import or_

from graph import schema
from graph.answers.names import name_now, unknown_model
from graph.answers.query import Query, Reader
from graph.scores.licences.card import CardState, Declared, read_card
from graph.scores.licences.effective import Obligation, Terms, proof
from graph.scores.licences.storing import CARD, card_of
from graph.scores.licences.table import LicenceTable
from graph.scores.licences.verdict import (
    Cell,
    Verdict,
    judge,
    name_asked,
    name_flag,
)
from graph.settings import Settings
from graph.store.connection import LONG_S

CARD_WORDS = {
    CardState.DECLARED: "declares {}.",
    CardState.UNDECLARED: "declares no licence.",
    CardState.UNREAD: "has no card that was read, so its licence is not known.",
}
"""State of a model's card → what follows its name; the braces hold the licence."""
ASKED_WORDS = {
    "commercial_use": "commercial use: {}",
    "user_threshold": "threshold: {}",
    "derivatives_allowed": "derivatives may be shared: {}",
    "share_alike": "derivatives under the same licence: {}",
    "network_copyleft": "source for users over a network: {}",
    "use_policy": "use policy: {}",
    "naming_requirement": "names that begin with {}",
    "attribution_notice": "notice: {}",
}
"""Column of the table → what it asks."""
MOST = 100_000
"""Ancestors read, the model itself among them."""

_CARDS = Query(
    "licence",
    "The model and its ancestors, with what their cards say",
    f"""
MATCH (start:Model {{id: $id}})
CALL (start) {{
  MATCH (start)-[r:{schema.LINEAGE_PATTERN} WHERE r.gone_since IS NULL]->*(m:Model)
  RETURN DISTINCT m
}}
RETURN m.id AS id, toLower(m.author) AS author, m.last_seen AS seen, licence_of(m) AS said, {CARD},
  COLLECT {{
    MATCH (m)-[r:{schema.LINEAGE_PATTERN}]->(base:Model) WHERE r.gone_since IS NULL
    WITH base, r ORDER BY base.id, r.cut IS NOT NULL, type(r)
    RETURN [base.id, relation_of(r)]
  }} AS bases
""",
    patience_s=LONG_S,
)


@dataclass(frozen=True)
class LicenceHop:
    """A model on the way to an ancestor."""

    model: str
    licence: str | None  # as its card declares it
    relation: str | None  # how it was made from the next one; None for the last
    seen: datetime | None  # when its card was last read


@dataclass(frozen=True)
class TermAsked:
    """An obligation, and the nearest model whose own card carries it: the last of the `path`."""

    column: str
    value: str
    path: list[LicenceHop]


@dataclass(frozen=True)
class TermInDoubt:
    """A column where more may be asked, and the nearest model whose card leaves that open."""

    column: str
    path: list[LicenceHop]


@dataclass(frozen=True)
class BaseCompared:
    """How the declared terms of a model differ from those of one of its bases."""

    base: str
    relation: str
    licence: str | None
    verdict: Verdict
    rules: tuple[str, ...]
    flags: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class LicenceAnswer:
    """A model's licence; `own_…` is from its card alone, the rest from all its ancestors as well.

    While `is_open`, at least the `terms` are asked: something is undeclared, unread or contradicts
    itself. `conflicts` are pairs of licences that each ask for the same licence.
    """

    model: str
    licence: str | None  # as its card declares it
    state: CardState
    licences: list[str]  # which licences of the table that means
    own_terms: list[Obligation]
    own_in_doubt: list[str]
    ancestors: int
    terms: list[TermAsked]
    is_open: bool
    in_doubt: list[TermInDoubt]
    conflicts: list[tuple[str, str]]
    bases: list[BaseCompared]


@dataclass(frozen=True)
class _Ancestor:
    licence: str | None
    seen: datetime | None
    author: str | None
    declared: Declared
    bits: int
    bases: dict[str, str]  # id → relation


def licence(read: Reader, settings: Settings, name: str) -> LicenceAnswer:
    """Answer for a model, by any spelling of its name.

    Raises:
        UnknownNameError: there is no such model.
        ConfigurationError: the user's table of licences cannot be used.
    """
    found = name_now(read, name)
    if found is None:
        raise unknown_model(read, name)
    table = LicenceTable.read(settings)
    terms = Terms(table)
    models = dict(_ancestors(read, table, terms, found))
    own = models[found]
    bits = reduce(or_, (model.bits for model in models.values()))
    asked, doubts = terms.asked(bits), terms.doubts(bits)
    return LicenceAnswer(
        model=found,
        licence=own.licence,
        state=own.declared.state,
        licences=sorted(own.declared.ids),
        own_terms=terms.asked(own.bits),
        own_in_doubt=terms.doubts(own.bits),
        ancestors=len(models) - 1,
        terms=[
            TermAsked(item.column, item.value, _path(models, found, terms.bit(item)))
            for item in asked
        ],
        is_open=bool(doubts),
        in_doubt=[
            TermInDoubt(column, _path(models, found, terms.doubt(column))) for column in doubts
        ],
        conflicts=_conflicts(table, asked),
        bases=[_compared(table, models, found, base) for base in own.bases],
    )


def _ancestors(
    read: Reader, table: LicenceTable, terms: Terms, model: str
) -> Iterator[tuple[str, _Ancestor]]:
    for row in read(_CARDS, {"id": model}, row_limit=MOST).rows:
        card = read_card(card_of(row), table)
        bases: dict[str, str] = {}
        for base, relation in row["bases"]:
            bases.setdefault(base, relation)
        yield (
            row["id"],
            _Ancestor(row["said"], row["seen"], row["author"], card, terms.of(card), bases),
        )


def _path(models: dict[str, _Ancestor], start: str, bit: int) -> list[LicenceHop]:
    bases = {id_: list(model.bases) for id_, model in models.items()}
    way = proof(start, bases, (id_ for id_, model in models.items() if model.bits & bit))
    return [
        LicenceHop(id_, models[id_].licence, models[id_].bases.get(onward), models[id_].seen)
        for id_, onward in zip(way, [*way[1:], ""], strict=True)
    ]


def _conflicts(table: LicenceTable, asked: Sequence[Obligation]) -> list[tuple[str, str]]:
    alike = [item.value for item in asked if item.column == "share_alike"]
    return [
        (one, other)
        for one, other in combinations(alike, 2)
        if one not in table.row(other).successors and other not in table.row(one).successors
    ]


def _compared(
    table: LicenceTable, models: dict[str, _Ancestor], child: str, base: str
) -> BaseCompared:
    ends = models[child], models[base]
    found = judge(ends[0].declared, ends[1].declared, table)
    relation = ends[0].bases[base]
    marks = [*found.flags]
    if ends[0].author and ends[0].author == ends[1].author:
        marks.append("O1")
    if (asked := name_asked(ends[1].declared, table)) and relation != "quantized":
        marks.append(f"N{name_flag(child, asked)}")
    return BaseCompared(
        base, relation, ends[1].licence, found.verdict, found.rules, tuple(marks), found.cells
    )
