"""Every score counted anew: queries over the tables, and one sparse product repeated.

After cleaning no model descends from itself, so PageRank ends exactly after as many products as the
longest chain has steps.
"""
# ruff: noqa: S608 (the texts are put together from constants)

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from graph.schema import RELATION
from graph.settings import Settings
from graph.ways.verify.tables import PRECEDENCE, Recount

Floats = npt.NDArray[np.float64]

_MARKED = f"""
SELECT child, relation, base, since, CASE WHEN child = base THEN 'loop' WHEN row_number() OVER (
  PARTITION BY child, base ORDER BY since DESC, {PRECEDENCE} DESC) > 1 THEN 'dup' END AS reason
FROM {{links}}"""
_CYCLES = """
UPDATE {name} AS link SET reason = 'cycle'
FROM in_circle c, in_circle b, held child, held base
WHERE reason IS NULL AND child.id_folded = link.child AND base.id_folded = link.base
  AND c.row = child.rowid AND b.row = base.rowid AND c.circle = b.circle
  AND NOT coalesce(child.created_at > base.created_at, false)"""

_MOVED = """
WITH alias AS (SELECT mirror, original FROM mirror WHERE tier = 'A')
SELECT coalesce(c.original, k.child) AS child, coalesce(b.original, k.base) AS base,
  kind.relation, TIMESTAMP '1970-01-01' AS since
FROM kept k JOIN kind ON kind.key = k.child
LEFT JOIN alias c ON c.mirror = k.child LEFT JOIN alias b ON b.mirror = k.base
WHERE c.mirror IS NULL OR (c.original NOT IN (SELECT child FROM kept)
  AND c.original <> coalesce(b.original, k.base))"""
_ORIGINAL_LINKS = "SELECT * FROM moved_marked WHERE reason IS NULL"
_ORIGINAL_KINDS = f"""SELECT child AS key, arg_max(relation, {PRECEDENCE}) AS relation
FROM original_link GROUP BY child"""
_NODES = """
WITH named AS (SELECT child AS key FROM link UNION SELECT base FROM link
  UNION SELECT original FROM mirror WHERE tier = 'A')
SELECT row_number() OVER (ORDER BY m.key) - 1 AS n, m.key, lower(m.author) AS author, m.gone,
  coalesce(m.downloads, 0) AS downloads, m.downloads IS NULL AS unknown,
  coalesce(m.likes, 0) AS likes, m.created_at, k.relation AS kind, o.relation AS own_kind,
  m.key IN (SELECT mirror FROM mirror WHERE tier = 'A') AS is_mirror,
  coalesce(list_contains($muted, h.swarm), false) AS muted
FROM named JOIN model m USING (key) JOIN held h ON h.id_folded = m.key
LEFT JOIN kind k ON k.key = m.key LEFT JOIN original_kind o ON o.key = m.key"""

_PARTS = ", ".join(f"(NOT gone AND coalesce(kind = '{word}', false))::DOUBLE AS influence_by_{word}"
                   for word in RELATION)  # fmt: skip
_WEIGHT = "CASE {kind} " + " ".join(f"WHEN '{w}' THEN ${w}" for w in RELATION) + " ELSE $root END"
_WEIGHTS = f"""
WITH youngest AS (SELECT max(created_at) AS newest FROM node),
weight AS (SELECT *, date_diff('month', created_at, newest) - 1 AS age,
    CASE WHEN gone THEN 0 ELSE {_WEIGHT.format(kind="kind")} END AS w,
    CASE WHEN gone OR is_mirror THEN 0 ELSE {_WEIGHT.format(kind="own_kind")} END AS o,
    CASE WHEN muted THEN 0 ELSE o END AS s FROM node, youngest),
sibling AS (SELECT l.child, count(*) FILTER (c.s > 0) OVER (
      PARTITION BY l.base, coalesce(c.author, c.key), c.own_kind) AS alike,
    coalesce(c.author = b.author, false) AS own
  FROM original_link l JOIN weight c ON c.key = l.child JOIN weight b ON b.key = l.base),
series AS (SELECT child, greatest(1, max(alike)) AS size, bool_and(own) AS only_own
  FROM sibling GROUP BY child)
SELECT 1.0::DOUBLE AS influence_raw, w::DOUBLE AS influence,
  CASE WHEN gone THEN 0 ELSE 0.1 + log10(1 + downloads) / 2 + log10(1 + likes) END::DOUBLE
    AS influence_popular,
  w * coalesce(exp((epoch_ms(created_at) - epoch_ms(newest)) / 86400000::DOUBLE / 180), 0)
    AS influence_recent,
  {_PARTS}, gone::DOUBLE AS influence_by_gone,
  o::DOUBLE AS influence_mirror, s::DOUBLE AS influence_noswarm,
  CASE WHEN only_own THEN 0 ELSE s * (1 + ln(coalesce(size, 1))) / coalesce(size, 1) END::DOUBLE
    AS influence_clean,
  w / 2 * CASE WHEN age >= 0 THEN 0.425 ** age ELSE 0 END::DOUBLE AS modelrank,
  w / 2 * coalesce(age = 0, false)::DOUBLE AS fresh,
  CASE WHEN gone THEN 0 ELSE downloads END::DOUBLE AS downloads_attributed
FROM weight LEFT JOIN series ON child = key ORDER BY n"""
_OF_ORIGINALS = ("influence_mirror", "influence_noswarm", "influence_clean")

