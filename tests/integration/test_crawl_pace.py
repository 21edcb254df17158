"""The quota over real HTTP, with a Hub whose clock runs fast: used up, and never exceeded."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.settings import Settings
from tests.commands import Commands
from tests.hub import Answer, Content, Hub, Quota, Request, serve
from tests.integration.crawls import FAMILY, Crawl, records

SPEED = 100
"""Seconds of the Hub in one of ours: a window takes three."""
LIMIT = 30
"""Requests in a window, of which a crawl of the family fills some."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    quota = Quota(anonymous={"api": LIMIT, "pages": LIMIT}, speed=SPEED)
    with serve(Content(FAMILY), quota=quota) as hub:
        yield hub


@pytest.fixture
def crawl(hub: Hub, commands: Commands, settings: Settings, tmp_path: Path) -> Crawl:
    return Crawl(hub, commands, settings, tmp_path)


def _run(crawl: Crawl, file: Path, *arguments: str) -> None:
    fast = ("-s", f"HUB_CLOCK_SPEED={SPEED}", "-s", f"HUB_TO={file}")
    crawl.scrapy("crawl", *arguments, *fast)


def _models(file: Path) -> set[object]:
    return {record["id"] for record in records(file) if record["record"] == "model/1"}


@pytest.mark.parametrize(
    ("spider", "bucket"), [("tree", "api"), ("pages", "pages")], ids=["api", "pages"]
)
def test_a_window_is_used_up(
    crawl: Crawl, hub: Hub, tmp_path: Path, spider: str, bucket: str
) -> None:
    file = tmp_path / "file.jsonl"
    _run(crawl, file, spider, "-a", "model=acme/root")
    assert _models(file) == {record["id"] for record in FAMILY[:-1]}
    assert hub.quota.refused == 0
    shares = hub.quota.shares(bucket)
    numbers = [number for _, counted, number in hub.quota.windows if counted == bucket]
    assert numbers == list(range(numbers[0], numbers[0] + len(shares)))  # none is left out
    assert len(shares) >= 3
    assert all(share >= 0.95 for share in shares[:-1])


def test_falling_limits_and_jumps_in_time_cost_little(
    crawl: Crawl, hub: Hub, tmp_path: Path
) -> None:
    ahead = 0.0
    clock = hub.quota.clock
    hub.quota.clock = lambda: clock() + ahead

    def change(request: Request, answer: Answer) -> Answer:
        nonlocal ahead
        count = sum(1 for other in hub.requests if other.path.startswith("/api/"))
        if count == 50:
            hub.quota.anonymous = {"api": LIMIT // 2, "pages": LIMIT}
        if count == 75:
            ahead += 100 / SPEED
        if count == 90:
            ahead -= 50 / SPEED
        return answer

    hub.faults.add(change, when="/api/")
    file = tmp_path / "file.jsonl"
    _run(crawl, file, "tree", "-a", "model=acme/root")
    assert _models(file) == {record["id"] for record in FAMILY[:-1]}
    assert hub.quota.refused <= 6
