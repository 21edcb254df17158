"""What reports say of the present, compared with the tables of `tests.independent`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from graph.answers import reports
from graph.store.connection import Graph
from graph.ways.verify.comparing import MOST_ROWS, alike, asked
from graph.ways.verify.reports import OF_A_MODEL, SQL, UNORDERED
from tests.independent import Independent

Row = dict[str, Any]

Differences = Iterator[tuple[object, object]]
"""What differs, and how."""


OF_VERDICTS = {
    "licence-drift", "licence-scorecard", "licence-scorecard-by-author", "relaxed-licences",
    "terms-from-afar", "undeclared-licences",
}  # fmt: skip
"""Reports of what influence says of licences: `tests/integration/test_licences.py` counts them."""
OTHERWISE = {"author-dependents", "common-ancestors", "longest-chains", "paths-between"}
"""Reports with a test of their own below."""


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
