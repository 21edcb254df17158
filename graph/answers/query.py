"""Cypher that only the program needs, as a constant beside the reader that asks it."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Protocol

from graph.answers.cypher_text import expanded
from graph.store.connection import Graph, Result
from graph.store.lease import undone_since, written_since

if TYPE_CHECKING:
    from graph.answers.census import Census

SHOWN_ITEMS = 20
"""Items of a list that a query is shown with; the real run may have had thousands."""

_FIND = f"""
MATCH (a:Answer {{report: $name, digest: $digest}})
WHERE NOT {undone_since("a.computed_at")}
WITH a, {written_since("a.computed_at")} AS outdated
WHERE $outdated OR NOT outdated
RETURN a.columns AS columns, a.rows AS rows, a.total AS total, a.computed_at AS computed_at,
  outdated
"""
"""An answer serves until a run has written; while one does, it says when it was computed."""


@dataclass(frozen=True)
class Query:
    """A Cypher text with its name; values reach it as parameters only."""

    name: str  # identifies it among precomputed answers
    title: str  # a few words, shown above the text
    cypher: str  # with its fragments written out
    defaults: Mapping[str, object] = field(default_factory=dict)
    precomputed: bool = False  # whether a large graph stores its answer with the defaults
    counted: str = ""  # the same in SQL over `Census`, where it counts every model
    patience_s: float | None = None  # how long it may take, if less than the settings allow

    def __post_init__(self) -> None:
        """Write out the fragments."""
        object.__setattr__(self, "cypher", expanded(self.cypher).strip())

    @cached_property
    def digest(self) -> str:
        """Hash of its text and defaults: an answer to another version's question serves nobody."""
        text = f"{self.cypher}\n{self.counted}\n{dict(self.defaults)}"
        return hashlib.sha256(text.encode()).hexdigest()


class Reader(Protocol):
    """Answers a query: straight from the graph, or from what was read before."""

    def __call__(
        self,
        query: Query,
        parameters: Mapping[str, object] | None = None,
        /,
        *,
        row_limit: int | None = None,
    ) -> Result:
        """Its rows; never change them.

        Parameters that are not given have their defaults. With a row limit of its own, instead of
        the setting's, a query is always asked anew.
        """


@dataclass(frozen=True)
class Asked:
    """A query as it was asked, for people to see and paste."""

    title: str
    cypher: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, query: Query, parameters: Mapping[str, object]) -> "Asked":
        """With long lists cut, which the title then says."""
        title, shown = query.title, {**query.defaults, **parameters}
        for name, value in parameters.items():
            if isinstance(value, list) and len(value) > SHOWN_ITEMS:
                title += f" (the first {SHOWN_ITEMS} of {len(value):,} {name})"
                shown[name] = value[:SHOWN_ITEMS]
        return cls(title, query.cypher, shown)


def reader(graph: Graph) -> Reader:
    """A reader that asks the graph each time, or takes an answer that was precomputed.

    What counts every model asks columns that are read once, for the first such question.
    """

    @cache
    def census() -> "Census":
        from graph.answers.census import Census  # noqa: PLC0415 (a second that few questions need)

        return Census.read(graph)

    def read(
        query: Query,
        parameters: Mapping[str, object] | None = None,
        *,
        row_limit: int | None = None,
    ) -> Result:
        given = dict(query.defaults) | dict(parameters or {})
        if stored := stored_answer(graph.read, query, given):
            return stored
        if query.counted and row_limit is None:
            return census().answer(query.counted, given)
        return graph.read(query.cypher, given, row_limit=row_limit, timeout_s=query.patience_s)

    return read


def stored_answer(
    ask: Callable[[str, Mapping[str, object]], Result],
    query: Query,
    parameters: Mapping[str, object],
    *,
    outdated: bool = False,
) -> Result | None:
    """The precomputed answer to a query, if it has one for these parameters that still holds.

    With `outdated` also one from before the newest run.
    """
    if not query.precomputed or dict(parameters) != dict(query.defaults):
        return None
    started = time.perf_counter()
    wanted = {"name": query.name, "digest": query.digest, "outdated": outdated}
    found = ask(_FIND, wanted).one()
    if not found:
        return None
    columns = list(found["columns"])
    rows = json.loads(found["rows"], object_hook=_from_json)
    elapsed_ms = (time.perf_counter() - started) * 1000
    return Result(
        columns,
        [dict(zip(columns, row, strict=True)) for row in rows],
        elapsed_ms=elapsed_ms,
        total=found["total"],
        computed_at=found["computed_at"],
        outdated=found["outdated"],
    )


def _from_json(value: dict[str, object]) -> object:
    return datetime.fromisoformat(str(value["$time"])) if value.keys() == {"$time"} else value
