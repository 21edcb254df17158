"""What the graph will hold, worked out in DuckDB from all parts: nodes with numbers, and links.

The rules are those of `graph.ingest` for a graph that is empty, with one record of each node.
"""

from dataclasses import dataclass

from graph import schema
from graph.schema import AUTHOR, DATASET, MODEL, PAPER, SPACE, NodeType, RelationshipType
from graph.ways.replace.staging import Part, Staging

_DESCRIBED = (MODEL, DATASET, SPACE, AUTHOR)


@dataclass(frozen=True)
class LeftOver:
    """Rows that describe a node which another row describes already."""

    part: Part
    rows: tuple[int, ...]


def work_out(staging: Staging) -> list[LeftOver]:
    """Make the tables that the import files are written from.

    They are, for each label: `named_<label>` (key, id, node) of described nodes, `<label>_node`
    (key, node) of all, `<label>_alias` (node, aliases) of described ones with other spellings, and
    `placeholder_<label>` (node, id, aliases) of those that are only named; and `lineage` (child,
    base, relation, source), `published` (author, node, label) and, for each kind of reference,
    `ref_<type>_<end>` (start, end).

    Returns:
        What the ordinary loader must still load, in order.
    """
    staging.number_parts()
    staging.run("CREATE TABLE left_over (node BIGINT)")
    left = []
    for node in _DESCRIBED:
        left += _name(staging, node)
    _state_bases(staging)
    _state_references(staging)
    for node in (MODEL, DATASET):
        _fill(staging, node)
    staging.run("CREATE TABLE space_node AS SELECT key, node FROM named_space")
    _papers(staging)
    _authors(staging)
    _link(staging)
    return left


def _each(staging: Staging, node: NodeType, columns: str) -> str:
    """SQL: something of all rows of a kind that are imported; empty without any part of it."""
    parts = [part for part in staging.parts if part.node is node]
    return " UNION ALL ".join(f"SELECT {columns} FROM {part.imported}" for part in parts)


def _name(staging: Staging, node: NodeType) -> list[LeftOver]:
    """Which row describes which node."""
    label = node.label.lower()
    parts = [part for part in staging.parts if part.node is node]
    every = " UNION ALL ".join(
        f"SELECT lower(id) AS key, id, node FROM {part.rows}" for part in parts
    )
    every = (
        every or "SELECT NULL::VARCHAR AS key, NULL::VARCHAR AS id, 0::BIGINT AS node WHERE false"
    )
    staging.run(f"CREATE TABLE named_{label} AS {every}")
    staging.run(
        f"""CREATE TEMP TABLE twice AS SELECT key, min(node) AS node FROM named_{label}
WHERE hash(key) IN (SELECT hash(key) FROM named_{label} GROUP BY hash(key) HAVING count(*) > 1)
GROUP BY key HAVING count(*) > 1"""
    )
    staging.run(
        f"INSERT INTO left_over SELECT n.node FROM named_{label} n JOIN twice t USING (key)"
        " WHERE n.node <> t.node"
    )
    staging.run(
        f"DELETE FROM named_{label} WHERE key IN (SELECT key FROM twice)"
        " AND node IN (SELECT node FROM left_over)"
    )
    staging.run("DROP TABLE twice")
    found = []
    for part in parts:
        rows = staging.rows(
            f"SELECT row FROM {part.rows} WHERE node IN (SELECT node FROM left_over) ORDER BY row"
        )
        if rows:
            found.append(LeftOver(part, tuple(int(str(row)) for (row,) in rows)))
    return found


def _state_bases(staging: Staging) -> None:
    """Which model names which bases."""
    columns = "node AS child, unnest(bases) AS base, relation, bases_source AS source"
    every = _each(staging, MODEL, columns)
    every = (
        every or "SELECT 0::BIGINT AS child, '' AS base, '' AS relation, '' AS source WHERE false"
    )
    staging.run(f"CREATE TABLE stated_bases AS {every}")


