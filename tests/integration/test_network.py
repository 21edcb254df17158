"""The network on the bundled sample."""

import re
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.answers.network.content import NetworkRequest
from graph.answers.network.selection import select
from graph.answers.query import reader
from graph.schema import RELATIONS, TYPE_OF_RELATION
from graph.store.connection import Graph
from webapp.network.parameters import NetworkParameters
from webapp.network.picture import draw

GEMMA = "google/gemma-7b"
OF_GEMMA = {"finetune": 337, "adapter": 3000, "merge": 7, "quantized": 23}
MERGE = "GianlucaMondillo/BioTakuya"


def network(client: FlaskClient, **query: object) -> dict[str, Any]:
    answer = client.get("/api/v1/graph", query_string=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json()["data"])


def sums(data: dict[str, Any], place: int) -> dict[str, int]:
    """Drawn children and bubbles of one model, added up per relation."""
    found = dict.fromkeys(RELATIONS, 0)
    for base, relation in zip(data["edges"]["t"], data["edges"]["relation"], strict=True):
        found[relation] += base == place
    rest = data["aggregates"]
    for base, relation, count in zip(rest["parent"], rest["relation"], rest["count"], strict=True):
        found[relation] += count if base == place else 0
    return found


def test_what_is_drawn_of_gemma_adds_up_to_all_its_derivatives(client: FlaskClient) -> None:
    for query in ({}, {"n": 0}, {"n": 1000, "down": 1}, {"limit": 50}, {"layout": "layered"}):
        data = network(client, m=GEMMA, **query)
        place = data["nodes"]["id"].index(GEMMA)
        assert sums(data, place) == OF_GEMMA
        assert {r: v[place] for r, v in data["nodes"]["children"].items()} == OF_GEMMA
    page = client.get("/graph", query_string={"m": GEMMA}).text
    assert re.search(r"<b>3,367</b> direct derivatives", page)


def test_what_is_drawn_adds_up_for_every_base_of_the_sample(sample_graph: Graph) -> None:
    rows = sample_graph.read(
        "MATCH (base:Model)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]-(:Model) "
        "WHERE r.gone_since IS NULL RETURN base.id AS id, type(r) AS type, count(*) AS n",
        row_limit=100_000,
    ).rows
    exact = {(row["id"], row["type"]): row["n"] for row in rows}
    bases = sorted({row["id"] for row in rows})
    read = reader(sample_graph)
    for at in range(0, len(bases), 200):
        request = NetworkRequest(tuple(bases[at : at + 200]), n=3, up=1, down=1)
        selection = select(read, request)
        shown = draw(selection, NetworkParameters()).nodes
        found: dict[tuple[str, str], int] = {}
        for name, relation, count in [
            *((selection.models[k.base].id, k.relation, 1) for k in selection.links),
            *((selection.models[a.base].id, a.relation, a.count) for a in selection.aggregates),
        ]:
            key = (name, TYPE_OF_RELATION[relation])
            found[key] = found.get(key, 0) + count
        assert found == {k: v for k, v in exact.items() if k[0] in set(shown["id"])}
        assert set(request.models) <= set(shown["id"])


def test_every_base_of_a_merge_is_drawn(client: FlaskClient) -> None:
    data = network(client, m=MERGE.lower(), up=1)
    nodes, edges = data["nodes"], data["edges"]
    assert data["roots"] == [nodes["id"].index(MERGE)]
    bases = {nodes["id"][t] for s, t in zip(edges["s"], edges["t"], strict=True) if s == 0}
    assert bases == {"epfl-llm/meditron-7b", "meta-llama/Llama-2-7b-chat-hf"}
    assert set(edges["relation"]) == {"merge"}


