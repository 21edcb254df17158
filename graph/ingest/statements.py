"""The loader's write statements, generated from the schema. Data goes in as parameters only.

Every statement takes `$rows` and `$now`, the start of the run, and may be run again without effect.
Rows are kept small, for packing them costs more than what the server does with them: what follows
from an id (its lower-case key, owner, name) is worked out by the server, and times travel as text.
"""

from graph import schema
from graph.schema import AUTHOR, LINEAGE_PATTERN, MODEL, PUBLISHED, NodeType

TIMES = {
    node.label: tuple(
        p.name
        for p in node.properties
        if p.type is schema.Type.DATETIME and p.source is schema.Source.RECORD
    )
    for node in (MODEL, AUTHOR)
}
"""Label → its properties that are times, which rows carry as ISO text beside `set`."""

_PLAN = "CYPHER replan=skip"
"""A plan is made once: no better one comes of planning anew while the graph grows."""

SAVE_RUN = "MERGE (r:Run {id: $id}) SET r += $set"
"""The node of a run, at its start and at its end."""


def count_gone(node: NodeType) -> str:
    """How many of a scope's nodes a run did not see, and of how many.

    Takes `$seen`, the start of the run, and `$author`, None for all.
    """
    return f"""{_in_scope(node)}
RETURN count(n) AS known, count(CASE WHEN n.last_seen < $seen THEN 1 END) AS gone"""


def mark_gone(node: NodeType) -> str:
    """Nodes that a complete run did not see. Their relationships stay: what was made stays made.

    Takes `$seen` and `$author` like `count_gone`.
    """
    return f"""{_in_scope(node)} AND n.last_seen < $seen
SET n.gone_since = $seen
RETURN count(*) AS gone"""


def _in_scope(node: NodeType) -> str:
    return (
        f"MATCH (n:{node.label} {{known: true}})\n"
        "WHERE n.gone_since IS NULL AND ($author IS NULL OR toLower(n.author) = toLower($author))"
    )


def describe(node: NodeType) -> str:
    """Nodes that a record describes; the plain case, which is nearly all of them.

    Rows: the id or name under its property's name, version, set (values; null erases), absent
    (names of what is null in it), times, and for models guess (parameter count and source).

    A row is left over when the graph holds a newer record of the node or spells it differently.
    Everything is set inside the MERGE, which costs the server a third less than setting it after.

    Returns one row: how many nodes were new, updated, unchanged; and rest, the rows left over.
    """
    key = node.key
    newer = f"n.{key} = row.{key} AND coalesce(n.record_version, '') < row.version"
    known = ", n.known = true" if node is MODEL else ""
    created = "".join(f", n.{name} = datetime(row.{name})" for name in TIMES[node.label])
    updated = "".join(
        f", {name}: CASE WHEN '{name}' IN row.absent THEN null"
        f" ELSE coalesce(datetime(row.{name}), n.{name}) END"
        for name in TIMES[node.label]
    )
    return f"""{_PLAN}
UNWIND $rows AS row
OPTIONAL {_find(node, "o", f"toLower(row.{key})")}
WITH row, row.set AS given,
  coalesce(o.record_version, '') AS stored, coalesce(o.{key} = row.{key}, true) AS spelled
{_merge(node, f"row.{key}")}{_guess_on_create(node)},
  n += row.set, n.record_version = row.version, n.absent = row.absent,
  n.last_seen = $now{known}{created}
ON MATCH SET n += CASE WHEN {newer}
  THEN given {{.*, record_version: row.version, absent: row.absent{updated}}} ELSE {{}} END,
  n.last_seen = $now, n.gone_since = null{known}
RETURN
  count(CASE WHEN spelled AND stored = '' THEN 1 END) AS new,
  count(CASE WHEN spelled AND '' < stored AND stored < row.version THEN 1 END) AS updated,
  count(CASE WHEN spelled AND stored = row.version THEN 1 END) AS unchanged,
  collect(CASE WHEN NOT spelled OR stored > row.version THEN row.{key} END) AS rest"""


def reconcile(node: NodeType) -> str:
    """Nodes that `describe` left over, with the same rows.

    The newest record sets what it carries; an older one fills what no newer one states. A guess
    from the name gives way to any count. The other spelling becomes an alias.

    Returns one row: how many nodes were new, updated, unchanged, how many records were older; and
    for models stale, [id, version] of those whose lineage a newer record has settled.
    """
    key = node.key
    stale = ""
    forget_guess = guess = ""
    if node is MODEL:
        forget_guess = """
SET n += CASE WHEN n.parameters_source STARTS WITH 'name'
  THEN {parameters: null, parameters_source: null} ELSE {} END"""
        stale = """,
  collect(CASE WHEN stored > row.version AND n.base_count IS NOT NULL
    THEN [row.id, row.version] END) AS stale"""
        guess = """
SET n += CASE WHEN n.parameters IS NULL AND row.guess IS NOT NULL
  THEN {parameters: row.guess[0], parameters_source: row.guess[1]} ELSE {} END"""
    return f"""{_PLAN}
UNWIND $rows AS row
{_find(node, "n", f"toLower(row.{key})")}
WITH n, row, coalesce(n.record_version, '') AS stored
WITH n, row, stored, CASE WHEN stored <= row.version THEN row.{key} ELSE n.{key} END AS final
{_respell(node, f"[row.{key}]")}{forget_guess}
WITH n, row, stored, CASE WHEN stored <= row.version THEN {{}} ELSE properties(n) END AS before
SET n += row.set, n.record_version = row.version{_set_times(node)}
SET n += before
SET n.absent = CASE WHEN stored <= row.version THEN row.absent ELSE before.absent END
FOREACH (name IN before.absent | SET n[name] = null){guess}
RETURN
  count(CASE WHEN stored = '' THEN 1 END) AS new,
  count(CASE WHEN '' < stored AND stored < row.version THEN 1 END) AS updated,
  count(CASE WHEN stored = row.version THEN 1 END) AS unchanged,
  count(CASE WHEN stored > row.version THEN 1 END) AS older{stale}"""


