"""Listings end where they should, whatever the pages look like."""

import json
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Response

from graph.errors import CrawlError, ParameterError
from graph.schema import DATASET, MODEL, SPACE
from graph.store.runs import Scope
from spiders.asking.listing import ListingSpider
from spiders.datasets import DatasetsSpider
from spiders.hub.listing import refused_fields
from spiders.models import ModelsSpider
from spiders.planning.plan import WHOLE_HUB
from spiders.spaces import SpacesSpider
from spiders.writing.journal import Page
from tests.hub import Content, routes
from tests.integration.crawls import DATASETS, FAMILY, SPACES
from tests.played import HUB, Played, _journals_are_closed, begun

__all__ = ["_journals_are_closed"]

NAMED = [str(record["id"]) for record in FAMILY]
NAMES = st.lists(st.from_regex("[a-c]{1,2}/[a-z]{1,3}", fullmatch=True), unique_by=str.lower)


def hub_id(seconds: float, number: int = 0) -> str:
    return f"{int(seconds):08x}{number:016x}"


def item(name: str, seconds: float | None, number: int = 0) -> dict[str, object]:
    made = {} if seconds is None else {"_id": hub_id(seconds, number)}
    return {"id": name, "tags": ["x"], **made}


def made(name: str, seconds: float, number: int = 0) -> dict[str, object]:
    return {"record": "model/1", "id": name, "hub_id": hub_id(seconds, number)}


def answer(
    spider: ListingSpider,
    *items: object,
    status: int = 200,
    after: Page | None = None,
    cursor: str | None = "next",
    **headers: str,
) -> Page:
    """The spider's page of an answer: the first one, or the one that follows another."""
    (ask,) = spider.first_asks() if after is None else after.follow
    if cursor:
        headers["Link"] = f'<?cursor={cursor}>; rel="next"'
    response = Response(ask.url, status, dict(headers), json.dumps(items).encode())
    return spider.parsed(response, ask)


def ids(page: Page) -> list[object]:
    return [record["id"] for record in page.records]


@pytest.fixture
def spider(tmp_path: Path) -> ModelsSpider:
    return begun(ModelsSpider, tmp_path)


def test_it_ends_at_the_first_that_is_younger(spider: ModelsSpider) -> None:
    start = spider.run.started_at.timestamp()
    page = answer(spider, item("a/old", start - 9), item("a/same", start))
    assert ids(page) == ["a/old", "a/same"]
    items = item("a/same2", start, 1), item("a/new", start + 1)
    page = answer(spider, *items, after=page, cursor="more")
    assert ids(page) == ["a/same2"]
    assert page.follow == []


def test_the_later_of_the_two_clocks_says_what_is_younger(spider: ModelsSpider) -> None:
    start = spider.run.started_at.timestamp()
    ahead = format_datetime(datetime.fromtimestamp(start + 3_600, UTC), usegmt=True)
    page = answer(spider, item("a/b", start + 1_800), item("a/c", start + 5_400), Date=ahead)
    assert ids(page) == ["a/b"]
    behind = format_datetime(datetime.fromtimestamp(start - 3_600, UTC), usegmt=True)
    page = answer(spider, item("a/b", start - 1_800), cursor="other", Date=behind)
    assert ids(page) == ["a/b"]
    assert ids(answer(spider, item("a/b", start - 9), cursor=None, Date="yesterday")) == ["a/b"]


def test_items_without_a_time_of_creation_are_taken(spider: ModelsSpider) -> None:
    strange = {"id": "a/strange", "_id": 5, "tags": []}
    page = answer(spider, item("a/b", None), strange)
    assert ids(page) == ["a/b", "a/strange"]
    page = answer(spider, item("a/c", None), item("a/d", 1_700_000_000), after=page, cursor="more")
    assert ids(page) == ["a/c", "a/d"]
    assert "out_of_order" not in page.facts
    assert page.follow


def test_out_of_order_all_is_read_and_nothing_is_claimed(spider: ModelsSpider) -> None:
    start = spider.run.started_at.timestamp()
    page = answer(spider, item("a/new", start + 60), item("a/old", start - 60))
    assert ids(page) == ["a/new", "a/old"]
    page = answer(spider, item("a/newer", start + 90), after=page, cursor="more")
    assert ids(page) == ["a/newer"]
    assert page.follow
    spider.journal.note(page.facts)
    assert spider.status == "capped"
    assert spider.capped == [
        "the Hub did not keep to the order of creation: what changed its place meanwhile may be "
        "missing"
    ]


def test_only_whole_pages_again_are_a_circle(tmp_path: Path) -> None:
    spider = begun(ModelsSpider, tmp_path, sort="likes")
    first = answer(spider, item("a/b", 1), item("a/c", 2))
    again = answer(spider, item("a/c", 2), item("a/d", 3), after=first, cursor="2")
    assert ids(again) == ["a/c", "a/d"]
    with pytest.raises(CrawlError, match="again"):
        answer(spider, item("a/b", 1), item("a/c", 2), after=again, cursor="3")
    spider.journal.close(finished=False)
    resumed = begun(ModelsSpider, tmp_path, sort="likes")
    resumed.journal.seen.update(first.seen)
    with pytest.raises(CrawlError, match="again"):
        answer(resumed, item("a/b", 1), item("a/c", 2), cursor="4")


