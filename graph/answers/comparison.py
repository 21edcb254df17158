"""Several models side by side: what each is, how they are related, what was made from them."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from pydantic import Field

from graph import schema
from graph.answers.ancestry import LineageLink, Step, ancestry, by_child
from graph.answers.names import alias, is_usable, unknown_model
from graph.answers.parameters import Flag, Ids, Parameters
from graph.answers.query import Query, Reader
from graph.answers.row import ModelRow, model_row
from graph.answers.search import meant

MOST_COMPARED = 6
_COMPARED = """
UNWIND $names AS name
MATCH (model:Model {id_folded: name})
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE owns(held, model)]-(author:Author)
RETURN name, properties(model) AS model, author.kind AS author_kind
"""
COMPARED = Query("compared-models", "Facts of each model", _COMPARED)
_SHARED = f"""
UNWIND $ids AS id
MATCH (root:Model {{id: id}})
CALL (root) {{
  MATCH (root)<-[link:{schema.LINEAGE_PATTERN} WHERE kept(link, null)]-{{1,100}}(made:Model)
  WHERE made <> root AND NOT made:Gone
  RETURN DISTINCT made
}}
WITH made, collect(id) AS bases
RETURN bases, count(*) AS models
"""
SHARED = Query("compared-descendants", "Descendants of each, and of several", _SHARED)
_FACTS: dict[str, tuple[tuple[str, str], ...]] = {
    "Facts": (
        ("author", "Author"),
        ("author_kind", "Kind of author"),
        ("relation", "Made as"),
        ("task", "Task"),
        ("library", "Library"),
        ("parameters", "Parameters"),
        ("architecture", "Architecture"),
        ("languages", "Languages"),
        ("created_at", "Created"),
        ("last_modified", "Last modified"),
        ("gone_since", "Gone from the Hub since"),
    ),
    "Licence": (
        ("licenses", "Declared"),
        ("license_name", "Name of its own"),
        ("effective_terms", "Effective terms"),
        ("gated", "Access"),
    ),
    "Made from it": (
        ("descendants", "Descendants"),
        *((f"descendants_{word}", item.plural) for word, item in schema.RELATION.items()),
    ),
    "Scores": (
        ("influence_rank", "Rank by influence"),
        ("effective_descendants", "Effective descendants"),
        ("influence_clean_rank", "Rank without mirrors and swarms"),
        ("reach_rank", "Rank by reach"),
        ("reach", "Publishers reached"),
    ),
    "Adoption": (
        ("downloads", "Downloads, last 30 days"),
        ("downloads_all_time", "Downloads, ever"),
        ("likes", "Likes"),
    ),
}


class ComparisonParameters(Parameters):
    """What the comparison accepts."""

    m: Ids = Field(
        default_factory=list,
        max_length=MOST_COMPARED,
        description="A model to compare, in any spelling; repeated for each.",
    )
    differing: Flag = Field(False, description="Only facts in which the models differ.")


@dataclass(frozen=True)
class ComparedFact:
    """A fact of each model, in their order; None where it is unknown, or not scored."""

    group: str
    name: str
    words: str
    values: list[Any]
    differs: bool


@dataclass(frozen=True)
class Relationship:
    """How two models are related: the nearest model that both were made from, and the ways there.

    `common` may be one of the two, which the other was then made from; it is None where no lineage
    joins them. A way has a step for each link; it is empty where it starts at `common`.
    """

    a: str
    b: str
    common: str | None
    way_a: list[Step]
    way_b: list[Step]


@dataclass(frozen=True)
class SharedDescendants:
    """How many models on the Hub were made from all of these, directly or not, and no other."""

    bases: list[str]
    models: int


@dataclass(frozen=True)
class Comparison:
    """Models side by side; `complete` says whether all of their ancestors were read."""

    models: list[ModelRow]
    facts: list[ComparedFact]
    relationships: list[Relationship]
    descendants: list[SharedDescendants]
    complete: bool
    differing: bool


def comparison(read: Reader, asked: ComparisonParameters) -> Comparison:
    """Compare models; `UnknownNameError` if no model has or had one of the names."""
    rows = _models(read, asked.m)
    ids = [str(row["model"]["id"]) for row in rows]
    above = {name: ancestry(read, name, None) for name in ids} if len(ids) > 1 else {}
    ways = {name: ways_up(name, found.links) for name, found in above.items()}
    return Comparison(
        models=[model_row(row) for row in rows],
        facts=[f for f in _facts(rows) if f.differs or not asked.differing],
        relationships=[nearest(a, b, ways) for a, b in combinations(ways, 2)],
        descendants=_shared(read, ids),
        complete=all(found.complete for found in above.values()),
        differing=asked.differing,
    )


def _models(read: Reader, names: Sequence[str]) -> list[Mapping[str, Any]]:
    """Each model that is meant, once, in the order of the names."""
    folded = [name.strip().lower() for name in names]
    found = {row["name"]: row for row in read(COMPARED, {"names": folded}).rows} if folded else {}
    for name, text in zip(folded, names, strict=True):
        if name not in found:
            now = (alias(read, name) if is_usable(name) else None) or meant(read, text)
            if now is None:
                raise unknown_model(read, text)
            found[name] = read(COMPARED, {"names": [now.lower()]}).one()
    once = {found[name]["model"]["id"]: found[name] for name in folded}
    return list(once.values())


def _facts(rows: Sequence[Mapping[str, Any]]) -> Iterator[ComparedFact]:
    held = [{**row["model"], "author_kind": row["author_kind"]} for row in rows]
    for model in held:
        model["licenses"] = model.get("licenses") or model.get("license")
    for group, facts in _FACTS.items():
        for name, words in facts:
            values = [model.get(name) for model in held]
            if any(value is not None for value in values):
                differs = any(value != values[0] for value in values)
                yield ComparedFact(group, name, words[:1].upper() + words[1:], values, differs)


def ways_up(start: str, links: Sequence[LineageLink]) -> dict[str, list[Step]]:
    """A shortest way from a model to each of its ancestors, and the empty one to itself."""
    up = by_child(links)
    ways: dict[str, list[Step]] = {start: []}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for link in up[at]:
            if link.base not in ways:
                ways[link.base] = [*ways[at], Step(link.base, link.relation)]
                waiting.append(link.base)
    return ways


def nearest(a: str, b: str, ways: Mapping[str, Mapping[str, list[Step]]]) -> Relationship:
    """The nearest model that two were made from; of several that of the shortest ways."""
    both = ways[a].keys() & ways[b].keys()

    def distance(name: str) -> tuple[int, int, str]:
        steps = len(ways[a][name]), len(ways[b][name])
        return sum(steps), max(steps), name

    common = min(both, key=distance, default=None)
    if common is None:
        return Relationship(a, b, None, [], [])
    return Relationship(a, b, common, ways[a][common], ways[b][common])


def _shared(read: Reader, ids: Sequence[str]) -> list[SharedDescendants]:
    """The most shared first."""
    if not ids:
        return []
    counted: dict[tuple[str, ...], int] = {}
    for row in read(SHARED, {"ids": list(ids)}).rows:
        bases = tuple(name for name in ids if name in row["bases"])
        counted[bases] = counted.get(bases, 0) + row["models"]
    order = sorted(counted.items(), key=lambda item: (-len(item[0]), -item[1], item[0]))
    return [SharedDescendants(list(bases), models) for bases, models in order]