def mention(node: NodeType) -> str:
    """Nodes that records name: created when missing, otherwise left as they are.

    Rows, one per node: spelling, the first in order; also, its other spellings; and for models
    guess. The first in order of all spellings stands until a record describes the node; the others
    are aliases.
    """
    placeholder = ", n.known = false" if node is MODEL else ""
    seen = "CASE WHEN n.known THEN n.last_seen ELSE $now END" if node is MODEL else "$now"
    return f"""{_PLAN}
UNWIND $rows AS row
{_merge(node, "row.spelling")}{_guess_on_create(node)}{placeholder}
WITH n, row, CASE WHEN n.record_version IS NULL AND row.spelling < n.{node.key}
  THEN row.spelling ELSE n.{node.key} END AS final
{_respell(node, "[row.spelling] + row.also")}
SET n.last_seen = {seen}"""


def publish() -> str:
    """Relationships from authors to their models; both exist.

    Rows: ids of models that have an owner.
    """
    return f"""{_PLAN}
UNWIND $rows AS row
{_find(MODEL, "n", "toLower(row)")}
{_find(AUTHOR, "a", "toLower(split(row, '/')[0])")}
MERGE (a)-[p:{PUBLISHED.type}]->(n)
ON CREATE SET p.first_seen = $now, p.last_seen = $now
ON MATCH SET p.last_seen = $now, p.gone_since = null"""


_APPLIES = "WHERE n.record_version = row.version OR n.base_count IS NULL"
"""The record is the node's newest, or no record stated a lineage before."""


def lineage(relationship: schema.RelationshipType) -> str:
    """Relationships of one type from models to the bases they state; all of them exist.

    Rows: id, version, bases (lower case).
    """
    return f"""{_PLAN}
UNWIND $rows AS row
{_find(MODEL, "n", "toLower(row.id)")} {_APPLIES}
UNWIND row.bases AS base
{_find(MODEL, "b", "base")}
MERGE (n)-[r:{relationship.type}]->(b)
ON CREATE SET r.first_seen = $now, r.last_seen = $now
ON MATCH SET r.last_seen = $now, r.gone_since = null"""


def settle_lineage() -> str:
    """After `lineage`: what each model's lineage now is, and what of it is history.

    Rows: id, version, relation, type, bases (lower case).
    """
    return f"""{_PLAN}
UNWIND $rows AS row
{_find(MODEL, "n", "toLower(row.id)")} {_APPLIES}
SET n.relation = row.relation, n.base_count = size(row.bases)
WITH n, row
MATCH (n)-[r:{LINEAGE_PATTERN}]->(b)
WHERE r.gone_since IS NULL
  AND NOT (type(r) = coalesce(row.type, '') AND b.{_fold(MODEL)} IN row.bases)
SET r.gone_since = $now"""


def _fold(node: NodeType) -> str:
    """The property that the loader merges on."""
    return node.fold or node.key


def _find(node: NodeType, variable: str, folded: str) -> str:
    """Finds a node by its spelling in lower case.

    The hint matters: counts of a graph that is being filled are old, and a plan made from them may
    scan every node for every row.
    """
    fold = _fold(node)
    return (
        f"MATCH ({variable}:{node.label} {{{fold}: {folded}}})"
        f" USING INDEX SEEK {variable}:{node.label}({fold})"
    )


def _merge(node: NodeType, spelling: str) -> str:
    """Finds or creates a node by its spelling, without regard to case."""
    return f"""MERGE (n:{node.label} {{{_fold(node)}: toLower({spelling})}})
ON CREATE SET n.first_seen = $now, {_named(node, spelling)}"""


def _named(node: NodeType, spelling: str) -> str:
    """Sets what a spelling says."""
    if node is not MODEL:
        return f"n.{node.key} = {spelling}"
    return (
        f"n.id = {spelling}, n.name = split({spelling}, '/')[-1],"
        f" n.author = CASE WHEN {spelling} CONTAINS '/' THEN split({spelling}, '/')[0] END"
    )


def _guess_on_create(node: NodeType) -> str:
    if node is not MODEL:
        return ""
    return ", n.parameters = row.guess[0], n.parameters_source = row.guess[1]"


def _set_times(node: NodeType) -> str:
    return "".join(
        f", n.{name} = coalesce(datetime(row.{name}), n.{name})" for name in TIMES[node.label]
    )


def _respell(node: NodeType, spellings: str) -> str:
    """Makes `final` the node's spelling and keeps all others as aliases."""
    key = node.key
    return f"""CALL (n, row, final) {{
  WITH n, row, final WHERE any(spelling IN {spellings} WHERE spelling <> n.{key})
  SET n.aliases = COLLECT {{
    UNWIND coalesce(n.aliases, []) + [n.{key}] + {spellings} AS spelling
    WITH DISTINCT spelling WHERE spelling <> final
    RETURN spelling ORDER BY spelling
  }}
  SET {_named(node, "final")}
}}"""
