"""When models were there: since when, when they were away, and since when they are gone.

The rules, for any order of loading:

- `appeared_at` is `created_at` where that is known; else the earliest of what told that the model
  was there: a change of kind `appeared`, the observation of a record (of one that does not say
  when it was observed: the start of the run that read it). Where nothing told that yet, as for a
  placeholder that others name, it is the start of the run that created the node.
- `away` and `gone_since` follow from the model's changes in the order of time: it is gone from the
  first `gone` up to the next `appeared` or `returned`. A record observed at that time or later
  ends it as well, and is then noted as `returned`. Of two things at one time the return counts as
  the later one.
- What is gone under one name and there under another was renamed, not away; `renamed` tells that it
  is there. That a former name is gone after that is not told of the model.
"""

from graph.schema import CHANGE, CONCERNS, LINEAGE_PATTERN, MODEL, NodeType
from graph.store.changes import note
from graph.store.fragments import PLAN, find

_KINDS = "['gone', 'appeared', 'returned', 'renamed']"


def on_create(node: NodeType) -> str:
    """For `describe`: sets since when a node that it creates is there."""
    if node is not MODEL:
        return ""
    observed = "CASE observed WHEN '' THEN $now ELSE datetime(observed) END"
    return f", n.appeared_at = coalesce(datetime(row.created_at), {observed})"


def on_update(node: NodeType) -> str:
    """For `describe`: the same as an entry of the map that it sets on nodes that exist."""
    if node is not MODEL:
        return ""
    return f""", appeared_at: CASE
    WHEN row.created_at IS NOT NULL THEN datetime(row.created_at)
    WHEN n.created_at IS NOT NULL OR observed = '' THEN n.appeared_at
    ELSE {_earlier("n", "datetime(observed)")} END"""


def moved(node: NodeType) -> str:
    """For `describe`, after it wrote: the nodes that are there since another time than thought."""
    if node is not MODEL:
        return ""
    return """,
  collect(CASE WHEN was IS NOT NULL AND was.appeared_at <> n.appeared_at
    THEN [n, was.appeared_at] END) AS moved"""


def followed(node: NodeType) -> str:
    """For `describe`, at its end: what follows from `moved`."""
    if node is not MODEL:
        return ""
    return f"""CALL (moved) {{
  UNWIND moved AS each
  WITH each[0] AS n, each[1] AS before
  MATCH (n)-[r:{LINEAGE_PATTERN}]->() WHERE r.since = before
  SET r.since = n.appeared_at
  RETURN count(*) AS follow
}}"""


def reconciled() -> str:
    """For `reconcile`, after it set what the row states: the same, of a record in any order.

    Takes `n`, `row`, and `was`, what `n` held before.
    """
    at = """coalesce(datetime(row.created_at),
    CASE WHEN observed <> '' THEN datetime(observed) END, n.appeared_at)"""
    return f"""SET n.appeared_at = coalesce(n.created_at, {_earlier("was", at)})
{follow("was.appeared_at")}"""


def follow(before: str) -> str:
    """Lineage that holds as long as the model `n` is there begins with it.

    Args:
        before: since when the model was thought to be there.
    """
    return f"""WITH *
CALL (*) {{
  WITH n, {before} AS former WHERE former <> n.appeared_at
  MATCH (n)-[r:{LINEAGE_PATTERN}]->() WHERE r.since = former
  SET r.since = n.appeared_at
}}"""


def settle() -> str:
    """After changes of models were noted, or records of models that were gone at some time.

    Rows: model, appeared (the earliest time that is told, None without), seen (when records
    observed it, ISO text).
    """
    return f"""{PLAN}
UNWIND $rows AS row
{find(MODEL, "n", "toLower(row.model)")}
WITH n, row, n.appeared_at AS before,
  [at IN row.seen | datetime(at)] AS seen
SET n.appeared_at = CASE WHEN row.appeared IS NULL OR n.created_at IS NOT NULL
  THEN n.appeared_at ELSE {_earlier("n", "datetime(row.appeared)")} END
{follow("before")}
{presence()}"""


