"""`hubgraph verify`: whether what is shown is true."""

from collections.abc import Iterator

import typer

from graph.settings import load_settings
from graph.store.lease import opened
from graph.ways.verify.comparing import EXAMPLES, Verification, verify
from hubgraph.display import Display
from hubgraph.options import AsJson
from hubgraph.output import counted, emit, shown


def verify_(*, as_json: AsJson = False) -> None:
    """Count scores and reports anew, outside Neo4j, and print what differs; nothing is written.

    Exits with 1 if anything differs.

    Example: [bold]hubgraph verify[/bold]
    """
    settings = load_settings()
    with opened(settings) as graph, Display() as display:
        found = verify(graph, settings, display)
    emit(found, _lines(found), as_json=as_json)
    if found.differing:
        raise typer.Exit(1)


def _lines(found: Verification) -> Iterator[str]:
    for check in found.checks:
        if check.differing:
            yield f"{check.name}: {check.differing:,} of {check.compared:,} differ"
            for example in check.examples:
                yield (
                    f"  {example.of}: shown {shown(example.shown) or 'nothing'}, "
                    f"counted {shown(example.counted) or 'nothing'}"
                )
            if check.differing > EXAMPLES:
                yield f"  and {check.differing - EXAMPLES:,} more"
    for note in found.notes:
        yield f"Note: {note}"
    times = ", ".join(f"{time:%Y-%m-%d}" for time in found.past)
    yield (
        f"{counted(found.compared, 'numbers and rows')} compared in {len(found.checks):,} checks, "
        f"with reports as of now{f' and of {times}' if times else ''}: "
        f"{f'{found.differing:,} differ' if found.differing else 'none differs'}."
    )
