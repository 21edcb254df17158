"""The map of the sample: its file, its picture, places by name, and what is not there."""

import gzip

import pytest
from flask.testing import FlaskClient

from graph.answers.map.points import PLANES

GEMMA = "google/gemma-7b"


def test_the_map_holds_every_model_and_says_where_each_is(client: FlaskClient) -> None:
    whole = client.get("/api/v1/map").get_json()["data"]
    assert whole["models"] == whole["shown"] == sum(one["models"] for one in whole["continents"])
    for column in whole["columns"]:
        assert sum(column["models"]) == whole["models"]
    made = next(column for column in whole["columns"] if column["name"] == "made")
    numbers = client.get("/api/v1/").get_json()["data"]["numbers"]
    assert sum(made["models"][:-1]) == numbers["with_base"]
    first = whole["continents"][0]["families"][0]
    assert first["id"] == GEMMA
    place = client.get("/api/v1/map/place?m=GOOGLE/Gemma-7B").get_json()["data"]
    assert place["model"]["id"] == GEMMA
    child = client.get("/api/v1/map/place?m=google/gemma-7b-it").get_json()["data"]
    assert [one["id"] for one in child["ancestors"]] == [GEMMA]
    dots = f"{place['model']['dot']},{whole['models']}"
    joined = client.get("/api/v1/map/bridges").get_json()["data"]
    assert {len(joined[name]) for name in ("x", "y", "base_x", "base_y")} == {joined["total"]}
    assert joined["total"] > 0
    names = client.get(f"/api/v1/map/names?dots={dots}").get_json()["data"]
    assert names == {"ids": [GEMMA, None]}


def test_its_file_and_pictures_never_change_under_their_address(client: FlaskClient) -> None:
    whole = client.get("/api/v1/map").get_json()["data"]
    address = f"/map/{whole['layout']}/points.bin"
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "immutable" in packed.headers["Cache-Control"]
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert len(plain.data) == whole["models"] * (4 + len(PLANES))
    for theme in ("light", "dark"):
        assert client.get(f"/map/{theme}.png").mimetype == "image/png"
        assert f"/map/{theme}.png" in client.get("/").text


@pytest.mark.parametrize("url", [
    "/api/v1/map/place?m=nobody/nothing", "/api/v1/map/place?dot=1000000", "/map/none/points.bin",
    "/api/v1/map/place", "/map/blue.png",
])  # fmt: skip
def test_what_is_not_on_the_map_is_not_found(client: FlaskClient, url: str) -> None:
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("url", [
    "/map?from=2024-13", "/map?rel=cousin", "/api/v1/map/names?dots=1,a",
    "/api/v1/map/names?dots=" + ",".join("1" * 201), "/api/v1/map/place?dot=-1",
    "/api/v1/map/bridges?box=1,2,3", "/api/v1/map/bridges?box=1,2,3,nan",
])  # fmt: skip
def test_what_makes_no_sense_is_refused(client: FlaskClient, url: str) -> None:
    assert client.get(url).status_code == 400
