"""Cut a name into its smallest pieces: words, humps of words, numbers with their units."""

import re
from typing import NamedTuple

RANDOM = re.compile(
    r"(?<![A-Za-z0-9])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|(?=[0-9]*[a-fA-F])(?=[a-fA-F]*[0-9])[0-9a-fA-F]{8,64})(?![A-Za-z0-9])"
)
"""An identifier made by a machine: its digits say nothing."""
BITS = r"[iI]?[qQ][1-8](?:_[0-9A-Za-z]{1,2}){0,2}|[1-8](?:\.[0-9]{1,2})?[-_]?(?:[bB]its?|[bB]pw)"
VERSION = r"(?:(?<![A-Za-z])[vV]|(?<=[a-z])V|(?<=[A-Z])v)[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}"
ACTIVE = r"[aAeE][0-9]{1,3}(?:\.[0-9]{1,2})?[bBmM]"
SIZE = r"(?:[1-9][0-9]?[xX])?(?:[0-9]{1,4}(?:\.[0-9]{1,3})?)[bBmMkKtT](?:[xX][1-9][0-9]?)?"
_PIECE = re.compile(
    rf"(?P<random>{RANDOM.pattern})"
    rf"|(?<![A-Za-z0-9.])(?P<bits>{BITS})(?![A-Za-z0-9])"
    rf"|(?<![A-Za-z0-9])(?P<active>{ACTIVE})(?![A-Za-z0-9])"
    rf"|(?P<version>{VERSION})(?![A-Za-z0-9])"
    rf"|(?<![0-9.])(?P<size>{SIZE})(?![A-Za-z0-9])"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)*)"
    r"|(?P<word>[A-Z]+(?=[vV][0-9])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+)"
    r"|(?P<other>[^\x00-\x7f]+)"
)


class Piece(NamedTuple):
    """What kind of piece stands where; `text` is in lower case."""

    kind: str
    text: str
    start: int
    end: int


def pieces(name: str) -> list[Piece]:
    """The pieces of a name; what separates them is left out."""
    return [
        Piece(str(found.lastgroup), found[0].lower(), *found.span())
        for found in _PIECE.finditer(name)
    ]
