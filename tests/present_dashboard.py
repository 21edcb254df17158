"""What the dashboard says, as SQL over the tables of `tests.independent`."""
# ruff: noqa: S608 (the texts are put together from constants)

from typing import Any

import numpy as np
from duckdb import func
from flask.testing import FlaskClient

from graph.answers.dashboard.measures import MEASURES
from graph.observe.parameters import parameter_count
from tests.independent import Independent
from tests.present_reports import Differences, differ

GUESSED = """coalesce(parameters, CASE WHEN relation = 'adapter' OR library = 'peft' THEN NULL
  ELSE size_in_name(id) END)"""
SIZE = "CASE " + " ".join(
    f"WHEN {GUESSED} < {most} THEN '{name}'"
    for name, most in (
        ("under-1b", 1e9), ("1b-20b", 2e10), ("20b-40b", 4e10), ("40b-60b", 6e10),
        ("60b-80b", 8e10), ("over-80b", "'infinity'::DOUBLE"),
    )
) + " END"  # fmt: skip
MADE = """coalesce(relation, CASE WHEN base_count = 0 THEN 'root' WHEN base_count > 0
  THEN 'declared' END)"""
VALUES = {
    "task": "task", "license": "license", "library": "library", "size": SIZE, "relation": MADE,
    "author": "author",
    "language": "unnest(CASE WHEN len(coalesce(languages, [])) = 0 THEN [NULL] ELSE languages END)",
}  # fmt: skip
GROUPS = """SELECT value, count(*) AS models, sum(shown) AS influence,
  sum(downloads)::BIGINT AS downloads, sum(likes)::BIGINT AS likes
  FROM (SELECT h.*, s.shown, {} AS value FROM here h LEFT JOIN score s USING (key))
  GROUP BY value"""
MEDIANS = """SELECT value, quantile_disc(downloads, 0.5) AS median_downloads,
  quantile_disc(likes, 0.5) AS median_likes FROM (SELECT *, {} AS value FROM here) GROUP BY value"""
GROWTH = f"""SELECT strftime(date_trunc('month', created_at), '%Y-%m-%d') AS start,
  count(*) AS models, count(*) FILTER ({MADE} = 'finetune') AS finetune FROM here
  WHERE created_at >= TIMESTAMP '2022-03-02 23:29:05' GROUP BY 1 ORDER BY 1"""
DATES = """SELECT count(*) FILTER (created_at IS NULL) AS undated,
  count(*) FILTER (created_at < TIMESTAMP '2022-03-02 23:29:05') AS before_dates FROM here"""
BEST = """SELECT id FROM here WHERE task IS NULL AND downloads IS NOT NULL
  ORDER BY downloads DESC, id DESC LIMIT 10"""
COLUMNS = {"influence": "shown", "models": "1", "downloads": "downloads", "likes": "likes"}
HELD = """SELECT sum({}) AS held FROM here LEFT JOIN score s USING (key) WHERE author IS NOT NULL
  GROUP BY author HAVING held IS NOT NULL ORDER BY held"""


def in_dashboard(client: FlaskClient, tables: Independent) -> Differences:
    tables.sql.create_function("size_in_name", _size_in_name, ["VARCHAR"], "BIGINT",
                               null_handling=func.SPECIAL)  # fmt: skip
    found = _asked(client, "/dashboard?open=task&by=downloads")
    yield from _groups(found, tables)
    if what := differ([found], tables.rows(DATES)):
        yield "dates", what
    growth = [{**row, "finetune": row["made"].get("finetune", 0)} for row in found["growth"]]
    if what := differ(growth, tables.rows(GROWTH)):
        yield "growth", what
    if what := differ(found["opened"]["models"], tables.rows(BEST)):
        yield "opened", what
    for measure in MEASURES:
        concentration = _asked(client, f"/dashboard?by={measure}")["concentration"]
        held = [row["held"] for row in tables.rows(HELD.format(COLUMNS[measure]))]
        expected = _concentration(np.array(held, dtype=float))
        if what := differ([concentration], [expected]):
            yield f"concentration of {measure}", what


def _groups(found: Any, tables: Independent) -> Differences:
    for card, text in VALUES.items():
        shown = [row for row in found["values"] if row["card"] == card]
        rows = {row["value"]: row for row in tables.rows(GROUPS.format(text))}
        if card == "author":
            rows.pop(None, None)
        expected = [rows[row["value"]] for row in shown if row["value"] in rows]
        if what := differ(shown, expected):
            yield card, what
        if len(rows) != len(shown) + found["more"][card]:
            yield f"{card} in all", (len(rows), len(shown), found["more"][card])
        for measure in MEASURES:
            most = max((row[measure] or 0 for row in rows.values()), default=0)
            if max((row[measure] or 0 for row in shown), default=0) < most * (1 - 1e-9):
                yield f"{card} by {measure}", most
        if card in ("task", "size"):
            medians = {row["value"]: row for row in tables.rows(MEDIANS.format(text))}
            if what := differ(shown, [medians[row["value"]] for row in shown]):
                yield f"medians by {card}", what
    kinds = [row for row in found["values"] if row["card"] == "publisher"]
    (all_of,) = tables.rows(
        "SELECT count(author) AS models, count(DISTINCT author) AS authors FROM here"
    )
    if (sum(k["models"] for k in kinds), sum(k["authors"] for k in kinds)) != (*all_of.values(),):
        yield "kinds of authors", (kinds, all_of)


def _concentration(held: Any) -> dict[str, float | None]:
    """Gini by its definition: half of the mean difference of two authors, by the mean."""
    total = held.sum()
    if not total:
        return {"gini": None, "hhi": None, "largest": None}
    shares = np.sort(held) / total
    some = shares if len(shares) <= 2_000 else None
    if some is not None:
        gini = float(np.abs(some[:, None] - some[None, :]).mean() / 2 / some.mean())
    else:
        gini = float(1 - 2 * np.trapezoid(np.insert(shares.cumsum(), 0, 0), dx=1 / len(shares)))
    return {
        "gini": gini,
        "hhi": float(10_000 * (shares**2).sum()),
        "largest": float(shares[-10:].sum()),
    }


def _size_in_name(model_id: str) -> int | None:
    found = parameter_count(model_id)
    return found[0] if found else None


def _asked(client: FlaskClient, url: str) -> Any:
    assert client.get(url).status_code == 200, url
    return client.get(f"/api/v1{url}").get_json()["data"]
