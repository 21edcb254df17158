"""What a model was made from: every link up to its roots, and the ways there.

Links are of two layers: what the Hub resolved, and what cards and tags declare without that.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from graph import schema
from graph.answers.query import Query, Reader

MOST_PATHS = 200
MOST_STEPS = 20_000
MOST_MEMBERS = 300
"""Ancestors whose bases are read, the model itself among them."""
MOST_LINKS = 2_000
EVERY_LAYER = "all"

_BOTH = "|".join(type_ for types in schema.LAYERS.values() for type_ in types)
# What is declared has no past: it is followed at present only.
_ANCESTRY = f"""
MATCH (start:Model {{id: $id}})
MATCH way = (start)-[link:{_BOTH}
  WHERE in_layers(link, $layers) AND held(link, $as_of)]->{{0,40}}(member:Model)
WITH member, min(length(way)) AS steps
ORDER BY steps, member.id
LIMIT {MOST_MEMBERS}
MATCH (member)-[link:{_BOTH}]->(base:Model)
WHERE in_layers(link, $layers) AND held(link, $as_of)
OPTIONAL MATCH (base)<-[held:PUBLISHED WHERE owns(held, base)]-(author:Author)
WITH member, link, base, author,
  [name IN coalesce(member.card_bases, []) + coalesce(member.tagged_bases, []) | toLower(name)]
  AS names
RETURN
  member.id AS model,
  CASE WHEN NOT declares(link) THEN relation_of(link) END AS relation,
  link.cut AS cut, link.licence_verdict AS licence_verdict, link.licence_rules AS licence_rules,
  base.id AS base, base.known AS known, author.kind AS author_kind,
  base.influence AS influence,
  CASE type(link) WHEN 'CARD_NAMES' THEN 'card' WHEN 'TAG_NAMES' THEN 'tags' ELSE link.source END
  AS source,
  CASE
    WHEN NOT declares(link) THEN 'resolved'
    WHEN EXISTS {{
      MATCH (member)-[other:{schema.LINEAGE_PATTERN}]->(base) WHERE other.gone_since IS NULL
    }}
    THEN 'resolved'
    WHEN base.gone_since IS NOT NULL THEN 'deleted'
    WHEN base.disabled THEN 'disabled'
    WHEN NOT base.id_folded IN names THEN 'renamed'
    ELSE 'lost' END AS state
ORDER BY model, relation IS NULL, base, source, relation
LIMIT {MOST_LINKS}
"""
ANCESTRY = Query(
    "model-ancestry",
    "Ancestry",
    _ANCESTRY,
    {"as_of": None, "layers": EVERY_LAYER},
)


@dataclass(frozen=True)
class LineageLink:
    """A link between two ancestors.

    `relation` is None where it is only declared. `cut` says why scores leave it out; `known`
    whether a record describes the base. `source` is `base_models`, `tags` or `card`. `state` is
    `resolved`, or says of a base that is only declared what became of it: it was `renamed`,
    `deleted` or `disabled`, or the Hub does not link it (`lost`). `licence_verdict` says how the
    declared licence differs from that of the base, at present.
    """

    model: str
    relation: str | None
    cut: str | None
    base: str
    known: bool | None
    author_kind: str | None
    influence: float | None
    source: str | None = None
    state: str = "resolved"
    licence_verdict: str | None = None
    licence_rules: list[str] | None = None


@dataclass(frozen=True)
class Step:
    """A base on a path, and how the model before it was made from it.

    `end` says why the path ends here: `root`, `unknown` (a root that no record describes) or
    `cycle` (it would repeat itself); it is empty when the path goes on.
    """

    id: str
    relation: str | None
    end: str = ""


@dataclass(frozen=True)
class Ancestry:
    """What a model was made from: every link up to its roots, and ways there, shortest first.

    It is not `complete` where there are more ancestors or links than are read.
    """

    links: list[LineageLink]
    paths: list[list[Step]]
    more_paths: bool
    complete: bool


def ancestry(
    read: Reader, model_id: str, as_of: datetime | None, layers: str = EVERY_LAYER
) -> Ancestry:
    """Read what a model was made from, now or at a time; `layers` is one of them, or all."""
    rows = read(ANCESTRY, {"id": model_id, "as_of": as_of, "layers": layers}).rows
    links = _once([LineageLink(**row) for row in rows])
    ways, more_ways = paths(model_id, links)
    members = {model_id, *(link.base for link in links)}
    complete = len(rows) < MOST_LINKS and len(members) < MOST_MEMBERS
    return Ancestry(links, ways, more_ways or not complete, complete)


def _once(links: Sequence[LineageLink]) -> list[LineageLink]:
    """Links without what is declared and resolved as well, or declared twice."""
    said: set[tuple[str, str]] = set()
    kept = []
    for link in links:
        if link.relation or (link.model, link.base) not in said:
            kept.append(link)
        said.add((link.model, link.base))
    return kept


def paths(start: str, links: Sequence[LineageLink]) -> tuple[list[list[Step]], bool]:
    """At most `MOST_PATHS` ways from a model to its roots, and whether there are more.

    `links` are all between the model and its roots. The shortest ways come first.
    """
    up = by_child(links)
    unknown = {link.base for link in links if link.known is False}
    found: list[list[Step]] = []
    waiting: deque[list[Step]] = deque([[]])
    for _ in range(MOST_STEPS):
        if not waiting:
            return found, False
        if len(found) == MOST_PATHS:
            return found, True
        path = waiting.popleft()
        seen = {start, *(step.id for step in path)}
        for link in up[path[-1].id if path else start]:
            base, relation = link.base, link.relation
            if base in seen:
                found.append([*path, Step(base, relation, "cycle")])
            elif up[base]:
                waiting.append([*path, Step(base, relation)])
            else:
                end = "unknown" if base in unknown else "root"
                found.append([*path, Step(base, relation, end)])
    return found[:MOST_PATHS], True


def by_child(links: Sequence[LineageLink]) -> defaultdict[str, list[LineageLink]]:
    """Links by the model that was made from another."""
    up: defaultdict[str, list[LineageLink]] = defaultdict(list)
    for link in links:
        up[link.model].append(link)
    return up
