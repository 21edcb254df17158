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
from graph.scores.licences.card import CardState, Declared, read_card
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
RETURN {CARD}, collect([m.id, COLLECT {{
  MATCH (m)-[r:{schema.LINEAGE_PATTERN}]->(base:Model) WHERE r.gone_since IS NULL
  RETURN DISTINCT base.id
}}]) AS models
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
    names: list[str] = []
    bases_of: list[list[str]] = []
    before: list[Declared] = []
    for row in read(_CARDS, {"models": list(models)}, row_limit=MOST).rows:
        card = read_card(card_of(row), table)
        for name, bases in row["models"]:
            names.append(name)
            bases_of.append(bases)
            before.append(card)
    other = Declared(CardState.DECLARED, frozenset((licence,)), frozenset((licence,)))
    after = [other if name in seeds else card for name, card in zip(names, before, strict=True)]
    place = {name: i for i, name in enumerate(names)}
    links = [(i, place[base]) for i, bases in enumerate(bases_of) for base in bases]
    child, base = np.array(links, dtype=np.int64).reshape(-1, 2).T
    bits = {card: terms.of(card) for card in {*before, other}}
    was, now = (
        joined_terms(terms.packed(bits[card] for card in cards_then), child, base)
        for cards_then in (before, after)
    )
    found: dict[str, Change] = {}
    alike: dict[tuple[bytes, bytes], Change] = {}
    for i in np.flatnonzero((was != now).any(axis=1)).tolist():
        rows = was[i].tobytes(), now[i].tobytes()
        if rows not in alike:
            old, new = (terms.words(terms.unpacked(row[i])) for row in (was, now))
            alike[rows] = Change(
                [word for word in new if word not in old], [word for word in old if word not in new]
            )
        found[names[i]] = alike[rows]
    own = [(c, b) for c, b in links if names[b] in seeds and c != b]
    hit = [change for name, change in found.items() if name in there]
    return found, Relicensing(
        licence,
        added=_often(word for change in hit for word in change.added),
        dropped=_often(word for change in hit for word in change.dropped),
        other_terms=sum(not (change.added or change.dropped) for change in hit),
        verdicts_before=_often(judge(before[c], before[b], table).verdict for c, b in own),
        verdicts_after=_often(judge(after[c], after[b], table).verdict for c, b in own),
    )


def _often(items: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, items)).items()))
