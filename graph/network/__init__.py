"""The network of some models: what they come from, what came of them, and where each is drawn."""

from graph.network.content import Selection, UnknownModelsError
from graph.network.picture import Picture, arrange, columns, radius
from graph.network.request import LAYOUTS, LETTER, Request
from graph.network.selection import first_children, select

__all__ = [
    "LAYOUTS",
    "LETTER",
    "Picture",
    "Request",
    "Selection",
    "UnknownModelsError",
    "arrange",
    "columns",
    "first_children",
    "radius",
    "select",
]
