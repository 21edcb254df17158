"""What a list of models is narrowed by, as a person asks for it and as conditions in Cypher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from graph.answers.facets import (
    FACETS,
    FORMATS,
    GATED,
    MADE_AS,
    NOT_STATED,
    PUBLISHERS,
    SIZES,
    Facet,
    groups,
)
from graph.answers.names import author_now
from graph.answers.parameters import Ids, Moment, OneOf, Parameters, Text
from graph.answers.query import Query, Reader

MOST_VALUES = 50
"""Most values of one facet at a time."""


def _parts(raw: object) -> object:
    texts = [raw] if isinstance(raw, str) else raw
    if not isinstance(texts, list):
        return texts
    return [part for text in texts for part in str(text).split(",") if part.strip()]


Parts = BeforeValidator(_parts)
"""Marks a list that may be repeated, or have commas."""
_AGAIN = "may be repeated; `not-stated` for models of which nothing says it."
_YES_NO = OneOf("yes", "no")


def _several(words: str) -> Any:
    return Field(default_factory=list, max_length=MOST_VALUES, description=words)


class FilterParameters(Parameters):
    """What a selection of models accepts: values of facets, dates and a text."""

    q: Text | None = Field(None, description="Only models whose id contains this text.")
    author: Ids = _several(f"Only models of this author; {_AGAIN}")
    task: Ids = _several(f"Only models of this task; {_AGAIN}")
    modality: Annotated[list[Annotated[str, OneOf(*groups("task"))]], Parts] = _several(
        "Only models of tasks of this modality; adds to `task`."
    )
    license: Ids = _several(f"Only models under this licence; {_AGAIN}")
    license_family: Annotated[list[Annotated[str, OneOf(*groups("license"))]], Parts] = _several(
        "Only models under a licence of this family; adds to `license`."
    )
    library: Ids = _several(f"Only models of this library; {_AGAIN}")
    language: Ids = _several(f"Only models for this language (ISO 639); {_AGAIN}")
    size: Annotated[list[Annotated[str, OneOf(*SIZES, NOT_STATED)]], Parts] = _several(
        "Only models of so many parameters."
    )
    publisher: Annotated[list[Annotated[str, OneOf(*PUBLISHERS, NOT_STATED)]], Parts] = _several(
        "Only models of this kind of author."
    )
    relation: Annotated[list[Annotated[str, OneOf(*MADE_AS, NOT_STATED)]], Parts] = _several(
        "Only models made like this; `root`: nothing names a base."
    )
    files: Annotated[list[Annotated[str, OneOf(*FORMATS, NOT_STATED)]], Parts] = _several(
        "Only models with files of this format."
    )
    gated: Annotated[list[Annotated[str, OneOf(*GATED, NOT_STATED)]], Parts] = _several(
        "Only models with this access."
    )
    lineage: Annotated[list[Annotated[str, _YES_NO]], Parts] = _several(
        "Only models with a base or a derivative, or only those without."
    )
    mirror: Annotated[list[Annotated[str, _YES_NO]], Parts] = _several(
        "`no` hides copies of other models, `yes` shows only these."
    )
    swarm: Annotated[list[Annotated[str, _YES_NO]], Parts] = _several(
        "`no` hides automatic uploads, `yes` shows only these."
    )
    created_from: Moment | None = Field(None, description="Only models created from then on.")
    created_to: Moment | None = Field(None, description="Only models created before.")

    def chosen(self) -> dict[str, list[str]]:
        """Facet → the values that are asked for, without groups; those with none are left out."""
        found = {name: list(dict.fromkeys(getattr(self, name))) for name in FACETS}
        return {name: values for name, values in found.items() if values}

    def chosen_groups(self) -> dict[str, list[str]]:
        """Facet → the groups of its values that are asked for."""
        by = {name: facet.grouped_by for name, facet in FACETS.items() if facet.grouped_by}
        found = {name: list(dict.fromkeys(getattr(self, group))) for name, group in by.items()}
        return {name: values for name, values in found.items() if values}


@dataclass(frozen=True)
class Condition:
    """One thing asked of a model, as Cypher with its parameters."""

    test: str
    given: Mapping[str, object]
    index: str = ""  # the property whose index finds what fits
    found: str = ""  # the test as that index answers it


@dataclass(frozen=True)
class Filters:
    """Everything asked of the models of a list."""

    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)  # as the graph spells them
    q: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None

    @property
    def key(self) -> str:
        """The same for the same filters, and for no others."""
        parts = [(name, sorted(values)) for name, values in sorted(self.facets.items())]
        return repr((parts, self.q, self.created_from, self.created_to))

    @property
    def only_facets(self) -> bool:
        """Whether nothing else is asked."""
        return self.q is None and self.created_from is None and self.created_to is None

    def conditions(self) -> list[Condition]:
        """Each as Cypher, those that cost least first."""
        found = [_created(self.created_from, self.created_to)] if self._by_date else []
        if self.q:
            found.append(Condition("toLower(model.id) CONTAINS $q", {"q": self.q.lower()}))
        facets = sorted(map(FACETS.__getitem__, self.facets), key=lambda f: (f.through, f.many))
        return found + [_of_facet(facet, self.facets[facet.name]) for facet in facets]

    @property
    def _by_date(self) -> bool:
        return self.created_from is not None or self.created_to is not None


def filters_of(read: Reader, asked: FilterParameters) -> Filters:
    """The filters that parameters mean, in the spelling of the graph, groups as their values."""
    facets = {
        name: [spelled(read, name, value) for value in values]
        for name, values in asked.chosen().items()
    }
    for name, chosen in asked.chosen_groups().items():
        inside = [value for group in chosen for value in groups(name)[group].values]
        facets[name] = [*facets.get(name, ()), *inside]
    return Filters(
        {name: list(dict.fromkeys(values)) for name, values in facets.items()},
        asked.q,
        asked.created_from,
        asked.created_to,
    )


def spelled(read: Reader, name: str, value: str) -> str:
    """A filter's value as the graph spells it: of an author in any case, else in lower case.

    Tasks, licences and libraries are lower-case on the Hub, with few exceptions.
    """
    facet = FACETS[name]
    if value == NOT_STATED or facet.choices:
        return value
    if name == "author":
        return author_now(read, value) or value
    if value == value.lower() or not facet.index:
        return value.lower()
    return value if read(_is_used(facet), {"value": value}).one()["used"] else value.lower()


@cache
def _is_used(facet: Facet) -> Query:
    """Whether any model has a value of a filter in exactly this spelling."""
    text = f"RETURN EXISTS {{ MATCH (:Model {{{facet.index}: $value}}) }} AS used"
    return Query(f"{facet.name}-is-used", "Whether a filter's value is spelled so", text)


def _of_facet(facet: Facet, values: Sequence[str]) -> Condition:
    stated = [value for value in values if value != NOT_STATED]
    given = {facet.name: stated} if stated else {}
    if not facet.is_found(values):
        return Condition(facet.condition(values), given)
    found = f"model.{facet.index} IN ${facet.name}"
    return Condition(found, given, facet.index, found)


def _created(start: datetime | None, end: datetime | None) -> Condition:
    tests, given = [], {}
    for name, moment, test in (
        ("created_from", start, ">="),
        ("created_to", end, "<"),
    ):
        if moment is not None:
            tests.append(f"model.created_at {test} ${name}")
            given[name] = moment
    text = " AND ".join(tests)
    return Condition(text, given, "created_at", text)
