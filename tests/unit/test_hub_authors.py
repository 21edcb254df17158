"""What the Hub says of an account becomes one record, whichever of its answers said it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import DataError
from graph.observe.hub.parts import new_version
from graph.observe.hub.records import model_record
from graph.observe.normalise import Normaliser
from spiders.hub.author_info import author_record
from tests.strategies import JSON

FIELDS = st.sampled_from(
    ["type", "user", "fullname", "isVerified", "isEnterprise", "plan", "followerCount", "numUsers"]
)


def test_a_captured_overview_of_a_user(captures: Path) -> None:
    body = json.loads((captures / "user-thebloke.json").read_text())["body"]
    assert author_record(body, "2026-10-02T00:00:00Z") == {
        "record": "author/1", "name": "TheBloke", "kind": "user", "full_name": "Tom Jobbins",
        "followers": 27382,
        "avatar_url": "https://cdn-avatars.huggingface.co/v1/production/uploads/"
        "6426d3f3a7723d62b53c259b/tvPikpAzKTKGN5wrpadOJ.jpeg",
        "observed_at": "2026-10-02T00:00:00Z",
    }  # fmt: skip


def test_a_captured_overview_of_an_organization(captures: Path) -> None:
    body = json.loads((captures / "org-openai-community.json").read_text())["body"]
    assert author_record(body) == {
        "record": "author/1", "name": "openai-community", "kind": "organization",
        "full_name": "OpenAI community", "verified": False, "followers": 2408,
        "avatar_url": "https://cdn-avatars.huggingface.co/v1/production/uploads/"
        "5dd96eb166059660ed1ee413/9NY4jfufqo1uyv8oNXQju.png",
    }  # fmt: skip


def test_captured_authors_of_models(captures: Path) -> None:
    body = json.loads((captures / "trending-models.json").read_text())["body"]
    found = [author_record(item["repoData"]["authorData"]) for item in body["recentlyTrending"]]
    shown = [(record["name"], record["kind"], record["followers"]) for record in found]
    assert shown == [("convaiinnovations", "user", 870), ("Qwen", "organization", 108112)]


@pytest.mark.parametrize("name", ["user-not-found", "org-not-found", "model-not-found"])
def test_captured_errors_are_refused(captures: Path, name: str) -> None:
    body = json.loads((captures / f"{name}.json").read_text())["body"]
    with pytest.raises(DataError, match="about an account"):
        author_record(body)


def test_an_overview_and_the_short_form_give_one_record() -> None:
    shared = {"fullname": "Acme", "avatarUrl": "/avatars/acme.svg"}
    overview = {
        **shared, "name": "acme", "isVerified": True, "numUsers": 2, "numModels": 7,
        "numFollowers": 12,
    }  # fmt: skip
    short = {**shared, "name": "acme", "type": "org", "followerCount": 12}
    long, brief = author_record(overview, "now"), author_record(short, "now")
    assert long.pop("verified") is True
    assert long == brief

    user = {**shared, "user": "jane", "type": "user", "numFollowers": 3}
    assert author_record(user) == author_record(
        {**shared, "name": "jane", "type": "user", "followerCount": 3, "isPro": True}
    )


@pytest.mark.parametrize(("fields", "stated"), [
    ({}, {}), ({"type": "org"}, {"kind": "organization"}), ({"type": "robot"}, {}),
    ({"type": "robot", "numUsers": 1}, {}),
    ({"type": None, "numUsers": 1}, {"kind": "organization"}),
    ({"isEnterprise": False}, {"enterprise": False}),
    ({"isEnterprise": True, "plan": "team"}, {"enterprise": True}),
    ({"isEnterprise": False, "plan": "enterprise"}, {"enterprise": False}),
    ({"plan": "enterprise"}, {"enterprise": True}), ({"plan": "team"}, {}), ({"plan": 3}, {}),
])  # fmt: skip
def test_only_answers_are_stated(fields: dict[str, object], stated: dict[str, object]) -> None:
    expected = {"record": "author/1", "name": "acme", **stated}
    assert author_record({"name": "acme", **fields}) == expected


@pytest.mark.parametrize("answer", [{}, [], None, "acme", {"name": 3}, {"error": "no such user"}])
def test_what_is_no_answer_about_an_account_is_refused(answer: object) -> None:
    with pytest.raises(DataError, match="about an account"):
        author_record(answer)


@given(JSON | st.dictionaries(FIELDS | st.just("name"), JSON))
def test_no_answer_breaks_the_parser(answer: object) -> None:
    try:
        record = author_record(answer)
    except DataError:
        return
    Normaliser()(record)
    assert isinstance(record["name"], str)


@pytest.mark.parametrize(("tags", "expected"), [
    (["dataset:a/b", "dataset:A/b", "dataset:squad", "en"], ["a/b", "squad"]),
    (["dataset:", "dataset:a/b/c", "dataset:../x", "dataset:a b", "Dataset:a/b"], []),
    ([None, 3, ["dataset:a/b"]], []), ("dataset:a/b", []), (None, []),
])  # fmt: skip
def test_datasets_a_model_was_trained_on(tags: object, expected: list[str]) -> None:
    record = model_record({"id": "x/y", "tags": tags})
    assert record.get("datasets", []) == expected


@pytest.mark.parametrize(("tag", "expected"), [
    ("arxiv:2403.04652", ["2403.04652"]), ("arxiv:0704.0001v12", ["0704.0001"]),
    ("arxiv:cs/0112017", ["cs/0112017"]), ("arxiv:math.GT/0309136", ["math.GT/0309136"]),
    ("arxiv:2403.046", []), ("arxiv:https://arxiv.org/abs/2403.04652", []),
    ("arxiv:2403.04652\n", []), ("arxiv:\N{ARABIC-INDIC DIGIT TWO}403.04652", []),
    ("2403.04652", []),
])  # fmt: skip
def test_papers_that_describe_a_model(tag: str, expected: list[str]) -> None:
    assert model_record({"id": "x/y", "tags": [tag, tag]})["papers"] == expected
    assert "papers" not in model_record({"id": "x/y"})


@pytest.mark.parametrize(("card", "expected"), [
    ({"new_version": "acme/two"}, "acme/two"), ({"new_version": "Acme/One"}, None),
    ({"new_version": "https://hub.example/acme/two"}, None), ({"new_version": ["acme/two"]}, None),
    ({}, None), ("new_version: acme/two", None), (None, None),
])  # fmt: skip
def test_the_model_that_supersedes_another(card: object, expected: str | None) -> None:
    assert new_version(card, "acme/one") == expected
    assert model_record({"id": "acme/one", "cardData": card})["new_version"] == expected
    assert "new_version" not in model_record({"id": "acme/one"})
