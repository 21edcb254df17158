"""The network of some models: what they come from and what came of them."""

from graph.answers.network.content import (
    Network,
    NetworkModel,
    NetworkRequest,
    UnknownModelsError,
)
from graph.answers.network.selection import first_children, select

__all__ = [
    "Network",
    "NetworkModel",
    "NetworkRequest",
    "UnknownModelsError",
    "first_children",
    "select",
]
