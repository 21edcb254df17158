"""What is asked of the graph while a word is typed."""

from collections.abc import Mapping
from typing import Any

import pytest

from graph.answers.query import Query
from graph.answers.search import INFLUENTIAL, suggestions
from graph.store.connection import Result


class Asked:
    """A reader that holds some influential names, and remembers what was asked of it."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self.given: dict[str, Mapping[str, Any]] = {}

    def __call__(
        self,
        query: Query,
        parameters: Mapping[str, Any] | None = None,
        *,
        row_limit: int | None = None,  # noqa: ARG002
    ) -> Result:
        self.given[query.name] = parameters or {}
        if query is INFLUENTIAL:
            return Result(["names"], [{"names": self._names}])
        return Result([], [])


@pytest.mark.parametrize(
    ("typed", "influential", "asks_index"),
    [
        ("phi", [], True),  # nothing is scored yet
        ("phi", [f"microsoft/phi-{n}" for n in range(9)], True),
        ("phi", [f"microsoft/phi-{n}" for n in range(10)], False),
        ("phi-2", [f"microsoft/phi-2-{n}" for n in range(10)], False),
        ("llama", [f"meta-llama/llama-{n}" for n in range(10)], True),
    ],
)
def test_short_words_are_looked_for_in_the_index_where_few_influential_names_have_them(
    typed: str, influential: list[str], *, asks_index: bool
) -> None:
    asked = Asked(influential)
    suggestions(asked, typed)
    given = asked.given["search-models"]
    assert bool(given["fulltext"]) is asks_index
    assert given["influential"] == influential
