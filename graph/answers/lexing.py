"""Tell Cypher code from strings, comments and quoted names."""

import re
from collections.abc import Callable

_NOT_CODE = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|//[^\n]*|/\*.*?\*/"""


def only_code(cypher: str) -> str:
    """The text with a blank for each string, comment and quoted name."""
    return re.sub(_NOT_CODE, " ", cypher, flags=re.DOTALL)


def replaced_in_code(
    pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], cypher: str
) -> str:
    """The text with every match of `pattern`, compiled without flags, in code replaced."""
    found = re.compile(f"(?s:{_NOT_CODE})|(?P<code>{pattern.pattern})")

    def instead(match: re.Match[str]) -> str:
        return replace(match) if match["code"] is not None else match[0]

    return found.sub(instead, cypher)
