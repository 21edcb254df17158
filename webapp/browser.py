"""A query as people paste it into Neo4j Browser, and the link that opens it there."""

from urllib.parse import urlencode

from graph.answers.cypher_text import pasted
from graph.answers.query import Asked


def runnable(asked: Asked) -> str:
    """The Cypher as one statement, its parameters put in: Neo4j Browser draws what it returns."""
    return pasted(asked.title, asked.cypher, asked.parameters)


def browser_link(asked: Asked, browser_url: str) -> str:
    """Address that opens Neo4j Browser with the query in its editor, not yet run."""
    glue = "&" if "?" in browser_url else "?"
    return f"{browser_url}{glue}{urlencode({'cmd': 'edit', 'arg': runnable(asked)})}"
