"""What reports say of sizes and popularity equals what pandas counts from the sample's models."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graph.answers import reports
from graph.store.connection import Graph

MODELS = """
MATCH (m:Model) WHERE m.known AND m.gone_since IS NULL
RETURN m.id AS id, m.author AS author, m.task AS task, m.downloads AS downloads, m.likes AS likes,
  m.parameters AS parameters, m.created_at AS created_at
"""
EDGES = [0, 1, 3, 9, 20, 40, 80, np.inf]


@pytest.fixture
def models(sample_graph: Graph) -> pd.DataFrame:
    found = pd.DataFrame(sample_graph.read(MODELS, row_limit=100_000).rows)
    found["created_at"] = pd.to_datetime(found["created_at"], utc=True)
    return found.astype(dict.fromkeys(("downloads", "likes", "parameters"), "Int64"))


def told(graph: Graph, name: str, **given: object) -> pd.DataFrame:
    return pd.DataFrame(reports.run(graph, name, given).rows)


def least_spread(values: "pd.Series[int]", groups: int) -> tuple[int, ...]:
    """The best cuts of a few sorted values, by trying all."""
    found = values.sort_values().to_numpy()
    places = [at for at in range(1, len(found)) if found[at] != found[at - 1]]
    parts = ((cuts, np.split(found, cuts)) for cuts in combinations(places, groups - 1))
    best = min(parts, key=lambda item: sum(((p - p.mean()) ** 2).sum() for p in item[1]))
    return tuple(int(found[cut]) for cut in best[0])


def spread(values: Any, cuts: Any) -> float:
    parts = np.split(values, np.searchsorted(values, cuts))
    return sum(float(((part - part.mean()) ** 2).sum()) for part in parts)


def test_popularity_is_that_of_all_models(sample_graph: Graph, models: pd.DataFrame) -> None:
    for name, key in (("task-popularity", "task"), ("author-popularity", "author")):
        rows = told(sample_graph, name, limit=1000)
        assert len(rows) > 40
        for row in rows.itertuples():
            of = models[models[key] == getattr(row, key)]
            sizes = of["parameters"].dropna().astype(float)
            assert (row.models, row.with_size) == (len(of), len(sizes))
            if len(sizes):
                assert row.parameters == pytest.approx(np.exp(np.log(sizes).mean()))
            for what in ("downloads", "likes"):
                known = of[what].dropna().astype(int)
                if len(known):
                    middle = known.sort_values().iloc[(len(known) - 1) // 2]
                    assert getattr(row, f"median_{what}") == middle
                    assert getattr(row, f"mean_{what}") == pytest.approx(known.mean())
                    assert getattr(row, what) == known.sum()
                else:
                    assert pd.isna(getattr(row, f"median_{what}"))


def test_size_groups_are_the_best_there_are(sample_graph: Graph, models: pd.DataFrame) -> None:
    rows = told(sample_graph, "size-groups")
    sizes = models[models["parameters"].notna()]
    for row in rows.itertuples():
        of = sizes.query(f"{row.smallest} <= parameters <= {row.largest}")
        assert len(of) == row.models
        assert of["likes"].mean() == pytest.approx(row.mean_likes)
        known = of["likes"].dropna().sort_values()
        assert known.iloc[(len(known) - 1) // 2] == row.median_likes
    groups, bands = rows[rows["by"] == "k-means"], rows[rows["by"] == "bands"]
    assert len(groups) == 5
    assert groups["models"].sum() == bands["models"].sum() == len(sizes)
    counted = pd.cut(sizes["parameters"].astype(float) / 1e9, EDGES, right=False)
    assert list(bands["models"]) == list(counted.value_counts(sort=False))
    places = np.sort(np.round(100 * np.log10(sizes["parameters"].astype(float).to_numpy())))
    cuts = np.round(100 * np.log10(groups["smallest"].astype(float).to_numpy()))[1:]
    found = spread(places, cuts)
    chance = np.random.default_rng(3)
    near = [cuts + chance.integers(-12, 13, 4) for _ in range(2_000)]
    far = [chance.choice(places, 4, replace=False) for _ in range(500)]
    others = [np.unique(one) for one in near + far]
    assert found <= min(spread(places, one) for one in others if len(one) == 4) + 1e-6


SIZED = """
UNWIND $sizes AS size
CREATE (:Model {id: 'a/' + toString(size), known: true, parameters: size})
"""


def test_size_groups_of_a_few_models_are_found_by_trying_all(empty_graph: Graph) -> None:
    places = pd.Series([600, 610, 640, 700, 705, 720, 800, 830, 860, 900, 980, 985, 1100])
    sizes = [round(10 ** (place / 100)) for place in places]
    empty_graph.command(SIZED, {"sizes": sizes})
    rows = told(empty_graph, "size-groups").query("by == 'k-means'")
    starts = (100 * np.log10(rows["smallest"])).round().astype(int)
    assert tuple(starts[1:]) == least_spread(places, 5)


def test_fewer_sizes_than_groups_have_bands_only(empty_graph: Graph) -> None:
    empty_graph.command(SIZED, {"sizes": [7_000_000_000, 13_000_000_000]})
    assert list(told(empty_graph, "size-groups")["by"]) == ["bands", "bands"]


def test_sizes_shift_by_as_much_as_is_said(sample_graph: Graph, models: pd.DataFrame) -> None:
    dated = models[models["created_at"].notna()]
    for given in ({}, {"date": "2025-01-01"}):
        rows = told(sample_graph, "size-shift", **given)
        day = pd.Timestamp(rows["period"][1].removeprefix("from "), tz="UTC")
        if not given:
            assert day == dated["created_at"].max().floor("D") - pd.DateOffset(years=1)
        for row, of in zip(
            rows.to_dict("records"),
            (dated[dated["created_at"] < day], dated[dated["created_at"] >= day]),
            strict=True,
        ):
            sizes = of["parameters"].dropna().astype(float) / 1e9
            shares = pd.cut(sizes, EDGES, right=False).value_counts(sort=False, normalize=True)
            assert (row["models"], row["with_size"]) == (len(of), len(sizes))
            assert list(row.values())[3:] == pytest.approx(list(shares))


NARROWED: list[tuple[dict[str, object], str]] = [
    (
        {"task": "text-generation", "min_likes": 50, "min_downloads": 10, "min_size": 7 * 10**9},
        "task == 'text-generation' and likes >= 50 and downloads >= 10 and parameters >= 7e9",
    ),
    ({"min_likes": 500, "max_size": 10**9}, "likes >= 500 and parameters <= 1e9"),
    (
        {"from": "2024-02-01", "to": "2025-01-01"},
        "'2024-02-01' <= created_at.dt.strftime('%Y-%m-%d') < '2025' and likes >= 0",
    ),
]


@pytest.mark.parametrize(("asked", "condition"), NARROWED)
def test_tables_are_narrowed(
    sample_graph: Graph, models: pd.DataFrame, asked: dict[str, object], condition: str
) -> None:
    fit = models.query(condition)
    given = {**asked, "limit": 30_000}
    rows = told(sample_graph, "models-table", **given)
    assert len(rows) > 2
    assert sorted(rows["model"]) == sorted(fit["id"])
    authors = told(sample_graph, "authors-table", **given)
    likes = fit.groupby("author")["likes"].sum()
    shown = authors.dropna(subset="author").set_index("author")["likes"]
    assert shown.to_dict() == likes.to_dict()


@pytest.mark.parametrize("to", ["2024-05-01", "2025-01-01"])
def test_most_downloaded_of_a_period(sample_graph: Graph, models: pd.DataFrame, to: str) -> None:
    period = {"from": "2024-04-01", "to": to}
    fit = models[(models["created_at"] >= period["from"]) & (models["created_at"] < to)]
    best = fit.sort_values(["downloads", "id"], ascending=False).dropna(subset="downloads").head(10)
    assert list(told(sample_graph, "top-downloads", **period)["model"]) == list(best["id"])
