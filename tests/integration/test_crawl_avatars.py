"""Crawls of avatars: one server is asked, what it sends is checked, nothing is asked for twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from graph.settings import Settings, load_settings
from graph.store.avatars import has_fresh_avatar, kept_avatar
from graph.store.connection import Graph
from graph.ways.load import load
from spiders.hub.picture import LARGEST
from tests.hub import Content, Hub, faults, serve
from tests.hub.messages import Answer
from tests.hub.pictures import encoded
from tests.integration.crawls import Crawl
from tests.integration.test_ingest import author

UPLOADS = "/v1/production/uploads"
NAMES = ["acme", "bob", "carol", "dave", "erin"]


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve(Content([])) as hub:
        yield hub


@pytest.fixture
def avatars() -> Iterator[Hub]:
    """Another server, which holds the pictures."""
    with serve(Content([])) as server:
        yield server


@pytest.fixture
def crawl(crawl: Crawl, avatars: Hub, tmp_path: Path) -> Crawl:
    crawl.environment["HUBGRAPH_AVATAR_URL"] = avatars.url
    crawl.environment["HUBGRAPH_DATA_DIR"] = str(tmp_path / "data")
    crawl.environment["HF_TOKEN"] = "hf_secret"
    crawl.environment["HUBGRAPH_CRAWL_CONCURRENCY"] = "1"
    return crawl


@pytest.fixture
def described(empty_graph: Graph, settings: Settings, avatars: Hub, hub: Hub) -> Graph:
    """Accounts, the most followed first, of which three have no picture on that server."""
    places = {name: f"{avatars.url}{UPLOADS}/{name}.png" for name in NAMES}
    places |= {
        "standin": "/avatars/5f3.svg",
        "elsewhere": f"{hub.url}{UPLOADS}/x.png",
        "user": avatars.url.replace("//", "//evil@") + "/x.png",
    }
    accounts = [
        author(name, avatar_url=url, followers=100 - number)
        for number, (name, url) in enumerate(places.items())
    ]
    load(empty_graph, iter(accounts), settings=settings, source="accounts")
    return empty_graph


def asked(server: Hub) -> list[str]:
    """The names whose pictures were asked for since the last time."""
    paths = [request.path for request in server.requests]
    server.requests.clear()
    return [path.split("/")[-1].removesuffix(".png") for path in paths if "robots" not in path]


def instead(answer: Answer) -> faults.Fault:
    return lambda _request, _answer: answer


def kept(crawl: Crawl) -> set[str]:
    settings = load_settings(data_dir=Path(crawl.environment["HUBGRAPH_DATA_DIR"]))
    return {name for name in NAMES if kept_avatar(settings, name)}


def test_pictures_are_kept_and_not_asked_for_again(
    crawl: Crawl, hub: Hub, avatars: Hub, described: Graph
) -> None:
    told = crawl("avatars", "--budget", "2")
    assert told["status"] == "capped"
    first = asked(avatars)
    assert (first, kept(crawl)) == (NAMES[:2], set(first))
    told = crawl("avatars")
    assert told["status"] == "complete"
    assert {name: told["facts"][name] for name in ("asked", "kept")} == {"asked": 3, "kept": 3}
    assert told["notes"] == ["3 pictures kept."]
    assert not any(request.token for request in avatars.requests)
    assert (asked(avatars), kept(crawl)) == (NAMES[2:], set(NAMES))
    assert crawl("avatars")["facts"]["asked"] == 0
    assert (asked(avatars), hub.requests) == ([], [])
    assert avatars.quota.requests("avatars") == len(NAMES)


def test_what_cannot_be_used_is_refused_and_told(
    crawl: Crawl, avatars: Hub, hub: Hub, described: Graph
) -> None:
    large = encoded(Image.effect_noise((1_200, 1_200), 90), "PNG") * 3
    assert len(large) > LARGEST
    answers = {
        "erin": Answer(302, headers={"Location": f"{hub.url}{UPLOADS}/erin.png"}),
        "bob": Answer(body=large),
        "carol": Answer(body=b"<svg><script>alert(1)</script></svg>"),
        "dave": Answer(404),
    }
    for name, answer in answers.items():
        avatars.faults.add(instead(answer), when=f"{UPLOADS}/{name}.png")
    told = crawl("avatars")
    assert told["status"] == "complete"
    assert told["facts"]["refused_as"] == {
        "redirected elsewhere": 1, "too large": 1, "not a picture": 1, "no longer there": 1,
    }  # fmt: skip
    assert kept(crawl) == {"acme"}
    assert hub.requests == []
    settings = load_settings(data_dir=Path(crawl.environment["HUBGRAPH_DATA_DIR"]))
    assert all(has_fresh_avatar(settings, name, days=1) for name in NAMES)  # refused ones, too


def test_a_server_without_pictures_is_left_alone_and_nothing_is_noted(
    crawl: Crawl, avatars: Hub, empty_graph: Graph, settings: Settings
) -> None:
    names = [f"user{number}" for number in range(30)]
    accounts = [author(name, avatar_url=f"{avatars.url}{UPLOADS}/{name}.png") for name in names]
    load(empty_graph, iter(accounts), settings=settings, source="accounts")
    avatars.faults.add(faults.status(404), when=UPLOADS)
    crawl("avatars", code=1)
    assert "this server gives no pictures: 20 in a row" in crawl.said
    assert len(asked(avatars)) == 20
    assert not (Path(crawl.environment["HUBGRAPH_DATA_DIR"]) / "avatars").exists()


def test_it_goes_on_after_a_bad_answer(crawl: Crawl, avatars: Hub, described: Graph) -> None:
    avatars.faults.add(faults.status(403), when=f"{UPLOADS}/carol.png", times=1)
    crawl("avatars", code=1)
    assert "answered 403" in crawl.said
    asked(avatars)
    assert crawl("avatars")["status"] == "complete"
    assert asked(avatars) == ["carol"]


def test_it_waits_for_the_quota_of_that_server(
    crawl: Crawl, avatars: Hub, described: Graph
) -> None:
    avatars.quota.anonymous = {"pages": 100, "avatars": 2}
    avatars.quota.speed = 150  # a window takes two seconds
    crawl.scrapy("crawl", "avatars", "-s", "HUB_CLOCK_SPEED=150")
    assert kept(crawl) == set(NAMES)
    assert avatars.quota.refused == 0
