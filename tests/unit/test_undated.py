"""How many models may have been there at a time, from one look at all of them."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from graph.answers.history.undated import UNDATED, undated
from graph.answers.query import Query
from graph.store.connection import Result

FIRST, SECOND = datetime(2025, 5, 1, tzinfo=UTC), datetime(2025, 5, 8, tzinfo=UTC)
ROWS = [(FIRST, 3), (SECOND, 5), (None, 7)]


class Graph:
    """Answers as the graph does; `is_cut` when there are too many times."""

    def __init__(self, *, is_cut: bool = False) -> None:
        self.asked: list[str] = []
        self._is_cut = is_cut

    def __call__(
        self, query: Query, _parameters: Mapping[str, object] | None = None, **_: object
    ) -> Result:
        self.asked.append(query.name)
        if query is UNDATED:
            rows = [{"seen": seen, "models": models} for seen, models in ROWS]
            return Result(["seen", "models"], rows, truncated=self._is_cut)
        return Result(["models"], [{"models": 12}])


@pytest.mark.parametrize(("as_of", "models"), [
    (None, None),
    (datetime(2025, 4, 1, tzinfo=UTC), 15),
    (FIRST, 12),
    (datetime(2025, 5, 7, tzinfo=UTC), 12),
    (SECOND, 7),
    (datetime(2026, 1, 1, tzinfo=UTC), 7),
])  # fmt: skip
def test_what_was_first_seen_later_may_be_missing(
    as_of: datetime | None, models: int | None
) -> None:
    graph = Graph()
    assert undated(graph, as_of) == models
    assert graph.asked == ([] if as_of is None else [UNDATED.name])


def test_with_too_many_times_it_is_counted_anew() -> None:
    graph = Graph(is_cut=True)
    assert undated(graph, FIRST) == 12
    assert graph.asked == [UNDATED.name, "undated-models-at"]
