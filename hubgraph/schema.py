"""`hubgraph schema`: what the graph looks like."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from graph import schema as graph_schema
from graph.schema import NodeType, Property, RelationshipType


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema")(schema)


def schema(
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a machine.")] = False,
) -> None:
    """Print the labels, relationship types and properties of the graph.

    Example: [bold]hubgraph schema[/bold]
    """
    console = Console()
    if as_json:
        console.print_json(data=graph_schema.to_dict())
        return
    for node in graph_schema.NODES:
        console.print(_table(f"(:{node.label})", node))
    for relationship in graph_schema.RELATIONSHIPS:
        title = f"(:{relationship.start})-[:{relationship.type}]->(:{relationship.end})"
        console.print(_table(title, relationship))


def _table(title: str, item: NodeType | RelationshipType) -> Table:
    table = Table(
        title=title.replace("[", r"\["),
        caption=item.description,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
    )
    for heading in ("Property", "Type", "What it is"):
        table.add_column(heading, overflow="fold")
    for prop in item.properties:
        table.add_row(prop.name, prop.type.value, _meaning(prop))
    return table


def _meaning(prop: Property) -> str:
    values = f" One of: {', '.join(prop.values)}." if prop.values else ""
    index = f" Index: {prop.index.value}." if prop.index else ""
    return f"{prop.description}{values}{index}"
