"""Models of which nobody says when they were created: a past time shows them too late, or never."""

from graph.answers.query import Query, Reader

_UNDATED = """
CALL () { MATCH (model:Model) RETURN count(*) AS nodes }
CALL () { MATCH (model:Model {known: false}) RETURN count(*) AS unknown }
CALL () { MATCH (model:Model) WHERE model.created_at IS NOT NULL RETURN count(*) AS dated }
RETURN nodes - unknown - dated AS models
"""
UNDATED = Query("undated-models", "Models without a date of creation", _UNDATED, precomputed=True)


def undated(read: Reader, as_of: object) -> int | None:
    """How many models have no date of creation; None for the present, which needs none.

    They count from when they were first seen, so that numbers of an earlier time are "at least".
    """
    return None if as_of is None else int(read(UNDATED).one()["models"])
