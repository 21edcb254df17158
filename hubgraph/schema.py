"""`hubgraph schema`: what the graph looks like."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from graph import schema as graph_schema
from graph.schema import NodeType, Property, RelationshipType
from hubgraph.options import AsJson
from hubgraph.output import emit, table, terminal


def schema(as_json: AsJson = False) -> None:
    """Print the labels, relationship types and properties of the graph.

    Example: [bold]hubgraph schema[/bold]
    """
    if as_json:
        emit(graph_schema.to_dict(), (), as_json=True)
        return
    for part in _tables():
        terminal().print(part)


def _tables() -> Iterator[Table]:
    for node in graph_schema.NODES:
        yield _table(f"(:{node.label})", node)
    for relationship in graph_schema.RELATIONSHIPS:
        title = f"(:{relationship.start})-[:{relationship.type}]->(:{relationship.end})"
        yield _table(title, relationship)


def _table(title: str, item: NodeType | RelationshipType) -> Table:
    rows = [
        {"property": prop.name, "type": prop.type.value, "what it is": _meaning(prop)}
        for prop in item.properties
    ]
    made = table(("property", "type", "what it is"), rows)
    made.title, made.caption = Text(title, style="bold"), item.description
    made.title_justify = made.caption_justify = "left"
    return made


def _meaning(prop: Property) -> str:
    values = f" One of: {', '.join(prop.values)}." if prop.values else ""
    index = f" Index: {prop.index.value}." if prop.index else ""
    return f"{prop.description}{values}{index}"
