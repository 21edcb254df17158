"""The query string of a network: what is accepted, what is refused by name."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.network.request import LAYOUTS, LETTER, Request
from graph.errors import ParameterError
from graph.schema import RELATIONS


def parse(query: list[tuple[str, str]]) -> Request:
    raw: dict[str, list[str]] = {}
    for name, value in query:
        raw.setdefault(name, []).append(value)
    return Request.parse(raw)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ([("n", "-1")], "n"),
        ([("n", "1001")], "n"),
        ([("n", "many")], "n"),
        ([("n", "٣")], "n"),
        ([("up", "11")], "up"),
        ([("down", "1.5")], "down"),
        ([("top", "0")], "top"),
        ([("top", "501")], "top"),
        ([("limit", "20001")], "limit"),
        ([("rel", "F,X")], "rel"),
        ([("layout", "force")], "layout"),
        ([("m", f"a/{i}") for i in range(51)], "m"),
    ],
)
def test_a_bad_value_is_refused_by_its_name(query: list[tuple[str, str]], parameter: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(query)
    assert caught.value.parameter == parameter


def test_nothing_asked_for_is_the_most_influential() -> None:
    assert parse([]) == Request()
    assert parse([("n", ""), ("up", " ")]) == Request()
    assert Request().query() == []


def test_zero_is_a_number() -> None:
    request = parse([("up", "0"), ("down", "0"), ("n", "0")])
    assert (request.up, request.down, request.children) == (0, 0, 0)


def test_relations_keep_their_order_and_none_means_all() -> None:
    assert parse([("rel", "q,F")]).relations == ("finetune", "quantized")
    assert parse([("rel", "")]).relations == RELATIONS
    assert set(LETTER) == set(RELATIONS)


def test_several_starts_share_the_room_for_children() -> None:
    assert parse([("m", "a/b")]).children == 100
    assert parse([("m", f"a/{i}") for i in range(10)]).children == 30
    assert parse([("top", "500")]).children == 5
    assert parse([("m", "a/b"), ("m", "a/b"), ("n", "7")]).models == ("a/b",)


@given(
    models=st.lists(st.text("abc/-.", min_size=1, max_size=8), unique=True, max_size=5),
    top=st.integers(1, 500),
    n=st.none() | st.integers(0, 1000),
    relations=st.sets(st.sampled_from(RELATIONS), min_size=1),
    up=st.integers(0, 10),
    down=st.integers(0, 10),
    layout=st.sampled_from(LAYOUTS),
    limit=st.integers(1, 20_000),
    as_of=st.none() | st.datetimes(timezones=st.just(UTC)),
)
def test_the_address_of_a_request_asks_for_the_same_again(
    *,
    models: list[str],
    top: int,
    n: int | None,
    relations: set[str],
    up: int,
    down: int,
    layout: str,
    limit: int,
    as_of: datetime | None,
) -> None:
    request = Request(
        models=tuple(models),
        top=30 if models else top,
        n=n,
        relations=tuple(r for r in RELATIONS if r in relations),
        up=up,
        down=down,
        layout="layered" if layout == "layered" else "radial",
        limit=limit,
        as_of=as_of,
    )
    assert parse(request.query()) == request