def test_an_order_that_moves_is_no_whole_listing(tmp_path: Path) -> None:
    spider = begun(ModelsSpider, tmp_path, sort="likes")
    spider.journal.note({"pages": 1})
    assert spider.status == "complete"
    assert spider.covers is None
    spider.journal.note({"pages": 1})
    assert spider.status == "capped"
    assert "2 pages were read in the order of likes" in spider.capped[0]


def test_what_was_not_asked_for_is_noticed(tmp_path: Path) -> None:
    tagged = begun(ModelsSpider, tmp_path, filter="x", task="fill-mask")
    good = {"id": "a/b", "tags": ["X"], "pipeline_tag": "fill-mask"}
    assert ids(answer(tagged, good)) == ["a/b"]
    with pytest.raises(CrawlError, match="'fill-mask', the Hub lists 'a/c'"):
        answer(tagged, good, {"id": "a/c", "tags": ["x"]})
    owned = begun(DatasetsSpider, tmp_path, author="Acme")
    assert ids(answer(owned, item("acme/b", 1))) == ["acme/b"]
    for name in ("other/b", "b"):
        with pytest.raises(CrawlError, match="Asked for datasets of 'Acme'"):
            answer(owned, item("acme/b", 1), item(name, 2))


@pytest.mark.parametrize(("said", "refused"), [
    ("Cannot expand 'likes', only any of tags, sha, config.", {"likes"}),
    ("expected one of tags|sha at expand[1]", {"likes", "config"}),
    ("expand[]: config is not a field", {"config"}), ("unconfigured", {"config"}),
    ("Bad request", {"config"}), ("likes and sha are not fields", {"likes"}),
])  # fmt: skip
def test_which_field_is_refused(said: str, refused: set[str]) -> None:
    asked = ["tags", "likes", "sha", "config"]
    if "one of" in said:
        said = said.replace("sha", "sha|createdAt")
        asked = ["createdAt", *asked]
    assert refused_fields(said.encode(), asked) == refused


def test_a_refused_field_is_asked_for_no_more(spider: ModelsSpider) -> None:
    page = answer(spider, "gguf is no field", status=400, cursor=None)
    assert page.facts == {"lacks_gguf": 1}
    assert "gguf" not in page.follow[0].url
    page = answer(spider, "gguf, sha", status=400, cursor=None, after=page)
    assert page.facts == {"lacks_sha": 1}
    with pytest.raises(CrawlError, match="answered 400"):
        answer(spider, status=400, after=answer(spider, item("a/b", 1), after=page), cursor=None)


@pytest.mark.parametrize("status", [307, 401, 403, 404, 451])
def test_an_answer_that_is_no_listing_is_an_error(spider: ModelsSpider, status: int) -> None:
    with pytest.raises(CrawlError, match=f"answered {status}"):
        answer(spider, status=status, cursor=None)


def test_a_crawl_that_goes_on_remembers_what_is_refused(tmp_path: Path) -> None:
    spider = begun(ModelsSpider, tmp_path)
    spider.journal.note({"lacks_gguf": 1})
    spider.journal.close(finished=False)
    (ask,) = begun(ModelsSpider, tmp_path).first_asks()
    assert "gguf" not in ask.url