def _state_references(staging: Staging) -> None:
    for reference in schema.REFERENCES:
        start = schema.NODE_OF_LABEL[reference.start]
        name = str(reference.stated_by)
        selects = []
        for part in staging.parts:
            if part.node is not start or not part.states(name):
                continue
            listed = start.find(name).type is schema.Type.STRINGS
            value = f'unnest("{name}")' if listed else f'"{name}"'
            selects.append(
                f"SELECT node AS start, {value} AS stated FROM {part.imported}"
                f' WHERE "{name}" IS NOT NULL'
            )
        every = " UNION ALL ".join(selects) or "SELECT 0::BIGINT AS start, '' AS stated WHERE false"
        staging.run(f"CREATE TABLE {_stated(reference)} AS {every}")


def _fill(staging: Staging, node: NodeType) -> None:
    """Nodes that are named and not described, and other spellings of those that are."""
    label = node.label.lower()
    mentions = [
        f"SELECT DISTINCT stated AS spelled FROM {_stated(r)}"
        for r in schema.REFERENCES
        if r.end == node.label
    ]
    if node is MODEL:
        mentions.append("SELECT DISTINCT base AS spelled FROM stated_bases")
    staging.run(
        f"""CREATE TABLE mentioned_{label} AS
SELECT lower(spelled) AS key, list(DISTINCT spelled ORDER BY spelled) AS spelled
FROM ({" UNION ALL ".join(mentions)}) GROUP BY lower(spelled)"""
    )
    staging.run(
        f"""CREATE TABLE {label}_alias AS
SELECT n.node, [x FOR x IN m.spelled IF x <> n.id] AS aliases
FROM mentioned_{label} m JOIN named_{label} n USING (key)
WHERE len(m.spelled) > 1 OR m.spelled[1] <> n.id"""
    )
    only = f"FROM mentioned_{label} m ANTI JOIN named_{label} n USING (key)"
    first = staging.number(staging.one(f"SELECT count(*) {only}"))
    staging.run(
        f"""CREATE TABLE placeholder_{label} AS
SELECT {first} + row_number() OVER () AS node, key, spelled[1] AS id,
  CASE WHEN len(spelled) > 1 THEN spelled[2:] END AS aliases {only}"""
    )
    staging.number(1)
    staging.run(
        f"""CREATE TABLE {label}_node AS SELECT key, node FROM named_{label}
UNION ALL SELECT key, node FROM placeholder_{label}"""
    )


def _papers(staging: Staging) -> None:
    named = " UNION ".join(
        f"SELECT DISTINCT stated AS id FROM {_stated(r)}"
        for r in schema.REFERENCES
        if r.end == PAPER.label
    )
    first = staging.number(staging.one(f"SELECT count(*) FROM ({named})") + 1)
    staging.run(
        f"CREATE TABLE paper_node AS SELECT id AS key, {first} + row_number() OVER () AS node"
        f" FROM ({named})"
    )


def _authors(staging: Staging) -> None:
    """Accounts that are described, or own what is described or named as a base."""
    ids = " UNION ALL ".join(
        f"SELECT DISTINCT split_part(id, '/', 1) AS owner FROM named_{node.label.lower()}"
        " WHERE contains(id, '/')"
        for node in schema.REPOSITORIES
    )
    ids += (
        " UNION ALL SELECT DISTINCT split_part(base, '/', 1) FROM stated_bases"
        " WHERE contains(base, '/')"
    )
    staging.run(
        f"""CREATE TABLE mentioned_author AS
SELECT lower(owner) AS key, list(DISTINCT owner ORDER BY owner) AS spelled
FROM ({ids}) GROUP BY lower(owner)"""
    )
    staging.run(
        """CREATE TABLE author_alias AS
SELECT n.node, [x FOR x IN m.spelled IF x <> n.id] AS aliases
FROM mentioned_author m JOIN named_author n USING (key)
WHERE len(m.spelled) > 1 OR m.spelled[1] <> n.id"""
    )
    only = "FROM mentioned_author m ANTI JOIN named_author n USING (key)"
    first = staging.number(staging.one(f"SELECT count(*) {only}") + 1)
    staging.run(
        f"""CREATE TABLE placeholder_author AS
SELECT {first} + row_number() OVER () AS node, key, spelled[1] AS id,
  CASE WHEN len(spelled) > 1 THEN spelled[2:] END AS aliases {only}"""
    )
    staging.run(
        """CREATE TABLE author_node AS SELECT key, node FROM named_author
UNION ALL SELECT key, node FROM placeholder_author"""
    )


