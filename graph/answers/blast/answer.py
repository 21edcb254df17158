"""Who is hit if a model, or all models of an author, were withdrawn, gated, disabled, …."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np

from graph.answers.blast.events import EVENTS
from graph.answers.blast.family import RELATIONS, AffectedModel, Blasted, read_blasted
from graph.answers.blast.radius import Radius
from graph.answers.blast.relicensing import Change, Relicensing, relicensed
from graph.answers.names import UnknownNameError, author_now, name_now, near_authors, near_models
from graph.answers.query import Query, Reader
from graph.scores.explaining import depths
from graph.scores.licences.table import LicenceTable
from graph.scores.lineage import BoolArray, IntArray

MOST = 10
"""Authors, Spaces and models with another base that are named; the rest is a number."""
MOST_LISTED = 50_000
"""Affected models in the list."""

_OF_MODEL = Query(
    "blast-model",
    "The model, and its mirrors",
    """
MATCH (m:Model {id: $name})
RETURN [m.id] AS seeds, m.gone_since IS NOT NULL AS gone,
       coalesce(m.children_finetune, m.children_adapter, m.children_merge, m.children_quantized)
         IS NOT NULL AS counted,
       coalesce(m.children_finetune, 0) + coalesce(m.children_adapter, 0)
         + coalesce(m.children_merge, 0) + coalesce(m.children_quantized, 0) AS announced,
       COLLECT {
         MATCH (mirror:Model)-[:MIRROR_OF {tier: 'A'}]->(m) WHERE mirror.gone_since IS NULL
         RETURN mirror.id AS id ORDER BY id
       } AS mirrors
""",
)
_OF_AUTHOR = Query(
    "blast-author",
    "The author's models, and their mirrors",
    """
MATCH (:Author {name: $name})-[held:PUBLISHED WHERE held.gone_since IS NULL]->(m:Model)
WHERE here(m)
WITH m ORDER BY m.id
WITH collect(m) AS owned
RETURN [m IN owned | m.id] AS seeds, false AS gone, false AS counted, 0 AS announced,
       COLLECT {
         UNWIND owned AS m
         MATCH (mirror:Model)-[:MIRROR_OF {tier: 'A'}]->(m)
         WHERE mirror.gone_since IS NULL AND NOT mirror IN owned
         RETURN DISTINCT mirror.id AS id ORDER BY id
       } AS mirrors
