"""What the benchmarks measure, what they say of it, and how they fail."""

import json
import random
import re
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs

import duckdb
import pytest

from bench import layers, pages, pressure, ranks, running, visitors, weeks
from bench.latency import __main__ as latency
from bench.latency.chosen import Chosen
from bench.latency.metered import Row, Taken, replaced
from graph.answers.reports import catalogue
from graph.errors import QueryError, QueryTimeoutError, ServerError
from graph.settings import Settings
from webapp import create_app
from webapp.page import API
from webapp.pages import declared


def test_a_row_says_the_median_the_95th_percentile_and_the_worst() -> None:
    row = Row("page", 50, [Taken(f"model {ms}", float(ms)) for ms in range(1, 102)])
    assert (row.p50, row.p95) == (51, 96)
    assert row.worst.what == "model 101"


def test_defaults_that_name_what_a_graph_lacks_are_replaced() -> None:
    stand_ins = {"google/gemma-7b": "a/b"}
    assert replaced("google/gemma-7b", stand_ins) == "a/b"
    assert replaced(["google/gemma-7b", "other"], stand_ins) == ["a/b", "other"]
    assert replaced("influence", stand_ins) == "influence"
    assert replaced(20, stand_ins) == 20
    assert replaced(None, stand_ins) is None


def test_every_page_of_the_web_app_and_its_twin_are_measured() -> None:
    adapter = create_app(Settings()).url_map.bind("")
    found = {adapter.match(a.partition("?")[0])[0] for a in pages.addresses()}
    rules = {rule.endpoint for rule in adapter.map.iter_rules() if not rule.rule.startswith(API)}
    files = {"static", "author.avatar", "models_file.models_file", "map.picture", "map.points"}
    assert rules - found == {"about.health", *files}


@pytest.mark.parametrize(("error", "line"), [
    (ServerError("Neo4j does not run.", "Start it."), "error: Neo4j does not run. Start it."),
    (OSError(28, "No space left on device"), "error: No space left on device"),
    (KeyboardInterrupt(), "Interrupted."),
])  # fmt: skip
def test_what_keeps_a_benchmark_from_measuring_is_one_line(error: BaseException, line: str) -> None:
    def benchmark() -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        running.run(benchmark)
    assert ended.value.code == line


def test_a_query_that_times_out_at_once_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object) -> None:
        raise QueryTimeoutError("The query took longer than 10 s.", "Narrow it.")

    graph = SimpleNamespace(version="2026", read=late)
    monkeypatch.setattr(latency, "MeteredGraph", lambda _: nullcontext(graph))
    with pytest.raises(SystemExit, match=r"^error: Nothing was measured.*longer than 10 s\."):
        running.run(latency.main)


def test_what_only_cards_declare_is_counted(tmp_path: Path) -> None:
    merged = {"relation": "finetune", "models": [{"id": "a/one"}]}
    answers = [
        {"id": "a/merge", "baseModels": merged, "cardData": {"base_model": ["a/one", "a/two"]}},
        {"id": "a/lost", "tags": [], "card_yaml": "base_model: b/lost"},
        {"id": "a/local", "tags": [], "card_yaml": "base_model: ./out"},
        {"id": "a/root", "tags": [], "card_yaml": "license: mit"},
        {"no": "id"},
    ]
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    assert list(layers.measure(layers.records(path)).values()) == [4, 1, 2, 1, 3, 2, 1]


def test_a_page_that_cannot_be_measured_ends_the_benchmark_for_every_client() -> None:
    with pytest.raises(QueryError, match="cannot be measured"):
        pages.run("http://127.0.0.1:9")


CHOSEN = Chosen(
    models=[{"id": "a/one", "author": "a"}, {"id": "gpt2", "author": None}],
    derived=["a/two"],
    families=[f"a/base{n}" for n in range(60)],
    children=2,
    total=62,
    common={name: ["x", "y", "z"] for name in ("author", "task", "license", "library")},
    stand_ins={"google": "a", "google/gemma-7b-it": "a/two"},
)


