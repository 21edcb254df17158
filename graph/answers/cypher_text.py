"""Cypher as text: told from strings and comments, fragments written out, values as literals.

Fragments are pieces that several queries share, each defined once in `cypher/fragments.cypher`: a
query says `held(r, $as_of)`; what is run, shown and pasted has the whole condition there. With
literals a query and its parameters are one statement to paste: Neo4j Browser draws the result of
one statement only, and `:param` lines would make it several.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any

CYPHER = Path(__file__).parents[2] / "cypher"
"""Where the Cypher files are, in a checkout and in an installation."""

_NOT_CODE = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|//[^\n]*|/\*.*?\*/"""
_DEFINED = re.compile(r"^// (\w+)\(([\w, ]+)\): .*\n(?://.*\n)*([^;]+);$", re.MULTILINE)
_CALL = r"\b(?P<name>{names})\((?P<given>[\w.$]+(?:, [\w.$]+)*)\)"
_PARAMETER = re.compile(r"\$(?P<name>\w+)")


def pasted(title: str, cypher: str, parameters: Mapping[str, object]) -> str:
    """One statement for Neo4j Browser, under a comment that names it."""
    return f"// {title}\n{inlined(cypher.strip(), parameters)}"


def inlined(cypher: str, parameters: Mapping[str, object]) -> str:
    """The query with a literal for each of its parameters; `KeyError` if one is not given."""
    return replaced_in_code(_PARAMETER, lambda match: literal(parameters[match["name"]]), cypher)


def literal(value: object) -> str:
    """The Cypher expression that equals a value; `TypeError` if Cypher has none for its type."""
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"Cypher has no literal for {type(value).__name__}.")


def only_code(cypher: str) -> str:
    """The text with a blank for each string, comment and quoted name."""
    return re.sub(_NOT_CODE, " ", cypher, flags=re.DOTALL)


def blanked(cypher: str) -> str:
    """The text with blanks instead of strings, comments and quoted names: places stay as they are.

    Line ends in them become blanks, too.
    """
    return re.sub(_NOT_CODE, lambda match: " " * len(match[0]), cypher, flags=re.DOTALL)


def replaced_in_code(
    pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], cypher: str
) -> str:
    """The text with every match of `pattern`, compiled without flags, in code replaced."""
    found = re.compile(f"(?s:{_NOT_CODE})|(?P<code>{pattern.pattern})")

    def instead(match: re.Match[str]) -> str:
        return replace(match) if match["code"] is not None else match[0]

    return found.sub(instead, cypher)


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
    """The text with every fragment written out; `ValueError` at a wrong number of arguments."""

    def instead(match: re.Match[str]) -> str:
        fragment, arguments = fragments()[match["name"]], match["given"].split(", ")
        if len(arguments) != len(fragment.names):
            raise ValueError(f"`{match['name']}` takes {len(fragment.names)} argument(s)")
        piece = fragment.given(arguments)
        column = match.start() - match.string.rfind("\n", 0, match.start()) - 1
        return expanded(piece).replace("\n", "\n" + " " * column)

    call = re.compile(_CALL.format(names="|".join(fragments())))
    return replaced_in_code(call, instead, cypher)


def _number(value: float) -> str:
    text = {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, repr(value))
    return f"({text})" if text.startswith("-") else text.replace("nan", "NaN")


def _text(value: str) -> str:
    """In double quotes; what no line of an editor can hold is escaped."""
    as_is = (c if c.isprintable() and c not in '"\\' else json.dumps(c)[1:-1] for c in value)
    return f'"{"".join(as_is)}"'


def _time(value: datetime) -> str:
    if value.tzinfo is None:
        return f"localdatetime('{value.isoformat()}')"
    return f"datetime('{value.astimezone(UTC).isoformat().replace('+00:00', 'Z')}')"


def _name(text: str) -> str:
    r"""In backticks, where `\u0041` would be read as the character, too."""
    return f"`{text.replace(chr(92), chr(92) + 'u005c').replace('`', '``')}`"


def _map(value: Mapping[object, object]) -> str:
    items = (f"{_name(str(key))}: {literal(item)}" for key, item in value.items())
    return f"{{{', '.join(items)}}}"


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (NoneType, lambda _: "null"),
    (bool, lambda value: "true" if value else "false"),
    (int, _number),
    (float, _number),
    (str, _text),
    (datetime, _time),
    (date, lambda value: f"date('{value.isoformat()}')"),
    (list, lambda value: f"[{', '.join(map(literal, value))}]"),
    (tuple, lambda value: literal(list(value))),
    (dict, _map),
)
"""Types and how their values are written; the first that fits."""
