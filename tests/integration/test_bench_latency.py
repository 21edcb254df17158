"""The latency benchmark asks what the pages ask, on whatever graph there is."""

from collections.abc import Iterator

import pytest

from bench import pages, pressure, visitors
from bench.latency.chosen import Chosen, choose
from bench.latency.metered import Measure, MeteredGraph
from graph.answers.blast.answer import blast
from graph.errors import QueryError
from graph.settings import Settings
from graph.store.connection import Graph


@pytest.fixture
def measure(sample_graph: Graph, sample_settings: Settings) -> Iterator[Measure]:
    with MeteredGraph(sample_settings) as graph:
        yield Measure(graph, sample_settings)


@pytest.fixture
def chosen(measure: Measure) -> Chosen:
    return choose(measure.graph, runs=5)


def test_different_models_and_the_largest_families_are_chosen(chosen: Chosen) -> None:
    assert len({model["id"] for model in chosen.models}) == 5
    assert chosen.families[0] == "google/gemma-7b"
    assert chosen.children > 3_000
    assert len(chosen.common["task"]) == 3
    assert chosen.stand_ins == {}


def test_a_page_takes_as_many_queries_as_it_makes(measure: Measure) -> None:
    measure.page("/model/google/gemma-7b")
    taken = measure.page("/model/google/gemma-7b")
    assert 4 <= taken.queries <= 9
    assert taken.ms > 0


def test_of_an_answer_that_is_worked_out_all_time_counts(measure: Measure) -> None:
    taken = measure.answer("google/gemma-7b", lambda read, name: blast(read, name, "withdrawn"))
    assert (taken.what, taken.queries) == ("google/gemma-7b", 3)
    assert taken.ms > measure.graph.taken("nothing", lambda: None).ms == 0


def test_an_answer_that_is_an_error_is_not_measured(measure: Measure) -> None:
    with pytest.raises(QueryError, match="404"):
        measure.page("/model/nobody/nothing")


def test_a_query_that_times_out_counts_as_late(
    sample_graph: Graph, sample_settings: Settings
) -> None:
    hasty = sample_settings.model_copy(update={"query_timeout_s": 0.1})
    endless = "UNWIND range(1, 100000000) AS n WITH n WHERE n % 7 = $n RETURN count(n) AS n"
    with MeteredGraph(hasty) as graph:
        taken = Measure(graph, hasty).query(endless, {"n": 3}, "endless")
    assert taken.late
    assert taken.ms >= 100


def test_every_measured_address_answers(live_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "CLIENTS", 2)
    monkeypatch.setattr(pages, "ROUNDS", 1)
    monkeypatch.setattr(pages, "_TIMEOUT_S", 180)  # a crowded machine is no fault of a page
    rows = pages.run(live_url)
    assert {row[0] for row in rows} == set(pages.addresses())
    assert all(p50 <= p95 for _, _, p50, p95 in rows)


def test_files_run_with_their_defaults_or_what_the_graph_has_instead(measure: Measure) -> None:
    assert measure.as_it_is("lineage-up", {}).queries == 1
    assert measure.report("lineage-up", {"model": "google/gemma-7b-it"}).queries == 1


def test_health_and_pages_are_asked_under_pressure(live_url: str, chosen: Chosen) -> None:
    tried = list(pressure.candidates(chosen, [(chosen.derived[0], chosen.families[0])]))[-3:]
    worst = pressure.costliest(live_url, tried)
    assert len(worst) == 3
    asks = [address for _, address in worst]
    found = pressure.measure(live_url, asks, pressure.ordinary(chosen), 1)
    assert [taken.name for taken in found] == ["/healthz", "ordinary page"]
    assert all(taken.seconds for taken in found), found  # how long it took is no test


def test_visitors_are_answered(live_url: str, chosen: Chosen) -> None:
    kinds = visitors.visits(chosen)
    visitors.measure(live_url, kinds, 2, 0)
    assert sum(len(kind.took_ms) for kind in kinds) > 0
    assert not [line for kind in kinds for line in kind.failed]
    alone, together = visitors.stampede(live_url)
    assert min(alone, together) > 0  # how long it took is no test
