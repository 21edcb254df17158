"""Models of which nobody says since when they are there: the past shows them too late, or never."""

from graph.answers.query import Query, Reader

_UNDATED = """
MATCH (model:Model {known: true})
WHERE undated(model, $as_of)
RETURN count(*) AS models
"""
UNDATED = Query(
    "undated-models",
    "Models that may have been there before they were first seen",
    _UNDATED,
    {"as_of": None},
    precomputed=True,
)
"""Without a time, all of which nothing says since when they are there."""


def undated(read: Reader, as_of: object) -> int | None:
    """How many models may have been there at a time and are not counted; None for the present.

    They count from when they were first seen, so that numbers of an earlier time are "at least".
    """
    if as_of is None or not read(UNDATED).one()["models"]:
        return None if as_of is None else 0
    return int(read(UNDATED, {"as_of": as_of}).one()["models"])
