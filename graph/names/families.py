"""What families and versions that a name holds say of its architecture and of its exact size."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from graph.names.pieces import Piece
from graph.names.vocabulary import KnownWord

_MARK = re.compile(
    "(?<![a-z])(?:vl|omni|vision|audio|asr|tts|next|speech|ocr|llava|hybrid|moe)(?![a-z])|mixtral"
)
"""Words that make an architecture of its own of a family's version."""
_MIXTURE = ("moe", "mixtral")
_OTHER_SIZE = re.compile("prune|minitron")
_OF_MIXTURES = {"llama": "mixtral", "mistral": "mixtral", "mixtral": "mixtral", "qwen2": None}
"""Architecture of the experts → that of their mixture."""
_BILLION = 1_000_000_000


class NamedFamily(NamedTuple):
    """A family in a name; the version may be empty."""

    word: KnownWord
    version: str


def architecture(
    named: Sequence[NamedFamily], name: str, stated: Sequence[Piece], active: Sequence[Piece]
) -> str | None:
    """The architecture of a lower-cased name; None where families contradict each other."""
    marks = _MARK.findall(name)
    mark = next((mark for mark in marks if mark not in _MIXTURE), "")
    has_experts = any("x" in size.text for size in stated)
    is_mixture = has_experts or bool(active) or any(one in marks for one in _MIXTURE)
    size = stated[0].text if stated else ""
    each = (_of_family(family, mark, size, is_mixture=is_mixture) for family in named)
    found = {one for one in each if one}
    read = {one for one in found if not one.startswith("~")} or {one[1:] for one in found}
    if not read and has_experts and not named:
        return "mixtral"
    if len(read) != 1:
        return None
    return read.pop()


def _of_family(family: NamedFamily, mark: str, size: str, *, is_mixture: bool) -> str | None:
    word, version = family
    moe = "moe" * is_mixture
    versions = (version, version.partition(".")[0])
    for key in ("-".join(filter(None, (v, mark, moe))) for v in versions):
        if key in word.versions:
            return word.versions[key]
    if mark and word.versions:  # nobody said what that is
        return None
    keys = versions if version else (size,)
    plain = next((word.versions[key] for key in keys if key in word.versions), word.architecture)
    return _OF_MIXTURES.get((plain or "").lstrip("~"), plain) if is_mixture else plain


def usual_size(
    named: Sequence[NamedFamily], name: str, stated: Sequence[Piece], active: Sequence[Piece]
) -> int | None:
    """The exact size of a family's model of the rounded size that a name states, if it is known."""
    named = [family for family in named if family.word.sizes]
    if not named or _OTHER_SIZE.search(name):
        return None
    size = next((size.text for size in (*stated, *active)), "")
    mark = next((mark for mark in _MARK.findall(name) if mark not in _MIXTURE), "")
    for word, version in named if size else ():
        own = "" if mark in word.meaning else mark
        keys = [f"{version}-{own}/{size}"] if own else [f"{version}/{size}", size]
        if exact := next((word.sizes[key] for key in keys if key in word.sizes), None):
            return round(exact * _BILLION)
    return None
