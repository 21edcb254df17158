"""The results of a model on benchmarks, each beside that of its best base."""

from dataclasses import dataclass
from datetime import datetime

from graph import schema
from graph.answers.query import Query, Reader

MOST_RESULTS = 50

_ABOVE = "|".join((schema.LINEAGE_PATTERN, *schema.LAYERS["declared"]))
_RESULTS = f"""
// Only what counts is compared: with what a base has of the same source, measured in the same way
// if it has that, else with what counts of it; of several bases with the best.
MATCH (model:Model {{id: $id}})-[own:EVALUATED]->(benchmark:Benchmark)
WITH model, own, benchmark, coalesce(own.date, own.seen_at) AS at
ORDER BY coalesce(own.counts, false) DESC, benchmark.id, at DESC, own.key
WITH model, collect({{own: own, benchmark: benchmark, at: at}}) AS found
CALL (model) {{
  OPTIONAL MATCH (model)-[link:{_ABOVE}]->(base:Model)
  WHERE live(link, model) AND base <> model
  RETURN collect(DISTINCT base) AS bases
}}
UNWIND found[..$limit] AS each
WITH size(found) AS total, bases, each.own AS own, each.benchmark AS benchmark, each.at AS at,
  CASE WHEN each.benchmark.higher_is_better THEN 1 ELSE -1 END AS sign
CALL (bases, own, benchmark, sign) {{
  UNWIND CASE WHEN own.counts THEN bases ELSE [] END AS base
  CALL (base, own, benchmark) {{
    MATCH (base)-[other:EVALUATED {{source: own.source}}]->(benchmark)
    WITH other, coalesce(other.variant, "") = coalesce(own.variant, "") AS alike,
      coalesce(other.counts, false) AS counts
    WHERE counts OR (alike AND NOT coalesce(other.community, false))
    RETURN other ORDER BY alike DESC, counts DESC, coalesce(other.date, other.seen_at) DESC LIMIT 1
  }}
  WITH base, other ORDER BY sign * other.value DESC, base.id LIMIT 1
  RETURN collect({{id: base.id, value: other.value, variant: other.variant}})[0] AS base
}}
RETURN
  total, benchmark.id AS benchmark, benchmark.higher_is_better AS higher_is_better,
  own.value AS value, sign * (own.value - base.value) AS gain,
  base.id AS base, base.value AS base_value, base.variant AS base_variant,
  coalesce(own.counts, false) AS counts, coalesce(own.verified, false) AS verified,
  coalesce(own.community, false) AS community, coalesce(own.origin, "leaderboard") AS origin,
  own.source AS source, own.variant AS variant, own.reported_in AS reported_in, at
ORDER BY counts DESC, benchmark, at DESC, own.key
"""
RESULTS = Query("model-results", "Results on benchmarks", _RESULTS, {"limit": MOST_RESULTS})


@dataclass(frozen=True)
class ResultEntry:
    """One result; `base` is its base with the best result of the same source, if any has one.

    A positive `gain` is better than that: for errors it is the base's less its own. What does not
    count is compared with nothing.
    """

    benchmark: str
    higher_is_better: bool | None
    value: float
    gain: float | None
    base: str | None
    base_value: float | None
    base_variant: str | None
    counts: bool
    verified: bool
    community: bool
    origin: str
    source: str | None
    variant: str | None
    reported_in: str | None
    at: datetime | None


@dataclass(frozen=True)
class Results:
    """The results of a model: those that count first, then the others."""

    total: int
    listed: list[ResultEntry]


def results(read: Reader, model_id: str) -> Results:
    """Read them."""
    rows = read(RESULTS, {"id": model_id}).rows
    entries = [{name: row[name] for name in row if name != "total"} for row in rows]
    return Results(rows[0]["total"] if rows else 0, [ResultEntry(**entry) for entry in entries])
