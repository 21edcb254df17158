"""The loader's write statements for nodes, generated from the schema. Data only as parameters.

Every statement takes `$rows` and `$now`, the start of the run, and may be run again without effect.
Rows are kept small, for packing them costs more than what the server does with them: what follows
from an id (its lower-case key, owner, name) is worked out by the server, and times travel as text.
"""

from graph.schema import MODEL, REPOSITORIES, NodeType
from graph.store import changes, counts, presence
from graph.store.fragments import PLAN, TIMES, find, guess_on_create, merge, respell, set_times

SAVE_RUN = "MERGE (r:Run {id: $id}) SET r += $set"
"""The node of a run, at its start and at its end."""

SNAPSHOTS = """MATCH (r:Run {status: 'complete'})
WHERE r.scope STARTS WITH $scope AND r.started_at < $at
RETURN count(r) > 0 AS before"""
"""Whether a run brought the graph up to date on a scope; takes `$scope` and `$at`."""


def count_gone(node: NodeType) -> str:
    """How many of a scope's nodes a run did not see, and of how many.

    Takes `$seen`, the start of the run, and `$author`, None for all.
    """
    return f"""{_in_scope(node)}
RETURN count(n) AS known, count(CASE WHEN n.last_seen < $seen THEN 1 END) AS gone"""


def mark_gone(node: NodeType) -> str:
    """Nodes that a complete run did not see. Their relationships stay: what was made stays made.

    Takes `$seen` and `$author` like `count_gone`, and `$at`, when they were found to be gone. What
    was observed then or later is not gone.
    """
    return f"{_in_scope(node)} AND n.last_seen < $seen {_mark(node)}"


def mark_missing(node: NodeType) -> str:
    """The same for nodes that are named.

    Rows: what the loader merges on. Takes `$at`.
    """
    return f"""{PLAN}
UNWIND $rows AS row
{find(node, "n", "row")} WHERE n.known AND n.gone_since IS NULL
{_mark(node)}"""


def _mark(node: NodeType) -> str:
    """Marks `n`; goes on a WHERE."""
    observed = "datetime(nullIf(split(n.record_version, ' ')[1], ''))"
    gone = "SET n.gone_since = $at"
    if node is MODEL:
        gone = f"""WITH n, n.id AS called, 'gone' AS kind, null AS before, null AS after, $at AS at
{changes.note()}
WITH n, [] AS seen
{presence.presence()}"""
    return f"""AND NOT coalesce({observed} >= $at, false)
{gone}
RETURN count(*) AS gone"""


RENAMED = """MATCH (n:Model {known: true})
WHERE n.gone_since IS NULL AND ($author IS NULL OR toLower(n.author) = toLower($author))
  AND n.last_seen < $seen AND n.hub_id IS NOT NULL
MATCH (now:Model {hub_id: n.hub_id})
WHERE now.known AND now.last_seen >= $seen AND now.id_folded <> n.id_folded
RETURN n.id AS former, now.id AS present"""
"""Models of a scope that a run saw under another name; takes `$seen` and `$author`."""

TWINS = f"""UNWIND $rows AS row
{find(MODEL, "n", "row")} WHERE n.known AND n.gone_since IS NULL AND n.hub_id IS NOT NULL
MATCH (now:Model {{hub_id: n.hub_id}})
WHERE now.known AND now.gone_since IS NULL AND now.id_folded <> n.id_folded
RETURN n.id AS former, now.id AS present, now.id_folded AS key"""
"""Models that the graph has under another name as well. Rows: their ids in lower case."""


def _in_scope(node: NodeType) -> str:
    return (
        f"MATCH (n:{node.label} {{known: true}})\n"
        "WHERE n.gone_since IS NULL AND ($author IS NULL OR toLower(n.author) = toLower($author))"
    )


