"""What a crawl will cost: requests by counter, time by account, what it will not reach."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from graph.answers.coverage import in_words
from hubgraph.command import app
from hubgraph.crawl_options import SPIDERS
from spiders.asking.base import HubSpider
from spiders.changes import ChangesSpider
from spiders.hub.quota import DOCUMENTED, WINDOW_S
from spiders.models import ModelsSpider
from spiders.pages import PagesSpider
from spiders.planning.plan import PACE, Known, Plan, how_long
from spiders.tree import TreeSpider

ELSEWHERE = Known("https://hub.example.com")
FAMILY = {
    "starts": 1, "bases": 2, "found": 40, "asked": 41, "more_pages": 3, "announced": 30,
    "direct": 25,
}  # fmt: skip


def knowing(**rows: Mapping[str, Any]) -> Known:
    """A graph that answers these Cypher files, and no other."""
    named = {name.replace("_", "-"): row for name, row in rows.items()}
    return Known(find=lambda name, _: named[name])


def test_the_whole_hub_takes_half_an_hour_without_an_account() -> None:
    plan = ModelsSpider().plan(Known())
    assert (plan.requests, plan.records) == ({"api": 3_118}, 3_117_871)
    assert not plan.is_least
    assert plan.seconds("anonymous") == 6 * WINDOW_S + 118 / PACE
    assert plan.seconds("free") == 3 * WINDOW_S + 118 / PACE
    unreached = " ".join(plan.unreached)
    for what in ("deleted or made private", "gated", "derivatives the Hub counts"):
        assert what in unreached
    assert "3 October 2026" in plan.basis[0]


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 5_000))
def test_more_requests_never_take_less_time(one: int, other: int, limit: int) -> None:
    low, high = sorted((one, other))
    assert how_long(low, limit) <= how_long(high, limit)
    assert how_long(low, limit) >= (low - 1) // limit * WINDOW_S
    assert how_long(0, limit) == 0


def test_a_window_is_used_up_from_its_start() -> None:
    assert how_long(500, 500) == 250
    assert how_long(501, 500) == WINDOW_S + 1 / PACE
    assert how_long(1_000, 1_000) == WINDOW_S
    assert how_long(1_001, 1_000) == WINDOW_S + 1 / PACE


def test_counters_are_used_side_by_side() -> None:
    plan = Plan({"api": 1_001, "pages": 101})
    assert plan.seconds("anonymous") == how_long(1_001, DOCUMENTED["anonymous"]["api"])


@pytest.mark.parametrize(("options", "row", "requests", "records"), [
    ({"top": "2500"}, {}, 3, 2500),
    ({"author": "acme"}, {"author": 12, "task": 0}, 1, 12),
    ({"author": "acme", "task": "t"}, {"author": 12_000, "task": 4_001}, 5, 4_001),
    ({"task": "t", "top": "10"}, {"task": 4_001}, 1, 10),
])  # fmt: skip
def test_the_graph_knows_the_size_of_a_part(
    options: dict[str, str], row: Mapping[str, int], requests: int, records: int
) -> None:
    plan = ModelsSpider(**options).plan(knowing(crawl_part=row))
    assert (plan.requests, plan.records, plan.is_least) == ({"api": requests}, records, False)


@pytest.mark.parametrize("options", [{"search": "x"}, {"author": "acme"}, {"filter": "gguf"}])
def test_where_nothing_tells_it_says_so(options: dict[str, str]) -> None:
    for known in (Known(), knowing(crawl_part={"author": 0})):
        plan = ModelsSpider(**options).plan(known)
        assert (plan.requests, plan.records, plan.is_least) == ({"api": 1}, None, True)
        assert "is not known" in plan.basis[0]


def test_figures_of_the_public_hub_hold_there_alone() -> None:
    for spider in (ModelsSpider(), PagesSpider()):
        plan = spider.plan(ELSEWHERE)
        assert plan.is_least
        assert plan.records is None
    at_mirror = Known("https://hub.example.com", find=lambda *_: {"models": 5_001})
    assert ModelsSpider().plan(at_mirror).requests == {"api": 6}


def test_a_tree_takes_a_request_for_each_model() -> None:
    known = knowing(crawl_family=FAMILY)
    plan = TreeSpider(model="a/x").plan(known)
    # 1 start, 2 bases, 41 listings and 3 further pages, and 5 that the graph does not know yet.
    assert (plan.requests, plan.records) == ({"api": 1 + 2 + 41 + 3 + 5}, 1 + 2 + 40 + 5)
    assert TreeSpider(model="a/x", depth="0").plan(known).requests == {"api": 3}
    unknown = knowing(crawl_family={**FAMILY, "starts": 1})
    least = TreeSpider(model="a/x,b/y").plan(unknown)
    assert (least.requests, least.is_least) == ({"api": 4}, True)
    assert "1 of the 2" in least.basis[0]


def test_the_website_takes_days_for_the_whole_hub() -> None:
    plan = PagesSpider().plan(Known())
    assert plan.requests == {"pages": 103_930}
    assert round(plan.seconds("anonymous") / 3600) == 87
    assert plan.is_least
    small = PagesSpider(top="60", details="1").plan(Known())
    assert (small.requests, small.is_least) == ({"pages": 62}, False)


def test_changes_need_to_know_since_when() -> None:
    assert ChangesSpider().plan(Known()).requests == {}
    plan = ChangesSpider(since="2026-01-01", verify="0").plan(Known())
    assert plan.total > 1
    assert "30,000" in " ".join(plan.basis)


def test_a_budget_bounds_it() -> None:
    plan = Plan({"api": 900, "pages": 100}, records=1_000, is_least=True)
    within = plan.within(100)
    assert within.requests == {"api": 90, "pages": 10}
    assert (within.records, within.is_least) == (100, False)
    assert "900 requests more than the 100 that are allowed" in within.unreached[0]
    assert plan.within(None) is plan.within(5_000) is plan


@pytest.mark.parametrize("spider", SPIDERS, ids=lambda spider: spider.name)
def test_every_crawl_can_be_planned_without_a_graph(spider: type[HubSpider]) -> None:
    options = {spider.argument: "a/x"} if spider.argument else {}
    plan = spider(**options).plan(Known())
    assert plan.basis
    assert plan.unreached or plan.is_least
    given = [options[spider.argument]] if spider.argument else []
    told = CliRunner().invoke(
        app, ["crawl", "plan", str(spider.name), *given, "--json"],
        env={"HUBGRAPH_NEO4J_URI": "bolt://127.0.0.1:9", "HUBGRAPH_NEO4J_PASSWORD": "x"},
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["requests"] == plan.requests
    assert "Planned without the graph" in told.stderr


def test_it_is_told_in_words() -> None:
    away = {"HUBGRAPH_NEO4J_URI": "bolt://127.0.0.1:9", "HUBGRAPH_NEO4J_PASSWORD": "x"}
    told = CliRunner().invoke(app, ["crawl", "plan", "models"], env=away).stdout
    assert "Command       hubgraph crawl models" in told
    assert "3,118 to the API" in told
    assert "about 31 min without an account" in told
    assert "about 16 min with a free account" in told
    told = CliRunner().invoke(app, ["crawl", "plan", "pages", "--budget", "10"], env=away).stdout
    assert "10 to pages of the website" in told


@pytest.mark.parametrize(("seconds", "words"), [
    (0.4, "0.4 s"), (45, "45 s"), (89.96, "90 s"), (90, "2 min"), (1859, "31 min"),
    (5_399, "90 min"), (5_400, "1.5 h"), (312_000, "87 h"), (10**6, "12 days"),
])  # fmt: skip
def test_lengths_of_time_are_told_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
