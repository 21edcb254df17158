"""`hubgraph blast`: who is hit if a model were withdrawn, gated, disabled or compromised."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph.answers.blast.answer import (
    BlastRadius,
    Downloads,
    blast,
)
from graph.answers.blast.events import EVENTS
from graph.answers.blast.family import RELATIONS, AffectedModel
from graph.answers.blast.relicensing import Relicensing, licence_of_table
from graph.answers.query import reader
from graph.answers.reports.export import BOM, csv_lines
from graph.errors import DataError, ParameterError
from graph.schema import RELATION
from graph.scores.licences.table import LicenceTable
from graph.settings import load_settings
from graph.store.lease import opened
from hubgraph.options import AsJson, Bom, Force
from hubgraph.output import counted, emit, table, terminal

_RELICENSED = "relicensed"
What = StrEnum("What", {name.upper(): name for name in EVENTS})  # type: ignore[misc]
WITHDRAWN = What("withdrawn")

COLUMNS = [column.name for column in fields(AffectedModel)]


def blast_(
    name: Annotated[
        str, typer.Argument(metavar="ID", help="A model or an author, in any spelling.")
    ],
    *,
    event: Annotated[What, typer.Option(help="What happens to it.")] = WITHDRAWN,
    mirrors: Annotated[
        bool,
        typer.Option("--mirrors", help="Let it happen to copies by other publishers as well."),
    ] = False,
    licence: Annotated[
        str | None, typer.Option(metavar="LICENCE", help="Its new licence, if it is relicensed.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write every affected model there.")
    ] = None,
    bom: Bom = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Say who is hit if something happens to a model, or to all models of an author.

    Example: [bold]hubgraph blast google/gemma-7b --event gated --csv hit.csv[/bold]
    """
    settings = load_settings()
    if (event == _RELICENSED) != (licence is not None):
        raise ParameterError(
            "licence",
            "--licence goes with --event relicensed, and that with it.",
            "For example: --event relicensed --licence apache-2.0.",
        )
    table = LicenceTable.read(settings) if licence else None
    other = (table, licence_of_table(table, licence)) if table and licence else None
    if csv and csv.exists() and not (force and csv.is_file()):
        raise DataError(f"{csv} exists.", "Give another name, or --force to replace it.")
    with opened(settings) as graph:
        found = blast(reader(graph), name, event.value, mirrors=mirrors, licence=other)
    if csv:
        _write(csv, found, BOM if bom else b"")
    if as_json:
        emit(found, (), as_json=True)
        return
    _show(found)
    if csv:
        typer.echo(f"\nWrote {csv}: {counted(len(found.models), 'models')}.")
        for line in _cut(found):
            typer.echo(line)


def _write(path: Path, found: BlastRadius, mark: bytes) -> None:
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(mark.decode())
            file.writelines(csv_lines(COLUMNS, map(vars, found.models)))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DataError(f"{path} cannot be written: {error.strerror or error}.") from error


def _cut(found: BlastRadius) -> Iterator[str]:
    if found.left_out:
        yield f"The list ends there: {counted(found.left_out, 'models')} farther away are left out."


def _show(found: BlastRadius) -> None:
    emit(None, _lines(found), as_json=False)
    if not found.affected:
        return
    console = terminal()
    names = [name for name in RELATIONS if name in found.by_relation]
    headings = {"depth": "Steps", "models": "Models"}
    headings |= {name: RELATION[name].plural.capitalize() for name in names if name in RELATION}
    headings |= {name: name.capitalize() for name in names if name not in RELATION}
    nothing = dict.fromkeys(names, 0)
    steps = [
        {"depth": s.depth, "models": s.models} | nothing | s.by_relation for s in found.by_depth
    ]
    console.print(table(headings, steps))
    if found.publishers.top:
        typer.echo()
        headings = {"author": "By author", "models": "Models", "share": "Share"}
        rows = [vars(p) | {"share": f"{p.share:.1%}"} for p in found.publishers.top]
        console.print(table(headings, rows))
    kept = [model for model in found.models if model.other_bases][:10]
    if kept and EVENTS[found.event].parents_help:
        typer.echo()
        headings = {"model": "Keeps another base", "other_bases": "Which"}
        console.print(table(headings, map(vars, kept)))


def _lines(found: BlastRadius) -> Iterable[str]:
    event = EVENTS[found.event]
    what = f"{found.name} ({counted(found.seeds, 'models')})" if found.is_author else found.name
    yield f"{what}: if {found.event}, {counted(found.affected, 'models')} affected, " + (
        f"{found.direct:,} made from it directly and {found.indirect:,} over others."
    )
    if found.gone:
        yield "It is gone from the Hub already."
    if found.announced is not None:
        yield f"The Hub counts {found.announced:,} made from it directly."
    yield from _mirror_lines(found)
    if found.affected:
        yield f"  {found.hard:,} need it to load: {event.hard}."
        yield f"  {found.affected - found.hard:,} others {event.rest}."
        if event.parents_help:
            yield f"  Every base is lost to {counted(found.every_base_lost, 'models')}; " + (
                f"{found.keep_another_base:,} with another base left."
            )
        by = found.publishers
        yield f"  {counted(by.count, 'authors')}; concentration {by.concentration:.3f} of 1."
        yield f"  Downloads in 30 days: {_number(found.downloads)} of models in full, " + (
            f"{_number(found.downloads_gguf)} of GGUF files."
        )
    if found.relicensing:
        yield from _relicensing(found.relicensing)
    if found.only_named:
        yield f"  {found.only_named:,} are known by name only."
    if found.already_gone:
        yield f"{counted(found.already_gone, 'models')} made from it are gone from the Hub already."
    users = found.spaces
    if users.hard or users.others:
        yield (
            f"Spaces: {users.hard:,} use it or what needs it to load, {users.others:,} only other "
            f"affected models ({', '.join(users.names)}{_more(users.hard + users.others)})."
        )
    if found.affected:
        yield f"Note: {event.not_said}"
        yield "Only declared lineage counts: what was made from it without a word is missing."
        yield ""


def _relicensing(found: Relicensing) -> Iterator[str]:
    for words, terms in (("More is asked", found.added), ("Less is asked", found.dropped)):
        if counts := ", ".join(f"{term} of {models:,}" for term, models in terms.items()):
            yield f"  {words} under {found.licence}: {counts}."
    if found.other_terms:
        yield f"  Only other terms, such as a notice, change for {found.other_terms:,}."
    for when, verdicts in (("before", found.verdicts_before), ("after", found.verdicts_after)):
        if counts := ", ".join(f"{verdict} {links:,}" for verdict, links in verdicts.items()):
            yield f"  Links to it {when}: {counts}."


def _mirror_lines(found: BlastRadius) -> Iterator[str]:
    if not found.mirrors:
        return
    copies = counted(len(found.mirrors), "mirrors")
    named = ", ".join(found.mirrors[:3]) + ("…" if len(found.mirrors) > 3 else "")
    if found.with_mirrors:
        yield f"With {copies} ({named}); without, {found.affected_without_mirrors:,} affected."
    else:
        yield f"Without {copies} ({named}); --mirrors lets it happen to them, too."


def _number(downloads: Downloads) -> str:
    unknown = f" ({downloads.unknown:,} unknown)" if downloads.unknown else ""
    if downloads.known is None:
        return "unknown" if downloads.unknown else "none"
    return f"{downloads.known:,}{unknown}"


def _more(spaces: int) -> str:
    return ", …" if spaces > 10 else ""
