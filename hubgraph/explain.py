"""`hubgraph explain`: where the influence of a model comes from."""

from typing import Annotated

import typer

from graph.answers.explanation import Explanation, Share, explain
from graph.answers.query import reader
from graph.schema import RELATION
from graph.settings import load_settings
from graph.store.connection import connect
from hubgraph.options import AsJson
from hubgraph.output import emit, shown, table, terminal


def explain_(
    model: Annotated[str, typer.Argument(metavar="ID", help="The model, in any spelling.")],
    *,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="AUTHOR", help="Compute it without this author's models; repeat for more."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say where the influence of a model comes from; nothing is written.

    Example: [bold]hubgraph explain google/gemma-7b --without unsloth[/bold]
    """
    settings = load_settings()
    with connect(settings) as graph:
        found = explain(reader(graph), settings, model, without or ())
    if as_json:
        emit(found, (), as_json=True)
        return
    _show(found)


def _show(found: Explanation) -> None:
    typer.echo(
        f"{shown(found.model)}: {found.effective_descendants:,.1f} effective descendants from "
        f"{found.descendants:,} descendants (influence {found.influence:.6g})."
    )
    if not found.descendants:
        return
    console = terminal()
    relations = [
        Share(RELATION[s.name].plural, s.models, s.effective_descendants, s.share)
        for s in found.by_relation
    ]
    parts = (
        ("By how they were made", relations),
        ("By steps", found.by_depth),
        ("By author", found.by_author),
        ("By rule that finds its name automatic", [s for s in found.by_swarm if s.name != "none"]),
    )
    for title, shares in parts:
        if shares:
            typer.echo()
            rows = [
                {
                    "name": s.name,
                    "models": s.models,
                    "effective": s.effective_descendants,
                    "share": f"{s.share:.1%}",
                }
                for s in shares
            ]
            headings = {
                "name": title,
                "models": "Models",
                "effective": "Effective desc.",
                "share": "Share",
            }
            console.print(table(headings, rows))
    if found.other_authors:
        typer.echo(f"and {found.other_authors:,} more authors.")
    if found.without:
        typer.echo()
        headings = {
            "author": "Without",
            "models": "Its models",
            "muted": "If they counted nothing",
            "removed": "If they were not there",
        }
        rows = [
            {"author": w.author, "models": w.models, "muted": w.muted, "removed": w.removed}
            for w in found.without
        ]
        console.print(table(headings, rows))
