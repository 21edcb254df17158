"""What was crawled, and how much of it is in the graph."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph import schema
from graph.answers.home import LINKS
from graph.answers.query import Query, Reader
from graph.answers.reports import catalogue

STATES = ("complete", "capped", "stale", "running", "interrupted", "failed")
"""How a crawl may stand, the best first; `stale` is an old complete or capped one."""

MOST_PARENTS = 20
MOST_CRAWLS = 1000
_SUMS = (
    "elapsed_s", "requests", "bytes", "records", "found", "announced", "gone", "suspected",
    "asked_again", "refused", "failures",
)  # fmt: skip

_NUMBERS = f"""
CALL () {{ MATCH (model:Model) RETURN count(*) AS nodes }}
CALL () {{ MATCH (model:Model) WHERE model.gone_since IS NOT NULL RETURN count(*) AS gone }}
CALL () {{ MATCH (m:Model) WHERE m.suspected_since IS NOT NULL RETURN count(*) AS suspected }}
CALL () {{
  MATCH (model:Model {{known: false}}) WHERE model.gone_since IS NULL
  RETURN count(*) AS placeholders
}}
CALL () {{
  MATCH (m:Model) WHERE m.suspected_since IS NOT NULL AND NOT m.known
  RETURN count(*) AS suspected_placeholders
}}
CALL () {{ MATCH (author:Author) RETURN count(*) AS authors }}
CALL () {{
  MATCH (author:Author) WHERE author.kind IS NOT NULL
  RETURN count(*) AS authors_with_kind
}}
CALL () {{ MATCH (dataset:Dataset) WHERE here(dataset) RETURN count(*) AS datasets }}
CALL () {{
  MATCH (dataset:Dataset {{known: false}}) WHERE dataset.gone_since IS NULL
  RETURN count(*) AS datasets_named
}}
CALL () {{ MATCH (space:Space) WHERE here(space) RETURN count(*) AS spaces }}
{LINKS}
RETURN
  nodes - gone - placeholders AS models, placeholders, gone, suspected, suspected_placeholders,
  authors, authors_with_kind, datasets, datasets_named, spaces,
  {" + ".join(schema.RELATIONS)} AS links
"""
NUMBERS = Query("coverage-numbers", "How much is known", _NUMBERS, precomputed=True)
_CRAWLS = """
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
       newest.undone_at AS undone_at,
       newest.counts AS counts,
       newest.message AS message
