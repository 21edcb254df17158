"""May I use it, what breaks if it goes, and why it has its influence: as pages."""

import csv

import pytest
from flask.testing import FlaskClient

from graph.answers.blast.answer import blast
from graph.answers.explanation import explain
from graph.answers.query import reader
from graph.settings import Settings
from graph.store.connection import Graph

ROOT = "google/gemma-7b"


@pytest.mark.parametrize("name", [ROOT, "google"])
def test_a_page_says_what_the_answer_says(
    client: FlaskClient, sample_graph: Graph, name: str
) -> None:
    found = blast(reader(sample_graph), name, "withdrawn")
    data = client.get(f"/api/v1/blast/{name}").get_json()["data"]
    assert (data["affected"], data["hard"]) == (found.affected, found.hard)
    assert (len(data["models"]), data["left_out"]) == (50, found.affected - 50)
    text = client.get(f"/blast/{name}").text
    assert f"{found.affected:,} models are affected" in text
    assert f"50 of {found.affected:,} models" in text
    table = client.get(f"/api/v1/blast/{name}?format=csv&limit=50000").text
    assert len(list(csv.DictReader(table.splitlines()))) == found.affected


def test_another_licence_is_one_of_the_table(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/blast/{ROOT}?event=relicensed&licence=Apache-2.0")
    assert answer.get_json()["data"]["relicensing"]["licence"] == "apache-2.0"
    for query in ("event=relicensed", "event=relicensed&licence=nonsense", "licence=mit"):
        assert client.get(f"/blast/{ROOT}?{query}").status_code == 400


def test_names_are_found_in_any_spelling_or_not_at_all(client: FlaskClient) -> None:
    for path in ("/blast/Google/Gemma-7B", "/licence/Google/Gemma-7B"):
        assert client.get(path, follow_redirects=True).request.path.endswith(ROOT)
    for path in ("/blast/gogle", "/blast/google/gema-7b", "/licence/google/gema-7b"):
        answer = client.get("/api/v1" + path)
        assert answer.status_code == 404
        assert answer.get_json()["error"]["suggestions"]


def test_every_term_names_who_asks_it(client: FlaskClient) -> None:
    path = "/licence/GianlucaMondillo/BioTakuya"
    data = client.get("/api/v1" + path).get_json()["data"]
    assert all(term["path"][0]["model"] == data["model"] for term in data["terms"])
    text = client.get(path).text
    assert "no legal advice" in text
    assert all(term["path"][-1]["licence"] in text for term in data["terms"])


def test_why_a_model_has_its_influence(
    client: FlaskClient, sample_graph: Graph, sample_settings: Settings
) -> None:
    found = explain(reader(sample_graph), sample_settings, ROOT)
    data = client.get(f"/api/v1/influence/{ROOT}").get_json()["data"]
    assert data["descendants"] == found.descendants
    assert data["by_month"][-1]["modelrank"] == found.by_month[-1].modelrank
    page = client.get(f"/influence/{ROOT.upper()}", follow_redirects=True)
    assert page.request.path.endswith(ROOT)
    assert f"{found.descendants:,} descendants give it" in page.text
    undated = found.descendants - sum(month.models for month in found.by_month)
    assert f"{undated:,} of {found.descendants:,} descendants are in no month" in page.text
    assert all(f">{row.name}</a>" in page.text for row in found.by_author)
    assert f"/influence/{ROOT}" in client.get(f"/model/{ROOT}").text
    assert client.get("/influence/google/gema-7b").status_code == 404
    leaf = client.get("/influence/GianlucaMondillo/BioTakuya").text
    assert "Nothing is known to be made from it" in leaf


def test_the_months_of_an_author_end_at_what_is_stored(
    client: FlaskClient, sample_graph: Graph
) -> None:
    rows = sample_graph.read(
        "MATCH (a:Author) WHERE a.modelrank IS NOT NULL RETURN a.name AS name, "
        "a.modelrank AS rank, a.effective_descendants AS effective ORDER BY effective DESC LIMIT 9"
    ).rows
    for row in rows:
        data = client.get(f"/api/v1/author/{row['name']}/months").get_json()["data"]
        assert data["effective_descendants"] == pytest.approx(row["effective"], abs=1e-6)
        last = data["by_month"][-1]["modelrank"] if data["by_month"] else 0
        assert last == pytest.approx(row["rank"], abs=1e-9)
    assert "/author/google/months" in client.get("/author/google").text
    page = client.get("/author/GOOGLE/months", follow_redirects=True)
    assert page.request.path == "/author/google/months"
    assert client.get("/author/gogle/months").status_code == 404
