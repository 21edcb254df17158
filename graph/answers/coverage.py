"""What was crawled and what of it is in the graph: read for the command and the web app alike."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from graph.store.connection import Result, Row

Read = Callable[[str, Mapping[str, object]], Result]
"""Gives the rows of a Cypher file, by its name and parameters."""

STATES = ("complete", "capped", "stale", "running", "interrupted", "failed")
"""How a crawl may stand, the best first; `stale` is an old complete or capped one."""

MOST_PARENTS = 20
MOST_CRAWLS = 1000


def coverage(read: Read, stale_days: int) -> dict[str, Any]:
    """Everything that the coverage page and `hubgraph crawl status` tell, as plain data.

    Args:
        read: reads the graph.
        stale_days: a crawl that ended longer ago is stale.

    Returns:
        `numbers` (what the graph knows), `states` (state → crawls), `crawls` (as `crawl_of`, the
        newest first), `children` (derivatives held of those that the Hub counts) and `parents`
        (those that lack most).
    """
    rows = read("crawls", {"stale_days": stale_days, "limit": MOST_CRAWLS}).rows
    crawls = [crawl_of(row) for row in rows]
    return {
        "numbers": read("coverage-numbers", {}).one(),
        "states": {state: sum(c["state"] == state for c in crawls) for state in STATES},
        "crawls": crawls,
        "children": read("coverage-children", {}).one(),
        "parents": read("children-missing", {"limit": MOST_PARENTS}).rows,
    }


def crawl_of(row: Mapping[str, Any]) -> Row:
    """One crawl, its counts by subject instead of one JSON text.

    Args:
        row: of `crawls.cypher`.

    Returns:
        Of the newest run: `source`, `state`, `status`, `run`, `runs`, `started_at`, `ended_at`,
        `done_at`, `elapsed_s` (of every process that was part of it; None before its end),
        `requests`, `answers` ("kind status" → number), `bytes`, `records`, `outcomes` ("models
        new" → number), `issues` (what was wrong with records → number), `found` and `announced`
        (None where the crawl compares none), `gone`, `waited_s` (kind → seconds), `asked_again`,
        `refused`, `failures` and `message`.
    """
    facts = _facts(row.get("counts"))
    outcomes = _numbers(facts.get("outcomes"))
    kept = ("source", "state", "status", "run", "runs", "started_at", "ended_at", "done_at")
    return {
        **{name: row.get(name) for name in kept},
        "elapsed_s": _number(facts, "elapsed_s"),
        "requests": _number(facts, "requests"),
        "answers": _numbers(facts.get("answers")),
        "bytes": _number(facts, "bytes"),
        "records": _number(facts, "records"),
        "outcomes": {k: n for k, n in outcomes.items() if not k.startswith("issues ")},
        "issues": {
            k.removeprefix("issues "): n for k, n in outcomes.items() if k.startswith("issues ")
        },
        "found": _number(facts, "found"),
        "announced": _number(facts, "announced"),
        "gone": _number(facts, "gone"),
        "waited_s": _numbers(facts.get("waited_s")),
        "asked_again": _number(facts, "asked_again"),
        "refused": _number(facts, "refused"),
        "failures": _number(facts, "failures"),
        "message": row.get("message"),
    }


def in_words(seconds: float) -> str:
    """A length of time as people say it: `45 s`, `31 min`, `2.5 h`, `87 h`, `12 days`."""
    for size, most, unit in ((1, 90, "s"), (60, 90, "min"), (3_600, 100, "h")):
        number = seconds / size
        if number < most:
            digits = 1 if number < 9.95 and unit != "min" and round(number, 1) % 1 else 0
            return f"{number:.{digits}f} {unit}"
    return f"{seconds / 86_400:,.0f} days"


def _facts(text: object) -> dict[str, object]:
    try:
        found = json.loads(str(text or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(facts: Mapping[str, object], name: str) -> int | float | None:
    value = facts.get(name)
    return value if isinstance(value, int | float) else None


def _numbers(value: object) -> dict[str, int | float]:
    """The numbers of an object that are not 0, by name."""
    if not isinstance(value, Mapping):
        return {}
    return {str(k): n for k, n in sorted(value.items()) if isinstance(n, int | float) and n}
