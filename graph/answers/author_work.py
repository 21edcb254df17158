"""What an author's models add up to: families, licences, time, and where most is theirs."""

from dataclasses import dataclass, fields
from typing import Any

from graph import schema
from graph.answers.hygiene import OF_AUTHOR
from graph.answers.names import UnknownNameError, author_now, near_authors
from graph.answers.query import Query, Reader

MOST = 20
"""Families and bases that are listed."""
LEAST_SHARE = 0.3
"""Share of a base's quantizations from which on an author is listed as their main source."""
LEAST_MADE = 3
"""Quantizations of a base below which a share says nothing."""

_MINE = """
MATCH (:Author {name: $name})-[held:PUBLISHED]->(model:Model)
WHERE owns(held, model)
"""
FAMILIES = Query(
    "author-families",
    "Families that begin with a model of this author",
    f"""{_MINE} AND model.base_count = 0 AND model.descendants > 0
WITH model ORDER BY model.descendants DESC, model.id
WITH count(*) AS families, collect(model)[..{MOST}] AS first
UNWIND first AS model
RETURN
  families, model.id AS root, model.descendants AS descendants, model.descendants_depth AS depth
""",
)
LICENCES = Query(
    "author-licences",
    "How the licences that this author declares differ from those of bases by others",
    f"""{_MINE}
MATCH (model)-[r:{schema.LINEAGE_PATTERN}]->()
WHERE live(r, model) AND NOT 'O1' IN r.licence_rules
  AND r.licence_verdict IN
  ['same', 'compatible', 'more_restrictive', 'relaxed', 'undecidable', 'undeclared_child']
RETURN count(*) AS links, links_by_verdict(r)
""",
)
MONTHS = Query(
    "author-months",
    "Models of this author by month of creation",
    f"""{_MINE} AND here(model)
WITH month_of(model) AS number, count(*) AS models, known_sum(model.downloads) AS downloads
ORDER BY number
RETURN month_named(number) AS month, models, downloads
""",
)
SUPPLIED = Query(
    "author-supplied",
    "Bases of which this author made a large share of the quantizations",
    f"""{_MINE}
MATCH (model)-[r:QUANTIZE]->(base:Model)
WHERE live(r, model)
WITH base, count(DISTINCT model) AS own
WHERE own >= {LEAST_MADE}
CALL (base) {{
  MATCH (base)<-[r:QUANTIZE]-(child:Model)
  WHERE live(r, child)
  RETURN count(DISTINCT child) AS quantizations
}}
WITH base, own, quantizations, toFloat(own) / quantizations AS share
WHERE share > {LEAST_SHARE}
ORDER BY quantizations DESC, base.id
WITH count(*) AS bases, collect({{id: base.id, own: own, of: quantizations, share: share}}) AS found
UNWIND found[..{MOST}] AS row
RETURN bases, row.id AS base, row.own AS own, row.of AS quantizations, row.share AS share
""",
)


@dataclass(frozen=True)
class RootedFamily:
    """A family that begins with a model of the author."""

    root: str
    descendants: int
    depth: int | None


@dataclass(frozen=True)
class LicenceCard:
    """Links from an author's models to bases of others whose licence was read, by verdict."""

    links: int
    same: int
    compatible: int
    more_restrictive: int
    relaxed: int
    undecidable: int
    undeclared: int


@dataclass(frozen=True)
class MadeInMonth:
    """What the author created in a month and still has on the Hub."""

    month: str
    models: int
    downloads: int | None  # of the last 30 days, where known


@dataclass(frozen=True)
class SuppliedBase:
    """A base of which the author made a large share of the quantizations."""

    base: str
    own: int
    quantizations: int
    share: float


@dataclass(frozen=True)
class AuthorWork:
    """What an author's models add up to."""

    author: str
    families: list[RootedFamily]  # the largest, `MOST` at most
    all_families: int
    licences: LicenceCard
    months: list[MadeInMonth]
    supplied: list[SuppliedBase]  # those with most quantizations, `MOST` at most
    all_supplied: int
    hygiene: list[dict[str, Any]]  # checks that find something in its cards, with `models`


def author_work(read: Reader, name: str) -> AuthorWork:
    """Read an author's work, by name in any spelling; `UnknownNameError` if there is none."""
    found = author_now(read, name)
    if found is None:
        raise UnknownNameError("author", name, near_authors(read, name))
    given = {"name": found}
    rooted = read(FAMILIES, given).rows
    card = read(LICENCES, given).one()
    supplied = read(SUPPLIED, given).rows
    return AuthorWork(
        author=found,
        families=[RootedFamily(r["root"], r["descendants"], r["depth"]) for r in rooted],
        all_families=rooted[0]["families"] if rooted else 0,
        licences=LicenceCard(**{item.name: card[item.name] for item in fields(LicenceCard)}),
        months=[MadeInMonth(**row) for row in read(MONTHS, given).rows],
        supplied=[
            SuppliedBase(r["base"], r["own"], r["quantizations"], r["share"]) for r in supplied
        ],
        all_supplied=supplied[0]["bases"] if supplied else 0,
        hygiene=read(OF_AUTHOR, {"author": found}).rows,
    )
