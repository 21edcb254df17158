"""The page of a model says how it ranks by other scores, and what it is a copy of."""

import pytest
from flask.testing import FlaskClient

from graph.scores.pipeline import compute
from graph.settings import Settings
from graph.store.connection import Graph
from tests.integration.test_web_says import data, words
from tests.reference_influence import family, plant
from webapp import create_app

LINEAGE = """
ann/a unsloth/gemma-3-4b-it; bob/b unsloth/gemma-3-4b-it; cleo/c google/gemma-3-4b-it
dan/d eve/big; fay/f lab/big; s/x-gensyn-swarm-a_b_c lab/big
"""


@pytest.fixture
def client(empty_graph: Graph, settings: Settings) -> FlaskClient:
    plant(empty_graph, family(LINEAGE, likes={"lab/big": 30}))
    compute(empty_graph, settings)
    return create_app(settings, graph=empty_graph).test_client()


def test_ranks_and_their_shift(client: FlaskClient) -> None:
    found = data(client, "/model/google/gemma-3-4b-it")
    scores = {score["name"]: score for score in found["scores"]}
    assert (found["mirror_of"], found["mirrors"]) == (None, 1)
    assert scores["influence"]["shift"] == 0
    mirrored = scores["influence_mirror"]
    assert mirrored["rank"] == 1
    assert mirrored["shift"] == scores["influence"]["rank"] - 1 > 0
    text = words(client, "/model/google/gemma-3-4b-it")
    assert f"influence without mirrors 1 ↑ {mirrored['shift']}" in text
    assert "1 copy of it is known" in text


def test_a_mirror_names_its_original_and_has_no_rank_there(client: FlaskClient) -> None:
    found = data(client, "/model/unsloth/gemma-3-4b-it")
    assert found["mirror_of"] == {"id": "google/gemma-3-4b-it", "tier": "A"}
    scores = {score["name"]: score for score in found["scores"]}
    assert (scores["influence_mirror"]["rank"], scores["influence_mirror"]["shift"]) == (None, None)
    assert "By its name this is a copy of google/gemma-3-4b-it" in words(
        client, "/model/unsloth/gemma-3-4b-it"
    )


def test_a_suggestion_is_one(client: FlaskClient) -> None:
    assert data(client, "/model/eve/big")["mirror_of"] == {"id": "lab/big", "tier": "B"}
    text = words(client, "/model/eve/big")
    assert "Its name is like that of lab/big , of which it may be a copy" in text


def test_automatic_uploads_are_marked(client: FlaskClient) -> None:
    assert "automatic upload" in words(client, "/model/s/x-gensyn-swarm-a_b_c")
    assert data(client, "/model/s/x-gensyn-swarm-a_b_c")["facts"]["swarm"] == "gensyn"
    assert "automatic upload" not in words(client, "/model/fay/f")