_BY_RELATION = ", ".join(f"count(*) FILTER (NOT gone AND relation = '{word}') AS descendants_{word}"
                         for word in RELATION)  # fmt: skip
_BELOW = f"""
WITH made AS (SELECT a.key, coalesce(a.author, a.key) AS mine, a.author AS own, d.gone, d.author,
    coalesce(d.author, d.key) AS owner, d.downloads, d.unknown, pair.relation, pair.steps
  FROM pair JOIN node a ON a.key = ancestor JOIN node d ON d.key = model),
spread AS (SELECT key, sum(n * n) / sum(n) ** 2 AS concentration
  FROM (SELECT key, owner, count(*) AS n FROM made WHERE NOT gone GROUP BY key, owner)
  GROUP BY key)
SELECT key, count(*) FILTER (NOT gone) AS descendants, {_BY_RELATION},
  count(*) FILTER (gone) AS descendants_gone,
  max(steps) FILTER (NOT gone) AS descendants_depth,
  count(DISTINCT author) FILTER (NOT gone AND author IS DISTINCT FROM own) AS reach,
  count(*) FILTER (NOT gone AND owner = mine) / nullif(descendants, 0) AS self_ratio,
  any_value(concentration) AS concentration,
  sum(downloads) FILTER (NOT gone)::BIGINT AS downloads_below,
  count(*) FILTER (NOT gone AND unknown) AS downloads_unknown
FROM made LEFT JOIN spread USING (key) GROUP BY key"""
_CLEAN_REACH = """
SELECT ancestor AS key, count(DISTINCT d.author)
  FILTER (d.author IS DISTINCT FROM a.author AND NOT d.gone AND NOT d.muted) AS reach_clean
FROM original_way JOIN node a ON a.key = ancestor JOIN node d ON d.key = model GROUP BY ancestor"""
_COUNTED = """
SELECT key, flow.* EXCLUDE (n, own, faded, fresh, {originals}), influence / (1 - $damping) - own
    AS effective_descendants,
  CASE WHEN NOT is_mirror THEN coalesce(reach_clean, 0) END AS reach_clean,
  {of_originals}, self_ratio, concentration,
  coalesce(COLUMNS(below.* EXCLUDE (key, self_ratio, concentration)), 0)
FROM node JOIN flow USING (n) LEFT JOIN below USING (key) LEFT JOIN clean_below USING (key)
WHERE key IN (SELECT base FROM kept UNION SELECT base FROM original_link)""".format(
    originals=", ".join(_OF_ORIGINALS),
    of_originals=", ".join(f"CASE WHEN NOT is_mirror THEN {n} END AS {n}" for n in _OF_ORIGINALS),
)
_ACCOUNTS = """
WITH bases AS (SELECT child, count(*) AS n FROM kept GROUP BY child),
inflow AS (SELECT b.author AS key, sum($damping * flow.influence / bases.n) AS influence,
    sum($damping * flow.faded / bases.n) AS modelrank, sum($damping * flow.fresh / bases.n) AS fresh
  FROM kept JOIN bases USING (child) JOIN node c ON c.key = kept.child JOIN flow ON flow.n = c.n
  JOIN node b ON b.key = kept.base
  WHERE b.author IS NOT NULL AND c.author IS DISTINCT FROM b.author GROUP BY b.author),
outside AS (SELECT a.author AS key, count(DISTINCT d.key) AS outside_models,
    count(DISTINCT d.author) AS outside_publishers
  FROM pair JOIN node a ON a.key = ancestor JOIN node d ON d.key = model
  WHERE NOT d.gone AND a.author IS NOT NULL AND d.author IS DISTINCT FROM a.author
  GROUP BY a.author)
SELECT key, coalesce(inflow.influence, 0) AS influence,
  coalesce(inflow.influence, 0) / (1 - $damping) AS effective_descendants,
  coalesce(inflow.modelrank, 0) AS modelrank,
  coalesce(inflow.modelrank - (inflow.modelrank - inflow.fresh) / 0.425, 0) AS modelrank_change,
  outside.outside_models, outside.outside_publishers
FROM outside JOIN account ON name_folded = key LEFT JOIN inflow USING (key)"""


