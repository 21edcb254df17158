"""What reports say of the present, as SQL over the tables of `tests.independent`."""
# ruff: noqa: S608 (the texts are put together from constants)

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from graph.answers import reports
from graph.answers.reports import catalogue
from graph.store.connection import Graph
from tests.independent import Independent

Row = dict[str, Any]
MOST: Row = {"limit": 1000}
RELATIONS = ("finetune", "adapter", "merge", "quantized")


Differences = Iterator[tuple[object, object]]
"""What differs, and how."""


def of_each(relation: str, where: str = "true") -> str:
    """Columns that count rows by relation."""
    return ", ".join(
        f"count(*) FILTER ({where} AND {relation} = '{name}') AS {name}" for name in RELATIONS
    )


SQL: dict[str, str] = {
    "models-per-author": """SELECT a.name AS author, count(*) AS models,
      count(m.relation) AS derivatives, sum(downloads)::BIGINT AS downloads,
      sum(likes)::BIGINT AS likes, any_value(a.kind) AS kind, any_value(s.rank) AS rank
      FROM here m JOIN author a ON a.key = lower(m.author) LEFT JOIN author_score s ON s.key = a.key
      GROUP BY a.name ORDER BY models DESC, author""",
    "relation-mix": """SELECT relation, count(*) AS links,
      count(*) / sum(count(*)) OVER () AS share, count(DISTINCT child) AS models,
      count(DISTINCT base) AS bases FROM live GROUP BY relation ORDER BY links DESC, relation""",
    "self-published-share": """SELECT l.relation, count(*) AS links,
      count(*) FILTER (lower(c.author) = lower(b.author)) AS self_published,
      self_published / links AS share
      FROM live l JOIN model c ON c.key = l.child JOIN model b ON b.key = l.base
      WHERE c.author IS NOT NULL AND b.author IS NOT NULL
      GROUP BY l.relation ORDER BY links DESC, l.relation""",
    "hub-size": f"""SELECT (SELECT count(*) FROM here) AS models, 0 AS undated,
      count(DISTINCT child) AS with_base, count(DISTINCT base) AS bases, {of_each("relation")}
      FROM live HAVING models > 0 OR with_base > 0""",
    "most-derivatives": f"""SELECT b.id AS model, count(DISTINCT child) AS derivatives,
      {of_each("l.relation")} FROM live l JOIN model b ON b.key = l.base
      WHERE child <> base GROUP BY b.id ORDER BY derivatives DESC, model""",
    "merge-parents": """SELECT c.id AS model, count(DISTINCT b.key) AS parents, c.author,
      c.downloads, list_sort(list(DISTINCT b.id)) AS bases
      FROM live l JOIN model c ON c.key = l.child JOIN model b ON b.key = l.base
      WHERE l.relation = 'merge' GROUP BY c.id, c.author, c.downloads
      ORDER BY parents DESC, coalesce(c.downloads, 0) DESC, model""",
    "downloads-by-task": """SELECT task, bool_or(task IS NOT NULL OR list_contains(absent, 'task'))
      AS stated, sum(downloads)::BIGINT AS downloads, count(*) AS models,
      sum(likes)::BIGINT AS likes,
      sum(downloads) / nullif((SELECT sum(downloads) FROM here), 0) AS share
      FROM here GROUP BY task, task IS NOT NULL OR list_contains(absent, 'task')
      ORDER BY coalesce(sum(downloads), -1) DESC, models DESC, task""",
    "downloads-by-licence": """SELECT license,
      bool_or(license IS NOT NULL OR list_contains(absent, 'license')) AS stated,
      sum(downloads)::BIGINT AS downloads, count(*) AS models,
      sum(downloads) / nullif((SELECT sum(downloads) FROM here), 0) AS share
      FROM here GROUP BY license, license IS NOT NULL OR list_contains(absent, 'license')
      ORDER BY coalesce(sum(downloads), -1) DESC, models DESC, license""",
    "growth-by-month": """WITH dated AS (SELECT *, CASE WHEN created_at IS NULL THEN 'no date'
        WHEN created_at < '2022-03-02 23:29:05' THEN 'before 2022-03-02'
        ELSE strftime(created_at, '%Y-%m') END AS month,
        CASE month WHEN 'no date' THEN 'Z' WHEN 'before 2022-03-02' THEN '' ELSE month END AS place
      FROM here)
      SELECT month, count(*) AS models, count(relation) AS derivatives,
      CASE WHEN month <> 'no date' THEN sum(count(*)) OVER (ORDER BY place) END::BIGINT AS total
      FROM dated GROUP BY month, place ORDER BY place""",
    "missing-data": " UNION ALL ".join(
        f"""SELECT '{name}' AS field,
      count(*) FILTER ({name} IS NULL AND list_contains(absent, '{name}')) AS missing,
      count(*) FILTER ({name} IS NULL AND NOT list_contains(absent, '{name}')) AS unseen,
      count(*) AS models, missing / nullif(count({name}) + missing, 0) AS share
      FROM here HAVING models > 0"""
        for name in (
            "task",
            "library",
            "license",
            "languages",
            "created_at",
            "downloads",
            "likes",
            "architecture",
            "base_count",
        )
    )
    + " ORDER BY missing DESC, unseen DESC, field",
    "unknown-bases": f"""SELECT b.id AS base, count(*) AS "references",
      {of_each("l.relation")}, sum(c.downloads)::BIGINT AS downloads
      FROM live l JOIN model c ON c.key = l.child JOIN model b ON b.key = l.base
      WHERE NOT b.known GROUP BY b.id ORDER BY "references" DESC, base""",
    "gone-bases": """WITH orphan AS (SELECT DISTINCT child, base FROM live)
      SELECT b.id AS base, CASE WHEN b.gone THEN 'gone' ELSE 'disabled' END AS state,
      count(*) AS orphans, sum(c.downloads)::BIGINT AS downloads
      FROM orphan o JOIN model c ON c.key = o.child JOIN model b ON b.key = o.base
      WHERE b.gone OR b.disabled GROUP BY b.id, b.gone ORDER BY orphans DESC, base""",
    "children-missing": "WITH lack AS (SELECT *, "
    + ", ".join(
        f"""greatest(0,
        coalesce(children_{name}, 0) - (SELECT count(*) FROM live l WHERE l.base = model.key
        AND l.relation = '{name}')) AS {name}"""
        for name in RELATIONS
    )
    + ", "
    + " + ".join(f"coalesce(children_{name}, 0)" for name in RELATIONS)
    + """ AS announced
      FROM model WHERE NOT gone)
      SELECT id AS base, finetune + adapter + merge + quantized AS missing, announced,
      1 - missing / announced AS share, finetune, adapter, merge, quantized FROM lack
      WHERE missing > 0 ORDER BY missing DESC, base""",
    "cut-links": """SELECT reason, c.id AS model, x.relation, b.id AS base
      FROM cut x JOIN model c ON c.key = x.child JOIN model b ON b.key = x.base
      WHERE NOT c.gone AND $scored ORDER BY reason, model, x.relation, base""",
    "licence-changes": """WITH said AS (SELECT c.licence AS license, b.licence AS base_license,
        c.license = 'other' AND b.license = 'other' AND c.license_link = b.license_link
        AND contains(c.license_link, '://') AS same
      FROM live l JOIN model c ON c.key = l.child JOIN model b ON b.key = l.base
      WHERE c.license IS NOT NULL AND b.license IS NOT NULL)
      SELECT base_license, license, count(*) AS links, count(*) / (SELECT count(*) FROM said t
      WHERE t.base_license = said.base_license) AS share FROM said
      WHERE lower(license) <> lower(base_license) AND NOT coalesce(same, false)
      GROUP BY base_license, license ORDER BY links DESC, base_license, license""",
    "licence-differs": """SELECT c.id AS model, c.licence AS license, l.relation, b.id AS base,
      b.licence AS base_license, c.downloads
      FROM live l JOIN model c ON c.key = l.child JOIN model b ON b.key = l.base
      WHERE lower(c.licence) <> lower(b.licence) AND NOT coalesce(c.license = 'other'
        AND b.license = 'other' AND c.license_link = b.license_link
        AND contains(c.license_link, '://'), false)
      ORDER BY coalesce(c.downloads, 0) DESC, model, base""",
    "top-models": """SELECT s.rank, m.id AS model, s.shown AS effective_descendants,
      (SELECT count(*) FROM pair p JOIN here d ON d.key = p.model WHERE p.ancestor = m.key)
      AS descendants, m.author, m.task, m.license, m.downloads
      FROM score s JOIN model m USING (key) WHERE NOT m.gone ORDER BY s.rank, model""",
    "top-models-by-task": """WITH placed AS (SELECT task, m.id AS model, s.shown, s.rank, author,
        row_number() OVER (PARTITION BY task ORDER BY s.rank, m.id) AS place
      FROM score s JOIN model m USING (key) WHERE NOT gone AND task IS NOT NULL)
      SELECT task, place, model, shown AS effective_descendants, rank, author
      FROM placed WHERE place <= 3""",
    "top-authors": """SELECT s.rank, a.name AS author, s.shown AS effective_descendants,
      s.models AS outside_models, s.publishers AS outside_publishers, a.kind, a.full_name,
      (SELECT count(*) FROM here m WHERE lower(m.author) = a.key) AS models
      FROM author_score s JOIN author a USING (key) ORDER BY s.rank, author""",
    "largest-families": f"""WITH made AS (SELECT ancestor, p.steps, p.relation, m.gone
        FROM pair p JOIN model m ON m.key = p.model)
      SELECT b.id AS root, count(*) FILTER (NOT made.gone) AS descendants,
      {of_each("made.relation", "NOT made.gone")},
      max(steps) FILTER (NOT made.gone) AS depth, count(*) FILTER (made.gone) AS gone,
      any_value(s.shown) AS effective_descendants, any_value(s.rank) AS rank,
      any_value(b.known) AS known
      FROM made JOIN model b ON b.key = ancestor LEFT JOIN score s ON s.key = b.key
      WHERE $scored AND NOT b.gone AND b.key NOT IN (SELECT model FROM pair) GROUP BY b.id
      HAVING count(*) FILTER (NOT made.gone) > 0 ORDER BY descendants DESC, root""",
}
"""Report -> what it says, counted otherwise. `$scored` is whether influence was computed."""

