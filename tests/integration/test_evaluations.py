"""Results on benchmarks in a real Neo4j: loaded, counted, exported, reported; on one made graph."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph.answers import reports
from graph.progress import Silent
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.export.writing import export_records
from graph.ways.load import LoadSummary, load, load_files
from tests.commands import Commands
from tests.hub import Content, faults, serve
from tests.integration.crawls import Crawl
from tests.reference_influence import family, plant
from tests.unit.test_evaluations_spider import BENCHMARKS, MODELS
from webapp import create_app

LINEAGE = "a/better lab/base; b/worse lab/base ADAPTER; c/same lab/base; d/q lab/base QUANTIZE"
BENCHMARK = {"benchmark": "B average"}


def result(model: str, value: object, benchmark: str = "B", **stated: object) -> dict[str, Any]:
    said = {"record": "evaluation/1", "id": model, "benchmark": benchmark, "metric": "average"}
    return {**said, "value": value, "source": "board", "date": "2025-03-01", **stated}


RESULTS = [
    result("lab/base", 50.0),
    result("LAB/base", 55, "C"),
    result("lab/base", 60, "D"),
    result("lab/base", 9.0, "WER", higher_is_better=False),
    result("a/better", "61.5%"),
    result("a/better", 99.0, community=True, date="2025-04-01"),
    result("a/better", 70.0, source="its card", origin="card", date="2025-05-01", reported_in="p"),
    result("a/better", 60.0, date="2025-02-01", variant="old"),
    result("a/better", 8.0, "WER", higher_is_better=False),
    result("b/worse", 48.0),
    result("c/same", 50.0),
    result("c/same", 55.0, "C"),
    result("c/same", 60.0, "D"),
    result("d/q", 49.0),
    result("d/q", 53.0, "C"),
    result("e/other-source", 90.0, source="elsewhere"),
    result("nobody/here", 1.0),
    result("d/q", "n/a"),
]


@pytest.fixture
def made(empty_graph: Graph, settings: Settings) -> Graph:
    """A family, its results, and the summary of their load."""
    plant(empty_graph, family(f"{LINEAGE}; e/other-source lab/base"))
    empty_graph.command(
        "MATCH (m:Model) SET m.parameters = CASE m.author WHEN 'lab' THEN 7 WHEN 'a' THEN 9 "
        "WHEN 'b' THEN 5 END, m.license = 'mit', m.relation = 'finetune'"
    )
    loaded(empty_graph, settings)
    return empty_graph


def loaded(graph: Graph, settings: Settings) -> LoadSummary:
    return load(graph, RESULTS, settings=settings, source="results")


def stored(graph: Graph) -> list[dict[str, Any]]:
    return graph.read(
        "MATCH (m:Model)-[r:EVALUATED]->(b:Benchmark) RETURN m.id AS model, b.id AS benchmark, "
        "r.value AS value, r.counts AS counts, r.key AS key ORDER BY model, benchmark, key"
    ).rows


def test_results_come_in_once_and_one_of_each_counts(
    made: Graph, settings: Settings, tmp_path: Path
) -> None:
    before = stored(made)
    assert len(before) == 16
    of_one = [r for r in before if (r["model"], r["benchmark"]) == ("a/better", "B average")]
    assert [r["value"] for r in of_one if r["counts"]] == [61.5]
    assert len(of_one) == 4
    again = loaded(made, settings)
    assert (again.read, again.rejected, again.evaluations) == (18, 1, 16)
    assert again.issue_log
    assert "nobody/here" in Path(again.issue_log).read_text(encoding="utf-8")
    assert stored(made) == before
    file = tmp_path / "all.jsonl"
    assert export_records(made, file, Silent()).evaluations == 16
    made.command("MATCH (b:Benchmark) DETACH DELETE b")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    load(made, [r for r in lines if r["record"] == "evaluation/1"], settings=settings, source="x")
    assert stored(made) == before


def test_a_result_that_is_mended_moves_what_counts(made: Graph, settings: Settings) -> None:
    newer = [result("a/better", 40.0, date="2025-06-01"), result("A/Better", 41.0, verified=True)]
    load(made, newer, settings=settings, source="newer")
    rows = [r for r in stored(made) if r["model"] == "a/better" and r["benchmark"] == "B average"]
    assert [(r["value"], r["key"]) for r in rows if r["counts"]] == [
        (41.0, "board |  | 2025-03-01T00:00:00.000Z")
    ]
    assert len(rows) == 5
    seen = [  # in any order the newest holds
        result("d/q", n, "Hub", source="h", origin="hub", observed_at=f"2025-0{n}-01", date=None)
        for n in (5, 7, 6)
    ]
    for each in ([seen[1]], [seen[0]], seen):
        load(made, each, settings=settings, source="seen")
        assert [r["value"] for r in stored(made) if r["benchmark"] == "Hub average"] == [7]


def test_a_renamed_model_takes_its_results_along(empty_graph: Graph, settings: Settings) -> None:
    """Also to a name that has results already, over two renames at once, and back."""
    at = {"observed_at": "2025-01-01T00:00:00Z"}
    models = [{"record": "model/1", "id": name, **at} for name in ("r/old", "r/new")]
    results = [result("r/old", 50.0), result("r/old", 7, "C"), result("r/new", 30.0, variant="x")]

    def loaded_(*records: dict[str, Any]) -> set[tuple[str, str, float, bool | None]]:
        load(empty_graph, records, settings=settings, source="x")
        names = ("model", "benchmark", "value", "counts")
        return {tuple(row[name] for name in names) for row in stored(empty_graph)}

    def renamed(was: str, now: str, month: int) -> dict[str, Any]:
        said = {"record": "change/1", "id": was, "kind": "renamed", "after": now}
        return {**said, "observed_at": f"2025-{month:02}-01T00:00:00Z"}

    loaded_(*models, *results)
    end: dict[str, set[tuple[float, bool | None]]] = {
        "B average": {(50.0, True), (30.0, None)},
        "C average": {(7.0, True)},
    }
    found = loaded_(renamed("r/old", "r/mid", 2), renamed("r/mid", "r/new", 3))
    assert found == {("r/new", b, *each) for b, held in end.items() for each in held}
    found = loaded_(renamed("r/new", "r/other", 4), renamed("r/other", "r/new", 5))
    assert found == {("r/new", b, *each) for b, held in end.items() for each in held}
    assert ("r/new", "D average", 1.0, True) in loaded_(result("r/old", 1.0, "D"))


def test_the_hubs_own_results_are_crawled(
    empty_graph: Graph, commands: Commands, settings: Settings, tmp_path: Path
) -> None:
    """Into the graph, after an interruption, and into a file; what was merged is no claim more."""
    unknown, *known = MODELS[0] | {"id": "un/known"}, *MODELS
    load(empty_graph, known, settings=settings, source="models")
    with serve(Content([*MODELS, *BENCHMARKS, unknown])) as hub:
        crawl = Crawl(hub, commands, settings, tmp_path)
        crawl.environment["HUBGRAPH_CRAWL_MAX_RETRIES"] = "0"
        hub.faults.add(faults.status(502), when="/api/datasets/openai", times=1)
        crawl("evaluations", code=1)
        told = crawl("evaluations")
        assert told["status"] == "capped"
        assert "big/closed" in told["capped"][0]
        assert told["facts"]["outcomes"]["results written"] == 10
        assert [line for line in crawl.issues if "un/known" in line]
        found = [(r["model"], r["benchmark"], r["value"], r["counts"]) for r in stored(empty_graph)]
        assert found == [
            ("ann/tuned", "openai/gsm8k main", 99, None),
            ("ann/tuned", "openai/gsm8k main", 80, None),
            ("ann/tuned", "openai/gsm8k main", 90, True),
            ("ann/tuned", "openai/gsm8k wer", 7, True),
            ("lab/base", "openai/gsm8k main", 86.2, True),
        ]
        hub.content.datasets.change("openai/gsm8k", lower_is_better=True)
        (merged,) = (i for i in MODELS[1]["eval_results"] if "pullRequest" in i)
        merged = {name: value for name, value in merged.items() if name != "pullRequest"}
        hub.content.models.change("ann/tuned", eval_results=[merged])
        crawl("evaluations", "--to", str(tmp_path / "file.jsonl"))
        load_files(empty_graph, [tmp_path / "file.jsonl"], settings=settings)
    merged = {"model": "ann/tuned", "benchmark": "openai/gsm8k main", "value": 99, "counts": True}
    assert merged | {"key": "hub-eval-results |  | "} in stored(empty_graph)
    ways = "MATCH (b:Benchmark) RETURN b.metric AS metric, b.higher_is_better AS higher"
    higher = {row["metric"]: row["higher"] for row in empty_graph.read(ways).rows}
    assert higher == {"main": False, "wer": True}


def test_a_models_page_shows_its_results_beside_its_bases(made: Graph, settings: Settings) -> None:
    alike = [result("lab/base", n, v, variant=v) for n, v in ((1.0, "5-shot"), (2.0, "0-shot"))]
    other = [result("c/same", 1.5, "5-shot", variant="5-shot"), result("c/same", 9.0, "alone")]
    alike = [each | {"benchmark": "Shots"} for each in alike]
    other[0]["benchmark"] = "Shots"
    load(made, [*alike, *other], settings=settings, source="more")
    client = create_app(settings, graph=made).test_client()

    def shown(model: str) -> list[tuple[object, ...]]:
        names = ("benchmark", "value", "base_value", "gain", "base_variant", "counts", "community")
        listed = client.get(f"/api/v1/model/{model}").get_json()["data"]["results"]["listed"]
        return [tuple(row[name] for name in names) for row in listed]

    assert shown("a/better") == [
        ("B average", 61.5, 50, 11.5, None, True, False),
        ("WER average", 8, 9, 1, None, True, False),
        ("B average", 70, None, None, None, False, False),
        ("B average", 99, None, None, None, False, True),
        ("B average", 60, None, None, None, False, False),
    ]
    assert ("Shots average", 1.5, 1, 0.5, "5-shot", True, False) in shown("c/same")
    assert ("alone average", 9, None, None, None, True, False) in shown("c/same")
    assert {row[2] for row in shown("e/other-source")} == {None}
    assert {row[2] for row in shown("lab/base")} == {None}
    page = client.get("/model/a/better").text
    for text in (
        'board <span class="tag"',
        "claimed",
        "lower is better",
        "+<span title",
        "61.5</span>",
    ):
        assert text in page
    assert "Nobody has reported" not in page
    more = [{"record": "model/1", "id": name} for name in ("f/none", "f/many")]
    load(made, more, settings=settings, source="x")
    many = [result("f/many", n, f"N{n:02}") for n in range(60)]
    load(made, many, settings=settings, source="many")
    assert "Nobody has reported a result" in client.get("/model/f/none").text
    page = client.get("/model/f/many").text
    assert "50 of 60; those that count come first" in page
    assert "38 more results" in page


def test_benchmarks_are_columns_of_the_leaderboard(made: Graph, settings: Settings) -> None:
    """Not measured is null, never 0; results of several sources are named as such."""
    load(made, [result("d/q", 0, "WER", higher_is_better=False)], settings=settings, source="zero")
    client = create_app(settings, graph=made).test_client()
    chosen = "sort=downloads&benchmark=B+average&benchmark=WER+average"
    made.command("MATCH (m:Model) SET m.downloads = 1")
    data = client.get(f"/api/v1/models?{chosen}").get_json()["data"]
    shown = {
        row["id"]: [one and one["value"] for one in row["more"]["results"].values()]
        for row in data["models"]
    }
    assert shown["lab/base"] == [50, 9]
    assert shown["d/q"] == [49, 0]
    assert shown["b/worse"] == [48, None]
    first = data["benchmarks"][0]
    assert first["benchmark"] == "B average"
    assert (first["models"], first["sources"]) == (6, ["board", "elsewhere"])
    page = client.get(f"/models?{chosen}").text
    assert page.count('title="not measured"') == 3
    assert "compare only those of one source" in page
    assert "6 of these 6 models have results" in page
    file = client.get(f"/export/models.csv?{chosen}").text.splitlines()
    assert "more.results.WER average.value" in file[0]
    refused = client.get("/api/v1/models?benchmark=Cooking")
    assert refused.get_json()["error"]["parameter"] == "benchmark"


def test_the_seven_questions(made: Graph) -> None:
    def run(name: str, **given: object) -> list[dict[str, Any]]:
        return reports.run(made, name, given).rows

    rows = run("beats-its-base", **BENCHMARK)
    assert [(r["model"], r["gain"]) for r in rows] == [
        ("a/better", 11.5), ("c/same", 0), ("d/q", -1), ("b/worse", -2),
    ]  # fmt: skip
    assert {(r["compared"], r["better"], r["median_gain"]) for r in rows} == {(4, 1, -0.5)}
    assert [r["gain"] for r in run("beats-its-base", benchmark="WER average")] == [1]
    assert len(run("beats-its-base", relation="adapter", **BENCHMARK)) == 1

    rows = run("best-under", **BENCHMARK)
    assert [(r["model"], r["front"]) for r in rows[:3]] == [
        ("e/other-source", False), ("a/better", True), ("lab/base", True),
    ]  # fmt: skip
    assert {r["model"] for r in rows if r["front"]} == {"a/better", "lab/base", "b/worse"}
    assert [r["model"] for r in run("best-under", parameters=7, **BENCHMARK)] == [
        "lab/base", "b/worse",
    ]  # fmt: skip
    assert len(run("best-under", base="LAB/base", **BENCHMARK)) == 5
    assert run("best-under", open=True, **BENCHMARK) == []

    rows = run("family-progress", model="Lab/Base", **BENCHMARK)
    assert {(r["model"], r["generation"]) for r in rows} >= {("a/better", 1)}
    rows = run("cost-of-quantizing")
    assert [(r["benchmark"], r["change"]) for r in rows] == [("C average", -2), ("B average", -1)]
    rows = run("claimed-and-verified")
    assert [(r["counted"], r["other"]) for r in rows] == [(61.5, 99.0), (61.5, 70.0)]
    assert len(run("claimed-and-verified", points=10.0)) == 1
    (row,) = run("same-as-base")
    assert (row["model"], row["equal"], row["compared"]) == ("c/same", 3, 3)
    made.command(
        "MATCH (m:Model) WITH collect(m) AS all FOREACH (m IN all | SET m.influence_rank = 1) "
        "CREATE (:Model {id: 'x/y', id_folded: 'x/y', influence_rank: 2})"
    )
    assert [r["model"] for r in run("unscored-influence")] == ["x/y"]
