"""How many models have each value of a facet, of all that is loaded, and how many are in each list.

Facets of few values are counted together, by every combination that there is, so that any choice
among them is counted exactly; the others each by itself.
"""
# ruff: noqa: S608 (the texts are put together from constants)

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.answers.facets import COMMON, FACETS, FEW, NOT_STATED, OWNER, Facet
from graph.answers.list_queries import TOTALS
from graph.answers.orders import ORDERS
from graph.answers.query import Query, Reader
from graph.schema import MODEL

TOP = 60
"""Most values of a facet that are counted and offered; the page says how many there are."""

_KEYS = [order.key for order in ORDERS.values()]
_THERE = f"MATCH (model:Model)\nWHERE NOT model:{MODEL.gone_label}"
_COUNTS = ", ".join(f"count(model.{key}) AS {key}" for key in _KEYS)
_COUNTED = ", ".join(["count(*) AS models", *(f"count({key}) AS {key}" for key in _KEYS)])
"""The same over the census, in SQL."""
_SUMS = ", ".join(["sum(models) AS models", *(f"sum({key}) AS {key}" for key in _KEYS)])


def _plain(facet: Facet) -> str:
    """The values of a facet of which a model has one, with what all of them add up to."""
    return f"""
MATCH (model:Model)
WHERE {facet.value} IS NOT NULL AND NOT model:{MODEL.gone_label}
WITH {facet.value} AS value, count(*) AS models, {_COUNTS}
ORDER BY models DESC, value
WITH collect({{value: value, models: models, {_shown()}}}) AS found, {_SUMS}
RETURN found[..$top] AS values, size(found) AS distinct,
  {{models: models, {_shown()}}} AS stated
"""


def _many(facet: Facet) -> str:
    """The same where a model may have several: `stated` counts each model once."""
    keys = ", ".join(f"model.{key} AS {key}" for key in _KEYS)
    counts = ", ".join(f"count({key}) AS {key}" for key in _KEYS)
    return f"""
{_THERE}
WITH {facet.value} AS found, {keys}
UNWIND range(0, size(found) - 1) AS at
WITH found[at] AS value, count(*) AS models, count(CASE at WHEN 0 THEN 1 END) AS firsts, {counts}
ORDER BY models DESC, value
WITH collect({{value: value, models: models, {_shown()}}}) AS found, sum(firsts) AS models
RETURN found[..$top] AS values, size(found) AS distinct, {{models: models}} AS stated
"""


def _together() -> str:
    here = [facet for facet in FEW if not facet.through]
    there = [facet for facet in FEW if facet.through]
    values = [f"{facet.value} AS {facet.name}" for facet in (*here, *there)]
    names = [facet.name for facet in (*here, *there)]
    shown = ", ".join(f"{name}: {name}" for name in ("known", *names))
    return f"""
{_THERE}
OPTIONAL MATCH {OWNER}
WITH model, model.known AS known,
  {("," + chr(10) + "  ").join(values)}
WITH known, {", ".join(names)},
  count(*) AS models, {_COUNTS}
RETURN collect({{{shown}, models: models, {_shown()}}}) AS rows
"""


def _plain_counted(facet: Facet) -> str:
    """The same as `_plain`, in SQL over the census."""
    totals = ", ".join(f"{key}: coalesce(sum({key}), 0)" for key in ("models", *_KEYS))
    return f"""
WITH each AS (
  SELECT {facet.name} AS value, {_COUNTED} FROM model
  WHERE {facet.name} IS NOT NULL GROUP BY {facet.name})
SELECT {_first_values()}, count(*) AS "distinct", {{{totals}}} AS stated FROM each
"""


def _many_counted(facet: Facet) -> str:
    """The same as `_many`, in SQL over the census."""
    return f"""
WITH one AS (SELECT unnest({facet.name}) AS value, {", ".join(_KEYS)} FROM model),
  each AS (SELECT value, {_COUNTED} FROM one GROUP BY value)
SELECT {_first_values()}, count(*) AS "distinct",
  {{models: (SELECT count(*) FROM model WHERE len({facet.name}) > 0)}} AS stated
FROM each
"""


def _first_values() -> str:
    item = f"{{value: value, models: models, {_shown()}}}"
    return f"coalesce(list({item} ORDER BY models DESC, value)[:$top], []) AS values"