OF_A_MODEL: dict[str, str] = {
    "newest-derivatives": """SELECT c.created_at, c.id AS model, l.relation, c.author, c.downloads,
      c.likes FROM live l JOIN model c ON c.key = l.child WHERE l.base = $key
      AND c.created_at IS NOT NULL ORDER BY c.created_at DESC, model""",
    "quantizations-by-author": """SELECT c.author, count(*) AS quantizations,
      sum(c.downloads)::BIGINT AS downloads, max(c.created_at) AS newest
      FROM live l JOIN model c ON c.key = l.child WHERE l.base = $key AND l.relation = 'quantized'
      GROUP BY c.author ORDER BY quantizations DESC, coalesce(sum(c.downloads), -1) DESC,
      c.author""",
    "family-sizes": f"""WITH made AS (SELECT p.steps, p.relation, m.gone
        FROM pair p JOIN model m ON m.key = p.model WHERE ancestor = $key)
      SELECT (SELECT id FROM model WHERE key = $key) AS model,
      count(*) FILTER (NOT gone) AS descendants, count(*) FILTER (gone) AS gone,
      count(*) FILTER (NOT gone AND steps = 1) AS direct,
      {of_each("relation", "NOT gone")},
      max(steps) FILTER (NOT gone) AS depth FROM made""",
    "lineage-up": """WITH RECURSIVE up AS (SELECT $key AS key, 0 AS steps
        UNION SELECT l.base, steps + 1 FROM up JOIN link l ON l.child = up.key WHERE steps < 20),
      near AS (SELECT key, min(steps) AS steps FROM up GROUP BY key)
      SELECT steps + 1 AS depth, c.id AS model, l.relation, b.id AS base, b.known AS base_known
      FROM near JOIN link l ON l.child = near.key JOIN model c ON c.key = l.child
      JOIN model b ON b.key = l.base ORDER BY depth, model, base, l.relation""",
    "lineage-down": """WITH RECURSIVE down AS (SELECT $key AS key, 0 AS steps
        UNION SELECT l.child, steps + 1 FROM down JOIN link l ON l.base = down.key
        WHERE steps < 20),
      near AS (SELECT key, min(steps) AS steps FROM down GROUP BY key)
      SELECT near.steps AS depth, c.id AS model, l.relation, b.id AS base, c.downloads
      FROM near JOIN link l ON l.child = near.key JOIN near above ON above.key = l.base
      JOIN model c ON c.key = l.child JOIN model b ON b.key = l.base WHERE near.steps > 0""",
}

