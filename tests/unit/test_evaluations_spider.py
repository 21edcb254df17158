"""Results of models from the Hub: every one, each once; bad ones harm no other."""

import math
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.observe.hub.evaluations import card_results, model_results
from graph.observe.normalise import Normaliser
from graph.resolve.evaluations import holding, result_key
from spiders.evaluations import EvaluationsSpider
from tests.hub import Content, faults, routes
from tests.hub.faults import Faults
from tests.played import Played, Record, _journals_are_closed, begun

__all__ = ["_journals_are_closed"]

AT = "2026-01-01T00:00:00Z"
PAPER = "https://hf.co/papers/2404.14219"


def item(value: object = 86.2, task: str = "main", **more: object) -> dict[str, Any]:
    """An item of `evalResults` as the Hub's own client is tested with."""
    about: dict[str, Any] = {
        name: more.pop(name) for name in ("verified", "pullRequest") if name in more
    }
    data = {"dataset": {"id": "openai/gsm8k", "task_id": task}, "value": value, **more}
    return {"filename": ".eval_results/gsm8k.yaml", "verified": False, "data": data, **about}


BROKEN = {"filename": ".eval_results/broken.yaml", "error": "value: Required"}
MODELS: list[Record] = [
    {"record": "model/1", "id": "lab/base",
     "eval_results": [item(source={"url": PAPER, "name": "A report"}, date="2024-04-22"), BROKEN]},
    {"record": "model/1", "id": "ann/tuned", "relation": "finetune", "bases": ["lab/base"],
     "eval_results": [item(90, notes="with tools"), item(80, notes="no tools"),
                      item(99, pullRequest=44), item(7, task="wer")]},
    {"record": "model/1", "id": "bob/unmeasured"},
]  # fmt: skip
BENCHMARKS: list[Record] = [
    {"record": "dataset/1", "id": "openai/gsm8k", "tags": ["benchmark:official"]},
    {"record": "dataset/1", "id": "big/closed", "tags": ["benchmark:official"], "closed": True},
    {"record": "dataset/1", "id": "some/data", "tags": []},
]


@pytest.fixture
def content() -> Content:
    return Content([*MODELS, *BENCHMARKS])


def played(
    content: Content, folder: Path, fault: faults.Fault | None = None, **rule: Any
) -> Played:
    broken = Faults()
    if fault:
        broken.add(fault, **rule)
    return Played(begun(EvaluationsSpider, folder), content, faults=broken)


def test_every_result_comes_with_what_makes_it_one(content: Content, tmp_path: Path) -> None:
    crawl = played(content, tmp_path)
    assert [unquote(url) for url in crawl.asked[:2]] == [
        "/api/models?limit=1000&sort=createdAt&direction=1&filter=eval-results&expand[]=tags"
        "&expand[]=evalResults",
        "/api/datasets?limit=1000&sort=createdAt&direction=1&filter=benchmark:official"
        "&expand[]=tags",
    ]
    assert sorted(crawl.asked[2:]) == [
        "/api/datasets/big/closed/leaderboard?base_model=false",
        "/api/datasets/openai/gsm8k/leaderboard?base_model=false&task_id=main",
        "/api/datasets/openai/gsm8k/leaderboard?base_model=false&task_id=wer",
    ]
    assert (crawl.status, crawl.covers) == ("capped", None)
    assert crawl.spider.capped == ["leaderboards that the Hub does not show to us, of big/closed"]
    assert (crawl.facts["invalid"], crawl.facts["models"], crawl.facts["leaderboards"]) == (1, 2, 2)
    first = next(record for record in crawl.records if record["id"] == "lab/base")
    assert first == {
        "record": "evaluation/1", "id": "lab/base", "benchmark": "openai/gsm8k", "metric": "main",
        "value": 86.2, "source": "hub-eval-results", "origin": "hub", "verified": False,
        "community": False, "variant": None, "reported_in": PAPER, "date": "2024-04-22",
    }  # fmt: skip


def test_a_leaderboard_says_the_same_and_which_way_is_better(
    content: Content, tmp_path: Path
) -> None:
    content.datasets.change("openai/gsm8k", lower_is_better=True)
    records = played(content, tmp_path).records
    stated = [record for record in records if "higher_is_better" not in record]
    listed = [record for record in records if "higher_is_better" in record]
    assert {record["higher_is_better"] for record in listed} == {False}
    both = [{(r["id"], r["metric"], r["value"], result_key(r)) for r in each}
            for each in (stated, listed)]  # fmt: skip
    assert both[0] == both[1]
    assert len(stated) == len(both[0]) == 5


def test_what_is_merged_or_newer_holds() -> None:
    items = [item(1, date="2025-02-01"), item(2, date="2025-01-01"), item(3, pullRequest=9)]
    found = model_results({"id": "a/b", "evalResults": items}, AT)
    assert len(set(map(result_key, found))) == 1
    assert [each["value"] for each in sorted(found, key=lambda r: holding(r, AT))] == [3, 2, 1]
    later = "2026-01-02T00:00:00Z"
    assert max((holding(found[0], AT), 1), (holding(found[2], later), 3))[1] == 3


ODD: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["data", "dataset", "id", "task_id", "value", "source", "url", "error",
                         "notes", "date", "verified", "pullRequest", "results", "metrics", "name"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(ODD, max_size=5))
