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
from graph.scores.licences.card import Card, CardState, Declared, read_card
from graph.scores.licences.effective import Terms, joined_terms
from graph.scores.licences.storing import CARD, card_of
from graph.scores.licences.table import LicenceTable, plain_name
from graph.scores.licences.verdict import judge
from graph.store.connection import LONG_S

MOST = 1_000_000
"""Models read: what was made from the seeds, and all their ancestors."""

_CARDS = Query(
    "blast-licences",
    "Models and all their ancestors, with what their cards say",
    f"""
MATCH (start:Model) WHERE start.id IN $models
CALL (start) {{
  MATCH (start)-[r:{schema.LINEAGE_PATTERN}*0..]->(m:Model)
  WHERE all(link IN r WHERE link.gone_since IS NULL)
  RETURN DISTINCT m
}}
WITH DISTINCT m
RETURN m.id AS id, {CARD}, COLLECT {{
  MATCH (m)-[r:{schema.LINEAGE_PATTERN}]->(base:Model) WHERE r.gone_since IS NULL
  RETURN DISTINCT base.id
}} AS bases
""",
    patience_s=LONG_S,
)


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


def relicensed(
    read: Reader,
    table: LicenceTable,
    licence: str,
    models: Sequence[str],
    seeds: Collection[str],
    *,
    there: Collection[str],
) -> tuple[dict[str, Change], Relicensing]:
    """The models whose terms change if the seeds get a licence of the table; and the totals.

    `models` are the seeds and all that was made from them; the totals count those of `there`.
    """
    terms = Terms(table)
    rows = read(_CARDS, {"models": list(models)}, row_limit=MOST).rows
    place = {row["id"]: i for i, row in enumerate(rows)}
    cards: dict[Card, Declared] = {}
    before = [_declared(card_of(row), table, cards) for row in rows]
    other = Declared(CardState.DECLARED, frozenset((licence,)), frozenset((licence,)))
    after = [other if row["id"] in seeds else card for row, card in zip(rows, before, strict=True)]
    links = [(place[row["id"]], place[base]) for row in rows for base in row["bases"]]
    child, base = np.array(links, dtype=np.int64).reshape(-1, 2).T
    bits = {card: terms.of(card) for card in {*before, other}}
    was, now = (
        joined_terms(terms.packed(bits[card] for card in cards_then), child, base)
        for cards_then in (before, after)
    )
    found = {}
    for i in np.flatnonzero((was != now).any(axis=1)).tolist():
        old, new = terms.unpacked(was[i]), terms.unpacked(now[i])
        found[rows[i]["id"]] = Change(
            [word for word in terms.words(new) if word not in terms.words(old)],
            [word for word in terms.words(old) if word not in terms.words(new)],
        )
    own = [(c, b) for c, b in links if rows[b]["id"] in seeds and c != b]
    hit = [change for name, change in found.items() if name in there]
    return found, Relicensing(
        licence,
        added=_often(word for change in hit for word in change.added),
        dropped=_often(word for change in hit for word in change.dropped),
        other_terms=sum(not (change.added or change.dropped) for change in hit),
        verdicts_before=_often(judge(before[c], before[b], table).verdict for c, b in own),
        verdicts_after=_often(judge(after[c], after[b], table).verdict for c, b in own),
    )


def _declared(card: Card, table: LicenceTable, cards: dict[Card, Declared]) -> Declared:
    if card not in cards:
        cards[card] = read_card(card, table)
    return cards[card]


def _often(items: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, items)).items()))
