"""What is not known is told apart from what is not there: dates, licences, disabled models."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from graph.answers import reports
from graph.observe.hub.records import model_record
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.remembered import model
from webapp import create_app

AT = "2026-10-01T00:00:00.000Z"
FLOOR = "2022-03-02T23:29:04.000Z"


def info(name: str, **fields: object) -> dict[str, object]:
    return {"id": f"case/{name}", "tags": [], **fields}


def other(name: str, base: str = "base", **card: object) -> dict[str, object]:
    bases = {"relation": "finetune", "models": [{"id": f"case/{base}"}]}
    tags = ["license:other"]
    return info(name, tags=tags, cardData={"license": "other", **card}, baseModels=bases)


LINK = "https://host.example/own"
INFOS = [
    info("base", tags=["license:other"], cardData={"license_name": "own", "license_link": LINK}),
    other("unnamed"), other("same", license_name="Own"), other("linked", license_link=LINK),
    other("named", license_name="else"),
    info("several", tags=["license:mit", "license:gemma"],
         baseModels={"relation": "merge", "models": [{"id": "case/mit"}]}),
    info("mit", tags=["license:mit"]),
    info("same-mit", tags=["license:mi\u200bt"],
         baseModels={"relation": "merge", "models": [{"id": "case/mit"}]}),
    info("blocked", disabled=True, gated="manual"),
    info("orphan", disabled=False,
         baseModels={"relation": "adapter", "models": [{"id": "case/blocked"}]}),
]  # fmt: skip
RECORDS = [
    *(model_record(each, AT) for each in INFOS),
    *(model(f"case/old{n}", created_at=FLOOR, observed_at=AT) for n in range(3)),
    model("case/day-one", created_at="2022-03-02T23:29:06.000Z", observed_at=AT),
    model("case/later", created_at="2022-04-01T00:00:00.000Z", observed_at=AT),
    model("case/seen-in-2024", license=None, observed_at="2024-02-01T00:00:00.000Z"),
]


@pytest.fixture
def values(empty_graph: Graph, settings: Settings) -> Graph:
    load(empty_graph, iter(RECORDS), settings=settings, source="test")
    return empty_graph


@pytest.fixture
def client(values: Graph, settings: Settings) -> FlaskClient:
    given = settings.model_copy(update={"neo4j_password": SecretStr("unused")})
    return create_app(given, graph=values).test_client()


def page(client: FlaskClient, name: str) -> str:
    answer = client.get(f"/model/case/{name}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def rows(graph: Graph, name: str) -> list[dict[str, Any]]:
    return reports.run(graph, name).rows


def test_licences_of_their_own_differ_by_name_and_link(values: Graph) -> None:
    found = {(r["model"], r["license"], r["base_license"]) for r in rows(values, "licence-differs")}
    assert found == {
        ("case/unnamed", "other", "own"),
        ("case/named", "else", "own"),
        ("case/several", "mit, gemma", "mit"),
    }
    own = reports.run(values, "licence-differs", {"base_license": "own"}).rows
    assert {row["model"] for row in own} == {"case/unnamed", "case/named"}


def test_a_disabled_base_is_named_with_its_orphans(values: Graph, client: FlaskClient) -> None:
    (row,) = rows(values, "gone-bases")
    assert (row["base"], row["state"], row["orphans"]) == ("case/blocked", "disabled", 1)
    assert row["gone_since"] is None
    assert "The Hub has disabled this model" in page(client, "blocked")
    assert "The Hub has disabled" not in page(client, "orphan")


def test_a_page_shows_the_licence_as_the_card_has_it(client: FlaskClient) -> None:
    text = page(client, "base")
    assert "named own" in text
    assert f'href="{LINK}"' in text
    assert ", gemma" in page(client, "several")


def test_the_hubs_oldest_date_means_before(values: Graph, client: FlaskClient) -> None:
    found = rows(values, "growth-by-month")
    assert [(row["month"], row["models"], row["total"]) for row in found] == [
        ("before 2022-03-02", 3, 3), ("2022-03", 1, 4), ("2022-04", 1, 5),
        ("no date", len(INFOS) + 1, None),
    ]  # fmt: skip
    assert "2022-03-02</time> or before" in page(client, "old0")
    assert "or before" not in page(client, "day-one")


@pytest.mark.parametrize(("listed", "observed"), [
    (None, "2024-02-01"),
    ("datetime('2024-03-01')", "2024-02-01"),  # before the model was loaded
    ("datetime()", "2026-11-01"),
])  # fmt: skip
def test_last_observed_is_the_day_of_observation(
    values: Graph, client: FlaskClient, listed: str | None, observed: str
) -> None:
    if listed:
        run = f"started_at: {listed}, observed_to: datetime('2026-11-01'), status: 'complete'"
        values.command(f"CREATE (:Run {{id: 'x', scope: 'Model of http://h', {run}}})")
    body = client.get("/api/v1/model/case/seen-in-2024").get_json()
    assert str(body["data"]["facts"]["observed_at"]).startswith(observed)


def test_what_no_record_said_is_not_what_records_deny(values: Graph) -> None:
    found = {row["field"]: row for row in rows(values, "missing-data")}
    licence = found["license"]
    assert (licence["missing"], licence["unseen"], licence["models"]) == (3, 5, len(RECORDS))
    assert licence["share"] == pytest.approx(3 / 11)
    licences = {
        (row["license"], row["stated"]): row["models"]
        for row in rows(values, "downloads-by-licence")
    }
    assert licences == {("other", True): 5, ("mit", True): 3, (None, True): 3, (None, False): 5}