UNORDERED = {"lineage-down", "top-models-by-task"}
NOT_OF_THE_PRESENT = {
    "changes", "changes-by-week", "changes-of-kind", "changes-of-model", "model-counts",
    "snapshots",
}  # fmt: skip
OTHERWISE = {"author-dependents", "common-ancestors", "longest-chains", "paths-between"}
"""Reports with a test of their own below."""


def in_reports(graph: Graph, tables: Independent, *, scored: bool) -> Differences:
    for name, text in SQL.items():
        given = MOST if "limit" in {p.name for p in catalogue()[name].parameters} else {}
        expected = tables.rows(text, **({"scored": scored} if "$scored" in text else {}))
        rows = reports.run(graph, name, given).rows
        found = [row for row in rows if row.get("field") != "parameters"]  # some are guessed
        if what := differ(found, expected[:1000], ordered=name not in UNORDERED):
            yield name, what


def in_reports_of_models(graph: Graph, tables: Independent) -> Differences:
    for model_id in chosen(tables):
        for name, text in OF_A_MODEL.items():
            one = {"models": [model_id]} if name == "family-sizes" else {"model": model_id, **MOST}
            expected = tables.rows(text, key=model_id.lower())
            found = reports.run(graph, name, one).rows
            what = differ(found, expected, ordered=name not in UNORDERED)
            if what and len(expected) < 1000:
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
    return next(((one, other) for one, other in pairs if not all(map(_alike, one, other))), None)


def _plain(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    return bool(one == other)
