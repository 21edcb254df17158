"""Whose terms change when a model gets another licence.

Terms reach a model over its ancestors by the lineage that the Hub resolves. They are joined twice,
with the licence that the models have and with the other one; who differs is hit.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from graph import schema
from graph.answers.query import Query, Reader
from graph.errors import ParameterError
from graph.scores.engine import Links
from graph.scores.licences.card import CardState, Declared, read_card
from graph.scores.licences.effective import Terms, joined_terms
from graph.scores.licences.storing import CARD, card_of
from graph.scores.licences.table import LicenceTable, plain_name
from graph.scores.licences.verdict import judge
from graph.scores.lineage import IntArray
from graph.store.connection import LONG_S

_ABOVE = Query(
    "blast-ancestors",
    "Their other bases, and all ancestors of these",
    f"""
MATCH (start:Model) WHERE id(start) IN $bases
CALL (start) {{
  MATCH (start)-[r:{schema.LINEAGE_PATTERN}*0..]->(m:Model)
  WHERE all(link IN r WHERE link.gone_since IS NULL)
  RETURN DISTINCT m
}}
WITH DISTINCT m
RETURN collect([id(m), m.id, COLLECT {{
  MATCH (m)-[r:{schema.LINEAGE_PATTERN}]->(base:Model) WHERE r.gone_since IS NULL
  RETURN DISTINCT id(base)
}}]) AS found
""",
    patience_s=LONG_S,
)
_CARDS = Query(
    "blast-licences",
    "What the cards of all of them say",
    f"""
MATCH (m:Model) WHERE id(m) IN $models
RETURN {CARD}, collect(id(m)) AS models
""",
    patience_s=LONG_S,
)
MOST = 1_000_000
"""Different cards read."""


@dataclass(frozen=True)
class FamilyTerms:
    """What models and all their ancestors declare; few declare what no other does."""

    names: list[str]
    child: IntArray  # of each lineage relationship between them, once
    base: IntArray
    cards: list[Declared]
    card: IntArray  # of each model, an index into `cards`


@dataclass(frozen=True)
class Change:
    """How the terms that reach a model change, in words of `effective.TERMS`."""

    added: list[str]
    dropped: list[str]


@dataclass(frozen=True)
class Relicensing:
    """What another licence changes; of the seeds' direct derivatives also the verdicts."""

    licence: str  # the other one, an id of the table
    added: dict[str, int]  # what is asked in addition, in words → of how many models
    dropped: dict[str, int]
    other_terms: int  # models of which only terms without a word change, such as a notice
    verdicts_before: dict[str, int]  # verdict → lineage relationships to the seeds
    verdicts_after: dict[str, int]


def licence_of_table(table: LicenceTable, name: str) -> str:
    """The id of a licence, by that or another name.

    Raises:
        ParameterError: the table has no such licence.
    """
    found = table.named(plain_name(name), None) or name.lower()
    if found not in table.rows:
        hint = "It is an id that the Hub uses, such as apache-2.0, or one of your own table."
        raise ParameterError("licence", f"There is no licence {name[:100]!r}.", hint)
    return found


def read_terms(
    read: Reader,
    table: LicenceTable,
    node: IntArray,
    names: Sequence[str],
    *,
    members: int,
    links: Links,
) -> FamilyTerms:
    """Read what models and their ancestors declare.

    They are a family with its lineage relationships: first its `members`, of which every base is
    there, then those bases, whose own ancestors are read.
    """
    above = read(_ABOVE, {"bases": node[members:].tolist()}, row_limit=1).one()["found"]
    place = {number: i for i, number in enumerate(node.tolist())}
    every = list(names)
    for number, name, _ in above:
        if number not in place:
            place[number] = len(every)
            every.append(name)
    more = [(place[number], place[to]) for number, _, bases in above for to in bases]
    ends = np.array(more, dtype=np.int64).reshape(-1, 2)
    known = np.column_stack([links.child, links.base])
    child, base = np.unique(np.concatenate([known, ends]), axis=0).T
    cards: list[Declared] = []
    card = np.zeros(len(every), dtype=np.int64)
    for row in read(_CARDS, {"models": list(place)}, row_limit=MOST).rows:
        card[[place[number] for number in row["models"]]] = len(cards)
        cards.append(read_card(card_of(row), table))
    return FamilyTerms(every, child, base, cards, card)


def relicensed(
    family: FamilyTerms,
    table: LicenceTable,
    licence: str,
    seeds: Collection[str],
    *,
    there: Collection[str],
) -> tuple[dict[str, Change], Relicensing]:
    """The models whose terms change if the seeds get a licence of the table; and the totals.

    The totals count models of `there`.
    """
    names, child, base = family.names, family.child, family.base
    terms = Terms(table)
    other = Declared(CardState.DECLARED, frozenset((licence,)), frozenset((licence,)))
    cards = [*family.cards, other]
    is_seed = np.array([name in seeds for name in names], dtype=np.bool_)
    before, after = family.card, np.where(is_seed, len(family.cards), family.card)
    bits = terms.packed(map(terms.of, cards))
    was, now = (joined_terms(bits[card], child, base) for card in (before, after))
    changed = np.flatnonzero((was != now).any(axis=1))
    rows = np.hstack([was[changed], now[changed]])
    as_bytes = rows.view(f"V{rows.itemsize * rows.shape[1]}").ravel().tolist()
    alike: dict[bytes, Change] = {}
    for row, key in enumerate(as_bytes):
        if key not in alike:
            old, new = (terms.words(terms.unpacked(half)) for half in np.split(rows[row], 2))
            alike[key] = Change(
                [word for word in new if word not in old], [word for word in old if word not in new]
            )
    found = {names[i]: alike[key] for i, key in zip(changed.tolist(), as_bytes, strict=True)}
    own = is_seed[base] & (child != base)
    hit = [change for name, change in found.items() if name in there]
    return found, Relicensing(
        licence,
        added=_often(word for change in hit for word in change.added),
        dropped=_often(word for change in hit for word in change.dropped),
        other_terms=sum(not (change.added or change.dropped) for change in hit),
        verdicts_before=_verdicts(table, cards, before[child[own]], before[base[own]]),
        verdicts_after=_verdicts(table, cards, after[child[own]], after[base[own]]),
    )


def _verdicts(
    table: LicenceTable, cards: Sequence[Declared], child: IntArray, base: IntArray
) -> dict[str, int]:
    """How often each verdict is given on two cards; each pair of cards is compared once."""
    found: Counter[str] = Counter()
    for (one, other), times in Counter(zip(child.tolist(), base.tolist(), strict=True)).items():
        found[str(judge(cards[one], cards[other], table).verdict)] += times
    return dict(sorted(found.items()))


def _often(items: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, items)).items()))