def _link(staging: Staging) -> None:
    staging.run(
        """CREATE TABLE lineage AS SELECT s.child, n.node AS base, s.relation, s.source
FROM stated_bases s JOIN model_node n ON n.key = lower(s.base)"""
    )
    owned = [
        f"SELECT node, key, '{node.label}' AS label FROM named_{node.label.lower()}"
        for node in schema.REPOSITORIES
    ]
    owned.append(
        "SELECT node, key, 'Model' AS label FROM placeholder_model"
        " WHERE key IN (SELECT lower(base) FROM stated_bases)"
    )
    staging.run(
        f"""CREATE TABLE published AS SELECT a.node AS author, o.node, o.label
FROM ({" UNION ALL ".join(owned)}) o JOIN author_node a ON a.key = split_part(o.key, '/', 1)
WHERE contains(o.key, '/')"""
    )
    for reference in schema.REFERENCES:
        end = schema.NODE_OF_LABEL[reference.end]
        stated = "lower(s.stated)" if end.fold else "s.stated"
        staging.run(
            f'CREATE TABLE {_linked(reference)} AS SELECT DISTINCT s.start, n.node AS "end"'
            f" FROM {_stated(reference)} s JOIN {end.label.lower()}_node n ON n.key = {stated}"
        )


def linked(reference: RelationshipType) -> str:
    """Name of the table of a kind of reference."""
    return _linked(reference)


def _linked(reference: RelationshipType) -> str:
    return f"ref_{reference.type}_{reference.end}".lower()


def _stated(reference: RelationshipType) -> str:
    return f"stated_{reference.type}_{reference.end}".lower()


def since(staging: Staging, now_ms: int) -> None:
    """Make the table `since` (node, since): when each model with a base appeared."""
    selects = []
    for part in staging.parts:
        if part.node is not MODEL:
            continue
        created = "created_at" if part.states("created_at") else "NULL::BIGINT"
        selects.append(
            f"SELECT node, make_timestamptz(coalesce({created}, {part.observed}, {now_ms}) * 1000)"
            f" AS since FROM {part.imported} WHERE len(bases) > 0"
        )
    every = " UNION ALL ".join(selects) or "SELECT 0::BIGINT AS node, now() AS since WHERE false"
    staging.run(f"CREATE TABLE since AS {every}")


def contradictions(staging: Staging) -> int:
    """How many models' tags name other bases than the Hub's own field."""
    parts = [part for part in staging.parts if part.node is MODEL and part.states("tagged_bases")]
    return sum(
        staging.one(f"SELECT count(*) FROM {part.imported} WHERE tagged_bases IS NOT NULL")
        for part in parts
    )


def counts(staging: Staging) -> tuple[dict[str, int], dict[str, int]]:
    """How many nodes of each label and relationships of each type there will be."""
    nodes = {
        node.label: staging.one(f"SELECT count(*) FROM {node.label.lower()}_node")
        for node in (*_DESCRIBED, PAPER)
    }
    relationships = {
        kind.type: staging.one(f"SELECT count(*) FROM lineage WHERE relation = '{kind.relation}'")
        for kind in schema.LINEAGE
    }
    relationships[schema.PUBLISHED.type] = staging.one("SELECT count(*) FROM published")
    for reference in schema.REFERENCES:
        found = staging.one(f"SELECT count(*) FROM {_linked(reference)}")
        relationships[reference.type] = relationships.get(reference.type, 0) + found
    return (
        {name: count for name, count in nodes.items() if count},
        {name: count for name, count in relationships.items() if count},
    )
