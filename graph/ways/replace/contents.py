"""What the graph will hold, worked out in DuckDB from all parts: nodes with numbers, and links.

The rules are those of the ordinary loader for a graph that is empty, with one record of each node.
"""

from collections import Counter
from collections.abc import Iterable

from graph import schema
from graph.schema import AUTHOR, MODEL, PAPER, NodeType, RelationshipType
from graph.ways.replace.staging import Part, Staging

NAMED = (*schema.REPOSITORIES, AUTHOR, PAPER)
"""Every kind of node that comes in; authors after what they own."""

_NO_NAMES = "SELECT NULL::VARCHAR AS key, NULL::VARCHAR AS id, 0::BIGINT AS node WHERE false"
_NO_BASES = "SELECT 0::BIGINT AS child, '' AS base, '' AS relation, '' AS source WHERE false"
_NO_REFERENCES = "SELECT 0::BIGINT AS start, '' AS spelled WHERE false"
_NO_MENTIONS = "SELECT NULL::VARCHAR AS spelled WHERE false"
_NO_TIMES = "SELECT 0::BIGINT AS node, now() AS since WHERE false"


LeftOver = tuple[Part, list[int]]
"""Rows of a part that describe nodes which other rows describe already."""


def work_out(staging: Staging, now_ms: int) -> list[LeftOver]:
    """Make the tables that the import files are written from.

    They are, for each label: `described_<label>` (key, id, node), `alias_<label>` (node, aliases)
    of described nodes with other spellings, `placeholder_<label>` (node, key, id, aliases) of those
    that are only named, and `node_<label>` (key, node) of all; and `lineage` (child, base,
    relation, source, since), `published` (author, node, label) and, for each type of reference,
    `linked` (start, end). Returns what the ordinary loader must still load, in order.
    """
    for part in staging.parts:
        part.first = staging.number(staging.one(f"SELECT count(*) FROM {part.table}"))
    staging.run("CREATE TABLE left_over (node BIGINT)")
    left = [each for node in NAMED for each in _describe(staging, node)]
    staging.run(f"CREATE TABLE named_bases AS {_bases(staging) or _NO_BASES}")
    for reference in schema.REFERENCES:
        staging.run(f"CREATE TABLE {_named(reference)} AS {_references(staging, reference)}")
    for node in NAMED:
        _name(staging, node)
    staging.run(f"CREATE TABLE appeared AS {_appeared(staging, now_ms) or _NO_TIMES}")
    _link(staging)
    return left


def linked(reference: RelationshipType) -> str:
    """Name of the table of a type of reference."""
    return f"ref_{reference.type}_{reference.end}".lower()


def unresolved(staging: Staging) -> int:
    """How many models declare a base that the Hub does not resolve."""
    return sum(
        staging.one(f"SELECT count(*) FROM {part.imported} WHERE {_declares_more(part)}")
        for part in staging.parts_of(MODEL)
    )


def _declares_more(part: Part) -> str:
    layers = (part.value(str(reference.stated_by)) for reference in schema.DECLARED)
    named = f"list_concat({', '.join(f'coalesce({layer}, [])' for layer in layers)})"
    resolved = "[lower(y) FOR y IN coalesce(bases, [])]"
    return (
        f"len([x FOR x IN {named} IF NOT list_contains({resolved}, lower(x))]) > 0"
        f" OR {part.value('unusable_bases')} IS NOT NULL"
    )


def counts(staging: Staging) -> tuple[dict[str, int], dict[str, int]]:
    """How many nodes of each label and relationships of each type there will be."""

    def found(tables: Iterable[tuple[str, str]]) -> dict[str, int]:
        counted: Counter[str] = Counter()
        for name, table in tables:
            counted[name] += staging.one(f"SELECT count(*) FROM {table}")
        return dict(+counted)

    nodes = [(node.label, f"node_{node.label}") for node in NAMED]
    lineage = [(t.type, f"lineage WHERE relation = '{t.relation}'") for t in schema.LINEAGE]
    owned = [(schema.PUBLISHED.type, "published")]
    references = [(reference.type, linked(reference)) for reference in schema.REFERENCES]
    return found(nodes), found([*lineage, *owned, *references])


def _describe(staging: Staging, node: NodeType) -> list[LeftOver]:
    """Make `described_<label>`: which row describes which node. Others of it are left over."""
    table, parts = f"described_{node.label}", staging.parts_of(node)
    rows = [f"SELECT lower(id) AS key, id, node FROM {part.rows}" for part in parts]
    staging.run(f"CREATE TABLE {table} AS {' UNION ALL '.join(rows) or _NO_NAMES}")
    staging.run(
        f"""CREATE TEMP TABLE twice AS SELECT key, min(node) AS node FROM {table}
WHERE hash(key) IN (SELECT hash(key) FROM {table} GROUP BY hash(key) HAVING count(*) > 1)
GROUP BY key HAVING count(*) > 1"""
    )
    staging.run(
        f"INSERT INTO left_over SELECT d.node FROM {table} d JOIN twice t USING (key)"
        " WHERE d.node <> t.node"
    )
    staging.run(
        f"DELETE FROM {table} WHERE key IN (SELECT key FROM twice)"
        " AND node IN (SELECT node FROM left_over)"
    )
    staging.run("DROP TABLE twice")
    left = []
    for part in parts:
        again = f"FROM {part.rows} WHERE node IN (SELECT node FROM left_over)"
        if numbers := staging.numbers(f"SELECT row {again} ORDER BY row"):
            left.append((part, numbers))
    return left


