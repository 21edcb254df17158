"""What crawls decide: how far a listing is read, what a shard takes, what is noted."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from scrapy.crawler import Crawler

from graph.errors import CrawlError
from spiders.authors import unseen
from spiders.changes import UNEVEN, down_to, moment
from spiders.models import ModelsSpider
from spiders.writing.pipelines import WritePipeline

NOON = datetime(2026, 10, 3, 12, tzinfo=UTC)


def item(name: str, minutes: float | None) -> dict[str, object]:
    """A model that was modified so many minutes before noon."""
    if minutes is None:
        return {"id": name}
    at = NOON - timedelta(minutes=minutes)
    return {"id": name, "lastModified": at.isoformat().replace("+00:00", "Z")}


SINCE = NOON - timedelta(minutes=30)


@pytest.mark.parametrize(
    ("minutes", "kept", "reached", "is_last"),
    [
        ([1, 2, 3], 3, 3, False),
        ([1, 30], 2, 30, False),
        ([1, 30.01, 40], 1, 30.01, True),
        ([40], 0, 40, True),
        ([None, 5, None, 50, None], 3, 50, True),
        ([5, 5, 5], 3, 5, False),
        ([5, 4.5, 6], 3, 6, False),
    ],
    ids=["all", "to the minute", "cut", "none", "some say nothing", "alike", "a little uneven"],
)
def test_a_listing_ends_at_a_time(
    minutes: list[float | None], kept: int, reached: float, is_last: bool
) -> None:
    items = [item(f"a/{n}", value) for n, value in enumerate(minutes)]
    part = down_to(SINCE, items)
    assert [one["id"] for one in part.items] == [f"a/{n}" for n in range(kept)]
    assert (part.reached, part.is_last) == (NOON - timedelta(minutes=reached), is_last)


@pytest.mark.parametrize(("minutes", "before", "said"), [
    ([], None, "No model"), ([None, None], None, "No model"), ([5, 3], None, "not in that order"),
    ([5], 7, "not in that order"), ([20, 40, 10], 7, None), ([], 7, None),
])  # fmt: skip
def test_another_order_is_noticed(
    minutes: list[float | None], before: float | None, said: str | None
) -> None:
    items = [item(f"a/{n}", value) for n, value in enumerate(minutes)]
    earlier = None if before is None else NOON - timedelta(minutes=before)
    if said is None:
        down_to(SINCE, items, earlier)
    else:
        with pytest.raises(CrawlError, match=said):
            down_to(SINCE, items, earlier)


def test_unevenness_does_not_add_up() -> None:
    step = UNEVEN.total_seconds() / 60 * 0.9
    with pytest.raises(CrawlError):
        down_to(SINCE, [item("a/a", 20), item("a/b", 20 - step), item("a/c", 20 - 2 * step)])


@pytest.mark.parametrize(("text", "expected"), [
    ("2026-10-03T12:00:00.000Z", NOON), ("2026-10-03T14:00:00+02:00", NOON),
    ("2026-10-03T12:00", NOON), ("2026-10-03", NOON - timedelta(hours=12)), ("yesterday", None),
    ("", None), (1_759_492_800, None), (None, None),
])  # fmt: skip
def test_moments(text: object, expected: datetime | None) -> None:
    assert moment(text) == expected


def test_an_account_that_is_not_shown_is_noted_and_keeps_its_kind() -> None:
    noted = {"record": "author/1", "name": "acme", "observed_at": "now"}
    assert unseen("acme", "user", "now") == noted
    assert unseen("acme", None, "now") == {**noted, "kind": None}


def shares(parts: int, names: list[str]) -> list[list[str]]:
    spiders = [ModelsSpider(shard=f"{part}/{parts}") for part in range(1, parts + 1)]
    return [[name for name in names if spider.mine(name)] for spider in spiders]


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_shards_are_balanced_and_have_nothing_in_common(parts: int) -> None:
    names = [f"team{n % 97}/model-{n}" for n in range(7_000)]
    taken = shares(parts, names)
    assert Counter(name for share in taken for name in share) == Counter(names)
    for share in taken:
        assert len(share) == pytest.approx(len(names) / parts, rel=0.1)


def test_a_name_stays_in_its_shard_on_every_machine_and_in_any_spelling() -> None:
    names = ["google/gemma-7b", "Google/GEMMA-7b", "gpt2", "meta-llama/Llama-3.1-8B", "é/ü"]
    assert shares(4, names) == [
        ["meta-llama/Llama-3.1-8B"], ["google/gemma-7b", "Google/GEMMA-7b"], ["gpt2"], ["é/ü"],
    ]  # fmt: skip


def test_retries_and_refusals_are_counted_together_and_waits_by_route() -> None:
    stats = {"hub/retry/count": 3, "hub/refused": 2, "hub/wait/api": 1, "hub/wait/api_s": 61.5}
    crawler = SimpleNamespace(settings={}, stats=SimpleNamespace(get_stats=lambda: stats))
    noted = WritePipeline(cast("Crawler", crawler))._manners()
    assert (noted["asked_again"], noted["refused"]) == (5, 2)
    assert noted["waited_s"] == {"api": 61.5}
    stats.clear()
    assert WritePipeline(cast("Crawler", crawler))._manners()["asked_again"] == 0
