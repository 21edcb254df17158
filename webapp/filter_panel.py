"""The panel of filters beside a list, and the chips above it: facets as a person sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import request

from graph.answers.facet_counts import FacetCount
from graph.answers.facets import FACETS, NOT_STATED, Facet, group_of, groups
from graph.answers.filters import FilterParameters
from webapp.page import address

SHOWN = 8
"""Values of a facet that are seen at once; the others open, with a field that finds them."""


@dataclass(frozen=True)
class Option:
    """A value to tick."""

    name: str  # of the parameter
    value: str
    words: str
    models: int | None  # of all that is loaded; None: not counted
    chosen: bool


@dataclass(frozen=True)
class Section:
    """The values of one group, or of a whole facet."""

    words: str
    whole: Option | None  # ticks all of the group
    options: list[Option]

    @property
    def is_open(self) -> bool:
        """Whether something in it is chosen."""
        return any(option.chosen for option in [*self.options, *filter(None, [self.whole])])


@dataclass(frozen=True)
class Panel:
    """One facet of the panel."""

    name: str
    words: str
    first: list[Option]  # seen at once: the most common, and what is chosen
    sections: list[Section]  # all the others
    cut: int  # values that are counted but not listed

    @property
    def more(self) -> int:
        """How many values open on request."""
        return sum(len(section.options) for section in self.sections)

    @property
    def chosen(self) -> int:
        """How many values are chosen."""
        inside = [o for s in self.sections for o in [*s.options, *filter(None, [s.whole])]]
        return sum(option.chosen for option in [*self.first, *inside])


@dataclass(frozen=True)
class Chip:
    """Something that is filtered by, with the address of the list without it."""

    words: str
    value: str
    without: str


def panels(
    counts: Sequence[FacetCount], asked: FilterParameters, chosen: Mapping[str, Sequence[str]]
) -> list[Panel]:
    """Every facet with its values; `chosen` are those asked for as the graph spells them."""
    raw = {name: set(values) for name, values in asked.chosen().items()}
    return [_panel(count, asked, raw.get(count.name, set()), chosen) for count in counts]


def chips(asked: FilterParameters, labels: Mapping[str, str]) -> list[Chip]:
    """What is filtered by; `labels` names what is no facet."""
    found = []
    for name, values in asked.chosen().items():
        for value in values:
            rest = [other for other in values if other != value]
            found.append(Chip(FACETS[name].words, FACETS[name].word(value), _with(name, rest)))
    for name, chosen in asked.chosen_groups().items():
        by = FACETS[name].grouped_by
        for group in chosen:
            rest = [other for other in chosen if other != group]
            words = f"{groups(name)[group].words}, all"
            found.append(Chip(FACETS[name].words, words, _with(by, rest)))
    for name, label in labels.items():
        value = getattr(asked, name)
        if value is not None:
            shown = value.date().isoformat() if hasattr(value, "date") else value
            found.append(Chip(label, str(shown), _with(name, [])))
    return found


def _with(name: str, values: Sequence[str]) -> str:
    """The address of this list with other values of one filter, at its start."""
    return address(request.path, after=None, before=None, start=None, **{name: list(values)})


def _panel(
    count: FacetCount,
    asked: FilterParameters,
    raw: set[str],
    chosen: Mapping[str, Sequence[str]],
) -> Panel:
    facet = FACETS[count.name]
    spelled = raw | {v for v in chosen.get(facet.name, ()) if v.lower() in {r.lower() for r in raw}}
    options = [
        Option(facet.name, item.value, facet.word(item.value), item.models, item.value in spelled)
        for item in count.values
    ]
    known = {item.value for item in count.values} | {NOT_STATED}
    options += [
        Option(facet.name, value, facet.word(value), None, True)
        for value in sorted(raw)
        if value not in known and value.lower() not in known
    ]
    first = [o for at, o in enumerate(options) if at < SHOWN or o.chosen or facet.choices]
    others = [option for option in options if option not in first]
    if count.not_stated is not None:
        is_chosen = NOT_STATED in raw
        first.append(
            Option(facet.name, NOT_STATED, facet.word(NOT_STATED), count.not_stated, is_chosen)
        )
    sections = [*_sections(facet, others, set(asked.chosen_groups().get(facet.name, ())))]
    return Panel(facet.name, facet.words, first, sections, count.distinct - len(count.values))


def _sections(facet: Facet, options: Sequence[Option], chosen: set[str]) -> Iterator[Section]:
    if not facet.grouped_by:
        if options:
            yield Section("", None, list(options))
        return
    for name, group in groups(facet.name).items():
        inside = [option for option in options if option.value in group.values]
        whole = Option(facet.grouped_by, name, f"all of {group.words}", None, name in chosen)
        yield Section(group.words, whole, inside)
    rest = [option for option in options if group_of(facet.name, option.value) is None]
    if rest:
        yield Section("others", None, rest)
