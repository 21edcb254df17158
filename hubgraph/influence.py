"""`hubgraph influence`: scores for every model and author."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from graph.answers.precomputing import precompute_answers
from graph.scores import InfluenceSummary, compute
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("influence")(influence)


def influence(
    as_json: Annotated[bool, typer.Option("--json", help="Print it for a machine.")] = False,
) -> None:
    """Compute who influences whom and store it on models and authors.

    Example: [bold]hubgraph influence[/bold]
    """
    settings = load_settings()
    console = Console(stderr=True)
    with connect(settings) as graph:
        summary = compute_with_progress(graph, settings, console, said=not as_json)
    if as_json:
        typer.echo(json.dumps(asdict(summary), indent=2))


def compute_with_progress(
    graph: Graph, settings: Settings, console: Console, *, said: bool = True
) -> InfluenceSummary:
    """Compute influence under a bar that names the stage.

    Args:
        graph: what to score.
        settings: damping, weights and the like.
        console: where the bar and the summary are written.
        said: whether the summary is written.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Influence", total=None)

        def show(stage: str, done: int, total: int) -> None:
            bar.update(task, description=f"Influence: {stage}", completed=done, total=total or None)

        summary = compute(graph, settings, show)
        show("reports", 0, 1)
        precompute_answers(graph, lambda share: bar.update(task, completed=share))
    if said:
        _say(console, summary)
    return summary


def _say(console: Console, summary: InfluenceSummary) -> None:
    cut = ", ".join(f"{count:,} {reason}" for reason, count in summary.cut.items() if count)
    console.print(
        f"Influence: {summary.scored_models:,} models and {summary.scored_authors:,} authors "
        f"scored from {summary.relationships:,} lineage relationships "
        f"({cut or 'none'} left out) in {sum(summary.seconds.values()):.1f} s.",
        highlight=False,
        soft_wrap=True,
    )
    for warning in summary.warnings:
        console.print(f"[yellow]Note:[/yellow] {warning}", highlight=False, soft_wrap=True)
