"""`hubgraph changes`, `history` and `leaderboard`: the graph through time."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph.answers.history.changes import KINDS, ChangeFilter, ChangeOrder, ChangesParameters
from graph.answers.history.leaderboard import Leaderboard, Measure, leaderboard
from graph.answers.history.sparkline import sparkline
from graph.answers.history.timeline import Timeline, find_model, timeline
from graph.answers.query import reader
from graph.schema import RELATIONS, SCORED_LAYER
from graph.settings import load_settings
from graph.store.lease import opened
from graph.times import is_before_dates
from hubgraph.display import Display
from hubgraph.options import AsJson, moment
from hubgraph.output import emit, shown, table, terminal

SHOWN_COUNTS = 30

ChangeKind = StrEnum("ChangeKind", {kind.upper(): kind for kind in KINDS})  # type: ignore[misc]


def changes(
    *,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="The earliest time, such as 2025-05-01."),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="TIME", help="Until this time (exclusive), such as 2025-06-01."
        ),
    ] = None,
    kind: Annotated[ChangeKind | None, typer.Option(help="Only changes of this kind.")] = None,
    model: Annotated[
        str | None, typer.Option(metavar="ID", help="Only changes of this model.")
    ] = None,
    author: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only changes of models of this author.")
    ] = None,
    family: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only changes of this model and what descends from it."),
    ] = None,
    sort: Annotated[
        ChangeOrder,
        typer.Option(help="The newest first, or those of models with the most descendants."),
    ] = ChangeOrder.NEWEST,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Changes on a page.")] = 50,
    page: Annotated[int, typer.Option(min=1, max=10_000, help="Which page, from 1.")] = 1,
    as_json: AsJson = False,
) -> None:
    """List what happened to models.

    A date stands for its first moment (UTC): from 2025-05-01 to 2025-06-01 is all of May.

    Example: [bold]hubgraph changes --from 2025-05-01 --to 2025-06-01 --kind gone[/bold]
    """
    given = {
        "from": moment("from", start), "to": moment("to", end), "kind": kind and kind.value,
        "model": model, "author": author, "family": family, "sort": sort.value,
    }  # fmt: skip
    with opened(load_settings()) as graph:
        read = reader(graph)
        wanted = ChangeFilter.of(read, ChangesParameters.read(given))
        found = read(*wanted.page(limit, (page - 1) * limit)).rows
        total, exact = wanted.count(read)
    if as_json:
        document = {
            "from": wanted.start,
            "to": wanted.end,
            "kind": wanted.kind,
            "model": wanted.model,
            "author": wanted.author,
            "family": wanted.family,
            "sort": wanted.sort,
            "page": page,
            "limit": limit,
            "total": total,
            "total_is_exact": exact,
            "changes": found,
        }
        emit(document, (), as_json=True)
        return
    if found:
        terminal().print(_changes_table(found))
    first = (page - 1) * limit + 1
    range_ = f"Changes {first:,} to {first + len(found) - 1:,}" if found else "No changes here"
    typer.echo(f"{range_} of {total:,}{'' if exact else ' or more'}.", err=True)


def history(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Its id, or a former name.")],
    as_json: AsJson = False,
) -> None:
    """Show one model through time: when it appeared, what happened to it, how it grew.

    Example: [bold]hubgraph history google/gemma-7b[/bold]
    """
    with opened(load_settings()) as graph:
        read = reader(graph)
        found = timeline(read, find_model(read, model))
    assert found is not None  # noqa: S101 (it was found by that name)
    if as_json:
        emit(found, (), as_json=True)
        return
    console = terminal()
    console.print(Text(shown(found.model), style="bold"))
    for line in _presence(found):
        console.print(line, highlight=False)
    if found.changes:
        console.print()
        console.print(_changes_table(found.changes, of_one_model=True))
    _print_counts(console, found)


def leaders(
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="TIME", help="When, such as 2025-05-01. Default: now."),
    ] = None,
    by: Annotated[Measure, typer.Option(help="What models are ordered by.")] = Measure.INFLUENCE,
    top: Annotated[int, typer.Option(min=1, max=10_000, help="Models shown.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Compute which models led at a given time; nothing is written.

    Example: [bold]hubgraph leaderboard --as-of 2025-05-01 --by descendants[/bold]
    """
    when = moment("as-of", as_of)
    settings = load_settings()
    with opened(settings) as graph, Display() as display:
        display.stage("Computing")
        found = leaderboard(graph, settings, by, top, when)
    if as_json:
        emit(found, (), as_json=True)
        return
    if found.leaders:
        terminal().print(_leaders_table(found))
    typer.echo(
        f"From {found.relationships:,} {SCORED_LAYER} lineage relationships between "
        f"{found.models:,} models{f', as of {shown(when)} UTC' if when else ''}.",
        err=True,
    )


def _presence(found: Timeline) -> Iterator[str]:
    if found.created_at:
        or_before = " or before" if is_before_dates(found.created_at) else ""
        yield f"Created {shown(found.created_at)}{or_before}"
    elif found.appeared_at:
        yield f"On the Hub since {shown(found.appeared_at)} or earlier"
    if not found.known:
        yield "No record describes it: other models name it as their base"
    if found.taken_over_at:
        at = shown(found.taken_over_at)
        yield f"Another repository took over the name by {at}; this is its history"
    for absence in found.away:
        yield f"Away from {shown(absence.since)} to {shown(absence.until)}"
    if found.gone_since:
        yield f"Gone since {shown(found.gone_since)}"
    if found.suspected_since:
        yield f"Not seen on {shown(found.suspected_since)}: perhaps gone, one look is no proof"


def _print_counts(console: Console, found: Timeline) -> None:
    console.print()
    if not found.counts:
        downloads, likes = (shown(n) or "unknown" for n in (found.downloads, found.likes))
        typer.echo(f"Downloads {downloads}, likes {likes}; no change of them was seen.")
        return
    times = [point.at for point in found.curve]
    for name in ("downloads", "likes"):
        values = [getattr(point, name) for point in found.curve]
        ends = [value for value in values if value is not None]
        if ends:
            typer.echo(
                f"{name.capitalize():9} {sparkline(times, values)} {ends[0]:,} → {ends[-1]:,}"
            )
    headings = {"at": "Seen", "downloads": "Downloads", "likes": "Likes"}
    console.print()
    console.print(table(headings, map(vars, found.counts[-SHOWN_COUNTS:]), unbroken={"at"}))
    if (left := len(found.counts) - SHOWN_COUNTS) > 0:
        typer.echo(f"Older counts not shown: {left:,}; --json has all.")


def _changes_table(rows: Iterable[Mapping[str, Any]], *, of_one_model: bool = False) -> Table:
    headings = {
        "at": "Seen",
        "kind": "What",
        **({} if of_one_model else {"model": "Model"}),
        "before": "Before",
        "after": "Then",
    }
    named = ({**row, "model": row["model"] or row["called"]} for row in rows)
    return table(headings, named, unbroken={"at", "kind"})


def _leaders_table(found: Leaderboard) -> Table:
    scored = found.leaders[0].effective_descendants is not None
    columns = ["rank", "model", *(["effective_descendants"] if scored else [])]
    columns += ["descendants", "derivatives", *RELATIONS, "depth", "gone"]
    headings = {name: name.replace("_", " ").capitalize() for name in columns}
    return table(headings, (vars(leader) | leader.by_relation for leader in found.leaders))
