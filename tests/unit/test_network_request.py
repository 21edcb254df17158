"""The parameters of a network: what they mean, and the address that asks for the same again."""

from datetime import UTC
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.network.content import NetworkRequest
from graph.errors import ParameterError
from graph.schema import RELATIONS
from webapp.network.parameters import LETTERS, NetworkParameters

read = NetworkParameters.from_query


@pytest.mark.parametrize(("name", "value"), [
    *(("n", value) for value in ("-1", "1001", "many", "٣")), ("up", "11"), ("down", "1.5"),
    ("top", "0"), ("top", "501"), ("limit", "20001"), ("rel", "F,X"), ("layout", "force"),
    ("depth", "1"),
])  # fmt: skip
def test_a_bad_value_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read({name: [value]})
    assert caught.value.parameter == name


def test_more_models_than_can_be_started_from_are_refused() -> None:
    with pytest.raises(ParameterError, match="at most 50"):
        read({"m": [f"a/{i}" for i in range(51)]})


@pytest.mark.parametrize("name", ["relation", "task", "q", "created_from", "size"])
def test_a_filter_beside_named_models_is_refused(name: str) -> None:
    """The models are named: a filter that does nothing would be believed."""
    value = {"relation": "adapter", "created_from": "2025-01-01", "size": "under-1b"}.get(name, "x")
    assert read({name: [value]}).listed
    with pytest.raises(ParameterError, match="names the models") as caught:
        read({"m": ["a/b"], name: [value]})
    assert caught.value.parameter == name


def test_nothing_asked_for_is_the_most_influential() -> None:
    assert read({}) == read({"n": [""], "up": [" "], "m": [""]})
    assert read({}).request == NetworkRequest()
    assert read({"sel": ["a/b"]}).pairs() == []


def test_zero_is_a_number() -> None:
    request = read({"up": ["0"], "down": ["0"], "n": ["0"]}).request
    assert (request.up, request.down, request.children) == (0, 0, 0)


def test_relations_keep_their_order_and_none_means_all() -> None:
    assert read({"rel": ["q,F"]}).request.relations == ("finetune", "quantized")
    assert read({"rel": ["q", "F,"]}).request.relations == ("finetune", "quantized")
    assert read({"rel": [""]}).request.relations == read({"rel": [","]}).request.relations
    assert read({}).request.relations == RELATIONS


def test_several_starts_share_the_room_for_children() -> None:
    assert read({"m": ["a/b"]}).request.children == 100
    assert read({"m": [f"a/{i}" for i in range(10)]}).request.children == 30
    assert read({"top": ["500"]}).request.children == 5
    assert read({"m": ["a/b", "a/b"], "n": ["7"]}).request.models == ("a/b",)


asked = st.builds(
    NetworkParameters,
    m=st.lists(st.text("abc/-.", min_size=1, max_size=8), unique=True, max_size=5),
    top=st.integers(1, 500),
    n=st.none() | st.integers(0, 1000),
    rel=st.sets(st.sampled_from(sorted(LETTERS)), min_size=1).map(
        lambda chosen: [letter for letter in LETTERS if letter in chosen]
    ),
    up=st.integers(0, 10),
    down=st.integers(0, 10),
    layout=st.sampled_from(["radial", "layered"]),
    limit=st.integers(1, 20_000),
    as_of=st.none() | st.datetimes(timezones=st.just(UTC)),
).map(lambda made: made.model_copy(update={"top": 30}) if made.m else made)


@given(asked)
def test_the_address_of_a_network_asks_for_the_same_again(asked: NetworkParameters) -> None:
    assert read(parse_qs(urlsplit(asked.address("/graph")).query)) == asked