def _bases(staging: Staging) -> str:
    """Which node names which bases."""
    columns = "node AS child, unnest(bases) AS base, relation, bases_source AS source"
    parts = [part for part in staging.parts if part.node.has_lineage]
    return " UNION ALL ".join(f"SELECT {columns} FROM {part.imported}" for part in parts)


def _references(staging: Staging, reference: RelationshipType) -> str:
    """Which node names which others."""
    start, name = schema.NODE_OF_LABEL[reference.start], str(reference.stated_by)
    value = f'unnest("{name}")' if reference.states_many(start) else f'"{name}"'
    columns = f"node AS start, {value} AS spelled"
    found = [
        f'SELECT {columns} FROM {part.imported} WHERE "{name}" IS NOT NULL'
        for part in staging.parts_of(start)
        if part.states(name)
    ]
    return " UNION ALL ".join(found) or _NO_REFERENCES


def _name(staging: Staging, node: NodeType) -> None:
    """Number what is named and not described, and collect other spellings of what is."""
    label = node.label
    key = "lower(spelled)" if node.fold else "spelled"
    mentions = " UNION ALL ".join(f"SELECT DISTINCT {m}" for m in _mentions(node)) or _NO_MENTIONS
    staging.run(
        f"""CREATE TEMP TABLE mentioned AS
SELECT {key} AS key, list(DISTINCT spelled ORDER BY spelled) AS spelled
FROM ({mentions}) GROUP BY {key}"""
    )
    staging.run(
        f"""CREATE TABLE alias_{label} AS
SELECT d.node, [x FOR x IN m.spelled IF x <> d.id] AS aliases
FROM mentioned m JOIN described_{label} d USING (key)
WHERE len(m.spelled) > 1 OR m.spelled[1] <> d.id"""
    )
    only = f"FROM mentioned m ANTI JOIN described_{label} d USING (key)"
    first = staging.number(staging.one(f"SELECT count(*) {only}"))
    staging.run(
        f"""CREATE TABLE placeholder_{label} AS
SELECT {first} - 1 + row_number() OVER () AS node, key, spelled[1] AS id,
  CASE WHEN len(spelled) > 1 THEN spelled[2:] END AS aliases {only}"""
    )
    staging.run(
        f"""CREATE TABLE node_{label} AS SELECT key, node FROM described_{label}
UNION ALL SELECT key, node FROM placeholder_{label}"""
    )
    staging.run("DROP TABLE mentioned")


def _mentions(node: NodeType) -> list[str]:
    """SELECTs of the spellings under which nodes of a kind are named, as `spelled`."""
    found = [f"spelled FROM {_named(r)}" for r in schema.REFERENCES if r.end == node.label]
    if node.has_lineage:
        found.append("base AS spelled FROM named_bases")
    if node.is_account:
        owned = [("id", f"described_{each.label}") for each in schema.REPOSITORIES]
        found += [
            f"split_part({name}, '/', 1) AS spelled FROM {table} WHERE contains({name}, '/')"
            for name, table in (*owned, ("base", "named_bases"))
        ]
    return found


def _appeared(staging: Staging, now_ms: int) -> str:
    """When each node with a base appeared."""
    return " UNION ALL ".join(
        f"SELECT node, {part.appeared(now_ms)} AS since FROM {part.imported} WHERE len(bases) > 0"
        for part in staging.parts
        if part.node.has_lineage
    )


def _link(staging: Staging) -> None:
    staging.run(
        f"""CREATE TABLE lineage AS SELECT b.child, n.node AS base, b.relation, b.source, a.since
FROM named_bases b JOIN node_{MODEL.label} n ON n.key = lower(b.base)
JOIN appeared a ON a.node = b.child"""
    )
    owned = [
        f"SELECT node, key, '{node.label}' AS label FROM described_{node.label}"
        for node in schema.REPOSITORIES
    ]
    owned.append(
        f"SELECT node, key, '{MODEL.label}' AS label FROM placeholder_{MODEL.label}"
        " WHERE key IN (SELECT lower(base) FROM named_bases)"
    )
    staging.run(
        f"""CREATE TABLE published AS SELECT a.node AS author, o.node, o.label
FROM ({" UNION ALL ".join(owned)}) o
JOIN node_{AUTHOR.label} a ON a.key = split_part(o.key, '/', 1)
WHERE contains(o.key, '/')"""
    )
    for reference in schema.REFERENCES:
        end = schema.NODE_OF_LABEL[reference.end]
        key = "lower(s.spelled)" if end.fold else "s.spelled"
        staging.run(
            f'CREATE TABLE {linked(reference)} AS SELECT DISTINCT s.start, n.node AS "end"'
            f" FROM {_named(reference)} s JOIN node_{end.label} n ON n.key = {key}"
        )


def _named(reference: RelationshipType) -> str:
    return f"named_{reference.type}_{reference.end}".lower()
