"""Models of which nobody says since when they are there: the past shows them too late, or never."""

from datetime import datetime

from graph.answers.query import Query, Reader

UNDATED = Query(
    "undated-models",
    "Models that may have been there before they were first seen, by when that was",
    """
MATCH (model:Model {known: true})
WHERE undated(model, null)
RETURN model.appeared_at AS seen, count(*) AS models
""",
    precomputed=True,
)
"""One look at all models serves every time: they were first seen at few times, those of loads."""
UNDATED_AT = Query(
    "undated-models-at",
    "Models that may have been there before they were first seen",
    """
MATCH (model:Model {known: true})
WHERE undated(model, $as_of)
RETURN count(*) AS models
""",
)


def undated(read: Reader, as_of: object) -> int | None:
    """How many models may have been there at a time and are not counted; None for the present.

    They count from when they were first seen, so that numbers of an earlier time are "at least".
    """
    if not isinstance(as_of, datetime):
        return None
    found = read(UNDATED)
    if found.truncated:  # first seen at more times than one answer holds
        return int(read(UNDATED_AT, {"as_of": as_of}).one()["models"])
    later = (row for row in found.rows if row["seen"] is None or row["seen"] > as_of)
    return sum(int(row["models"]) for row in later)