def presence() -> str:
    """Sets `gone_since` and `away` of `n`; takes `seen`, times at which it was there."""
    return f"""CALL (n, seen) {{
  WITH n, seen + CASE WHEN split(n.record_version, ' ')[1] <> ''
    THEN [datetime(split(n.record_version, ' ')[1])] ELSE [] END AS observed
  UNWIND COLLECT {{
      MATCH (n)<-[:{CONCERNS.type}]-(c:{CHANGE.label})
      WHERE c.kind IN {_KINDS} AND NOT (c.kind = 'gone' AND toLower(c.model) <> n.id_folded
        AND EXISTS {{ (n)<-[:{CONCERNS.type}]-(x:{CHANGE.label} {{kind: 'renamed'}})
          WHERE toLower(x.model) = toLower(c.model) AND x.at <= c.at }})
      RETURN {{at: c.at, kind: c.kind, step: CASE c.kind WHEN 'gone' THEN 0 ELSE 1 END,
        name: toLower(CASE c.kind WHEN 'renamed' THEN c.after ELSE c.model END)}}
    }}
    + [at IN observed | {{at: at, kind: 'seen', step: 2, name: n.id_folded}}] AS event
  WITH n, event ORDER BY event.at, event.step
  WITH n, reduce(s = {{gone: null, name: '', away: [], back: []}}, x IN collect(event) | CASE
    WHEN x.kind = 'gone' AND s.name = x.name THEN s {{.*, gone: coalesce(s.gone, x.at)}}
    WHEN x.kind = 'gone' THEN s {{.*, gone: x.at, name: x.name}}
    WHEN s.gone IS NULL THEN s
    ELSE {{
      gone: null,
      name: s.name,
      away: s.away + CASE WHEN s.name = x.name AND s.gone < x.at THEN [s.gone, x.at] ELSE [] END,
      back: s.back + CASE WHEN s.name = x.name AND x.kind = 'seen' THEN [x.at] ELSE [] END
    }} END) AS told
  SET n.gone_since = told.gone, n.away = CASE WHEN told.away <> [] THEN told.away END
  WITH n, told.back AS back
  UNWIND back AS at
  WITH n, n.id AS called, 'returned' AS kind, null AS before, null AS after, at
  {note()}
}}"""


def joined(one: str, other: str) -> str:
    """Since when the model is there that two nodes are, the second of which stays."""
    created = f"CASE WHEN {other}.known THEN {other}.created_at ELSE {one}.created_at END"
    told = f"""[x IN [{one}, {other}]
    WHERE x.record_version IS NOT NULL OR x.appeared_at <> x.first_seen | x.appeared_at]"""
    return f"""coalesce({created},
    {_earliest(told)}, {_earliest(f"[{one}.appeared_at, {other}.appeared_at]")})"""


def either(other: str, gone: str) -> str:
    """When the relationship `s` or another one held, as a map of properties.

    Args:
        other: the other.
        gone: since when it does not hold, as an expression.
    """
    return f"""head([absent IN [reduce(found = [], a IN {_absences("s", "s.gone_since")} |
    found + [b IN {_absences(other, gone)} WHERE a[0] < b[1] AND b[0] < a[1] |
      [CASE WHEN a[0] < b[0] THEN b[0] ELSE a[0] END,
       CASE WHEN a[1] < b[1] THEN a[1] ELSE b[1] END]])] | {{
    since: head(absent)[1],
    gone_since: CASE WHEN last(absent)[1] = {_END} THEN last(absent)[0] END,
    source: coalesce(s.source, {other}.source),
    away: head([away IN [reduce(found = [], x IN absent[1..] |
      found + CASE WHEN x[1] = {_END} THEN [] ELSE x END)] |
      CASE WHEN away <> [] THEN away END])}}])"""


_START, _END = "datetime('0001-01-01T00:00Z')", "datetime('9999-12-31T00:00Z')"


def _absences(held: str, gone: str) -> str:
    """When a relationship did not hold, as pairs from the start of time to its end."""
    return f"""([[{_START}, {held}.since]]
      + head([away IN [coalesce({held}.away, [])] |
          [i IN range(0, size(away) - 1, 2) | [away[i], away[i + 1]]]])
      + CASE WHEN {gone} IS NULL THEN [] ELSE [[{gone}, {_END}]] END)"""


def _earliest(times: str) -> str:
    return f"""head([times IN [{times}] |
      reduce(first = head(times), x IN times | CASE WHEN x < first THEN x ELSE first END)])"""


def _earlier(held: str, at: str) -> str:
    """What `held` has as `appeared_at` or `at`: the earlier; a run's start only if nothing else."""
    return f"""CASE
      WHEN {held}.record_version IS NULL AND {held}.appeared_at = {held}.first_seen THEN {at}
      WHEN {held}.appeared_at <= {at} THEN {held}.appeared_at ELSE {at} END"""
