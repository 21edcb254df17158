"""The series of a model's counts: `counted_at`, `downloads_then`, `likes_then`.

A point is a time and what `downloads` and `likes` were then, -1 where that was not stated. In the
order of time one point stays of those in a row that say the same: of the first such run the last
(that is what the model held up to its first change), of every other run the first. A series of one
point is none: a model whose counts never changed has no series.

An older record that comes later is put in its place, if it states counts and when it was observed.
What told nothing new at the time is not kept: where records come in another order than that of
time, a run of equal counts may begin at another of its times.
"""

from graph.schema import MODEL, NodeType

MOST_POINTS = 10_000
"""Points that are kept of one model, the newest."""

_STATED = "(row.set.downloads IS NOT NULL OR row.set.likes IS NOT NULL)"


def on_update(node: NodeType, newer: str) -> str:
    """For `describe`, before it sets what a newer row states: the series of `n` with its counts.

    Args:
        node: the type of `n`.
        newer: whether the row is newer, as an expression.
    """
    if node is not MODEL:
        return ""
    changed = " OR ".join(
        f"given.{name} <> coalesce(was.{name}, -1)"
        f" OR was.{name} IS NOT NULL AND '{name}' IN row.absent"
        for name in ("downloads", "likes")
    )
    now = ", ".join(
        f"CASE WHEN '{name}' IN row.absent THEN -1 ELSE coalesce(given.{name}, was.{name}, -1) END"
        for name in ("downloads", "likes")
    )
    at = "CASE observed WHEN '' THEN $now ELSE datetime(observed) END"
    return f"""n += CASE WHEN was IS NOT NULL AND {newer} AND ({changed})
  THEN {series(held("n"), f"[[{at}, {now}]]")} ELSE {{}} END, """


def reconciled() -> str:
    """For `reconcile`, after it set what the row states; takes `n`, `row`, and `was`.

    `was` is what `n` held before.
    """
    at = "CASE observed WHEN '' THEN $now ELSE datetime(observed) END"
    newer = f"[[{at}, coalesce(n.downloads, -1), coalesce(n.likes, -1)]]"
    older = "[[datetime(observed), row.set.downloads, row.set.likes]]"
    return f"""SET n += CASE
  WHEN stored < row.version THEN {series(held("was"), newer)}
  WHEN stored > row.version AND observed <> '' AND {_STATED}
  THEN {series(held("n"), older, newer=False)}
  ELSE {{}} END"""


def held(node: str) -> str:
    """The points of a node: its series, else what it holds now."""
    return f"""head([s IN [{node} {{.counted_at, .downloads_then, .likes_then}}] | CASE
    WHEN s.counted_at IS NOT NULL
    THEN [i IN range(0, size(s.counted_at) - 1) |
      [s.counted_at[i], s.downloads_then[i], s.likes_then[i]]]
    WHEN {node}.downloads IS NULL AND {node}.likes IS NULL THEN []
    ELSE [[{_seen(node)}, coalesce({node}.downloads, -1), coalesce({node}.likes, -1)]] END])"""


def series(points: str, more: str, *, newer: bool = True) -> str:
    """The properties of a series, as a map; none of them for less than two points.

    Args:
        points: in the order of time.
        more: others, whose counts are null where nothing is said of them.
        newer: whether they, of two points at one time, are what counts.
    """
    return f"""head([points IN [{_joined(points, more, newer=newer)}]
    | head([starts IN [[i IN range(0, size(points) - 1)
        WHERE i = 0 OR points[i][1] <> points[i - 1][1] OR points[i][2] <> points[i - 1][2]]]
    | head([kept IN [CASE WHEN size(starts) < 2 THEN []
        ELSE ([points[starts[1] - 1]] + [i IN starts[1..] | points[i]])[-{MOST_POINTS}..] END]
    | {{counted_at: CASE WHEN kept <> [] THEN [p IN kept | p[0]] END,
        downloads_then: CASE WHEN kept <> [] THEN [p IN kept | p[1]] END,
        likes_then: CASE WHEN kept <> [] THEN [p IN kept | p[2]] END}}])])])"""


def _joined(points: str, more: str, *, newer: bool) -> str:
    """The points in the order of time; what is not said is as it was before."""
    put = """head([earlier IN [[x IN points WHERE x[0] < p[0]]] |
      earlier
      + [[p[0], coalesce(p[1], last(earlier)[1], -1), coalesce(p[2], last(earlier)[2], -1)]]
      + [x IN points WHERE x[0] > p[0]]])"""
    if not newer:
        put = f"CASE WHEN any(x IN points WHERE x[0] = p[0]) THEN points ELSE {put} END"
    return f"reduce(points = {points}, p IN {more} | {put})"


def _seen(node: str) -> str:
    """When a node was last observed."""
    observed = f"split({node}.record_version, ' ')[1]"
    return f"CASE WHEN {observed} <> '' THEN datetime({observed}) ELSE {node}.last_seen END"
