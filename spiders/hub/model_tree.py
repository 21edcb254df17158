"""Read the model tree on a model's page: its bases and how many derivatives it has.

Its rows link to listings, `/models?other=base_model:RELATION:OWNER/NAME`. A link that names the
model itself counts what was made from it ("1,951 models"). In the row that says "this model" the
link names what it was made from.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from parsel import Selector

from graph.errors import DataError
from graph.observe.hub.rules import Json
from graph.schema import RELATIONS
from spiders.hub.answers import excerpt
from spiders.hub.listing import carries

MOST_LINKS = 1_000
"""Links into model trees on one page."""

_WRITTEN = frozenset({"prose", "model-card-content", "hf-sanitized"})
"""Classes of what an author wrote: the card of a model or an organization."""
_COUNT = re.compile(r"([0-9]{1,3}(?:,[0-9]{3}){0,4}|[0-9]{1,15}) models?")
_LONGEST_LINK = 2_000

_Element = Any
"""An element of lxml, which has no types."""


@dataclass(frozen=True, slots=True)
class ModelTree:
    """What a page shows of a model's lineage: its bases, and how many were made from it."""

    relation: str | None = None  # to its bases, None if unknown
    bases: tuple[str, ...] = ()  # their ids, empty if unknown
    children: Mapping[str, int] = field(default_factory=dict)  # by relation; those shown


class _Link(NamedTuple):
    element: _Element
    relation: str
    target: str


def model_tree(page: Selector, info: Json) -> ModelTree | None:
    """The model tree on a page, if any; DataError when it cannot be understood."""
    own = str(info["id"]).lower()
    links = list(_links(page))
    if not links:
        labels = _reading(page, "p", "Base model") if _has_relation(info) else ()
        if any(not written(label.root) for label in labels):
            raise DataError('The model tree says "Base model" and has no link to base_model:….')
        return None
    bases = _bases(page, [link for link in links if link.target.lower() != own])
    relations = {link.relation for link in bases}
    if len(relations) != 1 or (len(bases) > 1 and relations != {"merge"}):
        bases = []
    return ModelTree(
        relation=bases[0].relation if bases else None,
        bases=tuple(dict.fromkeys(link.target for link in bases)),
        children=_children([link for link in links if link.target.lower() == own], info),
    )


def written(element: _Element) -> bool:
    """Whether an element lies in what an author wrote, who may write anything."""
    return any(
        not _WRITTEN.isdisjoint((outer.get("class") or "").split())
        for outer in (element, *element.iterancestors())
    )


def _has_relation(info: Json) -> bool:
    """Whether a model is tagged with how it was made, or has no tags to tell."""
    tags = info.get("tags")
    beginnings = tuple(f"base_model:{relation}:" for relation in RELATIONS)
    return not isinstance(tags, list) or any(
        isinstance(tag, str) and tag.startswith(beginnings) for tag in tags
    )


def _links(page: Selector) -> Iterator[_Link]:
    found = page.xpath('//a[contains(@href, "base_model")]')
    if len(found) > MOST_LINKS:
        raise DataError(f"The page has {len(found):,} links to base_model:…, too many to be one.")
    for link in found:
        if written(link.root):
            continue
        for tag in _listed_tags(link.attrib["href"]):
            kind, _, rest = tag.partition(":")
            relation, _, target = rest.partition(":")
            if kind == "base_model" and relation in RELATIONS and target:
                yield _Link(link.root, relation, target)


def _listed_tags(href: str) -> list[str]:
    """The tags whose listing on this website a link leads to."""
    if len(href) > _LONGEST_LINK:
        return []
    try:
        parts = urlsplit(href)
        if parts.scheme or parts.netloc or parts.path != "/models":
            return []
        return [value for name, value in parse_qsl(parts.query) if name == "other"]
    except ValueError:
        return []


def _children(links: list[_Link], info: Json) -> dict[str, int]:
    counts: dict[str, int] = {}
    for link in links:
        text = " ".join("".join(islice(link.element.itertext(), 20)).split())
        match = _COUNT.fullmatch(text)
        if match is None:
            if carries(info, f"base_model:{link.relation}:{link.target}"):
                continue  # it names itself as its base; this may be the link to that
            raise DataError(
                f"The model tree's link to its {link.relation} models reads {excerpt(text)!r} "
                'where a count such as "1,951 models" was looked for.'
            )
        count = int(match[1].replace(",", ""))
        if counts.setdefault(link.relation, count) != count:
            raise DataError(f"The page has two counts of {link.relation} models for one model.")
    return counts


def _bases(page: Selector, links: list[_Link]) -> list[_Link]:
    """The links in the row that says "this model": those nearest to it in the page's tree."""
    labels = (label.root for label in _reading(page, "*", "this model") if links)
    label = next((label for label in labels if not written(label)), None)
    if label is None:
        return []
    around = {outer: distance for distance, outer in enumerate(label.iterancestors())}
    distances = [
        next(around[outer] for outer in link.element.iterancestors() if outer in around)
        for link in links
    ]
    nearest = min(distances)
    return [link for link, distance in zip(links, distances, strict=True) if distance == nearest]


def _reading(page: Selector, element: str, text: str) -> Iterator[Selector]:
    """The elements that read so, the first of them."""
    yield from islice(page.xpath(f"//{element}[text()[normalize-space() = $text]]", text=text), 100)
