"""What happened to models: seen by the loader where a record differs, or told by a record."""

from graph.observe.fields import LONGEST_TEXT
from graph.schema import CHANGE, CONCERNS, MODEL, NodeType
from graph.store.fragments import PLAN, find

_COMPARED = {"license": "license", "gated": "gated", "hub_id": "taken_over"}
"""Property of a model → the kind of change that another value of it is."""

_HELD = (*_COMPARED, "absent", "parameters", "parameters_source", "downloads", "likes")
"""What is looked at of a node before a newer record changes it."""


def before(node: NodeType) -> str:
    """For `describe`, before it writes: what `o` holds where a row is newer, else null.

    And whether it is gone or once was, which the row may end; one that the graph holds already may
    if the load was killed before that was settled.
    """
    if node is not MODEL:
        return ""
    names = ", ".join(f".{name}" for name in (*_HELD, "appeared_at"))
    observed = "datetime(nullIf(split(row.version, ' ')[1], ''))"
    return f""",
  CASE WHEN o.record_version < row.version THEN o {{{names}}} END AS was,
  CASE WHEN o.record_version = row.version
    THEN o.gone_since IS NOT NULL AND coalesce(o.gone_since <= {observed}, false)
    ELSE o.gone_since IS NOT NULL OR o.away IS NOT NULL END AS lost"""


def collected(node: NodeType) -> str:
    """For `describe`, after it wrote: the changes of each row.

    Takes `$after_snapshot`, whether the graph held everything once before: only then what is new to
    it has appeared.
    """
    if node is not MODEL:
        return ""
    found = ",\n      ".join(
        f"CASE WHEN {_differs(name)} THEN ['{kind}', was.{name}, given.{name}] END"
        for name, kind in _COMPARED.items()
    )
    return f""",
  collect(CASE WHEN spelled AND stored < row.version AND (was IS NOT NULL OR $after_snapshot)
    THEN {{model: row.id, observed: observed, found: [
      {found},
      CASE WHEN {_another_count()}
        THEN ['parameters', toString(was.parameters), toString(given.parameters)] END,
      CASE WHEN was IS NULL AND NOT EXISTS {{ (n)<-[:{CONCERNS.type}]-({{kind: 'appeared'}}) }}
        THEN ['appeared', null, null] END]}} END) AS changed"""


def kept(node: NodeType) -> str:
    """For `describe`, at its end: the changes as nodes."""
    if node is not MODEL:
        return ""
    return f"""CALL (changed) {{
  UNWIND changed AS row
  UNWIND [x IN row.found WHERE x IS NOT NULL] AS x
  WITH row.model AS called, x[0] AS kind, x[1] AS before, x[2] AS after,
    CASE WHEN row.observed = '' THEN $now ELSE datetime(row.observed) END AS at
  {find(MODEL, "n", "toLower(called)")}
  {note()}
  RETURN count(*) AS noted
}}"""


def told() -> str:
    """Changes that records tell, of models that exist.

    Rows: model (its id now), called (what it was called), kind, before, after, at (ISO text).
    """
    return f"""{PLAN}
UNWIND $rows AS row
WITH row.model AS model, row.called AS called, row.kind AS kind, row.before AS before,
  row.after AS after, datetime(row.at) AS at
{find(MODEL, "n", "toLower(model)")}
{note()}"""


def lineage(relation: str, names_before: str, names_after: str) -> str:
    """For `links.lineage`: the changes of `n` at the time `at` where a row states another one.

    What was told of `n` under a former name is not noted again.

    Args:
        relation: what the row states, as an expression; null without a base.
        names_before: ids of the bases before, as an expression.
        names_after: ids of those that the row states.
    """
    return f"""WITH n, at, n.id AS called, [
    ['bases', {_as_text(names_before)}, {_as_text(names_after)}],
    ['relation', n.relation, {relation}]] AS found
  UNWIND found AS x
  WITH n, at, called, x[0] AS kind, x[1] AS before, x[2] AS after
  WHERE coalesce(before, '') <> coalesce(after, '')
    AND NOT EXISTS {{ (n)<-[:{CONCERNS.type}]-(:{CHANGE.label} {{kind: kind, at: at}}) }}
  {note()}"""


def note() -> str:
    """Keeps a change of the model `n`, called `called`, at the time `at`; the same one once.

    Takes `kind`, `before` and `after` as well.
    """
    return f"""MERGE (change:{CHANGE.label}
    {{{CHANGE.key}: toLower(called) + ' ' + kind + ' ' + toString(at)}})
  ON CREATE SET change += {{model: called, kind: kind, before: before, after: after, at: at}}
  MERGE (change)-[:{CONCERNS.type}]->(n)"""


def _as_text(names: str) -> str:
    """Names in their order as one text, as long as a record may tell it; null without any."""
    joined = "reduce(text = '', x IN names | text + CASE text WHEN '' THEN '' ELSE ', ' END + x)"
    return f"""head([names IN [{names}] |
      CASE WHEN names <> [] THEN left({joined}, {LONGEST_TEXT}) END])"""


def _another_count() -> str:
    """Whether a row states another number of parameters; a guess states none."""
    stated = "AND NOT coalesce({0}.parameters_source, '') STARTS WITH 'name'"
    return f"was.parameters <> given.parameters {stated.format('was')} {stated.format('given')}"


def _differs(name: str) -> str:
    """Whether a row says something else than the graph held; what is not stated says nothing."""
    if name == "hub_id":
        return "was.hub_id <> given.hub_id"
    return (
        f"(was.{name} IS NOT NULL OR '{name}' IN was.absent)"
        f" AND (given.{name} IS NOT NULL OR '{name}' IN row.absent)"
        f" AND coalesce(was.{name}, '') <> coalesce(given.{name}, '')"
    )
