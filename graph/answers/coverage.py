"""What was crawled, and how much of it is in the graph."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph import schema
from graph.answers.query import Query, Reader
from graph.answers.reports import catalogue

STATES = ("complete", "capped", "stale", "running", "interrupted", "failed")
"""How a crawl may stand, the best first; `stale` is an old complete or capped one."""

MOST_PARENTS = 20
MOST_CRAWLS = 1000

_LINKS = "\n".join(
    f"CALL () {{ MATCH ()-[:{link.type}]->() RETURN count(*) AS {link.relation} }}"
    for link in schema.LINEAGE
)
NUMBERS = Query(
    "coverage-numbers",
    "How much is known",
    f"""
CALL () {{ MATCH (model:Model) RETURN count(*) AS nodes }}
CALL () {{ MATCH (model:Model) WHERE model.gone_since IS NOT NULL RETURN count(*) AS gone }}
CALL () {{
  MATCH (model:Model {{known: false}}) WHERE model.gone_since IS NULL
  RETURN count(*) AS placeholders
}}
CALL () {{ MATCH (author:Author) RETURN count(*) AS authors }}
CALL () {{
  MATCH (author:Author) WHERE author.kind IS NOT NULL
  RETURN count(*) AS authors_with_kind
}}
CALL () {{ MATCH (dataset:Dataset) RETURN count(*) AS all_datasets }}
CALL () {{ MATCH (dataset:Dataset {{known: false}}) RETURN count(*) AS datasets_named }}
CALL () {{ MATCH (space:Space) RETURN count(*) AS spaces }}
{_LINKS}
RETURN
  nodes - gone - placeholders AS models, placeholders, gone, authors, authors_with_kind,
  all_datasets - datasets_named AS datasets, datasets_named, spaces,
  {" + ".join(schema.RELATIONS)} AS links
""",
    precomputed=True,
)
CRAWLS = Query(
    "crawls",
    "Crawls",
    """
MATCH (run:Run {kind: "crawl"})
WHERE run.started_at IS NOT NULL
WITH run ORDER BY run.started_at DESC, run.id
WITH run.source AS source,
     head(collect(run)) AS newest,
     count(*) AS runs,
     max(CASE WHEN run.status IN ["complete", "capped"] THEN run.ended_at END) AS done_at
WITH source, newest, runs, done_at,
     newest.status IN ["complete", "capped"]
       AND newest.ended_at < datetime() - duration({days: $stale_days}) AS is_stale
RETURN source,
       CASE WHEN is_stale THEN "stale" ELSE newest.status END AS state,
       newest.status AS status,
       newest.id AS run,
       runs,
       newest.started_at AS started_at,
       newest.ended_at AS ended_at,
       done_at,
       newest.counts AS counts,
       newest.message AS message
ORDER BY started_at DESC, run
LIMIT $limit
""",
)


def _missing(link: schema.RelationshipType) -> str:
    """How many derivatives of a relation the Hub counts and the graph does not hold."""
    held = f"(base)<-[r:{link.type}]-() WHERE r.gone_since IS NULL"
    return f"""coalesce(base.children_{link.relation}, 0) - CASE WHEN is_left
    THEN COUNT {{ {held} }} ELSE COUNT {{ (base)<-[:{link.type}]-() }} END"""


_LACKS = ",\n  ".join(_missing(link) for link in schema.LINEAGE)
_COUNTED = "\n  UNION\n".join(
    f"  MATCH (base:Model) WHERE base.children_{relation} > 0 RETURN base"
    for relation in schema.RELATIONS
)
_ANNOUNCED = " + ".join(f"coalesce(base.children_{name}, 0)" for name in schema.RELATIONS)
CHILDREN = Query(
    "coverage-children",
    "Derivatives found",
    f"""
CALL () {{
  MATCH (base:Model)<-[r:{schema.LINEAGE_PATTERN}]-()
  WHERE r.gone_since IS NOT NULL
  RETURN collect(DISTINCT base) AS left_by
}}
CALL () {{
{_COUNTED}
}}
WITH base, base IN left_by AS is_left  // only there need links be looked at one by one
WHERE base.gone_since IS NULL
WITH {_ANNOUNCED} AS announced, [
  {_LACKS}
] AS lacks
WITH announced, reduce(sum = 0, lack IN lacks | sum + CASE WHEN lack > 0 THEN lack ELSE 0 END)
  AS missing
RETURN
  count(*) AS parents,
  count(CASE WHEN missing = 0 THEN 1 END) AS full,
  count(CASE WHEN missing > 0 AND 2 * missing <= announced THEN 1 END) AS most,
  count(CASE WHEN 2 * missing > announced AND missing < announced THEN 1 END) AS few,
  count(CASE WHEN missing = announced THEN 1 END) AS none,
  sum(announced) AS announced,
  sum(missing) AS missing
