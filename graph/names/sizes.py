"""How many parameters a name states, where the loader's guess leaves it open.

`graph.observe.parameters` guesses where a name states exactly one size. More is
asked of a name: the first of several sizes, the size of an adapter's base, small models.
"""

import re
from collections.abc import Sequence

from graph.names.pieces import Piece
from graph.observe.families import SHARED
from graph.observe.parameters import parameter_count

_PARTS = re.compile(r"(?:(\d+)x)?([\d.]+)([bm])(?:x(\d+))?")
_OF_EXAMPLES = re.compile(r"(?:instruct|infinity|token|mix|data|set)[a-z]*[-_]?$")
"""Before a number of millions: they are examples or a length, not parameters."""
_BITS_BEFORE = re.compile(r"(?:bnb|bit|int|gptq|awq|1\.)[-_]?$")
_OTHER_AFTER = re.compile(r"[-_]?(?:tokens?|pairs|rows|samples|data|[0-9]+e(?![a-z0-9]))")
_BOTH_HALVES = "t5gemma"
_BILLION = 1_000_000_000


def billions(piece: Piece) -> tuple[int, float]:
    """The experts and the billions of parameters of each that a size states."""
    found = _PARTS.fullmatch(piece.text.lstrip("ae"))
    if found is None:
        return 1, 0.0
    experts, number, unit, times = found.groups()
    return int(experts or times or 1), float(number) / (1 if unit == "b" else 1000)


def active_parameters(found: Sequence[Piece]) -> int | None:
    """What a name says of the parameters that work on one token (`A3B`), or as if (`E4B`)."""
    return round(billions(found[0])[1] * _BILLION) if found else None


def total_parameters(name: str, found: Sequence[Piece]) -> int | None:
    """The number of parameters that a lower-cased name states in all."""
    if guess := parameter_count(name):
        return guess[0]
    sizes = [size for size in found if _is_size(size, name)]
    if _BOTH_HALVES in name and len(sizes) == 2:
        return round(sum(billions(size)[1] for size in sizes) * _BILLION)
    of_billions = [size for size in sizes if "b" in size.text]
    if not (of_billions or sizes):
        return None
    experts, each = billions((of_billions or sizes)[0])
    return round(each * (SHARED + (1 - SHARED) * experts if experts > 1 else 1) * _BILLION)


def _is_size(size: Piece, name: str) -> bool:
    before, after = name[max(0, size.start - 12) : size.start], name[size.end : size.end + 8]
    if size.text[-1] in "kt" or _BITS_BEFORE.search(before) or _OTHER_AFTER.match(after):
        return False
    if before[-1:].isalpha():
        return False
    return "b" in size.text or not _OF_EXAMPLES.search(before)