def describe(node: NodeType) -> str:
    """Nodes that a record describes; the plain case, which is nearly all of them.

    Rows: the id or name under its property's name, version, set (values; null erases), absent
    (names of what is null in it), times, and for models guess (parameter count and source).
    Takes `$after_snapshot` as well, see `changes.collected`.

    A row is left over when the graph holds a newer record of the node or spells it differently.
    Everything is set inside the MERGE, which costs the server a third less than setting it after.

    Returns one row: how many nodes were new, updated, unchanged; known, the rows of nodes that were
    described before; rest, the rows left over; and for models lost, the rows of those that are gone
    or once were, for `presence.settle`.
    """
    key = node.key
    newer = f"n.{key} = row.{key} AND coalesce(n.record_version, '') < row.version"
    known = ", n.known = true" if node in REPOSITORIES else ""
    created = "".join(f", n.{name} = datetime(row.{name})" for name in TIMES[node.label])
    updated = "".join(
        f", {name}: CASE WHEN '{name}' IN row.absent THEN null"
        f" ELSE coalesce(datetime(row.{name}), n.{name}) END"
        for name in TIMES[node.label]
    )
    gone, lost = f", n.gone_since = {_STILL_GONE}", ""
    if node is MODEL:
        gone = ""
        lost = f""",
  collect(CASE WHEN lost AND (observed <> '' OR '' < stored AND stored < row.version)
    THEN row.{key} END) AS lost"""
    return f"""{PLAN}
UNWIND $rows AS row
OPTIONAL {find(node, "o", f"toLower(row.{key})")}
WITH row, row.set AS given, split(row.version, ' ')[1] AS observed,
  coalesce(o.record_version, '') AS stored, coalesce(o.{key} = row.{key}, true) AS spelled
  {changes.before(node)}
{merge(node, f"row.{key}")}{guess_on_create(node)},
  n += row.set, n.record_version = row.version, n.absent = row.absent,
  n.last_seen = $now{known}{created}{presence.on_create(node)}
ON MATCH SET {counts.on_update(node, newer)}n += CASE WHEN {newer}
  THEN given {{.*, record_version: row.version, absent: row.absent{updated}
    {presence.on_update(node)}}} ELSE {{}} END,
  n.last_seen = $now{gone}{known}
WITH
  count(CASE WHEN spelled AND stored = '' THEN 1 END) AS new,
  count(CASE WHEN spelled AND '' < stored AND stored < row.version THEN 1 END) AS updated,
  count(CASE WHEN spelled AND stored = row.version THEN 1 END) AS unchanged,
  collect(CASE WHEN '' < stored THEN row.{key} END) AS known,
  collect(CASE WHEN NOT spelled OR stored > row.version THEN row.{key} END) AS rest
  {lost}{changes.collected(node)}{presence.moved(node)}
{changes.kept(node)}
{presence.followed(node)}
RETURN new, updated, unchanged, known, rest{", lost" if lost else ""}"""


_STILL_GONE = """CASE WHEN n.gone_since IS NULL OR observed = '' THEN null
    WHEN n.gone_since > datetime(observed) THEN n.gone_since END"""
"""What was observed before a node was found to be gone does not bring it back."""


def reconcile(node: NodeType) -> str:
    """Nodes that `describe` left over, with the same rows.

    The newest record sets what it carries; an older one fills what no newer one states. A guess
    from the name gives way to any count. The other spelling becomes an alias.

    Returns one row: how many nodes were new, updated, unchanged, how many records were older; and
    for models stale, [id, version] of those whose lineage a newer record has settled.
    """
    key = node.key
    stale = was = ""
    forget_guess = guess = ""
    if node is MODEL:
        was = ", properties(n) AS was, split(row.version, ' ')[1] AS observed"
        forget_guess = """
SET n += CASE WHEN n.parameters_source STARTS WITH 'name'
  THEN {parameters: null, parameters_source: null} ELSE {} END"""
        stale = """,
  collect(CASE WHEN stored > row.version AND n.base_count IS NOT NULL
    THEN [row.id, row.version] END) AS stale"""
        guess = f"""
SET n += CASE WHEN n.parameters IS NULL AND row.guess IS NOT NULL
  THEN {{parameters: row.guess[0], parameters_source: row.guess[1]}} ELSE {{}} END
{counts.reconciled()}
{presence.reconciled()}"""
    return f"""{PLAN}
UNWIND $rows AS row
{find(node, "n", f"toLower(row.{key})")}
WITH n, row, coalesce(n.record_version, '') AS stored{was}
WITH *, CASE WHEN stored <= row.version THEN row.{key} ELSE n.{key} END AS final
{respell(node, f"[row.{key}]")}{forget_guess}
WITH *, CASE WHEN stored <= row.version THEN {{}} ELSE properties(n) END AS before
SET n += row.set, n.record_version = row.version{set_times(node)}
SET n += before
SET n.absent = CASE WHEN stored <= row.version THEN row.absent ELSE before.absent END
FOREACH (name IN before.absent | SET n[name] = null){guess}
RETURN
  count(CASE WHEN stored = '' THEN 1 END) AS new,
  count(CASE WHEN '' < stored AND stored < row.version THEN 1 END) AS updated,
  count(CASE WHEN stored = row.version THEN 1 END) AS unchanged,
  count(CASE WHEN stored > row.version THEN 1 END) AS older{stale}"""


def mention(node: NodeType, rows: str = "UNWIND $rows AS row") -> str:
    """Nodes that records name: created when missing, otherwise left as they are.

    Args:
        node: their type.
        rows: clauses that give the rows.

    Rows, one per node: spelling, the first in order; also, its other spellings; and for models
    guess. The first in order of all spellings stands until a record describes the node; the others
    are aliases.
    """
    placeholder = ", n.known = false" if node in REPOSITORIES else ""
    appeared = ", n.appeared_at = $now" if node is MODEL else ""
    seen = "CASE WHEN n.known THEN n.last_seen ELSE $now END" if placeholder else "$now"
    return f"""{PLAN}
{rows}
{merge(node, "row.spelling")}{guess_on_create(node)}{placeholder}{appeared}
WITH n, row, CASE WHEN n.record_version IS NULL AND row.spelling < n.{node.key}
  THEN row.spelling ELSE n.{node.key} END AS final
{respell(node, "[row.spelling] + row.also")}
SET n.last_seen = {seen}"""
