"""What happened to models: seen by the loader where a record differs, or told by a record."""

from graph.ingest.fragments import PLAN, find
from graph.schema import CHANGE, CONCERNS, MODEL, NodeType

_COMPARED = {"license": "license", "gated": "gated", "hub_id": "taken_over"}
"""Property of a model → the kind of change that another value of it is."""


def before(node: NodeType) -> str:
    """For `describe`, before it writes: what `o` holds of what is compared."""
    if node is not MODEL:
        return ""
    names = ", ".join(f".{name}" for name in _COMPARED)
    return f", o {{{names}, .absent, .gone_since}} AS was"


def collected(node: NodeType) -> str:
    """For `describe`, after it wrote: the changes of each row."""
    if node is not MODEL:
        return ""
    found = ",\n      ".join(
        f"CASE WHEN {_differs(name)} THEN ['{kind}', was.{name}, given.{name}] END"
        for name, kind in _COMPARED.items()
    )
    return f""",
  collect(CASE WHEN spelled AND '' < stored AND stored < row.version
    THEN {{model: row.id, observed: observed, found: [
      {found},
      CASE WHEN was.gone_since IS NOT NULL AND n.gone_since IS NULL
        THEN ['returned', null, null] END]}} END) AS changed"""


def kept(node: NodeType) -> str:
    """For `describe`, at its end: the changes as nodes."""
    if node is not MODEL:
        return ""
    return f"""CALL (changed) {{
  UNWIND changed AS row
  UNWIND [x IN row.found WHERE x IS NOT NULL] AS x
  WITH row.model AS model, x[0] AS kind, x[1] AS before, x[2] AS after,
    CASE WHEN row.observed = '' THEN $now ELSE datetime(row.observed) END AS at
  {_note()}
  RETURN count(*) AS noted
}}"""


def note() -> str:
    """Changes that records tell, of models that exist.

    Rows: model (its id now), called (what it was called), kind, before, after, at (ISO text).
    """
    return f"""{PLAN}
UNWIND $rows AS row
WITH row.model AS model, row.called AS called, row.kind AS kind, row.before AS before,
  row.after AS after, datetime(row.at) AS at
{_note("called")}"""


def lose() -> str:
    """Models that are gone, unless they were seen since.

    Rows: model, at (ISO text, in the form of `record_version`).
    """
    return f"""{PLAN}
UNWIND $rows AS row
{find(MODEL, "n", "toLower(row.model)")}
WITH n, row
WHERE n.gone_since IS NULL AND coalesce(split(n.record_version, ' ')[1], '') < row.at
SET n.gone_since = datetime(row.at)"""


def lost(node: NodeType) -> str:
    """For `mark_gone`, after it wrote: that each of `n` is gone."""
    if node is not MODEL:
        return ""
    return f"""WITH n
CALL (n) {{
  WITH n.id AS model, 'gone' AS kind, null AS before, null AS after, $seen AS at
  {_note()}
}}"""


def _note(called: str = "model") -> str:
    return f"""{find(MODEL, "m", "toLower(model)")}
  MERGE (change:{CHANGE.label}
    {{{CHANGE.key}: toLower({called}) + ' ' + kind + ' ' + toString(at)}})
  ON CREATE SET change += {{model: {called}, kind: kind, before: before, after: after, at: at}}
  MERGE (change)-[:{CONCERNS.type}]->(m)"""


def _differs(name: str) -> str:
    """Whether a row says something else than the graph held; what is not stated says nothing."""
    if name == "hub_id":
        return "was.hub_id <> given.hub_id"
    return (
        f"(was.{name} IS NOT NULL OR '{name}' IN was.absent)"
        f" AND (given.{name} IS NOT NULL OR '{name}' IN row.absent)"
        f" AND coalesce(was.{name}, '') <> coalesce(given.{name}, '')"
    )
