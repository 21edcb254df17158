"""What reports say of the present, compared with the tables of `tests.independent`."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from graph.answers import reports
from graph.store.connection import Graph
from graph.ways.verify.comparing import MOST_ROWS, alike, asked
from graph.ways.verify.reports import OF_A_MODEL, SQL, UNORDERED
from tests.independent import Independent

Row = dict[str, Any]

Differences = Iterator[tuple[object, object]]
"""What differs, and how."""


OTHERWISE = {"author-dependents", "common-ancestors", "longest-chains", "paths-between"}
"""Reports with a test of their own below."""
DEPENDENTS = """WITH RECURSIVE below AS (SELECT l.child AS key FROM link l
    JOIN model b ON b.key = l.base WHERE lower(b.author) = $key
    UNION SELECT l.child FROM below JOIN link l ON l.base = below.key)
  SELECT coalesce(a.name, any_value(m.author)) AS dependent, count(*) AS models,
  sum(m.downloads)::BIGINT AS downloads,
  list(m.id ORDER BY coalesce(m.downloads, 0) DESC, m.id)[1:3] AS examples
  FROM below JOIN here m USING (key) LEFT JOIN author a ON a.key = lower(m.author)
  WHERE lower(m.author) <> $key GROUP BY lower(m.author), a.name
  ORDER BY models DESC, coalesce(sum(m.downloads), -1) DESC, dependent"""
COMMON = """WITH RECURSIVE up AS (SELECT unnest([$one, $two]) AS start, start AS key, 0 AS steps
    UNION SELECT start, l.base, steps + 1 FROM up JOIN link l ON l.child = up.key WHERE steps < 20),
  near AS (SELECT start, key, min(steps) AS steps FROM up GROUP BY start, key)
  SELECT m.id AS ancestor, one.steps AS depth_model, two.steps AS depth_other,
  m.key NOT IN (SELECT child FROM link) AS root, m.license
  FROM near one JOIN near two USING (key) JOIN model m USING (key)
  WHERE one.start = $one AND two.start = $two ORDER BY one.steps + two.steps, ancestor"""
FAR_APART = """SELECT ancestor, arg_max(model, (steps, model)) AS model FROM pair
  GROUP BY ancestor ORDER BY max(steps) DESC, count(*) DESC, ancestor LIMIT 6"""
MANY_PATHS = 20


def in_reports(graph: Graph, tables: Independent, *, scored: bool) -> Differences:
    for name, text in SQL.items():
        expected = tables.rows(text, **({"scored": scored} if "$scored" in text else {}))
        found = reports.run(graph, name, asked(name)).rows
        found, expected = (
            [row for row in rows if row.get("field") != "parameters"]  # some are guessed
            for rows in (found, expected)
        )
        if what := differ(found, expected[:MOST_ROWS], ordered=name not in UNORDERED):
            yield name, what


def in_reports_of_models(graph: Graph, tables: Independent) -> Differences:
    for model_id in chosen(tables):
        for name, text in OF_A_MODEL.items():
            expected = tables.rows(text, key=model_id.lower())
            found = reports.run(graph, name, asked(name, model=model_id)).rows
            what = differ(found, expected, ordered=name not in UNORDERED)
            if what and len(expected) < MOST_ROWS:
                yield (name, model_id), what


def in_longest_chains(graph: Graph, tables: Independent, *, scored: bool) -> Differences:
    """Those of an unscored graph may go in circles: they are left out there."""
    roots = tables.rows(
        "SELECT key, id FROM model WHERE NOT gone AND key IN (SELECT ancestor FROM pair) "
        "AND key NOT IN (SELECT model FROM pair)"
    )
    steps = {row["id"]: longest for row in roots if (longest := tables.longest(row["key"]))}
    most = sorted(steps.items(), key=lambda item: (-item[1], item[0]))[:50]
    found = reports.run(graph, "longest-chains", {"limit": 50}).rows
    if scored and (shown := [(row["root"], row["steps"]) for row in found]) != most:
        yield "longest-chains", (shown, most)
    for row in found:
        models = [name.lower() for name in row["models"]]
        ways = set(zip(models, row["relations"], models[1:], strict=False))
        if len(set(models)) != row["steps"] + 1 or not ways <= {*tables.kept}:
            yield "longest-chains", row


def in_author_dependents(graph: Graph, tables: Independent) -> Differences:
    for row in tables.rows("SELECT key FROM author ORDER BY key LIMIT 20"):
        found = reports.run(
            graph, "author-dependents", {"author": row["key"], "limit": MOST_ROWS}
        ).rows
        if what := differ(found, tables.rows(DEPENDENTS, **row)[:MOST_ROWS]):
            yield ("author-dependents", row["key"]), what


def in_reports_of_two(graph: Graph, tables: Independent) -> Differences:
    """An ancestor with the farthest of its descendants, and those two by two."""
    pairs = [(row["model"], row["ancestor"]) for row in tables.rows(FAR_APART)]
    lows = sorted({low for low, _ in pairs})
    for one, two in [*pairs, *pairwise(lows)]:
        given = {"model": one, "other": two, "limit": MOST_ROWS}
        found = reports.run(graph, "common-ancestors", given).rows
        if what := differ(found, tables.rows(COMMON, one=one, two=two)):
            yield ("common-ancestors", one, two), what
        given = {"model": one, "base": two, "limit": MANY_PATHS}
        rows = reports.run(graph, "paths-between", given).rows
        shown = [([name.lower() for name in row["models"]], row["relations"]) for row in rows]
        paths = tables.paths(one, two, MANY_PATHS) + tables.paths(two, one, MANY_PATHS)
        lengths = sorted(len(relations) for _, relations in paths)[:MANY_PATHS]
        is_known = all(path in paths for path in shown)
        if [row["steps"] for row in rows] != lengths or not is_known:
            yield ("paths-between", one, two), (shown, paths)


def chosen(tables: Independent) -> list[str]:
    """Models to ask about: large families, deep ones, gone and unknown bases."""
    rows = tables.rows("""SELECT m.id FROM model m LEFT JOIN pair p ON p.ancestor = m.key
      GROUP BY m.id, m.gone, m.known
      QUALIFY row_number() OVER (PARTITION BY m.gone, m.known ORDER BY count(p.model) DESC,
      m.id) <= 3 ORDER BY m.id""")
    return [row["id"] for row in rows]


def differ(found: list[Row], expected: list[Row], *, ordered: bool = True) -> object:
    """The first difference in the columns that both have; None without one."""
    names = [*expected[0]] if expected else []
    rows: list[list[object]] = [[_plain(row[name]) for name in names] for row in found]
    others: list[list[object]] = [[_plain(value) for value in row.values()] for row in expected]
    if not ordered:
        rows, others = sorted(rows, key=str), sorted(others, key=str)
    if len(rows) != len(others):
        return len(rows), len(others), rows[:3], others[:3]
    pairs = zip(rows, others, strict=True)
    return next(((one, other) for one, other in pairs if not all(map(alike, one, other))), None)


def _plain(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
