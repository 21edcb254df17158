"""Lineage of hardly anything: every score is defined, or there is none."""

import pytest

from bench.ranks import read
from graph.errors import DataError
from graph.progress import StageTimer
from graph.schema import AUTHOR_SCORES, MODEL_SCORES, score_properties
from graph.scores.pipeline import compute_outside
from graph.settings import Settings

Row = tuple[str, str, list[str] | None, str]
Scores = dict[str, dict[str, object]]


def made(child: str, *bases: str, event: str = "added") -> Row:
    return (child, "finetune", list(bases), event)


def computed(*rows: Row) -> tuple[dict[str, int], Scores, Scores]:
    """What is left out, and the scores of models and authors."""
    lineage, models = read(list(rows))
    summary, *found = compute_outside(lineage, models, Settings(), StageTimer(None, {}))
    names = [[p.name for p in score_properties(of)] for of in (MODEL_SCORES, AUTHOR_SCORES)]
    of_models, of_authors = (
        [(key, dict(zip(name, row, strict=True))) for key, *row in rows]
        for name, rows in zip(names, found, strict=True)
    )
    by_id = {models.id[int(str(key))]: scores for key, scores in of_models}
    return summary.cut, by_id, {str(key): scores for key, scores in of_authors}


def test_no_lineage_is_said() -> None:
    with pytest.raises(DataError, match="no lineage"):
        computed(("a/a", "finetune", None, "added"))


@pytest.mark.parametrize("rows", [
    [made("a/a", "a/a")],
    [made("a/a", "b/b"), made("b/b", "a/a")],
    [made("a/a", "b/b"), made("b/b", "c/c"), made("c/c", "a/a", "c/c")],
])  # fmt: skip
def test_of_circles_alone_nobody_has_scores(rows: list[Row]) -> None:
    cut, models, authors = computed(*rows)
    assert sum(cut.values()) == sum(len(row[2] or ()) for row in rows)
    assert (models, authors) == ({}, {})


def test_one_model_and_its_base() -> None:
    _, models, authors = computed(made("a/a", "b/b"))
    assert models.keys() == {"b/b"}
    found = models["b/b"]
    assert (found["influence"], found["influence_rank"]) == (pytest.approx(0.2775), 1)
    assert (found["descendants"], found["reach"], found["downloads_unknown"]) == (1, 1, 1)
    assert (found["modelrank"], found["influence_recent"]) == (0, 0)  # no model has a date
    assert authors["b"]["outside_models"] == 1


def test_models_without_an_owner_are_of_no_author() -> None:
    _, models, authors = computed(made("x", "y"), made("a/z", "y"), made("v", "b/w"))
    assert (models["y"]["descendants"], models["y"]["reach"]) == (2, 1)
    assert authors.keys() == {"b"}
    assert (authors["b"]["outside_models"], authors["b"]["outside_publishers"]) == (1, 0)


def test_a_family_that_is_gone_counts_nothing_and_has_no_rank() -> None:
    _, models, _ = computed(made("a/a", "b/b", event="deleted"), ("b/b", "", None, "deleted"))
    found = models["b/b"]
    assert (found["influence"], found["descendants"], found["descendants_gone"]) == (0, 0, 1)
    assert found["influence_rank"] is None
