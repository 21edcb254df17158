"""What is shown beside what was counted, and where they differ."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from graph.answers.query import stored_answer
from graph.answers.reports import catalogue
from graph.progress import Progress
from graph.schema import AUTHOR_SCORES, MODEL_SCORES, SCORED_LAYER, Score, Type
from graph.scores.rules import Rules
from graph.settings import Settings
from graph.store.connection import LONG_S, Graph, Result
from graph.ways.verify.reports import OF_A_MODEL, SQL, UNORDERED
from graph.ways.verify.scores import count_scores
from graph.ways.verify.tables import Recount, Row, tables_of

SAME = 1e-6
"""Computed numbers that differ by less, in proportion above 1, are the same; counts are exact."""
EXAMPLES = 3
"""Differences that a check shows."""
MOST_ROWS = 1000
"""Rows of a report that are compared."""
AT_A_TIME = 2
"""Reports that are asked at a time, while others are counted."""

_SETTINGS = """MATCH (run:Run {kind: 'influence', status: 'complete'})
OPTIONAL MATCH (other:Run) WHERE other.kind <> 'influence' AND other.ended_at > run.ended_at
WITH run, count(other) > 0 AS is_old ORDER BY run.started_at DESC LIMIT 1
RETURN run.settings AS settings, run.ended_at AS at, is_old"""
_TIMES = """SELECT quantile_disc(since, [0.25, 0.5, 0.75]) AS times
FROM (SELECT DISTINCT since FROM lineage WHERE since IS NOT NULL)"""
_CHOSEN = """SELECT m.id FROM model m LEFT JOIN way ON ancestor = m.key
GROUP BY m.id, m.gone, m.known QUALIFY row_number() OVER (
  PARTITION BY m.gone, m.known ORDER BY count(way.model) DESC, m.id) <= 3 ORDER BY m.id"""
"""Models to ask about: the largest families of what is there, of what is gone and of bases that no
record describes."""
_UNLIKE = """
SELECT coalesce(h.{key}, c.key) AS key, h.{name} AS shown, c.{name} AS counted,
  count(*) OVER () AS differing
FROM {held} h FULL JOIN {counted} c ON c.key = h.{key}
WHERE (h.{name} IS NULL) <> (c.{name} IS NULL)
  OR abs(h.{name} - c.{name}) > {tolerance} * greatest(1, abs(c.{name}))
ORDER BY abs(h.{name} - c.{name}) DESC NULLS FIRST, key LIMIT {examples}"""
_COMPARED = """SELECT count(c.{name}) AS compared,
  max(abs(h.{name} - c.{name}) / greatest(1, abs(c.{name}))) AS largest
FROM {held} h JOIN {counted} c ON c.key = h.{key}"""
_RANKS = """
WITH placed AS (SELECT {key} AS key, row_number() OVER best AS place, coalesce(
    lag({name}) OVER best - {name} > {same} * greatest(1, abs({name})), true) AS first
  FROM {held} WHERE {rank} IS NOT NULL WINDOW best AS (ORDER BY {name} DESC)),
shared AS (SELECT *, sum(first::BIGINT) OVER (ORDER BY place) AS tie FROM placed)
SELECT key, min(place) OVER (PARTITION BY tie) AS {rank} FROM shared"""
_CUT_UNLIKE = """
SELECT concat_ws(' ', child, relation, base) AS key, l.cut AS shown, m.reason AS counted,
  count(*) OVER () AS differing
