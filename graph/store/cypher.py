"""Pieces of generated statements: how nodes are found, and how times are read and written."""

from collections.abc import Iterable

from graph.schema import NODE_OF_LABEL, RELATIONSHIPS, NodeType, Property, Type

PLAN = "CYPHER replan=skip"
"""A plan is made once: no better one comes of planning anew while the graph grows."""


def merge_property(node: NodeType) -> str:
    """The property that nodes are merged on."""
    return node.fold or node.key


def find_node(node: NodeType, variable: str, value: str) -> str:
    """Finds a node by what it is merged on.

    The hint matters: counts of a graph that is being filled are old, and a plan made from them may
    scan every node for every row.
    """
    name = merge_property(node)
    return (
        f"MATCH ({variable}:{node.label} {{{name}: {value}}})"
        f" USING INDEX SEEK {variable}:{node.label}({name})"
    )


def any_of(properties: Iterable[str], variable: str) -> str:
    """The first of some properties that a node has."""
    return f"coalesce({', '.join(f'{variable}.{name}' for name in dict.fromkeys(properties))})"


def all_of(times: dict[str, bool], variable: str) -> str:
    """Everything that a node or relationship holds, its times as numbers: milliseconds since 1970.

    The driver's own time objects would cost it more than all the rest.
    """
    shown = (
        f"{name}: [t IN {variable}.{name} | t.epochMillis]"
        if is_list
        else f"{name}: {variable}.{name}.epochMillis"
        for name, is_list in times.items()
    )
    return f"{variable} {{{', '.join(['.*', *shown])}}}"


def set_times(times: Iterable[str], known: dict[str, bool], variable: str) -> str:
    """Sets times that a row holds as texts."""
    return "".join(
        f", {variable}.{name} = [t IN row.{name} | datetime(t)]"
        if known[name]
        else f", {variable}.{name} = datetime(row.{name})"
        for name in times
    )


def _times(properties: Iterable[Property]) -> dict[str, bool]:
    kinds = {Type.DATETIME: False, Type.DATETIMES: True}
    return {item.name: kinds[item.type] for item in properties if item.type in kinds}


NODE_TIMES = {label: _times(node.properties) for label, node in NODE_OF_LABEL.items()}
"""Label → its properties that are times → whether they are lists."""

LINK_TIMES = _times(item for relationship in RELATIONSHIPS for item in relationship.properties)
"""The same for relationships of every type."""
