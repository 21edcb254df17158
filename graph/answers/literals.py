"""Values as Cypher literals, so that a query and its parameters are one statement to paste.

Neo4j Browser draws the result of one statement only; `:param` lines would make it several.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from types import NoneType
from typing import Any

from graph.answers.lexing import replaced_in_code

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


def _map(value: Mapping[object, object]) -> str:
    items = (f"`{str(key).replace('`', '``')}`: {literal(item)}" for key, item in value.items())
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
