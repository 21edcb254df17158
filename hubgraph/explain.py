"""`hubgraph explain`: where the influence of a model comes from, and why it moved."""

from collections.abc import Iterator
from typing import Annotated

import typer

from graph.answers.explanation import Explanation, Share, explain
from graph.answers.history.moved import Move, Moved, moved
from graph.answers.query import reader
from graph.errors import ParameterError
from graph.schema import RELATION
from graph.settings import load_settings
from graph.store.lease import opened
from hubgraph.display import Display
from hubgraph.options import AsJson, moment
from hubgraph.output import counted, emit, shown, table, terminal

_MONTHS = 12
"""Months of ModelRank that are shown."""
_FATES = {"came": "Came", "stayed": "Stayed", "went": "Went, or are gone"}


def explain_(
    model: Annotated[str, typer.Argument(metavar="ID", help="The model, in any spelling.")],
    *,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="AUTHOR", help="Compute it without this author's models; repeat for more."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Say why it moved since then, such as 2025-05-01."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say where the influence of a model comes from, or why it moved; nothing is written.

    Example: [bold]hubgraph explain google/gemma-7b --without unsloth[/bold]
    """
    settings, when = load_settings(), moment("since", since)
    if when and without:
        raise ParameterError("since", "--since and --without answer two questions.", "Give one.")
    if when:
        with opened(settings) as graph, Display() as display:
            display.stage("Computing")
            move = moved(graph, settings, model, when)
        emit(move, _moved(move), as_json=as_json)
        if not as_json and (move.then or move.now):
            _show_moves(move)
        return
    with opened(settings) as graph:
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
    if found.by_month:
        typer.echo()
        headings = {
            "month": "Month",
            "models": "Models made",
            "effective_descendants": "Effective desc.",
            "modelrank": "ModelRank",
        }
        console.print(table(headings, [vars(month) for month in found.by_month[-_MONTHS:]]))
        if len(found.by_month) > _MONTHS:
            typer.echo(f"and {len(found.by_month) - _MONTHS:,} earlier months (all with --json).")
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


def _moved(found: Moved) -> Iterator[str]:
    least = "at least " if found.undated else ""
    yield (
        f"{shown(found.model)}: {least}{found.then:,.1f} effective descendants on "
        f"{shown(found.since)} UTC, {found.now:,.1f} now ({found.change:+,.1f})."
    )
    if found.undated:
        yield (
            f"Of those that came, {counted(found.undated, 'models')} have no date of creation and "
            "may be older."
        )


def _show_moves(found: Moved) -> None:
    relations = {name: relation.plural for name, relation in RELATION.items()}
    parts: tuple[tuple[str, list[Move], dict[str, str]], ...] = (
        ("Descendants", found.by_fate, _FATES),
        ("Over models made from it", found.by_child, {}),
        ("By author", found.by_author, {}),
        ("By how they were made", found.by_relation, relations),
        ("By steps", found.by_depth, {}),
    )
    for title, moves, words in parts:
        headings = {
            "name": title,
            "models_then": "Models then",
            "models_now": "Models now",
            "then": "Then",
            "now": "Now",
            "change": "Change",
        }
        if title == "Over models made from it":
            headings = {key: text for key, text in headings.items() if not key.startswith("models")}
        rows = [
            vars(move)
            | {"name": words.get(move.name, move.name), "change": round(move.change, 9) + 0.0}
            for move in moves
        ]
        typer.echo()
        terminal().print(table(headings, rows))
