"""A query as a person pastes it into Neo4j Browser, and the link that opens it there."""

import json
from datetime import date, datetime
from urllib.parse import urlencode

from webapp.page import Question


def runnable(question: Question) -> str:
    """The Cypher with its parameters set before it."""
    given = [f":param {name} => {_literal(value)};" for name, value in question.parameters.items()]
    return "\n".join([*given, question.cypher.strip()])


def browser_link(question: Question, browser_url: str) -> str:
    """Address that opens Neo4j Browser with the query in its editor, not yet run."""
    glue = "&" if "?" in browser_url else "?"
    return f"{browser_url}{glue}{urlencode({'cmd': 'edit', 'arg': runnable(question)})}"


def _literal(value: object) -> str:
    """A value as a Cypher literal; JSON escapes are Cypher escapes."""
    if isinstance(value, datetime):
        return f'datetime("{value.isoformat()}")'
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