def test_steps_and_relations_narrow_it(client: FlaskClient) -> None:
    assert set(network(client, m=GEMMA, down=1)["nodes"]["steps"]) == {0, 1}
    assert network(client, m=GEMMA, up=0, down=0)["nodes"]["id"] == [GEMMA]
    merges = network(client, m=GEMMA, rel="M", down=1)
    assert merges["nodes"]["relation"].count("merge") == 7
    assert merges["totals"]["merge"]["aggregated"] == 0
    assert merges["totals"]["adapter"]["filtered"] == 3000
    assert not set(merges["edges"]["relation"]) - {"merge"}
    page = client.get("/graph", query_string={"m": GEMMA, "rel": "M"}).text
    assert re.search(r'value="F,M" aria-pressed="false"', page)


def test_it_starts_with_the_most_influential(client: FlaskClient, sample_graph: Graph) -> None:
    data = network(client, top=5)
    starts = {data["nodes"]["id"][root] for root in data["roots"]}
    ranked = sample_graph.read(
        "MATCH (m:Model) WHERE m.influence_rank IS NOT NULL "
        "RETURN m.id AS id ORDER BY m.influence_rank, id LIMIT 5"
    ).rows
    assert starts == {row["id"] for row in ranked}
    assert data["query"]["top"] == 5


def test_it_starts_with_the_first_of_any_list(client: FlaskClient) -> None:
    asked = {"task": "text-generation", "license": "gemma", "sort": "downloads"}
    data = network(client, top=5, **asked)
    starts = {data["nodes"]["id"][root] for root in data["roots"]}
    listed = client.get("/api/v1/models", query_string=asked).get_json()["data"]["models"]
    assert starts == {row["id"] for row in listed[:5]}
    page = client.get("/graph", query_string={"top": 5, **asked}).text
    assert "The first 5 of a list by downloads" in page
    assert 'name="license" value="gemma"' in page
    nothing = client.get("/graph", query_string={"task": "no-such-task"})
    assert "No model fits these filters" in nothing.text


def test_several_models_keep_their_addresses(client: FlaskClient) -> None:
    answer = client.get("/api/v1/graph", query_string={"m": [GEMMA, MERGE], "sel": GEMMA})
    body = answer.get_json()
    assert len(body["data"]["roots"]) == 2
    assert body["links"]["html"].count("m=") == 2
    partly = network(client, m=[GEMMA, "no-one/nothing"])
    assert partly["missing"] == ["no-one/nothing"]
    page = client.get("/graph", query_string={"m": [GEMMA, "no-one/nothing"]}).text
    assert "Not in the graph: no-one/nothing" in page


def test_an_unknown_model_is_answered_with_near_names(client: FlaskClient) -> None:
    answer = client.get("/api/v1/graph", query_string={"m": "google/gema-7b"})
    assert answer.status_code == 404
    suggestions = answer.get_json()["error"]["suggestions"]
    assert {"name": GEMMA, "html": "/graph?m=google%2Fgemma-7b"} in suggestions
    assert client.get("/graph", query_string={"m": "google/gema-7b"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "parameter"),
    [({"n": "x"}, "n"), ({"rel": "Z"}, "rel"), ({"down": "11"}, "down"), ({"depth": "1"}, "depth")],
)
def test_bad_parameters_are_named(
    client: FlaskClient, query: dict[str, str], parameter: str
) -> None:
    answer = client.get("/api/v1/graph", query_string=query)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["parameter"] == parameter


def test_the_next_children_of_a_bubble(client: FlaskClient) -> None:
    data = network(client, m=GEMMA)
    drawn = set(data["nodes"]["id"])
    edges = zip(data["edges"]["t"], data["edges"]["relation"], strict=True)
    skip = sum(t == 0 and r == "adapter" for t, r in edges)
    query = {"m": GEMMA, "relation": "adapter", "skip": skip}
    answer = client.get("/api/v1/graph/children", query_string=query)
    models = answer.get_json()["data"]["models"]
    assert len(models) == skip + 50
    assert len([m for m in models if m["id"] not in drawn]) >= 50
    assert client.get("/api/v1/graph/children?relation=x").status_code == 400
    assert client.get("/api/v1/graph/children?m=no/such").get_json()["data"]["models"] == []


