"""A query as people read it and paste it into Neo4j Browser, and the link that opens it there."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from pygments import lex, token
from pygments.lexers.graph import CypherLexer

from graph.answers.cypher_text import pasted
from graph.answers.query import Asked


def runnable(asked: Asked) -> str:
    """The Cypher as one statement, its parameters put in: Neo4j Browser draws what it returns."""
    return pasted(asked.title, asked.cypher, asked.parameters)


def browser_link(asked: Asked, browser_url: str) -> str:
    """Address that opens Neo4j Browser with the query in its editor, not yet run."""
    glue = "&" if "?" in browser_url else "?"
    return f"{browser_url}{glue}{urlencode({'cmd': 'edit', 'arg': runnable(asked)})}"


@lru_cache(maxsize=512)
def coloured(cypher: str) -> Markup:
    """The text with its keywords, strings and comments in spans with classes."""
    return Markup().join(_marked(kind, text) for kind, text in lex(cypher, _LEXER))


def _marked(kind: Any, text: str) -> Markup | str:
    name = next((name for of, name in _CLASSES.items() if kind in of), None)
    return Markup('<span class="{}">{}</span>').format(name, text) if name else text


_LEXER = CypherLexer(stripnl=False, ensurenl=False)
_CLASSES = {token.Keyword: "c-k", token.String: "c-s", token.Comment: "c-c"}
