"""The map that belongs to the data, shared by the pages that show it."""

from graph.answers.map.hub_map import HubMap
from graph.answers.map.stored import current_map, is_drawn_at_once
from webapp.store import store


def hub_map() -> HubMap | None:
    """The map of the graph; None if it has to be made first."""
    here = store()
    return here.cached(
        ("map",),
        lambda: here.work(lambda graph: current_map(graph, here.settings)),
        lambda found: found is not None,
    )


def has_map() -> bool:
    """Whether there is a map, without drawing it."""
    here = store()
    at_once = here.cached(("map at once",), lambda: here.work(is_drawn_at_once))
    return at_once or hub_map() is not None