def test_a_model_without_lineage_says_so(client: FlaskClient, sample_graph: Graph) -> None:
    lonely = sample_graph.read(
        "MATCH (m:Model) WHERE NOT (m)-[:FINETUNE|ADAPTER|MERGE|QUANTIZE]-() "
        "RETURN m.id AS id ORDER BY id LIMIT 1"
    ).one()["id"]
    page = client.get("/graph", query_string={"m": lonely}).text
    assert f"{lonely} has no base that is known" in page


def test_the_way_between_two_models(client: FlaskClient) -> None:
    data = network(client, path=f"{GEMMA}..mradermacher/Gemma-7B-sft-SPIN-Gemma-2-27B-GGUF")
    (way,) = data["ways"]["ways"]
    assert (way[0].split("/")[0], way[-1]) == ("mradermacher", GEMMA)
    assert data["nodes"]["id"] == way
    assert len(data["edges"]["s"]) == len(way) - 1
    data = network(client, path=f"{MERGE}..inceptionai/jais-adapted-7b-chat")
    assert data["ways"]["common"] == "meta-llama/Llama-2-7b"
    page = client.get("/graph", query_string={"path": f"{GEMMA}..{MERGE}"})
    assert "no common ancestor of them is known" in page.text
    assert client.get("/api/v1/graph?path=a/b").status_code == 400
    assert (
        client.get("/api/v1/graph", query_string={"path": f"{GEMMA}..no/such"}).status_code == 404
    )


@pytest.mark.parametrize("view", ["authors", "orgs"])
def test_authors_stand_for_every_model_of_a_family(client: FlaskClient, view: str) -> None:
    data = network(client, m=GEMMA, view=view, n=1000)
    whole = network(client, m=GEMMA, view="full")
    owners = [name.split("/")[0] for name in whole["nodes"]["id"][1:]]
    counts = dict(zip(data["nodes"]["id"][1:], data["nodes"]["models"][1:], strict=True))
    if view == "authors":
        assert counts == Counter(owners)
        drawn = sum(total["drawn"] for total in data["totals"].values())
        assert drawn + sum(data["nodes"]["own"]) == len(whole["edges"]["s"])
    assert data["aggregates"]["count"] == []
    kinds = set(data["nodes"]["author_kind"][1:])
    assert kinds == {"organization"} if view == "orgs" else "organization" in kinds
    table = client.get("/graph/table", query_string={"m": GEMMA, "view": view}).text
    assert f">{data['nodes']['id'][1]}</a>" in table


def test_what_is_too_much_to_draw_is_counted_and_narrowed(client: FlaskClient) -> None:
    asked = {"m": GEMMA, "view": "full", "limit": 500}
    found = network(client, **asked)["too_many"]
    assert (found["models"], dict(found["by_step"])[1]) == (3565, 3367)
    page = client.get("/graph", query_string=asked).text
    assert "Too many to draw: 3,565 models, of which 389 fine-tunes" in page
    narrowed = re.search(r'href="([^"]*)">fine-tunes alone, 389', page)
    assert narrowed is not None
    drawn = client.get(narrowed[1].replace("&amp;", "&"))
    assert "Too many to draw" not in drawn.text


def test_the_data_is_compressed_and_small(client: FlaskClient) -> None:
    asked = {"m": GEMMA, "view": "full"}
    answer = client.get("/api/v1/graph", query_string=asked, headers={"Accept-Encoding": "zstd"})
    whole = network(client, **asked)
    assert answer.headers["Content-Encoding"] == "zstd"
    assert len(answer.data) < 60_000 * len(whole["nodes"]["id"]) / 2_000
    kept = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": "zstd"}
    assert client.get("/api/v1/graph", query_string=asked, headers=kept).status_code == 304


def test_the_queries_are_shown_with_their_parameters(client: FlaskClient) -> None:
    page = client.get("/graph", query_string={"m": GEMMA}).text
    assert "UNWIND [&#34;google/gemma-7b&#34;] AS id" in page
    shown = client.get("/api/v1/graph", query_string={"m": GEMMA}).get_json()["meta"]["cypher"]
    assert all(len(p) <= 20 for q in shown for p in q["params"].values() if isinstance(p, list))
