"""Which licence a model's card declares: by its tags, or its name and link for `other`."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graph.scores.licences.table import LicenceTable, plain_link, plain_name

OTHER = "other"
NO_LICENCE = "unknown"
"""The tags that name no licence: the Hub's `other` and `unknown`."""


class CardState(StrEnum):
    """Whether a model declares a licence; the three are never the same."""

    DECLARED = "declared"
    UNDECLARED = "undeclared"
    """its card was read and names none"""
    UNREAD = "unread"
    """no record says anything about it"""


@dataclass(frozen=True)
class Card:
    """What is known of a model's licence."""

    licences: tuple[str, ...] = ()  # ids, in lower case
    name: str = ""
    link: str = ""
    is_read: bool = True  # whether any record says what it declares
    made: date | None = None  # when the model was created
    model: str = ""  # its id, which completes a link within the repository


@dataclass(frozen=True)
class Declared:
    """The licence that a card declares, as far as the table tells."""

    state: CardState
    ids: frozenset[str] = frozenset()  # several where the card names several, or contradicts itself
    tags: frozenset[str] = frozenset()  # as they stand there
    name: str = ""  # in one spelling
    link: str = ""
    flags: tuple[str, ...] = ()  # C1: tag and name contradict; C2: a name without a tag


def read_card(card: Card, table: LicenceTable) -> Declared:
    """Read a card.

    Where the tag and the name (or link) mean different licences, both are kept and none is picked.
    """
    name = plain_name(card.name)
    link = plain_link(card.link, card.model)
    if not card.is_read and not card.licences:
        return Declared(CardState.UNREAD)
    if not card.licences and not name:
        return Declared(CardState.UNDECLARED, link=link)
    named = (table.named(text, card.made) for text in (name, link) if text)
    meant = {id_ for id_ in named if id_ and id_ != NO_LICENCE}
    said = set(card.licences) - {OTHER}
    ids = frozenset(said | meant) or frozenset((OTHER,))
    flags = ("C1",) * (len(ids) > max(1, len(said))) + ("C2",) * (not card.licences)
    return Declared(CardState.DECLARED, ids, frozenset(card.licences), name, link, flags)
