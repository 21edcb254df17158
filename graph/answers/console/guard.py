"""Whether a query may run, judged by Neo4j's own plan of it.

Neo4j's parser has then seen through comments, escapes and quotes. Its time limit ends what reads,
joins and sorts, and its memory limit what collects; neither holds inside one expression. So an
expression may neither loop for long nor make a value that is much larger than what it was given.
"""

import re
from collections.abc import Iterator
from math import prod

from graph.answers.console.allowed import (
    BOUNDED,
    FORBIDDEN,
    INSTEAD,
    OPERATORS,
    PLANNED,
    WALKS,
)
from graph.answers.cypher_text import blanked, only_code
from graph.errors import RefusedQueryError
from graph.store.plans import Operator, Plan

MOST_STEPS = 100
"""Relationships in a row that one pattern may follow."""
MOST_LOOPS = 10
"""Loops over lists in one query: each may take as long as its list is."""
MOST_GROWTH = 256
"""How many times larger than its parts a value may become."""

_OPEN, _CLOSE = "([{", ")]}"
_CALLED = re.compile(r"(?<![:$\w.])([A-Za-z_][\w.]*)\(")
_LOOP = re.compile(r"(?:\[|\b(?:any|all|none|single)\()\s*(\w*)\s+IN\s", re.IGNORECASE)
_HIDDEN = re.compile(r"\b(COLLECT|COUNT|EXISTS) *\{")
_STEPS = re.compile(r"\*(\d*)(\.\.)?(\d*)\]|\{\d+, (\d*)\}")
_NAMED = re.compile(r"\$?\b[A-Za-z_]\w*\b(?![\w(:])")
_BARE = re.compile(r"(?<![\w.$:])([A-Za-z_]\w*)\b(?![\w.(:\[])")
_KEYWORDS = """
    AND AS ASC CASE CONTAINS DESC DISTINCT ELSE END ENDS FALSE IN IS NOT NULL OR STARTS THEN TRUE
    WHEN WHERE WITH XOR false null true cache
"""
_WORDS = frozenset(_KEYWORDS.split())
_MAKES = ("Projection", "Aggregation", "Unwind", "Distinct")


def admit(plan: Plan, cypher: str) -> None:
    """Raise a `RefusedQueryError` with the place in the text if the query must not run."""
    for operator in plan.operators:
        _known(operator, cypher)
    if plan.kind != "r":
        raise _refused("Only queries that read can run here.", "", r"\S", cypher)
    for operator in plan.operators:
        details = only_code(operator.details)
        if operator.name.startswith(WALKS):
            _bounded(details, cypher)
        _calls(operator, details, cypher)
        _loops(details, cypher)
    if sum(len(_LOOP.findall(only_code(o.details))) for o in plan.operators) > MOST_LOOPS:
        raise _refused(f"It has more than {MOST_LOOPS} loops over lists.", "", r"\S", cypher)
    if prod(map(_growth, plan.operators)) > MOST_GROWTH:
        raise _refused(
            "Its values could grow beyond every limit.",
            "Put fewer values together in one expression, or in fewer steps.",
            r"\b(WITH|RETURN)\b",
            cypher,
        )


def _known(operator: Operator, cypher: str) -> None:
    name = operator.name
    if name in OPERATORS or name.startswith(WALKS):
        return
    words, where = FORBIDDEN.get(name, (f"It needs the operator {name}, which is not allowed.", ""))
    raise _refused(words, "", where or r"\S", cypher)


def _bounded(details: str, cypher: str) -> None:
    for first, dots, last, most in _STEPS.findall(details):
        upper = (last if dots else first) or most
        if not upper or int(upper) > MOST_STEPS:
            raise _refused(
                "A pattern of any number of relationships needs an upper bound.",
                f"Write, for example, *1..10 or {{1,10}}; {MOST_STEPS} is the most.",
                r"\*|\{\s*\d*\s*,\s*\}|\+",
                cypher,
            )


def _calls(operator: Operator, details: str, cypher: str) -> None:
    streams = operator.name == "Unwind" and details.startswith("range(")
    for name in _CALLED.findall(details.removeprefix("range") if streams else details):
        if name.lower() not in PLANNED:
            hint = INSTEAD.get(name.lower(), "")
            where = r"\s*\.\s*".join(map(re.escape, name.split(".")))
            raise _refused(f"The function {name}() is not allowed.", hint, rf"\b{where}\b", cypher)
    if "=~" in details:
        raise _refused(
            "Regular expressions cannot be stopped once they run.",
            "Use CONTAINS, STARTS WITH or ENDS WITH.",
            "=~",
            cypher,
        )
    if found := _HIDDEN.search(details):
        raise _refused(
            f"The plan does not show what this {found[1]} subquery does.",
            "Take it out of the list or the condition around it: CALL (x) { … } before it.",
            rf"\b{found[1]}\s*\{{|\[\s*\(",
            cypher,
        )


def _loops(details: str, cypher: str) -> None:
    """Loops over lists: each on its own, and with short values."""
    for loop in _LOOP.finditer(details):
        inside = _until_closed(details, loop.end())
        source, *_ = re.split(r" WHERE |(?<!\|)\|(?!\|)", inside, maxsplit=1)
        body = inside[len(source) :]
        makes_list = details[loop.start()] == "["
        others = set(_BARE.findall(body)) - _WORDS - {loop[1]}
        if makes_list and not source.strip().startswith(BOUNDED):
            words = "A list of any length cannot be filtered or mapped in one expression."
        elif others or _LOOP.search(inside):
            words = "A loop over a list may use only its own variable, properties and parameters."
        else:
            continue
        raise _refused(
            words, "Use UNWIND, then collect().", r"\[|\b(any|all|none|single)\(", cypher
        )


def _growth(operator: Operator) -> int:
    """How many values go into the largest one that it makes."""
    if not operator.name.endswith(_MAKES):
        return 1
    items = _split(only_code(operator.details))
    counts = (sum(w not in _WORDS for w in _NAMED.findall(i.split(" AS ")[0])) for i in items)
    return max(1, *counts)


def _until_closed(text: str, start: int) -> str:
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] in _OPEN) - (text[place] in _CLOSE)
        if not depth:
            return text[start:place]
    return text[start:]


def _split(text: str) -> Iterator[str]:
    """The parts between commas that no bracket holds."""
    depth, start = 0, 0
    for place, character in enumerate(text):
        depth += (character in _OPEN) - (character in _CLOSE)
        if character == "," and not depth:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _refused(words: str, hint: str, where: str, cypher: str) -> RefusedQueryError:
    """With the place where the text has `where` outside of quotes, if it does."""
    found = re.search(where, blanked(cypher), re.IGNORECASE)
    if found is None:
        return RefusedQueryError(words, hint)
    before = cypher[: found.start()]
    line = before.count("\n") + 1
    return RefusedQueryError(words, hint, line, found.start() - (before.rfind("\n") + 1) + 1)
