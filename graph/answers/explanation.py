"""Why a model has the influence that it has: who and what gives to it, and when it was made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from graph.answers.names import (
    UnknownNameError,
    author_now,
    name_now,
    near_authors,
    unknown_model,
)
from graph.answers.query import Query, Reader
from graph.schema import RELATIONS
from graph.scores import cleaning, explaining
from graph.scores.engine import Links
from graph.scores.lineage import NEVER, TYPES, BoolArray, FloatArray, IntArray
from graph.scores.modelrank import Month, by_month
from graph.settings import Settings
from graph.store.connection import LONG_S

MOST = 10
"""Authors named; the rest is one line."""
TRIED = 3
"""Authors without whom the score is computed anew, unless some are asked for."""

_UNKNOWN = int(NEVER)
_OF_MODEL = "MATCH (start:Model {id: $name})"
_OF_AUTHOR = """
MATCH (:Author {name_folded: $name})-[held:PUBLISHED]->(start:Model)
WHERE owns(held, start) AND (start)<-[:FINETUNE|ADAPTER|MERGE|QUANTIZE]-()
"""
_BELOW = """
CALL (start) {
  MATCH (start)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE
    WHERE r.gone_since IS NULL]-{0,100}(m:Model)
  RETURN DISTINCT m
}
WITH collect(DISTINCT m) AS family
CALL (family) {
  UNWIND family AS m
  RETURN collect(id(m)) AS number, collect(m.id) AS model,
         collect(coalesce(m.author, '')) AS author,
         collect(m.gone_since IS NOT NULL) AS gone, collect(coalesce(m.swarm, '')) AS swarm,
         collect(coalesce(m.created_at.epochMillis, $unknown)) AS created
}
CALL (family) {
  UNWIND family AS m
  MATCH (m)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base:Model) WHERE r.gone_since IS NULL
  WITH type(r) AS type, collect(id(m)) AS children, collect(id(base)) AS bases,
       collect(coalesce(r.since.epochMillis, $unknown)) AS seen
  RETURN collect([type, children, bases, seen]) AS links
}
RETURN number, model, author, gone, swarm, created, links
"""
_FAMILY, _FAMILIES = (
    Query(f"explanation-{name}", title, start + _BELOW, {"unknown": _UNKNOWN}, patience_s=LONG_S)
    for name, title, start in (
        ("model", "The model, its descendants, and what they were made from", _OF_MODEL),
        ("author", "The author's models, their descendants, and their bases", _OF_AUTHOR),
    )
)
_NEWEST = Query(
    "explanation-newest",
    "When the youngest model of the lineage was made",
    """
MATCH (m:Model) WHERE m.created_at IS NOT NULL AND m.id IS NOT NULL AND EXISTS {
  MATCH (m)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(:Model) WHERE r.gone_since IS NULL
}
RETURN m.created_at.epochMillis AS newest ORDER BY m.created_at DESC, m.id DESC LIMIT 1
""",
    patience_s=LONG_S,
)


@dataclass(frozen=True)
class Share:
    """What some descendants give together."""

    name: str
    models: int
    effective_descendants: float
    share: float  # of all, 0 to 1


@dataclass(frozen=True)
class Left:
    """What is left of the effective descendants of a model without those of an author."""

    author: str
    models: int  # of its own among the descendants
    muted: float  # if they counted nothing, and still passed on what was made from them
    removed: float  # if they were not there, and nothing came over them


@dataclass(frozen=True)
class Explanation:
    """The influence of a model, taken apart."""

    model: str
    influence: float  # I, as the lineage gives it now
    effective_descendants: float
    descendants: int  # on the Hub
    by_relation: list[Share]  # how the descendants were made
    by_depth: list[Share]  # steps to them
    by_author: list[Share]  # at most `MOST`, the largest first
    other_authors: int  # how many more there are
    by_swarm: list[Share]  # the rule that takes them for automatic uploads; "none" for no rule
    by_month: list[Month]  # ModelRank over time
    without: list[Left]


@dataclass(frozen=True)
class AuthorByMonth:
    """What others made of an author's models."""

    author: str
    effective_descendants: float
    by_month: list[Month]  # ModelRank over time


@dataclass(frozen=True)
class _Family:
    """Models and their descendants, numbered from 0; their other bases come last."""

    names: list[str]  # without those bases
    links: Links
    own: FloatArray  # what each counts (b)
    gone: BoolArray
    kind: IntArray
    authors: list[str]  # in lower case
    spelled: dict[str, str]  # as their accounts spell them
    swarm: list[str]
    created: FloatArray  # milliseconds, NaN where it is not known
    damping: float


