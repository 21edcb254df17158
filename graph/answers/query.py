"""Cypher that only the program needs, as a constant beside the reader that asks it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from graph.answers.fragments import expanded
from graph.answers.precomputed import Precomputable, stored_answer
from graph.store.connection import Graph, Result

SHOWN_ITEMS = 20
"""Items of a list that a query is shown with; the real run may have had thousands."""


class Readable(Precomputable, Protocol):
    """What a `Query` and a report have in common."""

    @property
    def title(self) -> str:
        """A few words, shown above the text."""


@dataclass(frozen=True)
class Query:
    """A Cypher text with its name.

    Attributes:
        name: identifies it among precomputed answers.
        title: a few words, shown above the text.
        cypher: the text, fragments written out; values reach it as parameters only.
        defaults: values of parameters that are not given.
        precomputed: whether its answer may be worked out beforehand, because it looks at every
            model.
    """

    name: str
    title: str
    cypher: str
    defaults: Mapping[str, object] = field(default_factory=dict)
    precomputed: bool = False

    def __post_init__(self) -> None:
        """Write out the fragments."""
        object.__setattr__(self, "cypher", expanded(self.cypher).strip())


class Reader(Protocol):
    """Answers a query: straight from the graph, or from what was read before."""

    def __call__(
        self,
        query: Readable,
        parameters: Mapping[str, object] | None = None,
        /,
        *,
        row_limit: int | None = None,
    ) -> Result:
        """Its rows; never change them.

        Args:
            query: what to ask.
            parameters: those that differ from its defaults.
            row_limit: most rows; default: the setting. With a limit of its own it is asked anew.
        """


@dataclass(frozen=True)
class Asked:
    """A query as it was asked, for people to see and paste.

    Attributes:
        title: what it asks for.
        cypher: its text.
        parameters: what it was given.
    """

    title: str
    cypher: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, query: Readable, parameters: Mapping[str, object]) -> "Asked":
        """With long lists cut, which the title then says."""
        title, shown = query.title, {**query.defaults, **parameters}
        for name, value in parameters.items():
            if isinstance(value, list) and len(value) > SHOWN_ITEMS:
                title += f" (the first {SHOWN_ITEMS} of {len(value):,} {name})"
                shown[name] = value[:SHOWN_ITEMS]
        return cls(title, query.cypher, shown)


def reader(graph: Graph) -> Reader:
    """A reader that asks the graph each time, or takes an answer that was precomputed."""

    def read(
        query: Readable,
        parameters: Mapping[str, object] | None = None,
        *,
        row_limit: int | None = None,
    ) -> Result:
        given = dict(query.defaults) | dict(parameters or {})
        return stored_answer(graph, query, given) or graph.read(
            query.cypher, given, row_limit=row_limit
        )

    return read
