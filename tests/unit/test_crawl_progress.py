"""How a crawl is shown while it runs, and what is told at its end."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from hubgraph.crawl_progress import Standing, summary
from spiders.asking.base import HubSpider

LISTING = Standing(
    records=10_000, requests=10, sent=10, expected=100_000, limit=500, elapsed_s=20.0, waited_s=0.0,
    waits_s=0.0,
)  # fmt: skip


def test_within_a_window_it_goes_on_as_fast_as_up_to_now() -> None:
    assert LISTING.left_s == pytest.approx(180)
    assert replace(LISTING, records=100_000, requests=100, sent=100).left_s == 0


def test_windows_to_come_are_waited_for() -> None:
    # 1,000 requests in all: the second window begins 300 s after the first, 20 s of which are over.
    whole = replace(LISTING, expected=1_000_000)
    assert whole.left_s == pytest.approx(max(990 * 2, 300 + 500 * 2 - 20))
    quick = replace(whole, elapsed_s=1.0)
    assert quick.left_s == pytest.approx(300 + 500 * 0.1 - 1)


def test_waiting_does_not_count_as_slowness() -> None:
    waited = replace(
        LISTING, records=500, requests=500, sent=500, expected=600, elapsed_s=250.0, waited_s=200.0
    )
    assert waited.left_s == pytest.approx(300 + 100 * 0.1 - 250)


@pytest.mark.parametrize("unknown", ["expected", "records", "requests", "sent"])
def test_where_nothing_tells_no_time_is_told(unknown: str) -> None:
    told = LISTING.__dict__ | {unknown: 0}
    assert Standing(**told).left_s is None


def test_more_records_than_expected_leave_nothing() -> None:
    assert replace(LISTING, expected=9_000).left_s == 0


class Ended:
    """What of a spider tells how it ended."""

    def __init__(self, outcome: str, **facts: object) -> None:
        self.source = "tree model=a/x of https://huggingface.co"
        self.outcome = outcome
        self.unit = "records"
        self.notes: list[str] = []
        self.journal = SimpleNamespace(facts=facts)
        self.capped = ["the Hub shows 3,000"] if outcome == "capped" else []
        self.failures = {f"https://h/{n}": "no answer" for n in range(7 * (outcome == "failed"))}


def lines(spider: Ended) -> list[str]:
    return list(summary(cast("HubSpider", spider)))


def test_the_end_is_told_in_words() -> None:
    facts = {
        "records": 1_200, "requests": 14, "elapsed_s": 95.0,
        "waited_s": {"api": 61.0, "pages": 0.2},
        "outcomes": {"models new": 1_180, "models older": 0, "issues rejected": 20},
        "asked_again": 1,
    }  # fmt: skip
    assert lines(Ended("capped", **facts)) == [
        "Crawled tree model=a/x of https://huggingface.co: capped, "
        "everything that could be reached is written.",
        "  1,200 records in 14 requests, in 2 min, 61 s of it waiting for the quota.",
        "  1,180 models new, 20 issues rejected",
        "  1 request was tried again.",
        "  Not reached: the Hub shows 3,000.",
    ]


def test_an_end_without_anything_is_told_too() -> None:
    assert lines(Ended("complete"))[1:] == ["  0 records in 0 requests."]
    failed = lines(Ended("failed"))
    assert failed[2:4] == ["  7 given up:", "    https://h/0: no answer"]
    assert failed[-1] == "    … and 2 more"
