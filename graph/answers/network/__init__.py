"""The network of some models: what they come from and what came of them."""

from graph.answers.network.content import Selection, UnknownModelsError
from graph.answers.network.request import LAYOUTS, LETTER, Request
from graph.answers.network.selection import first_children, select

__all__ = [
    "LAYOUTS",
    "LETTER",
    "Request",
    "Selection",
    "UnknownModelsError",
    "first_children",
    "select",
]
