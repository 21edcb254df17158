"""ModelRank: month by month as it is defined, what is conserved, and how a family fades."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.scores import authors, modelrank
from graph.scores.cleaning import CleanLineage
from graph.scores.pagerank import DAY_MS, effective, scores
from tests import reference_influence as reference
from tests.laws.test_influence_collapsed import families, lineage_of
from tests.reference_influence import START, Family, family

DATED = st.builds(
    lambda one, days: replace(one, created={m: days * day for m, day in one.created.items()}),
    families(),
    st.integers(1, 60),
)
Rank = tuple[float, float]
"""ModelRank, and by how much it rose in the last month."""


def dated(one: Family) -> CleanLineage:
    """The lineage, with times in milliseconds."""
    lineage = lineage_of(one, {}, set())
    created = START.timestamp() * 1000 + lineage.facts.created * DAY_MS
    return replace(lineage, facts=replace(lineage.facts, created=created))


def computed(one: Family) -> tuple[dict[str, Rank], dict[str, float]]:
    """ModelRank and effective descendants by model."""
    lineage = dated(one)
    found = modelrank.columns(lineage)
    ranks = zip(found["modelrank"].tolist(), found["modelrank_change"].tolist(), strict=True)
    of_all = effective(lineage, lineage.once(scores).influence).tolist()
    return (
        dict(zip(one.models, ranks, strict=True)),
        dict(zip(one.models, of_all, strict=True)),
    )


@given(one=DATED)
def test_it_is_what_the_months_give_one_after_the_other(one: Family) -> None:
    found, _ = computed(one)
    for model, flow in reference.flows(one).items():
        assert found[model] == pytest.approx(reference.modelrank(flow), abs=1e-9), model


@given(one=DATED)
def test_of_an_author_it_is_what_others_made_of_their_models(one: Family) -> None:
    lineage, flow = dated(one), reference.author_flows(one)
    found = authors.columns(lineage)
    ranks = zip(found["modelrank"].tolist(), found["modelrank_change"].tolist(), strict=True)
    for name, rank in zip(lineage.facts.authors, ranks, strict=True):
        assert rank == pytest.approx(reference.modelrank(flow[name]), abs=1e-9), name


@given(one=DATED)
def test_over_all_months_it_adds_up_to_a_fixed_share_of_what_was_made(one: Family) -> None:
    found, of_all = computed(one)
    for model, flow in reference.flows(one).items():
        assert sum(flow) <= of_all[model] + 1e-9
        past = [reference.modelrank(flow[: n + 1])[0] for n in range(len(flow))]
        to_come = found[model][0] * 0.425 / (1 - 0.425)
        assert sum(past) + to_come == pytest.approx(0.5 / (1 - 0.425) * sum(flow), abs=1e-9)


def test_all_dated_models_count_in_some_month_once_the_last_is_over() -> None:
    one = family("a/c x/base; b/c a/c MERGE; b/c x/base MERGE; y/z y/base")
    one.created |= {"a/c": 0, "b/c": 40, "x/base": 0, "y/z": 100}
    flow = reference.flows(one)["x/base"]
    assert sum(flow) == pytest.approx(computed(one)[1]["x/base"])


def test_a_family_that_nobody_builds_on_fades_at_a_known_rate() -> None:
    rank = {}
    for days in (70, 100, 130):  # when the youngest model was made, of another family
        one = family("a/c x/base; b/c x/base; y/z y/base")
        one.created |= {"a/c": 0, "b/c": 40, "x/base": 0, "y/z": days}
        rank[days] = computed(one)[0]["x/base"]
    assert rank[70] == pytest.approx((0.85 * (0.5 + 0.5 * 0.425), 0.85 * (0.5 - 0.575 * 0.5)))
    assert rank[100][0] == pytest.approx(0.425 * rank[70][0])
    assert rank[130][0] == pytest.approx(0.425 * rank[100][0])
    assert rank[130][1] == pytest.approx(rank[130][0] - rank[100][0])


def test_what_has_no_date_or_a_month_that_is_not_over_counts_in_no_month() -> None:
    day = 86_400_000.0
    dates = np.array([np.nan, 0.0, 31 * day, 59 * day])
    assert np.array_equal(modelrank.ages(dates), [np.nan, 1, 0, np.nan], equal_nan=True)
    assert np.isnan(modelrank.ages(dates[:1])).all()
    assert modelrank.ages(dates[:0]).size == 0


def test_the_months_of_one_model_end_at_its_rank() -> None:
    day = 86_400_000.0
    created = np.array([40 * day, 40 * day, 130 * day, 190 * day, np.nan])
    found = modelrank.by_month(created, np.array([1, 0.5, 0.2, 9, 9]), 190 * day)
    assert [(m.month, m.models, m.effective_descendants) for m in found] == [
        ("1970-02", 2, 1.5), ("1970-03", 0, 0), ("1970-04", 0, 0), ("1970-05", 1, 0.2),
        ("1970-06", 0, 0),
    ]  # fmt: skip
    ranks = [reference.modelrank([1.5, 0, 0, 0.2, 0][: n + 1])[0] for n in range(5)]
    assert [m.modelrank for m in found] == pytest.approx(ranks)
    assert modelrank.by_month(created, created, None) == []
    assert modelrank.by_month(created[-2:], created[-2:], 190 * day) == []
