"""`hubgraph licence`: what a model's declared licence asks, with those of all its ancestors."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import typer
from rich.table import Table

from graph.answers.licence import ASKED_WORDS, CARD_WORDS, LicenceAnswer, LicenceHop, licence
from graph.answers.query import reader
from graph.scores.licences.card import CardState
from graph.scores.licences.verdict import WORDS
from graph.settings import load_settings
from graph.store.lease import opened
from hubgraph.options import AsJson
from hubgraph.output import counted, emit, table, terminal


def licence_(
    model: Annotated[str, typer.Argument(metavar="ID", help="The model, in any spelling.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say what a model's licence and those of its ancestors ask; nothing is written.

    What cards declare is compared with a table of licences. That is no legal advice.

    Example: [bold]hubgraph licence linagora/Labess-7b-chat[/bold]
    """
    settings = load_settings()
    with opened(settings) as graph:
        found = licence(reader(graph), settings, model)
    emit(found, _lines(found), as_json=as_json)
    if not as_json and found.bases:
        typer.echo()
        terminal().print(_bases(found))


def _lines(found: LicenceAnswer) -> Iterator[str]:
    yield f"{found.model} {CARD_WORDS[found.state].format(found.licence)}"
    if found.state is CardState.DECLARED:
        own = "; ".join(ASKED_WORDS[term.column].format(term.value) for term in found.own_terms)
        doubt = f" Not known: {_columns(found.own_in_doubt)}." if found.own_in_doubt else ""
        yield f"Its own card asks: {own or 'nothing that is known'}.{doubt}"
    if not found.ancestors:
        yield "No base of it is known."
        return
    above = counted(found.ancestors, "ancestors")
    nothing = "" if found.terms else " nothing that is known"
    yield f"With its {above} it asks{' at least' * found.is_open}:{nothing}"
    yield from _by_way(
        (ASKED_WORDS[term.column].format(term.value), term.path) for term in found.terms
    )
    if found.in_doubt:
        yield "It may ask more, by:"
        yield from _by_way((_columns([term.column]), term.path) for term in found.in_doubt)
    for one, other in found.conflicts:
        yield f"Declared terms conflict: {one} and {other} each ask for the same licence."


def _by_way(terms: Iterable[tuple[str, Sequence[LicenceHop]]]) -> Iterator[str]:
    """What follows from the same model stands together, with the way to it."""
    found: dict[str, list[str]] = {}
    for words, path in terms:
        way = " ← ".join(f"{hop.model} ({hop.licence or 'none'})" for hop in reversed(path))
        found.setdefault(way, []).append(words)
    for way, asked in found.items():
        yield f"  {'; '.join(asked)}"
        yield f"    {way}"


def _bases(found: LicenceAnswer) -> Table:
    rows = [
        {
            "base": base.base,
            "relation": base.relation,
            "licence": base.licence or "",
            "verdict": WORDS[base.verdict],
            "rules": " ".join((*base.rules, *base.flags)),
        }
        for base in found.bases
    ]
    headings = {"base": "Toward its base", "verdict": "Verdict", "rules": "Rules, flags"}
    columns = {name: headings.get(name, name.capitalize()) for name in rows[0]}
    return table(columns, rows)


def _columns(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)
