"""The comparison of models, against a count of its own."""

from collections import Counter, defaultdict

from flask.testing import FlaskClient

from graph.schema import LINEAGE_PATTERN
from graph.store.connection import Graph

THREE = ["google/gemma-7b", "google/gemma-7b-it", "meta-llama/Llama-2-7b-chat-hf"]


def test_descendants_are_counted_by_what_they_were_made_from(
    client: FlaskClient, sample_graph: Graph
) -> None:
    made: dict[str, set[str]] = defaultdict(set)
    for row in sample_graph.read(
        f"MATCH (m:Model)-[r:{LINEAGE_PATTERN}]->(b) WHERE r.cut IS NULL AND r.gone_since IS NULL "
        "RETURN m.id AS model, b.id AS base",
        row_limit=1_000_000,
    ).rows:
        made[row["base"]].add(row["model"])
    below: dict[str, set[str]] = {}
    for root in THREE:
        found: set[str] = set()
        waiting = [root]
        while waiting:
            new = made[waiting.pop()] - found
            found |= new
            waiting += new
        below[root] = found - {root}
    expected = Counter(
        tuple(root for root in THREE if model in below[root])
        for model in set().union(*below.values())
    )

    data = client.get("/api/v1/compare", query_string={"m": THREE}).get_json()["data"]

    assert {tuple(row["bases"]): row["models"] for row in data["descendants"]} == expected
    assert [model["id"] for model in data["models"]] == THREE
    first, *others = data["relationships"]
    assert (first["common"], first["way_a"]) == (THREE[0], [])
    assert [step["relation"] for step in first["way_b"]] == ["finetune"]
    assert [other["common"] for other in others] == [None, None]
    facts = {fact["name"]: fact for fact in data["facts"]}
    assert facts["author"]["values"] == ["google", "google", "meta-llama"]
    assert facts["author"]["differs"]
    assert not facts["task"]["differs"]


def test_models_are_found_by_any_name_and_once(client: FlaskClient) -> None:
    names = ["Google/Gemma-7B", "https://huggingface.co/google/gemma-7b-it", "google/gemma-7b"]
    answer = client.get("/api/v1/compare", query_string={"m": names, "differing": "true"})
    data = answer.get_json()["data"]
    assert [model["id"] for model in data["models"]] == THREE[:2]
    assert all(fact["differs"] for fact in data["facts"])
    assert client.get("/compare?m=nobody/nothing").status_code == 404
    assert client.get("/compare", query_string={"m": ["a/b"] * 7}).status_code == 400


def test_a_page_names_how_they_are_related(client: FlaskClient) -> None:
    text = " ".join(client.get("/compare", query_string={"m": THREE}).text.split())
    assert "no lineage is known to join them" in text
    assert "in 1 step." in text
    assert "two to six models" in client.get("/compare").text