def explain(
    read: Reader, settings: Settings, name: str, authors: Sequence[str] = ()
) -> Explanation:
    """Explain the influence of a model, by any spelling of its name.

    `authors` are those without whom it is computed anew; by default those who give most.

    Raises:
        UnknownNameError: there is no such model.
    """
    found = name_now(read, name)
    if found is None:
        raise unknown_model(read, name)
    family = _read(read, settings, _FAMILY, found)
    model = family.names.index(found)
    gift = explaining.gifts(family.links, family.own, model, family.damping)
    worth = gift / (1 - family.damping)
    start = np.arange(family.links.size) == model
    depth = explaining.depths(family.links, start)
    below = np.flatnonzero((depth > 0) & ~family.gone)
    total = float(worth[below].sum())

    def shares(names: Iterable[str]) -> list[Share]:
        counted: dict[str, list[float]] = {}
        for label, value in zip(names, worth[below].tolist(), strict=True):
            counted.setdefault(label, []).append(value)
        made = [
            Share(label, len(v), sum(v), sum(v) / total if total else 0.0)
            for label, v in counted.items()
        ]
        return sorted(made, key=lambda share: (-share.effective_descendants, share.name))

    words = (*RELATIONS, "root")
    by_author = shares(family.authors[i] for i in below)
    chosen = [author.lower() for author in authors] or [s.name for s in by_author[:TRIED]]
    return Explanation(
        model=found,
        influence=float(gift.sum()),
        effective_descendants=total,
        descendants=below.size,
        by_relation=shares(words[family.kind[i]] for i in below),
        by_depth=sorted(shares(str(depth[i]) for i in below), key=lambda share: int(share.name)),
        by_author=[_spelled(share, family) for share in by_author[:MOST]],
        other_authors=max(0, len(by_author) - MOST),
        by_swarm=shares(family.swarm[i] or "none" for i in below),
        by_month=by_month(family.created[below], worth[below], _newest(read)),
        without=[_without(family, model, author, below) for author in chosen if author],
    )


def author_by_month(read: Reader, settings: Settings, name: str) -> AuthorByMonth:
    """What others made of an author's models, month by month, by any spelling of the name.

    Raises:
        UnknownNameError: there is no such author.
    """
    found = author_now(read, name)
    if found is None:
        raise UnknownNameError("author", name, near_authors(read, name))
    family = _read(read, settings, _FAMILIES, found.lower())
    if not family.names:
        return AuthorByMonth(found, 0.0, [])
    links, mine = family.links, np.array([author == found.lower() for author in family.authors])
    counted = mine[links.base] & ~mine[links.child]
    worth = explaining.gifts_over(links, family.own, counted, family.damping)
    worth /= 1 - family.damping
    given = worth > 0
    months = by_month(family.created[given], worth[given], _newest(read))
    return AuthorByMonth(found, float(worth.sum()), months)


def _newest(read: Reader) -> float | None:
    newest: float | None = read(_NEWEST, row_limit=1).one().get("newest")
    return newest


def _spelled(share: Share, family: _Family) -> Share:
    name = family.spelled.get(share.name, share.name) or "no author"
    return Share(name, share.models, share.effective_descendants, share.share)


def _without(family: _Family, model: int, author: str, below: IntArray) -> Left:
    others = np.array([name == author for name in family.authors])
    others[model] = False
    left = explaining.without(family.links, family.own, model, family.damping, others)
    scale, own = 1 - family.damping, family.own[model]
    count = int(others[below].sum())
    return Left(
        family.spelled.get(author, author),
        count,
        left.muted / scale - own,
        left.removed / scale - own,
    )


def _read(read: Reader, settings: Settings, query: Query, name: str) -> _Family:
    """A family without what scores leave out: all models of a circle are in it, if one is."""
    row = read(query, {"name": name}, row_limit=1).one()
    numbers = row["number"]
    known = {number: i for i, number in enumerate(numbers)}
    others = sorted({base for _, _, bases, _ in row["links"] for base in bases} - known.keys())
    place = known | {base: i for i, base in enumerate(others, len(known))}
    columns = [np.empty((4, 0), dtype=np.int64)]
    for word, *ends, since in row["links"]:
        child, base = ([place[number] for number in end] for end in ends)
        columns.append(np.array([child, base, [TYPES.index(word)] * len(child), since]))
    child, base, type_, seen = np.concatenate(columns, axis=1)
    size, outside = len(place), len(place) - len(known)
    created = np.array(
        [np.nan if n == _UNKNOWN else n for n in row["created"]] + [np.nan] * outside
    )
    kept = cleaning.marks(child, base, type_, seen, lambda models: created[models]) == 0
    child, base = child[kept], base[kept]
    kind = cleaning.kinds(child, type_[kept], seen[kept], size)
    gone = np.array([*row["gone"], *[False] * outside], dtype=np.bool_)
    own = np.where(gone, 0.0, cleaning.kind_weights(settings)[kind])
    folded = [author.lower() for author in row["author"]]
    return _Family(
        row["model"],
        Links(child, base, size),
        own,
        gone,
        kind,
        folded + [""] * outside,
        dict(zip(folded, row["author"], strict=True)),
        row["swarm"] + [""] * outside,
        created,
        settings.damping,
    )
