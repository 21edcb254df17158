"""`hubgraph map`: draw the map of all models anew."""

from collections.abc import Iterator
from dataclasses import dataclass

from graph.answers.map.hub_map import HubMap
from graph.answers.map.stored import make_map, stored_at
from graph.settings import load_settings
from graph.store.lease import opened
from hubgraph.display import Display
from hubgraph.options import AsJson
from hubgraph.output import counted, emit


@dataclass(frozen=True)
class _Drawn:
    """What was drawn."""

    layout: str  # names the places of all dots
    models: int
    families: int
    continents: int
    file: str  # where it is stored


def map_(*, as_json: AsJson = False) -> None:
    """Draw the map of all models that the web app shows.

    An import, an update and a computation of influence do so themselves; after a load or a crawl
    the map of a large graph is as old as it says, until this is run.

    Example: [bold]hubgraph map[/bold]
    """
    settings = load_settings()
    with opened(settings) as graph, Display() as display:
        display.stage("Drawing the map")
        found = _drawn(make_map(graph, settings, display.advance), str(stored_at(settings)))
    emit(found, _lines(found), as_json=as_json)


def _drawn(found: HubMap, file: str) -> _Drawn:
    facts = found.facts
    return _Drawn(facts.layout, facts.models, facts.islands_total, len(facts.continents), file)


def _lines(found: _Drawn) -> Iterator[str]:
    yield (
        f"Drew {counted(found.models, 'models')}, {found.families:,} families of four or more on "
        f"{counted(found.continents, 'continents')}: {found.file}"
    )
