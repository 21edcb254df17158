"""How each kind of node is drawn in Neo4j Browser."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """A circle with a caption; sizes are in pixels."""

    fill: str
    border: str
    text: str
    caption: str  # in the style file's own syntax
    diameter: int = 65
    font_size: int = 10


PLAIN = Look("#eeeeee", "#777777", "#222222", caption="<id>", diameter=50)
"""Kinds that are rarely looked at."""
