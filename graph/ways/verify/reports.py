"""What reports say, as SQL over the tables of `graph.ways.verify.tables`.

Each report has a counterpart here, written without looking at its Cypher.
"""
# ruff: noqa: S608 (the texts are put together from constants)

from graph.schema import RELATIONS


def of_each(relation: str, where: str = "true") -> str:
    """Columns that count rows by relation."""
    return ", ".join(
        f"count(*) FILTER ({where} AND {relation} = '{name}') AS {name}" for name in RELATIONS
    )


def popularity(group: str) -> str:
    """Columns of the report of a group of models."""
    found = f"SELECT {group}, count(*) AS models"
    for what in ("downloads", "likes"):
        found += f""", quantile_disc({what}, 0.5) AS median_{what}, avg({what}) AS mean_{what},
      sum({what})::BIGINT AS {what}"""
    return found


SQL: dict[str, str] = {
    "models-table": """SELECT author AS organization, split_part(id, '/', -1) AS name, task,
      downloads, likes, id AS model FROM here WHERE likes IS NOT NULL
      ORDER BY likes DESC, id DESC""",
    "authors-table": """WITH liked AS (FROM here WHERE likes IS NOT NULL
        ORDER BY likes DESC, id DESC LIMIT 1000)
      SELECT l.author, count(*) AS models, sum(likes)::BIGINT AS likes,
      sum(downloads)::BIGINT AS downloads, any_value(a.kind) AS kind,
      any_value(a.full_name) AS full_name, any_value(s.rank) AS rank
      FROM liked l LEFT JOIN author a ON a.key = lower(l.author)
      LEFT JOIN author_score s ON s.key = a.key GROUP BY l.author
      ORDER BY sum(likes) DESC, models DESC, l.author""",
    "top-downloads": """SELECT id AS model, downloads, created_at, task, likes FROM here
      WHERE downloads IS NOT NULL ORDER BY downloads DESC, id DESC""",
    "task-popularity": f"""{popularity("task")} FROM here WHERE task IS NOT NULL GROUP BY task
      ORDER BY models DESC, task""",
    "author-popularity": f"""{popularity("a.name AS author")}, any_value(a.kind) AS kind
      FROM here m JOIN author a ON a.key = lower(m.author) GROUP BY a.name
      ORDER BY models DESC, a.name""",
    "models-per-author": """SELECT a.name AS author, count(*) AS models,
      CASE WHEN count(base_count) > 0 THEN count(m.relation) END AS derivatives,
      sum(downloads)::BIGINT AS downloads,
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
    "hub-size": f"""SELECT (SELECT count(*) FROM here) AS models,
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
      SELECT month, count(*) AS models,
      CASE WHEN count(base_count) > 0 THEN count(relation) END AS derivatives,
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
            "parameters",
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
      WHERE $scored AND NOT b.lost AND b.key NOT IN (SELECT model FROM pair) GROUP BY b.id
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
    "blast-by-depth": """WITH RECURSIVE down AS (SELECT $key AS key, 0 AS steps
        UNION SELECT l.child, steps + 1 FROM down JOIN link l ON l.base = down.key
        WHERE steps < 60),
      near AS (SELECT key, min(steps) AS depth FROM down WHERE key <> $key GROUP BY key)
      SELECT depth, count(*) AS models, count(DISTINCT lower(author)) AS publishers,
      count(*) FILTER (downloads IS NULL) AS unknown
      FROM near JOIN model USING (key) WHERE NOT gone GROUP BY depth ORDER BY depth""",
    "blast-direct": """SELECT l.relation, count(*) AS children,
      count(*) FILTER (EXISTS (SELECT 1 FROM link o JOIN model b ON b.key = o.base
        WHERE o.child = l.child AND NOT b.gone AND b.key NOT IN ($key, l.child)))
        AS keep_another_base, count(DISTINCT lower(c.author)) AS publishers
      FROM live l JOIN model c ON c.key = l.child WHERE l.base = $key AND l.child <> $key
      GROUP BY l.relation ORDER BY children DESC, l.relation""",
    "blast-hard": """WITH RECURSIVE down AS (SELECT $key AS key, 0 AS steps
        UNION SELECT l.child, steps + 1 FROM down JOIN link l ON l.base = down.key
        WHERE steps < 60 AND l.relation = 'adapter'),
      near AS (SELECT key, min(steps) AS depth FROM down WHERE key <> $key GROUP BY key)
      SELECT depth, id AS model, author, downloads, likes FROM near JOIN model USING (key)
      WHERE NOT gone ORDER BY coalesce(downloads, -1) DESC, depth, model""",
}
"""Report about a model, whose key is `$key` -> what it says, counted otherwise."""

UNORDERED = {"lineage-down", "top-models-by-task"}
UNCOUNTED = {
    "changes", "changes-by-week", "changes-of-kind", "changes-of-model", "model-counts",
    "snapshots",  # what happened
    "findings", "findings-of-rule",  # what rules found
    "hygiene", "hygiene-by-month", "hygiene-of-check",  # what cards say
    "licence-drift", "licence-scorecard", "licence-scorecard-by-author", "relaxed-licences",
    "terms-from-afar", "undeclared-licences",  # verdicts
    "data-terms",  # what cards of datasets say
    "size-groups", "size-shift",  # sizes, which names give in part
    "beats-its-base", "best-under", "claimed-and-verified", "cost-of-quantizing",
    "family-progress", "same-as-base", "unscored-influence",  # results on benchmarks
}  # fmt: skip
"""Reports without a counterpart."""