def test_the_worst_addresses_are_accepted_and_never_the_same() -> None:
    adapter = create_app(Settings()).url_map.bind("")
    accepted = {page.endpoint: page.parameters for page in declared()}
    asked = set()
    for address in pressure.candidates(CHOSEN, [("a/low", "a/high")]):
        (path, query), again = address(1).split("?"), address(2)
        endpoint, parts = adapter.match(path)
        given = parse_qs(query)
        accepted[endpoint].from_query(given)
        if report := catalogue().get(parts.get("name", "")):
            report.bind({name: values[0] for name, values in given.items()})
        assert len(query) < 4_000
        assert again != address(1) or not {"limit", "as_of"} & report.defaults.keys()  # type: ignore[union-attr]
        asked.add(parts.get("name", path))
    assert catalogue().keys() <= asked


def test_ordinary_pages_are_of_the_graph_at_hand_and_ask_nothing_hard() -> None:
    found = pressure.ordinary(CHOSEN)
    assert {"/", "/models", "/model/a/one", "/model/gpt2", "/author/a", "/model/a/base0"} <= {
        *found
    }
    assert not [address for address in found if re.search("google|None|/reports/|/graph", address)]


@pytest.mark.parametrize("kind", visitors.visits(CHOSEN), ids=lambda kind: kind.name)
def test_visitors_ask_for_what_there_is(kind: visitors.Visits) -> None:
    adapter = create_app(Settings()).url_map.bind("")
    accepted = {page.endpoint: page.parameters for page in declared()}
    for chance in map(random.Random, range(20)):
        path, _, query = kind.draw(chance).partition("?")
        endpoint, parts = adapter.match(path)
        accepted[endpoint.removesuffix("_json")].from_query(parse_qs(query))
        if path.startswith("/reports/"):
            assert parts["name"] in catalogue()


@pytest.mark.parametrize(("took", "failed", "holds"), [
    ([10.0] * 95 + [90.0] * 5, [], True), ([10.0] * 90 + [90.0] * 10, [], False),
    ([10.0], ["503"], False), ([], [], True),
])  # fmt: skip
def test_a_kind_of_visit_holds(took: list[float], failed: list[str], holds: bool) -> None:
    kind = visitors.Visits("home", 1, 50, lambda _: "/", took, failed)
    assert kind.holds is holds


@pytest.mark.parametrize(("seconds", "failed", "holds"), [
    ([0.1, 2.0], [], True), ([0.1, 2.1], [], False), ([0.1], ["503"], False), ([], [], False),
])  # fmt: skip
def test_what_is_late_fails_or_was_never_asked_does_not_hold(
    seconds: list[float], failed: list[str], holds: bool
) -> None:
    assert pressure.Taken("/healthz", 2.0, seconds, failed).holds is holds


EVENTS = """
SELECT * FROM (VALUES
  ('2025-03-19', 'added', 'a/base', NULL, NULL),
  ('2025-03-19', 'deleted', 'b/child', 'finetune', ['a/base']),
  ('2025-04-02', 'added', 'b/child', 'adapter', ['A/base', 'c/gone']),
  ('2025-05-07', 'deleted', 'a/base', NULL, []),
  ('2025-05-21', 'added', 'z/other', NULL, [])
) t(week, event, id, relation, base_models)
"""


@pytest.mark.parametrize(("arguments", "count"), [([], 5), (["--every", "2"], 4)])
def test_weekly_events_are_compared_with_what_duckdb_counts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    count: int,
) -> None:
    file = tmp_path / "events.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({EVENTS}) TO '{file}' (FORMAT parquet)")
    monkeypatch.setattr("sys.argv", ["weeks", str(file), *arguments])
    weeks.main()
    said = capsys.readouterr().out
    assert f"{count} events" in said
    assert said.count("differences from the first graph: none") == 5
    assert said.count("differences from DuckDB's counts: none") == 1
    monkeypatch.setattr(weeks, "counted", lambda *_: {"a/made-up"})
    monkeypatch.setattr(weeks, "ORDERS", {"onwards": list})
    with pytest.raises(SystemExit):
        weeks.main()


def test_what_is_left_without_an_author_who_only_carries() -> None:
    rows: list[tuple[str, str, list[str] | None, str]] = [
        ("pack/copy", "quantized", ["lab/base"], "added"),
        ("ann/a", "finetune", ["pack/copy"], "added"),
        ("bob/b", "finetune", ["lab/base"], "added"),
        ("bob/b", "finetune", ["bob/b"], "added"),
    ]
    raw, models = ranks.read(rows)
    found = ranks.left(raw, models, "lab/base", "pack")
    assert found == pytest.approx((0.15 + 2 * 0.1275 + 0.108375, 0.15 + 0.1275 + 0.108375, 0.2775))
