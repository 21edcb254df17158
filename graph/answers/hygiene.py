"""What is wrong in cards: each check with its count, and the models that one check finds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from graph.answers.names import UnknownNameError, author_now, near_authors
from graph.answers.parameters import OneOf, Parameters, Text, Whole
from graph.answers.query import Query, Reader, reader
from graph.answers.reports import catalogue
from graph.store.connection import Graph, Statement

OVERVIEW, FOUND, BY_MONTH = "hygiene", "hygiene-of-check", "hygiene-by-month"
"""Reports that the page is made from."""
CHECKS = next(p.choices for p in catalogue()[FOUND].parameters if p.name == "check")
MOST_CHECKED = 10_000
"""Models of one author that are checked, the most downloaded first."""
MOST_COUNTS = 26
"""Past counts that are shown, the newest."""

_MINE = f"""
MATCH (mine:Model {{author: $author}})
WITH mine ORDER BY coalesce(mine.downloads, -1) DESC, mine.id LIMIT {MOST_CHECKED}
CALL (mine) {{
  defects($check, mine)
}}
"""
OF_AUTHOR = Query(
    "hygiene-of-author",
    "Defects in the cards of an author's models",
    f"""{_MINE}
WITH defect, found AS model, evidence, patch
ORDER BY coalesce(model.downloads, -1) DESC, model.id
WITH defect, count(*) AS models, head(collect([model.id, evidence, patch])) AS first
WITH *, check_words(defect) AS words
RETURN defect AS check, words[1] AS title, models, words[0] AS seriousness, first[0] AS example,
  first[1] AS evidence, first[2] AS patch
ORDER BY CASE seriousness WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, models DESC, check
""",
    {"check": None},
)
_FOUND_OF_AUTHOR = Query(
    "hygiene-found-of-author",
    "Models of an author with one defect",
    f"""{_MINE}
WITH found AS model, evidence, patch
ORDER BY coalesce(model.downloads, -1) DESC, model.id
LIMIT $limit
RETURN model.id AS model, evidence, patch, model.downloads AS downloads
""",
)
_MODELS = Query(
    "hygiene-models",
    "Models of an author",
    "MATCH (model:Model {author: $author}) WHERE here(model) RETURN count(*) AS models",
)
_COUNTS = Query(
    "hygiene-counts",
    "What each check found when influence was computed",
    f"""
MATCH (run:Run) WHERE run.hygiene IS NOT NULL
RETURN run.started_at AS at, run.hygiene AS counts ORDER BY at DESC LIMIT {MOST_COUNTS}
""",
)
_NOTE = """
MATCH (run:Run {kind: 'influence', status: 'complete'})
WITH run ORDER BY run.started_at DESC LIMIT 1
SET run.hygiene = $counts
"""


class HygieneParameters(Parameters):
    """What the page of defects accepts."""

    check: Annotated[str, OneOf(*CHECKS)] | None = Field(
        None, description="The check whose models are listed."
    )
    author: Text | None = Field(None, description="Only models of this author.")
    limit: Whole = Field(
        50, ge=1, le=10_000, description="Most models listed, the most downloaded first."
    )


@dataclass(frozen=True)
class PastCounts:
    """What checks found when influence was computed; a check that was not there is not in it."""

    at: datetime
    models: dict[str, int]  # by check


@dataclass(frozen=True)
class HygieneAnswer:
    """All checks, and what one of them finds; the rows are those of the reports."""

    checks: list[dict[str, Any]]  # those that find something, the most serious first
    check: str | None
    models: list[dict[str, Any]]  # of `check`: each with evidence and the line that would mend it
    total: int  # of them
    months: list[dict[str, Any]]  # the same by the month in which the models were created
    author: str | None = None
    author_models: int | None = None  # on the Hub; of more than `MOST_CHECKED` not all are checked
    history: Sequence[PastCounts] = ()  # of all models, the oldest first


def hygiene_found(read: Reader, asked: HygieneParameters) -> HygieneAnswer:
    """Read the answers; `UnknownNameError` if there is no such author."""
    if asked.author is not None:
        return _of_author(read, asked, asked.author)
    checks = read(catalogue()[OVERVIEW]).rows
    history = past_counts(read)
    if asked.check is None:
        return HygieneAnswer(checks, None, [], 0, [], history=history)
    total = _total(checks, asked.check)
    given = {"check": asked.check, "limit": asked.limit}
    models = read(catalogue()[FOUND], given).rows if total else []
    months = read(catalogue()[BY_MONTH], {"check": asked.check}).rows if total else []
    return HygieneAnswer(checks, asked.check, models, total, months, history=history)


def past_counts(read: Reader) -> list[PastCounts]:
    """What the checks found at earlier computations of influence, the oldest first."""
    rows = read(_COUNTS).rows
    return [PastCounts(row["at"], json.loads(row["counts"])) for row in reversed(rows)]


def note_counts(graph: Graph) -> None:
    """Keep what the checks find now with the last computation of influence."""
    rows = reader(graph)(catalogue()[OVERVIEW]).rows
    counts = dict.fromkeys(CHECKS, 0) | {row["check"]: row["models"] for row in rows}
    graph.write(Statement(_NOTE, {"counts": json.dumps(counts)}))


def _of_author(read: Reader, asked: HygieneParameters, name: str) -> HygieneAnswer:
    author = author_now(read, name)
    if author is None:
        raise UnknownNameError("author", name, near_authors(read, name))
    checks = read(OF_AUTHOR, {"author": author}).rows
    held = int(read(_MODELS, {"author": author}).one()["models"])
    total = _total(checks, asked.check)
    given = {"author": author, "check": asked.check, "limit": asked.limit}
    models = read(_FOUND_OF_AUTHOR, given).rows if total else []
    return HygieneAnswer(checks, asked.check, models, total, [], author, held)


def _total(checks: Sequence[dict[str, Any]], check: str | None) -> int:
    return next((row["models"] for row in checks if row["check"] == check), 0)