ORDER BY started_at DESC, run
LIMIT $limit
"""
CRAWLS = Query("crawls", "Crawls", _CRAWLS)


def _missing(link: schema.RelationshipType) -> str:
    """How many derivatives of a relation the Hub counts and the graph does not hold."""
    held = f"(base)<-[r:{link.type}]-(child) WHERE live(r, child)"
    return f"""coalesce(base.children_{link.relation}, 0) - CASE WHEN is_left
    THEN COUNT {{ {held} }} ELSE COUNT {{ (base)<-[:{link.type}]-() }} END"""


_LACKS = ",\n  ".join(_missing(link) for link in schema.LINEAGE)
_COUNTED = "\n  UNION\n".join(
    f"  MATCH (base:Model) WHERE base.children_{relation} > 0 RETURN base"
    for relation in schema.RELATIONS
)
_ENDED = "\n  UNION\n".join(
    f"  MATCH ()-[r:{link.type}]->(base) WHERE r.gone_since IS NOT NULL RETURN base AS left"
    for link in schema.LINEAGE
)
_ANNOUNCED = " + ".join(f"coalesce(base.children_{name}, 0)" for name in schema.RELATIONS)
_CHILDREN = f"""
CALL () {{
  MATCH (:{schema.MODEL.gone_label})-[:{schema.LINEAGE_PATTERN}]->(base) RETURN base AS left
  UNION
{_ENDED}
}}
WITH collect(left) AS left_by
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
"""
CHILDREN = Query("coverage-children", "Derivatives found", _CHILDREN, precomputed=True)
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
    suspected: int  # of the models and placeholders
    suspected_placeholders: int
    authors: int
    authors_with_kind: int
    datasets: int
    datasets_named: int
    spaces: int
    links: int


@dataclass(frozen=True)
class CrawlEntry:
    """A crawl, as its newest run left it; what is not known is None.

    `source` is what was crawled: spider, options and Hub. `done_at` is when a run of it last ended
    complete or capped. `elapsed_s` adds up every process that was part of the run. Counts by name:
    `answers` by kind and status, `outcomes` such as "models new", `issues`, `waited_s` by quota.
    `found` stands where the crawl compares it with what the Hub announces; `gone` and `suspected`
    count what it found to be gone, or suspects to be. Of the requests `asked_again`, the quota
    refused `refused`; `failures` were given up. `message` says why it failed, or what it could not
    reach.
    """

    source: str | None
    state: str  # one of `STATES`
    status: str  # the same without `stale`
    run: str
    runs: int
    started_at: datetime
    ended_at: datetime | None
    done_at: datetime | None
    undone_at: datetime | None  # when what it marked as gone or suspected was taken back
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
    suspected: float | None
    waited_s: dict[str, float]
    asked_again: float | None
    refused: float | None
    failures: float | None
    message: str | None


@dataclass(frozen=True)
class CoverageAnswer:
    """How much of the Hub the graph holds.

    `states` counts the crawls, which are the newest first. `children` are derivatives found, of
    those that the Hub counts; `parents` the models of which most are missing, as rows of
    `children-missing`. A crawl that ended more than `stale_days` ago is stale. `computed_at` is
    when the numbers were computed, if not just now.
    """

    numbers: GraphCounts
    states: dict[str, int]
    crawls: list[CrawlEntry]
    children: dict[str, int]
    parents: list[dict[str, Any]]
    stale_days: int
    computed_at: datetime | None


def coverage(read: Reader, stale_days: int) -> CoverageAnswer:
    """Read what the coverage page and `hubgraph crawl status` show."""
    rows = read(CRAWLS, {"stale_days": stale_days, "limit": MOST_CRAWLS}).rows
    crawls = [crawl_of(row) for row in rows]
    numbers, children = read(NUMBERS), read(CHILDREN)
    return CoverageAnswer(
        numbers=GraphCounts(**numbers.one()),
        states={state: sum(crawl.state == state for crawl in crawls) for state in STATES},
        crawls=crawls,
        children=children.one(),
        parents=read(catalogue()["children-missing"], {"limit": MOST_PARENTS}).rows,
        stale_days=stale_days,
        computed_at=min(filter(None, (numbers.computed_at, children.computed_at)), default=None),
    )


def crawl_of(row: Mapping[str, Any]) -> CrawlEntry:
    """One crawl from a row of `CRAWLS`, its counts by subject instead of one JSON text."""
    facts = _facts(row["counts"])
    outcomes = _numbers(facts.get("outcomes"))
    issues = {name: n for name, n in outcomes.items() if name.startswith("issues ")}
    as_read = {name: value for name, value in row.items() if name != "counts"}
    sums: dict[str, Any] = {name: _number(facts.get(name)) for name in _SUMS}
    return CrawlEntry(
        **as_read,
        **sums,
        answers=_numbers(facts.get("answers")),
        outcomes={name: n for name, n in outcomes.items() if name not in issues},
        issues={name.removeprefix("issues "): n for name, n in issues.items()},
        waited_s=_numbers(facts.get("waited_s")),
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


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) else None


def _numbers(value: object) -> dict[str, int | float]:
    """The numbers of an object that are not 0, by name."""
    if not isinstance(value, Mapping):
        return {}
    return {str(k): n for k, n in sorted(value.items()) if isinstance(n, int | float) and n}