""",
)


@dataclass(frozen=True)
class Distance:
    """The affected models at one distance, by how they were made."""

    depth: int
    models: int
    by_relation: dict[str, int]


@dataclass(frozen=True)
class Publisher:
    """An author, and how many of the affected models are theirs."""

    author: str
    models: int
    share: float  # of all affected models, 0 to 1


@dataclass(frozen=True)
class Publishers:
    """Who published the affected models."""

    count: int  # distinct authors
    concentration: float  # sum of their squared shares: 1 if all are by one
    top: list[Publisher]  # at most `MOST`
    without: int  # models whose id has no owner


@dataclass(frozen=True)
class Downloads:
    """Downloads of the last 30 days; None where none is known."""

    known: int | None
    unknown: int  # models whose downloads are not known


@dataclass(frozen=True)
class Users:
    """Spaces that use what is hit."""

    hard: int  # Spaces that use a seed, or a model that needs one to load
    others: int  # Spaces that use only other affected models
    names: list[str]  # at most `MOST`, the hard ones first


@dataclass(frozen=True)
class BlastRadius:
    """What follows for others from an event at a model, or at all models of an author.

    All numbers count distinct models on the Hub; `seeds` themselves are in none of them.
    """

    name: str
    is_author: bool
    event: str
    gone: bool  # whether the model is gone already
    seeds: int
    mirrors: list[str]  # copies by other publishers, by their names
    with_mirrors: bool  # whether these are seeds, too
    affected: int
    affected_without_mirrors: int  # if none of the mirrors were a seed
    direct: int
    indirect: int
    announced: int | None  # models made directly from it as the Hub counts them
    already_gone: int  # models made from it that are gone from the Hub; in no other number
    hard: int  # need a seed to load
    every_base_lost: int
    keep_another_base: int
    only_named: int  # affected models that no record describes
    by_depth: list[Distance]
    by_relation: dict[str, int]
    publishers: Publishers
    downloads: Downloads  # of models in full
    downloads_gguf: Downloads  # counted file by file: not to be added to the others
    spaces: Users
    models: list[AffectedModel]  # nearest first
    left_out: int  # how many more there are
    relicensing: Relicensing | None  # of another licence: affected is whose terms change


def blast(
    read: Reader,
    name: str,
    event: str,
    *,
    mirrors: bool = False,
    licence: tuple[LicenceTable, str] | None = None,
    most: int = MOST_LISTED,
) -> BlastRadius:
    """Measure what an event (one of `EVENTS`) at a model or an author means for others.

    A name in any spelling; where a model and an author have the same, it is the model's. What is
    relicensed gets a `licence`, by its id in a table. At most so many affected models are listed.

    Raises:
        UnknownNameError: neither a model nor an author has that name.
    """
    if event not in EVENTS:
        raise ValueError(event)
    model = name_now(read, name)
    named = model or author_now(read, name)
    if named is None:
        near = near_models(read, name) if "/" in name else near_authors(read, name)
        raise UnknownNameError("model or author", name, near)
    about = read(_OF_MODEL if model else _OF_AUTHOR, {"name": named}, row_limit=1).one()
    own = about["seeds"]
    seeds = [*own, *about["mirrors"]] if mirrors else own
    family = read_blasted(read, seeds)
    found = family.hit_by(set(seeds))
    alone = depths(family.links, family.are(set(own))) > 0
    hit = (found.depth > 0) & ~family.gone
    terms: dict[str, Change] = {}
    relicensing = None
    if licence is not None:
        there = {family.model[i] for i in np.flatnonzero(hit)}
        table, other = licence
        held = family.read_terms(read, table)
        terms, relicensing = relicensed(held, table, other, set(seeds), there=there)
        hit &= family.are(terms)
        if mirrors:
            terms_alone, _ = relicensed(held, table, other, set(own), there=there)
            alone &= family.are(terms_alone)
        else:
            alone &= hit
    depth = found.depth.tolist()
    order = sorted(np.flatnonzero(hit).tolist(), key=lambda i: (depth[i], family.model[i]))
    made = family.relations(found.link[order])
    direct = int((found.depth[hit] == 1).sum())
    return BlastRadius(
        name=named,
        is_author=model is None,
        event=event,
        gone=about["gone"],
        seeds=len(seeds),
        mirrors=about["mirrors"],
        with_mirrors=mirrors,
        affected=len(order),
        affected_without_mirrors=int((alone & ~family.gone).sum()),
        direct=direct,
        indirect=len(order) - direct,
        announced=about["announced"] if about["counted"] else None,
        already_gone=int(((found.depth > 0) & family.gone).sum()),
        hard=int((hit & found.hard).sum()),
        every_base_lost=int((hit & found.lost).sum()),
        keep_another_base=int((hit & ~found.lost).sum()),
        only_named=int((hit & ~family.known).sum()),
        by_depth=list(_by_depth(zip(found.depth[order].tolist(), made, strict=True))),
        by_relation=_counted(made),
        publishers=_publishers([family.author[i] for i in order]),
        downloads=_downloads(family.downloads[hit & ~family.gguf]),
        downloads_gguf=_downloads(family.downloads[hit & family.gguf]),
        spaces=_users(family, found, hit),
        models=list(family.rows(found, order[:most], terms)),
        left_out=max(0, len(order) - most),
        relicensing=relicensing,
    )


def _by_depth(made: Iterable[tuple[int, str]]) -> Iterator[Distance]:
    for depth, group in groupby(made, key=itemgetter(0)):
        counts = _counted(relation for _, relation in group)
        yield Distance(depth, sum(counts.values()), counts)


def _counted(relations: Iterable[str]) -> dict[str, int]:
    count = Counter(relations)
    return {relation: count[relation] for relation in RELATIONS if count[relation]}


def _publishers(authors: Sequence[str]) -> Publishers:
    owned = Counter(filter(None, authors))
    spelled = {author.lower(): author for author in owned}
    count: Counter[str] = Counter()
    for author, models in owned.items():
        count[author.lower()] += models
    top = sorted(count.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    total = len(authors) or 1
    return Publishers(
        len(count),
        sum((models / total) ** 2 for models in count.values()),
        [Publisher(spelled[name], models, models / total) for name, models in top],
        len(authors) - owned.total(),
    )


def _downloads(counts: IntArray) -> Downloads:
    known = counts[counts >= 0]
    return Downloads(int(known.sum()) if known.size else None, int((counts < 0).sum()))


def _users(family: Blasted, found: Radius, hit: BoolArray) -> Users:
    needing = (found.depth == 0) | (hit & found.hard)
    hard = {space for model, space in family.uses if needing[model]}
    others = {space for model, space in family.uses if hit[model]} - hard
    return Users(len(hard), len(others), [*sorted(hard), *sorted(others)][:MOST])