""",
    precomputed=True,
)
"""`full`, `most`, `few` and `none` count the models of which the graph holds all the derivatives
that the Hub counts, half of them or more, fewer, or none."""


QUERIES = (NUMBERS, CHILDREN)
"""Those that look at the whole graph."""


@dataclass(frozen=True)
class GraphCounts:
    """How many nodes of each kind are known, and how well."""

    models: int
    placeholders: int
    gone: int
    authors: int
    authors_with_kind: int
    datasets: int
    datasets_named: int
    spaces: int
    links: int


@dataclass(frozen=True)
class CrawlEntry:
    """A crawl, as its newest run left it; what is not known is None.

    Attributes:
        source: what was crawled: spider, options and Hub.
        state: one of `STATES`.
        status: the same without `stale`.
        run: id of the newest run.
        runs: how many there were.
        started_at: when the newest began.
        ended_at: when it ended.
        done_at: when a run of it last ended complete or capped.
        elapsed_s: time of every process that was part of it, in seconds.
        requests: how many were made.
        answers: "kind status" → number.
        bytes: received.
        records: written.
        outcomes: "models new" → number.
        issues: what was wrong with records → number.
        found: what was found, where the crawl compares it with what is announced.
        announced: what the Hub announces.
        gone: models found to be gone.
        waited_s: kind of quota → seconds.
        asked_again: requests that were repeated.
        refused: those of them that the quota refused.
        failures: requests that were given up.
        message: why it failed, or what it could not reach.
    """

    source: str | None
    state: str
    status: str
    run: str
    runs: int
    started_at: datetime
    ended_at: datetime | None
    done_at: datetime | None
    elapsed_s: float | None
    requests: float | None
    answers: dict[str, float]
    bytes: float | None
    records: float | None
    outcomes: dict[str, float]
    issues: dict[str, float]
    found: float | None
    announced: float | None
    gone: float | None
    waited_s: dict[str, float]
    asked_again: float | None
    refused: float | None
    failures: float | None
    message: str | None


@dataclass(frozen=True)
class CoverageAnswer:
    """How much of the Hub the graph holds.

    Attributes:
        numbers: what the graph knows.
        states: state → crawls.
        crawls: the newest first.
        children: derivatives found, of those that the Hub counts.
        parents: models of which most are missing; rows of `children-missing`.
        stale_days: a crawl that ended longer ago is stale.
    """

    numbers: GraphCounts
    states: dict[str, int]
    crawls: list[CrawlEntry]
    children: dict[str, int]
    parents: list[dict[str, Any]]
    stale_days: int


def coverage(read: Reader, stale_days: int) -> CoverageAnswer:
    """Read what the coverage page and `hubgraph crawl status` show.

    Args:
        read: reads the graph.
        stale_days: a crawl that ended longer ago is stale.
    """
    numbers = read(NUMBERS).one()
    rows = read(CRAWLS, {"stale_days": stale_days, "limit": MOST_CRAWLS}).rows
    crawls = [crawl_of(row) for row in rows]
    return CoverageAnswer(
        numbers=GraphCounts(**numbers),
        states={state: sum(crawl.state == state for crawl in crawls) for state in STATES},
        crawls=crawls,
        children=read(CHILDREN).one(),
        parents=read(catalogue()["children-missing"], {"limit": MOST_PARENTS}).rows,
        stale_days=stale_days,
    )


def crawl_of(row: Mapping[str, Any]) -> CrawlEntry:
    """One crawl, its counts by subject instead of one JSON text.

    Args:
        row: of `CRAWLS`.
    """
    facts = _facts(row.get("counts"))
    outcomes = _numbers(facts.get("outcomes"))
    same = ("source", "state", "status", "run", "runs", "started_at", "ended_at", "done_at")
    as_read: dict[str, Any] = {name: row.get(name) for name in same}
    return CrawlEntry(
        **as_read,
        elapsed_s=_number(facts, "elapsed_s"),
        requests=_number(facts, "requests"),
        answers=_numbers(facts.get("answers")),
        bytes=_number(facts, "bytes"),
        records=_number(facts, "records"),
        outcomes={k: n for k, n in outcomes.items() if not k.startswith("issues ")},
        issues={
            k.removeprefix("issues "): n for k, n in outcomes.items() if k.startswith("issues ")
        },
        found=_number(facts, "found"),
        announced=_number(facts, "announced"),
        gone=_number(facts, "gone"),
        waited_s=_numbers(facts.get("waited_s")),
        asked_again=_number(facts, "asked_again"),
        refused=_number(facts, "refused"),
        failures=_number(facts, "failures"),
        message=row.get("message"),
    )


def in_words(seconds: float) -> str:
    """A length of time as people say it: `45 s`, `31 min`, `2.5 h`, `87 h`, `12 days`."""
    for size, most, unit in ((1, 90, "s"), (60, 90, "min"), (3_600, 100, "h")):
        number = seconds / size
        if number < most:
            digits = 1 if number < 9.95 and unit != "min" and round(number, 1) % 1 else 0
            return f"{number:.{digits}f} {unit}"
    return f"{seconds / 86_400:,.0f} days"


def _facts(text: object) -> dict[str, object]:
    try:
        found = json.loads(str(text or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(facts: Mapping[str, object], name: str) -> int | float | None:
    value = facts.get(name)
    return value if isinstance(value, int | float) else None


def _numbers(value: object) -> dict[str, int | float]:
    """The numbers of an object that are not 0, by name."""
    if not isinstance(value, Mapping):
        return {}
    return {str(k): n for k, n in sorted(value.items()) if isinstance(n, int | float) and n}
