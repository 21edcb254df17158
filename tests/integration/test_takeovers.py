"""A name that another repository took over: in the graph, on pages and in the command's answers."""

import json
import re

import pytest

from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.integration.test_history import Command
from tests.remembered import Raw, day, model
from webapp import create_app

A, B = "a" * 24, "b" * 24
RECORDS: list[Raw] = [
    model("a/m", hub_id=A, observed_at=day(1), license="mit", likes=5, bases=["a/x"],
          relation="merge", datasets=["d/one"]),
    model("b/child", observed_at=day(2), bases=["a/m"], relation="finetune"),
    model("a/m", hub_id=B, observed_at=day(4), license="gemma", downloads=1, bases=[]),
]  # fmt: skip
BANNER = "Another repository took over this name by 2025-01-04 ."


@pytest.fixture
def hubgraph(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    return Command(monkeypatch, capfd)


@pytest.mark.parametrize("records", [RECORDS, RECORDS[::-1]], ids=["in order", "turned"])
@pytest.mark.parametrize("at_once", [True, False])
def test_pages_and_the_command_show_the_takeover_and_nothing_of_the_one_before(
    empty_graph: Graph,
    settings: Settings,
    hubgraph: Command,
    records: list[Raw],
    at_once: bool,
) -> None:
    for some in [records] if at_once else [[record] for record in records]:
        load(empty_graph, iter(some), settings=settings, source="test")
    client = create_app(settings, graph=empty_graph).test_client()
    assert BANNER in " ".join(re.sub(r"<[^>]+>", " ", client.get("/model/a/m").text).split())
    assert BANNER not in client.get("/model/b/child").text
    found = client.get("/api/v1/model/a/m").get_json()["data"]
    assert [change["kind"] for change in found["changes"]] == ["taken_over"]
    assert found["model"]["license"] == "gemma"
    assert (found["model"]["likes"], found["facts"]["datasets"]) == (None, None)
    assert found["history"]["counts"] == found["ancestry"]["links"] == []
    assert [child["id"] for child in found["children"]] == ["b/child"]
    said = json.loads(hubgraph("history", "a/m", "--json"))
    assert said["taken_over_at"] == "2025-01-04T00:00:00Z"
    assert "Another repository took over the name by 2025-01-04" in hubgraph("history", "a/m")
