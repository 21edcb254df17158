"""The link that opens a query in Neo4j Browser."""

from urllib.parse import urlencode

from graph.answers.literals import pasted
from webapp.page import Question


def runnable(question: Question) -> str:
    """The Cypher as one statement, its parameters put in: Neo4j Browser draws what it returns."""
    return pasted(question.title, question.cypher, question.parameters)


def browser_link(question: Question, browser_url: str) -> str:
    """Address that opens Neo4j Browser with the query in its editor, not yet run."""
    glue = "&" if "?" in browser_url else "?"
    return f"{browser_url}{glue}{urlencode({'cmd': 'edit', 'arg': runnable(question)})}"