def _together_counted() -> str:
    names = ("known", *(facet.name for facet in FEW))
    item = ", ".join(f"{name}: {name}" for name in names)
    return f"""
WITH each AS (SELECT {", ".join(names)}, {_COUNTED} FROM model GROUP BY {", ".join(names)})
SELECT coalesce(list({{{item}, models: models, {_shown()}}}), []) AS rows FROM each
"""


def _shown() -> str:
    return ", ".join(f"{key}: {key}" for key in _KEYS)


TOGETHER = Query(
    "facets-of-few-values",
    "How many models are of each size, publisher, relation and so on",
    _together(),
    precomputed=True,
    counted=_together_counted(),
)
EACH = {
    facet.name: Query(
        f"facet-{facet.name}",
        f"The most common values of {facet.words}",
        (_many if facet.many else _plain)(facet),
        {"top": TOP},
        precomputed=True,
        counted=(_many_counted if facet.many else _plain_counted)(facet),
    )
    for facet in COMMON
}
QUERIES = (TOGETHER, *EACH.values())


@dataclass(frozen=True)
class ValueCount:
    """A value and how many models have it."""

    value: str
    models: int


@dataclass(frozen=True)
class FacetCount:
    """The values of a facet, the most common first, and of how many models nothing states it."""

    name: str
    values: list[ValueCount]
    distinct: int  # how many values there are, of which the most common are listed
    not_stated: int | None  # None: every model has a value


def facet_counts(read: Reader) -> list[FacetCount]:
    """Every facet that is counted."""
    rows = [row for row in _rows(read) if row["known"]]
    models = read(TOTALS).one()["models"]
    return [
        _of_few(facet, rows) if facet in FEW else _of_many(facet, read, models)
        for facet in FACETS.values()
        if facet.is_counted
    ]


def list_total(
    read: Reader, key: str, chosen: Mapping[str, Sequence[str]]
) -> tuple[int, int] | None:
    """How many models with a value of `key` fit, and how many without; None: that is not known.

    It is known of any facets of few values, and of one other by itself.
    """
    facets = [FACETS[name] for name in chosen]
    if all(facet in FEW for facet in facets):
        rows = [row for row in _rows(read) if _fits(row, chosen)]
        known = [row for row in rows if row["known"]]
        return sum(row[key] for row in rows), sum(row["models"] - row[key] for row in known)
    if len(facets) > 1 or facets[0] not in COMMON:
        return None
    return _of_one(read, key, facets[0], chosen[facets[0].name])


def _of_one(read: Reader, key: str, facet: Facet, values: Sequence[str]) -> tuple[int, int] | None:
    if facet.many and (len(values) > 1 or NOT_STATED in values):
        return None
    found = read(EACH[facet.name]).one()
    counted = {item["value"]: item for item in found["values"]}
    if not set(values) - {NOT_STATED} <= counted.keys():
        return None
    items = [counted[value] for value in values if value != NOT_STATED]
    total, without = sum(i[key] for i in items), sum(i["models"] - i[key] for i in items)
    if NOT_STATED in values:
        whole, stated = read(TOTALS).one(), found["stated"]
        total += whole[key] - stated[key]
        without += whole[f"without_{key}"] - (stated["models"] - stated[key])
    return total, without


def _rows(read: Reader) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read(TOGETHER).one()["rows"]
    return rows


def _fits(row: Mapping[str, Any], chosen: Mapping[str, Sequence[str]]) -> bool:
    return all((row[name] or NOT_STATED) in values for name, values in chosen.items())


def _of_few(facet: Facet, rows: Sequence[Mapping[str, Any]]) -> FacetCount:
    counts = dict.fromkeys(facet.choices, 0)
    missing = 0
    for row in rows:
        value = row[facet.name]
        if value in counts:
            counts[value] += row["models"]
        elif value is None:
            missing += row["models"]
    values = [ValueCount(value, count) for value, count in counts.items()]
    return FacetCount(facet.name, values, len(values), None if facet.is_stated else missing)


def _of_many(facet: Facet, read: Reader, models: int) -> FacetCount:
    found = read(EACH[facet.name]).one()
    values = [ValueCount(item["value"], item["models"]) for item in found["values"]]
    return FacetCount(facet.name, values, found["distinct"], models - found["stated"]["models"])
