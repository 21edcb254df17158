"""Pieces of Cypher that several queries share, each defined once in `cypher/fragments.cypher`.

A query says `held(r, $as_of)`; what is run, shown and pasted has the whole condition there.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.answers.lexing import replaced_in_code

CYPHER = Path(__file__).parents[2] / "cypher"
"""Where the Cypher files are, in a checkout and in an installation."""

_DEFINED = re.compile(r"^// (\w+)\(([\w, ]+)\): .*\n(?://.*\n)*((?:[^;]|\n)+);$", re.MULTILINE)
_CALL = r"\b(?P<name>{names})\((?P<given>[\w.$]+(?:, [\w.$]+)*)\)"


@dataclass(frozen=True)
class Fragment:
    """A piece of Cypher with names to be put in."""

    names: tuple[str, ...]  # what stands for the arguments in `text`
    text: str

    def given(self, arguments: list[str]) -> str:
        """The piece with its arguments, as many as it has names."""
        values = dict(zip(self.names, arguments, strict=True))
        name = re.compile(rf"\b(?:{'|'.join(self.names)})\b")
        return replaced_in_code(name, lambda match: values[match[0]], self.text)


@cache
def fragments() -> dict[str, Fragment]:
    """Every fragment by its name."""
    text = (CYPHER / "fragments.cypher").read_text(encoding="utf-8")
    return {
        name: Fragment(tuple(names.split(", ")), body)
        for name, names, body in _DEFINED.findall(text)
    }


def expanded(cypher: str) -> str:
    """The text with every fragment written out and aligned; `ValueError` if its arguments do not fit."""

    def instead(match: re.Match[str]) -> str:
        fragment, arguments = fragments()[match["name"]], match["given"].split(", ")
        if len(arguments) != len(fragment.names):
            raise ValueError(f"`{match['name']}` takes {len(fragment.names)} argument(s)")
        piece = fragment.given(arguments)
        column = match.start() - match.string.rfind("\n", 0, match.start()) - 1
        return expanded(piece).replace("\n", "\n" + " " * column)

    call = re.compile(_CALL.format(names="|".join(fragments())))
    return replaced_in_code(call, instead, cypher)
