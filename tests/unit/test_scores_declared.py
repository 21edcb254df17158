"""What follows from the declaration of a score."""

from importlib import import_module

import numpy as np
import pytest

from graph.schema import (
    AUTHOR,
    AUTHOR_SCORES,
    MODEL,
    MODEL_SCORES,
    Direction,
    Property,
    Score,
    Source,
    Type,
    listed_properties,
    score_properties,
    scores_to_json,
)
from graph.scores.ranking import scored_rows

ALL = [*MODEL_SCORES, *AUTHOR_SCORES]
REACH = Score(
    name="reach",
    label="Model",
    computed_in="reach",
    words="reach",
    description="How far it reaches.",
    direction=Direction.LESS,
    decimals=1,
    ranked=True,
    read_as=Property("reach_shown", Type.FLOAT, "`reach` as it is shown."),
    listed=True,
)
SIZE = Score("size", "Model", "size", "size", "How large.", type=Type.INTEGER, listed=True)


@pytest.mark.parametrize("score", ALL, ids=lambda score: f"{score.label} {score.name}")
def test_each_has_a_module_words_and_properties(score: Score) -> None:
    module = import_module(f"graph.scores.{score.computed_in}")
    assert module.STAGE
    assert callable(module.columns)
    assert score.words
    assert score.description.endswith(".")
    if score.listed and score.label == "Model":
        assert score.heading
        assert score.tip
    assert not score.sortable or score.shown.name in MODEL.sorted_by


def test_a_module_computes_for_one_kind_of_node() -> None:
    kinds = {(score.computed_in, score.label) for score in ALL}
    assert len(kinds) == len({module for module, _ in kinds})


def test_nodes_have_the_properties_of_their_scores_and_no_others() -> None:
    other = {"swarm", "findings", "effective_terms", "inherited_terms", "terms_open"}
    for node, scores in ((MODEL, MODEL_SCORES), (AUTHOR, AUTHOR_SCORES)):
        names = tuple(item.name for item in score_properties(scores))
        found = node.names(Source.INFLUENCE)
        assert tuple(name for name in found if name not in other) == names


def test_a_ranked_score_has_its_rank_in_json_and_a_count_stands_alone() -> None:
    node = {"reach": 1.5, "reach_rank": 2, "reach_shown": 9.0, "size": 3}
    assert scores_to_json((REACH, SIZE), node) == {
        "scores": {"reach": {"value": 1.5, "rank": 2, "reach_shown": 9.0}},
        "size": 3,
    }
    assert scores_to_json((REACH, SIZE), {}) == {
        "scores": {"reach": {"value": None, "rank": None, "reach_shown": None}},
        "size": None,
    }
    assert listed_properties((REACH, SIZE)) == tuple(node)


def test_what_is_not_defined_is_none_and_shifts_no_rank() -> None:
    columns = {
        "reach": np.array([3.0, np.nan, 1.0, 2.0]),
        "reach_shown": np.array([0.5, np.nan, 0.7, 0.8]),
        "size": np.array([5.0, 6.0, np.nan, 8.0]),
    }
    found = scored_rows((REACH, SIZE), columns, ["a", "b", "c", "d"], np.arange(4))
    assert found == [
        ["a", 3.0, 1, 0.5, 5],
        ["c", 1.0, 2, 0.7, None],
        ["d", 2.0, 3, 0.8, 8],
        ["b", None, None, None, 6],
    ]


def test_what_is_gone_keeps_its_scores_and_holds_no_rank() -> None:
    columns = {
        "reach": np.array([3.0, 9.0, 1.0, np.nan]),
        "reach_shown": np.array([0.5, 0.9, 0.7, np.nan]),
        "size": np.array([5, 6, 7, 8]),
    }
    gone = np.array([False, True, False, False])
    found = scored_rows((REACH, SIZE), columns, ["a", "b", "c", "d"], np.arange(4), gone)
    assert found == [
        ["a", 3.0, 1, 0.5, 5],
        ["c", 1.0, 2, 0.7, 7],
        ["b", 9.0, None, 0.9, 6],
        ["d", None, None, None, 8],
    ]


def test_rows_are_best_first_in_the_direction_of_the_score() -> None:
    columns = {
        "reach": np.array([2.0, 9.0, 1.04, 1.0]),
        "reach_shown": np.array([0.5, 0.6, 0.7, 0.8]),
        "size": np.array([5, 6, 7, 8]),
    }
    found = scored_rows((REACH, SIZE), columns, ["a", "b", "c", "d"], np.array([0, 2, 3]))
    assert found == [["a", 2.0, 1, 0.5, 5], ["c", 1.0, 2, 0.7, 7], ["d", 1.0, 3, 0.8, 8]]
