"""May I use it, and what breaks if it goes: as pages."""

import csv

import pytest
from flask.testing import FlaskClient

from graph.answers.blast.answer import blast
from graph.answers.query import reader
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