FROM link l FULL JOIN marked m USING (child, relation, base)
WHERE l.cut IS DISTINCT FROM m.reason ORDER BY key LIMIT {examples}"""


@dataclass(frozen=True)
class Untrue:
    """A number, or a row of a report, that is not what was counted."""

    of: str  # id of the model or name of the author, or which row
    shown: object
    counted: object


@dataclass
class Check:
    """What was compared."""

    name: str
    compared: int  # numbers, or rows of a report
    differing: int = 0
    examples: list[Untrue] = field(default_factory=list)
    largest_difference: float | None = None  # of a computed number, in proportion above 1


@dataclass
class Verification:
    """What was found."""

    compared: int = 0
    differing: int = 0
    checks: list[Check] = field(default_factory=list)
    past: list[datetime] = field(default_factory=list)  # times as of which reports were compared
    notes: list[str] = field(default_factory=list)

    def add(self, check: Check) -> None:
        """Take in what was compared."""
        self.checks.append(check)
        self.compared += check.compared
        self.differing += check.differing


def verify(graph: Graph, settings: Settings, progress: Progress) -> Verification:
    """Count scores and reports of a graph anew, and compare; nothing is written.

    Raises:
        ServerError: the database went away.
    """
    found = Verification()
    with tables_of(graph, progress) as tables:
        run = graph.command(_SETTINGS).one()
        if run:
            progress.stage("Count scores")
            used = json.loads(run["settings"])
            known = {name: used[name] for name in used.keys() & type(settings).model_fields}
            count_scores(tables, settings.model_copy(update=known), Rules.read(settings).muted)
            progress.stage("Compare scores")
            for check in _scores(tables, progress.advance):
                found.add(check)
        else:
            found.notes.append("Influence was not computed yet, so no score was compared.")
        if run.get("is_old"):
            found.notes.append(
                f"Something was written after influence was computed ({run['at']:%Y-%m-%d %H:%M} "
                "UTC): scores that differ are those of then. `hubgraph influence` computes them "
                "anew."
            )
        (row,) = tables.rows(_TIMES)
        for time in (None, *dict.fromkeys(row["times"] or ())):
            as_of = f" as of {time:%Y-%m-%d}" if time else ""
            progress.stage(f"Count what reports say{as_of}")
            if time:
                found.past.append(time.replace(tzinfo=UTC))
                tables.at(time)
            questions = _questions(tables, time, scored=bool(run) or time is not None)
            for check in _reports(graph, tables, questions, progress.advance):
                found.add(check)
    return found


def _scores(tables: Recount, advance: Callable[[float], object]) -> Iterator[Check]:
    (links,) = tables.rows("SELECT count(*) AS compared FROM marked")
    cut = tables.rows(_CUT_UNLIKE.format(examples=EXAMPLES))
    yield _check("Lineage.cut", links["compared"], cut)
    for scores, held, key, counted in (
        (MODEL_SCORES, "scored", "id_folded", "counted"),
        (AUTHOR_SCORES, "account", "name_folded", "counted_account"),
    ):
        kind = {"held": held, "key": key}
        for number, score in enumerate(scores):
            advance(number / len(scores))
            for prop in score.properties:
                if prop.name == score.rank:
                    tables.make("rank_counted", _ranks(score, kind))
                    yield _numbers(tables, score, prop.name, kind | {"counted": "rank_counted"})
                else:
                    yield _numbers(tables, score, prop.name, kind | {"counted": counted})


def _ranks(score: Score, kind: Mapping[str, str]) -> str:
    return _RANKS.format(**kind, name=score.shown.name, rank=score.rank, same=SAME)


def _numbers(tables: Recount, score: Score, name: str, kind: Mapping[str, str]) -> Check:
    is_exact = score.type is not Type.FLOAT or name == score.rank
    texts = {**kind, "name": name, "tolerance": 0 if is_exact else SAME, "examples": EXAMPLES}
    (row,) = tables.rows(_COMPARED.format(**texts))
    check = _check(f"{score.label}.{name}", row["compared"], tables.rows(_UNLIKE.format(**texts)))
    check.largest_difference = None if is_exact else row["largest"]
    return check


def _check(name: str, compared: int, unlike: list[Row]) -> Check:
    examples = [Untrue(str(row["key"]), row["shown"], row["counted"]) for row in unlike]
    return Check(name, compared, unlike[0]["differing"] if unlike else 0, examples)


@dataclass(frozen=True)
class _Question:
    """A report to be asked, and its counterpart."""

    report: str
    of: str  # what follows the report's name
    sql: str
    given: Mapping[str, object]  # to the counterpart
    time: datetime | None
    model: str | None = None


def _questions(tables: Recount, time: datetime | None, *, scored: bool) -> list[_Question]:
    suffix = "" if time is None else f" as of {time:%Y-%m-%d %H:%M}"
    models = [row["id"] for row in tables.rows(_CHOSEN)]
    found = [_Question(name, suffix, sql, {"scored": scored}, time) for name, sql in SQL.items()]
    found += [
        _Question(name, f" of {model}{suffix}", sql, {"key": model.lower()}, time, model)
        for name, sql in OF_A_MODEL.items()
        for model in models
    ]
    return [q for q in found if time is None or "as_of" in _parameters(q.report)]


def _reports(
    graph: Graph,
    tables: Recount,
    questions: list[_Question],
    advance: Callable[[float], object],
) -> Iterator[Check]:
    pool = ThreadPoolExecutor(AT_A_TIME, "hubgraph-report")
    try:
        answers = [pool.submit(_ask, graph, q) for q in questions]
        for number, (question, answer) in enumerate(zip(questions, answers, strict=True), 1):
            expected = tables.rows(f"{question.sql} LIMIT {MOST_ROWS + 1}", **question.given)
            name = question.report + question.of
            yield _rows(name, answer.result(), expected, question.time)
            advance(number / len(questions))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _ask(graph: Graph, question: _Question) -> Result:
    """What a report says, however long it takes."""
    report = catalogue()[question.report]
    given = report.bind(asked(report.name, question.time, question.model))
    found = stored_answer(graph.read, report, given)
    return report.data(found or graph.read(report.cypher, given, timeout_s=LONG_S))


def asked(name: str, time: datetime | None = None, model: str | None = None) -> dict[str, object]:
    """What a report is asked for: all that it may show, of what the Hub resolved."""
    values: dict[str, object] = {"limit": MOST_ROWS, "layers": SCORED_LAYER}
    values |= {"model": model, "models": [model]} if model else {}
    values |= {"as_of": time.replace(tzinfo=UTC)} if time else {}
    return {key: values[key] for key in _parameters(name) if key in values}


def _parameters(name: str) -> list[str]:
    return [parameter.name for parameter in catalogue()[name].parameters]


def _rows(name: str, shown: Result, expected: list[Row], time: datetime | None) -> Check:
    """Compare the columns that both have; scores of the past are not known."""
    report = name.partition(" ")[0]
    if report in UNORDERED and (shown.truncated or len(expected) > MOST_ROWS):
        return Check(f"{name} (more rows than one answer holds)", 0)
    left_out = {"rank", "effective_descendants"} if time else set()
    columns = [c for c in (expected[0] if expected else ()) if c not in left_out]
    rows = [[_plain(row[c]) for c in columns] for row in shown.rows]
    counted = [[_plain(row[c]) for c in columns] for row in expected[:MOST_ROWS]]
    if report in UNORDERED:
        rows, counted = sorted(rows, key=str), sorted(counted, key=str)
    check = Check(name, max(len(rows), len(counted)))
    for place in range(check.compared):
        one = rows[place] if place < len(rows) else None
        other = counted[place] if place < len(counted) else None
        if one is None or other is None or not all(map(alike, one, other)):
            check.differing += 1
            if len(check.examples) < EXAMPLES:
                check.examples.append(Untrue(f"row {place + 1}", one, other))
    return check


def _plain(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def alike(shown: object, counted: object) -> bool:
    """Whether two values of a report are the same."""
    if isinstance(shown, float) and isinstance(counted, float | int):
        return math.isclose(shown, counted, rel_tol=SAME, abs_tol=1e-9)
    return bool(shown == counted)
