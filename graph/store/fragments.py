"""Pieces of the loader's write statements, generated from the schema."""

from graph import schema
from graph.schema import MODEL, REPOSITORIES, NodeType

TIMES = {
    node.label: tuple(
        p.name
        for p in node.properties
        if p.type is schema.Type.DATETIME and p.source is schema.Source.RECORD
    )
    for node in schema.NODES
}
"""Label → its properties that are times, which rows carry as ISO text beside `set`."""

PLAN = "CYPHER replan=skip"
"""A plan is made once: no better one comes of planning anew while the graph grows."""


def fold(node: NodeType) -> str:
    """The property that the loader merges on."""
    return node.fold or node.key


def folded(node: NodeType, spelling: str) -> str:
    """A spelling as the loader merges on it."""
    return f"toLower({spelling})" if node.fold else spelling


def find(node: NodeType, variable: str, value: str) -> str:
    """Finds a node by what the loader merges on.

    The hint matters: counts of a graph that is being filled are old, and a plan made from them may
    scan every node for every row.
    """
    return (
        f"MATCH ({variable}:{node.label} {{{fold(node)}: {value}}})"
        f" USING INDEX SEEK {variable}:{node.label}({fold(node)})"
    )


def merge(node: NodeType, spelling: str) -> str:
    """Finds or creates a node by its spelling, without regard to case."""
    return f"""MERGE (n:{node.label} {{{fold(node)}: {folded(node, spelling)}}})
ON CREATE SET n.first_seen = $now, {named(node, spelling)}"""


def named(node: NodeType, spelling: str) -> str:
    """Sets what a spelling says."""
    if node not in REPOSITORIES:
        return f"n.{node.key} = {spelling}"
    return (
        f"n.id = {spelling}, n.name = split({spelling}, '/')[-1],"
        f" n.author = CASE WHEN {spelling} CONTAINS '/' THEN split({spelling}, '/')[0] END"
    )


def guess_on_create(node: NodeType) -> str:
    """Sets the parameter count that a name tells, for models."""
    if node is not MODEL:
        return ""
    return ", n.parameters = row.guess[0], n.parameters_source = row.guess[1]"


def set_times(node: NodeType) -> str:
    """Sets the times that a row states."""
    return "".join(
        f", n.{name} = coalesce(datetime(row.{name}), n.{name})" for name in TIMES[node.label]
    )


def respell(node: NodeType, spellings: str) -> str:
    """Makes `final` the node's spelling and keeps all others as aliases."""
    key = node.key
    return f"""CALL (n, row, final) {{
  WITH n, row, final WHERE any(spelling IN {spellings} WHERE spelling <> n.{key})
  SET n.aliases = COLLECT {{
    UNWIND coalesce(n.aliases, []) + [n.{key}] + {spellings} AS spelling
    WITH DISTINCT spelling WHERE spelling <> final
    RETURN spelling ORDER BY spelling
  }}
  SET {named(node, "final")}
}}"""