def count_scores(tables: Recount, settings: Settings, muted: Iterable[str]) -> None:
    """Make the tables `marked` (what scores leave out), `counted` and `counted_account`.

    The tables are those of the present, the settings' damping and weights those that the scores
    were computed with. Models that a rule of `muted` found do not count where swarms do not.
    """
    damping = settings.damping
    _mark(tables, "marked", "link")
    tables.make("moved", _MOVED)
    _mark(tables, "moved_marked", "moved")
    tables.make("original_link", _ORIGINAL_LINKS)
    tables.make("original_kind", _ORIGINAL_KINDS)
    tables.make("node", _NODES, muted=list(muted))
    tables.close("original_way", "original_link")

    weights = {word: getattr(settings, relation.weight) for word, relation in RELATION.items()}
    own = _numbers(tables, _WEIGHTS, weights | {"root": settings.weight_root})
    of_originals = {name: (1 - damping) * own.pop(name) for name in _OF_ORIGINALS}
    downloads = {"downloads_attributed": own.pop("downloads_attributed")}
    monthly = {name: own.pop(name) for name in ("modelrank", "fresh")}
    spread = _spread(tables, "kept", monthly, damping)
    rank, fresh = (spread[name] - values for name, values in monthly.items())
    of_all = {name: (1 - damping) * values for name, values in own.items()}
    flows = pa.table({
        "n": np.arange(own["influence"].size), "own": own["influence"],
        "faded": spread["modelrank"], "fresh": spread["fresh"],
        "modelrank": rank, "modelrank_change": rank - (rank - fresh) / 0.425,
        **_spread(tables, "kept", of_all, damping), **_spread(tables, "kept", downloads, 1),
        **_spread(tables, "original_link", of_originals, damping),
    })  # fmt: skip
    tables.sql.register("flow", flows)
    tables.make("below", _BELOW)
    tables.make("clean_below", _CLEAN_REACH)
    tables.make("counted", _COUNTED, damping=damping)
    tables.make("counted_account", _ACCOUNTS, damping=damping)


def _mark(tables: Recount, name: str, links: str) -> None:
    """Make a table of links with the reason why each is left out; empty where it counts."""
    tables.make(name, _MARKED.format(links=links))
    ends = f"""SELECT c.rowid AS child, b.rowid AS base FROM {name}
      JOIN held c ON c.id_folded = child JOIN held b ON b.id_folded = base
      WHERE reason IS NULL"""
    found = _numbers(tables, ends)
    child, base = found["child"], found["base"]
    size = int(max(child.max(initial=-1), base.max(initial=-1))) + 1
    matrix = csr_array((np.ones(child.size), (child, base)), shape=(size, size))
    _, circle = connected_components(matrix, connection="strong")
    circular = np.flatnonzero(np.bincount(circle)[circle] > 1)
    tables.sql.register("in_circle", pa.table({"row": circular, "circle": circle[circular]}))
    tables.sql.execute(_CYCLES.format(name=name))


def _spread(
    tables: Recount, links: str, own: dict[str, Floats], damping: float
) -> dict[str, Floats]:
    """What each model has by itself and from below: a child shares by all of its bases."""
    ends = f"""SELECT c.n AS child, b.n AS base FROM {links} JOIN node c ON c.key = child
      JOIN node b ON b.key = base"""
    found = _numbers(tables, ends)
    child, base = found["child"], found["base"]
    values = np.array(list(own.values())).T
    size = len(values)
    bases = np.bincount(child, minlength=size)
    flow = csr_array((damping / bases[child], (base, child)), shape=(size, size))
    result, before = values, None
    while before is None or not np.array_equal(result, before):
        before, result = result, values + flow @ result
    return dict(zip(own, result.T, strict=True))


def _numbers(tables: Recount, text: str, given: dict[str, float] | None = None) -> dict[str, Any]:
    """The columns of a query whose columns are all numbers, as arrays."""
    return dict(tables.sql.execute(text, given or {}).fetchnumpy())