def test_whatever_the_hub_says_is_a_record_or_an_issue(items: list[object]) -> None:
    card_results({"id": "a/b", "model-index": [*items, {"results": items}]}, AT)
    good = item(50.0)
    read = Normaliser()
    found = [read(r)[0] for r in model_results({"id": "a/b", "evalResults": [*items, good]}, AT)]
    assert "openai/gsm8k" in {r.properties["benchmark"] for r in found if r}
    for record in filter(None, found):
        assert isinstance(record.properties["value"], float)


@pytest.mark.parametrize(("fault", "when", "said"), [
    (faults.empty(), "/api/models", "lists no model with results"),
    (faults.status(400, "filter: unknown tag"), "/api/models", "filter: unknown tag"),
    (faults.status(400, "Cannot expand evalResults"), lambda asked: "evalRes" in asked.target,
     "leaves out what"),
    (faults.value([{"id": "a/b", "tags": ["eval-results"]}]), "/api/models", "leaves out what"),
    (faults.value([{"id": "a/b", "tags": [], "evalResults": []}]), "/api/models",
     "'eval-results', the Hub lists 'a/b'"),
    (faults.value([{"id": "a/b", "tags": ["x"]}]), "/api/datasets", "'benchmark:official'"),
    (faults.html(), "/api/datasets/openai", "a web page"),
    (faults.value({"rows": []}), "/api/datasets/openai", "is no leaderboard"),
    (faults.html(code=404), "/api/datasets/openai", "says nothing of it"),
])  # fmt: skip
def test_no_answer_is_taken_for_no_results(
    fault: faults.Fault, when: str | faults.When, said: str, content: Content, tmp_path: Path
) -> None:
    crawl = played(content, tmp_path, fault, when=when)
    assert crawl.status == "failed"
    assert said in crawl.spider.reason


def test_bad_items_and_entries_cost_no_other(content: Content, tmp_path: Path) -> None:
    odd = {"id": "odd/one", "tags": ["eval-results"], "evalResults": "none"}
    crawl = played(content, tmp_path, faults.broken_item(odd), when="/api/models")
    assert "? odd/one: has no evalResults" in crawl.ids
    assert "ann/tuned" in crawl.ids
    crawl = played(content, tmp_path / "2", faults.broken_item(5), when="/api/datasets/openai")
    assert {"lab/base", "ann/tuned"} < crawl.ids


CLAIMS = [
    {"name": "base", "results": [
        {"task": {"type": "text-generation"},
         "dataset": {"type": "openai/gsm8k", "name": "GSM8K", "config": "main", "split": "test"},
         "metrics": [{"type": "accuracy", "value": 0.5, "name": "5-shot"},
                     {"type": "f1", "value": "see below"}, {"type": "loss", "value": math.nan},
                     {"type": "bleu", "value": 10**400}],
         "source": {"name": "Leaderboard", "url": PAPER}},
        {"dataset": {"name": "Own"}, "metrics": [{"type": "wer", "value": 7}, 5]}, None]},
    {"name": "another", "results": [{"dataset": {"type": "x"}, "metrics": [{"value": 1}]}]},
    "odd",
]  # fmt: skip
SKELETON = [{"name": "tuned", "results": []}]
"""What the Trainer writes into a card, and most have."""


def test_what_cards_claim_comes_when_asked_with_the_name_it_is_claimed_of(
    content: Content, tmp_path: Path
) -> None:
    content.models.change("lab/base", model_index=CLAIMS)
    content.models.change("ann/tuned", model_index=SKELETON)
    assert "card" not in {r["origin"] for r in played(content, tmp_path / "without").records}
    crawl = Played(begun(EvaluationsSpider, tmp_path, cards="1"), content)
    claimed = [r for r in crawl.records if r["origin"] == "card"]
    names = ("id", "benchmark", "metric", "value", "variant", "reported_in")
    assert [tuple(record[name] for name in names) for record in claimed] == [
        ("lab/base", "openai/gsm8k", "accuracy", 0.5, "main, test, 5-shot", PAPER),
        ("lab/base", "Own", "wer", 7, None, None),
        ("lab/base", "x", None, 1, "claimed of another", None),
    ]
    assert (crawl.facts["cards"], crawl.facts["cards_without_results"]) == (2, 1)
    broken = Faults()
    broken.add(faults.status(400, "model-index?"), when=lambda asked: "model-index" in asked.target)
    refused = begun(EvaluationsSpider, tmp_path / "refused", cards="1")
    assert Played(refused, content, faults=broken).status == "failed"
    assert "refuses to list the models with model-index" in refused.reason


def test_it_goes_on_where_it_stopped(
    content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = played(content, tmp_path / "whole")
    monkeypatch.setattr(routes, "MOST", 1)
    for most in range(1, 7):
        cut = Played(begun(EvaluationsSpider, tmp_path), content, most=most, behind=1)
        rest = Played(begun(EvaluationsSpider, tmp_path), content)
        assert rest.is_over
        found = {(r["id"], r["metric"], r["value"]) for r in (*cut.records, *rest.records)}
        assert found == {(r["id"], r["metric"], r["value"]) for r in whole.records}
        (tmp_path / "file.jsonl").unlink(missing_ok=True)


def test_shards_share_the_results_out(content: Content, tmp_path: Path) -> None:
    whole = played(content, tmp_path)
    parts = [Played(begun(EvaluationsSpider, tmp_path, shard=f"{n}/3"), content) for n in (1, 2, 3)]
    assert sum(len(part.records) for part in parts) == len(whole.records)
    assert {part.status for part in parts} == {"capped"}
