"""How a crawl is shown while it runs: the time left, within the quota and before its windows."""

from dataclasses import replace

import pytest

from hubgraph.cli.crawl_progress import Standing

LISTING = Standing(
    records=10_000,
    requests=10,
    sent=10,
    expected=100_000,
    limit=500,
    elapsed_s=20.0,
    waited_s=0.0,
    waits_s=0.0,
)


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
    assert replace(LISTING, **{unknown: 0}).left_s is None


def test_more_records_than_expected_leave_nothing() -> None:
    assert replace(LISTING, expected=9_000).left_s == 0