@pytest.mark.parametrize(("kind", "options", "scope", "expected"), [
    (ModelsSpider, {}, Scope(MODEL), WHOLE_HUB),
    (ModelsSpider, {"sort": "created"}, Scope(MODEL), WHOLE_HUB),
    (ModelsSpider, {"shard": "2/4"}, None, WHOLE_HUB // 4),
    (ModelsSpider, {"author": "Acme"}, Scope(MODEL, "Acme"), None),
    (ModelsSpider, {"author": "acme", "task": "t"}, None, None),
    (ModelsSpider, {"sort": "likes"}, None, None),
    (ModelsSpider, {"top": "10"}, None, 10),
    (ModelsSpider, {"top": "10", "shard": "1/2"}, None, 5),
    (DatasetsSpider, {}, Scope(DATASET), None),
    (DatasetsSpider, {"search": "x"}, None, None),
    (SpacesSpider, {"author": "acme"}, Scope(SPACE, "acme"), None),
    (SpacesSpider, {"filter": "x"}, None, None),
])  # fmt: skip
def test_what_a_listing_sees_all_of(
    kind: type[ListingSpider],
    options: dict[str, str],
    scope: Scope | None,
    expected: int | None,
    tmp_path: Path,
) -> None:
    spider = begun(kind, tmp_path, **options)
    spider.hub = spider.hub.model_copy(update={"hub_url": "https://huggingface.co"})
    assert (spider.covers, spider.expected) == (scope, expected)


def test_nothing_listed_of_an_account_says_nothing_of_it(tmp_path: Path) -> None:
    played = Played(begun(ModelsSpider, tmp_path, author="ACME"), Content())
    assert (played.status, played.covers) == ("complete", None)


def test_orders_are_those_of_the_kind() -> None:
    DatasetsSpider(sort="downloads")
    with pytest.raises(ParameterError, match="no order 'downloads'"):
        SpacesSpider(sort="downloads")


def test_a_broken_item_is_told_once_under_its_form(tmp_path: Path) -> None:
    for kind, form in ((DatasetsSpider, "dataset/1"), (SpacesSpider, "space/1")):
        told = [
            record
            for shard in ("1/3", "2/3", "3/3")
            for record in answer(begun(kind, tmp_path / shard, shard=shard), "?").records
        ]
        (record,) = told
        assert (record["record"], record["id"]) == (form, "? is not an object: ?")


@given(NAMES, st.integers(1, 9))
def test_every_name_falls_to_one_shard(names: list[str], parts: int) -> None:
    shards = [ModelsSpider(shard=f"{part}/{parts}") for part in range(1, parts + 1)]
    for name in names:
        assert [shard.mine(name) for shard in shards].count(True) == 1
        assert [shard.mine(name.upper()) for shard in shards] == [s.mine(name) for s in shards]


@given(
    names=NAMES,
    parts=st.integers(1, 4),
    kind=st.sampled_from([ModelsSpider, DatasetsSpider, SpacesSpider]),
    options=st.sampled_from(
        [{}, {"sort": "likes"}, {"top": "5"}, {"author": "a"}, {"filter": "x"}]
    ),
    size=st.integers(1, 4),
)
def test_shards_partition_the_whole(  # noqa: PLR0917
    names: list[str],
    parts: int,
    kind: type[ListingSpider],
    options: dict[str, str],
    size: int,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(routes, "MOST", size)
    records: list[dict[str, Any]] = [
        {
            "record": kind.node.form, "id": name, "likes": n % 3, "tags": ["x"] if n % 2 else [],
            "hub_id": hub_id(1_600_000_000 + n), "observed_at": "2025-01-01T00:00:00Z",
        }
        for n, name in enumerate(names)
    ]  # fmt: skip
    content = Content(records)
    folder = tmp_path_factory.mktemp("crawl")
    whole = Played(begun(kind, folder, **options), content)
    names_of_parts = [f"{part}/{parts}" for part in range(1, parts + 1)]
    shards = [Played(begun(kind, folder, **options, shard=n), content) for n in names_of_parts]
    together = [record for shard in shards for record in shard.records]
    assert len(together) == len(whole.records)
    assert {r["id"]: r for r in together} == {r["id"]: r for r in whole.records}
    wanted = {
        str(r["id"]) for r in records
        if ("author" not in options or str(r["id"]).startswith("a/"))
        and ("filter" not in options or r["tags"])
    }  # fmt: skip
    assert whole.ids <= wanted
    assert len(whole.ids) == (min(5, len(wanted)) if "top" in options else len(wanted))


@pytest.mark.parametrize(("kind", "options", "expected"), [
    (ModelsSpider, {"author": "team3"}, {n for n in NAMED if n.startswith("team3/m")}),
    (ModelsSpider, {"task": "text-generation"}, {r["id"] for r in FAMILY if r.get("task")}),
    (ModelsSpider, {"filter": "license:mit"}, {"acme/root"}),
    (ModelsSpider, {"search": "alone"}, {"solo/alone"}),
    (ModelsSpider, {"sort": "downloads", "top": "2"}, {"team4/m119", "team3/m118"}),
    (DatasetsSpider, {"sort": "downloads", "top": "2"}, {"team2/d11", "team1/d10"}),
    (DatasetsSpider, {"filter": "language:en", "author": "team2"}, {"team2/d5", "team2/d11"}),
    (SpacesSpider, {"sort": "likes", "top": "1"}, {"team2/s8"}),
    (SpacesSpider, {"search": "s3"}, {"team0/s3"}),
])  # fmt: skip
def test_what_a_part_holds(
    kind: type[ListingSpider], options: dict[str, str], expected: set[object], tmp_path: Path
) -> None:
    content = Content([*FAMILY, *DATASETS, *SPACES])
    played = Played(begun(kind, tmp_path, **options), content)
    assert (played.status, played.ids) == ("complete", expected)


def test_fewer_than_before_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that are added while the listing is read are in it or not, and shift nothing."""
    monkeypatch.setattr(routes, "MOST", 2)
    content = Content(made(f"a/m{n}", 1_600_000_000 + n) for n in range(9))
    there = {model.id for model in content.models}

    def add(_: int) -> int:
        number = len(content.models)
        content.models.add(made(f"b/m{number}", time.time() + 60, number))
        return 0

    played = Played(begun(ModelsSpider, tmp_path), content, add)
    assert played.ids == there
    assert [played.status, played.covers] == ["complete", Scope(MODEL)]
    assert all(url.startswith("/api/models?limit=1000") for url in played.asked)
    assert HUB not in "".join(played.asked)
