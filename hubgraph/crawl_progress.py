"""The progress of a crawl while it runs, and its summary at the end."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from rich.console import Console
from scrapy.crawler import Crawler

from graph.answers.coverage import in_words
from hubgraph.display import Display
from hubgraph.output import counted, listed
from spiders.asking.base import HubSpider
from spiders.asking.waiting import Time
from spiders.hub.quota import DOCUMENTED, WINDOW_S

SHOWN_FAILURES = 5
TICK_S = 0.25

LOSSES = {"gone": "found to be gone", "suspected": "suspected to be gone"}
"""Fact of a crawl → words."""

ENDED = {
    "complete": "everything is written",
    "capped": "everything that could be reached is written",
    "failed": "some answers could not be fetched",
    "interrupted": "the same command resumes it",
}


@dataclass(frozen=True)
class Standing:
    """How far a crawl is, in this process and before."""

    records: int  # written
    requests: int  # answered and written
    sent: int  # requests that this process sent, including those in flight
    expected: int | None  # about how many records there will be
    limit: int  # requests that each window of the quota allows
    elapsed_s: float  # that this process has taken
    waited_s: float  # of them, for the quota
    waits_s: float  # that it still waits for the quota, 0 while it does not
    unit: str = "records"  # what `records` counts, in a plural
    is_ending: bool = False  # it only waits for the answers under way

    @property
    def left_s(self) -> float | None:
        """About how many seconds it will still take.

        Requests are assumed to go as fast as they did so far, and to wait for the windows of the
        quota, the first of which began with the first request of this process.
        """
        if not self.expected or not self.records or not self.requests or not self.sent:
            return None
        left = max(0, self.expected - self.records) / (self.records / self.requests)
        each = max(0.0, self.elapsed_s - self.waited_s) / self.sent
        whole = int((self.sent + left - 1) // self.limit)
        rest = self.sent + left - whole * self.limit
        by_quota = whole * WINDOW_S + rest * each - self.elapsed_s if whole else 0.0
        return max(left * each, by_quota)

    @property
    def share(self) -> float | None:
        """The share that is done."""
        return min(1.0, self.records / self.expected) if self.expected else None

    def __str__(self) -> str:
        said = [counted(self.records, self.unit), counted(self.requests, "requests")]
        if self.is_ending:
            said.append("ending; Ctrl-C again ends it at once")
        elif self.waits_s >= 1:
            said.append(f"waiting {self.waits_s:.0f} s for the quota")
        if self.left_s is not None:
            said.append(f"about {in_words(self.left_s)} left")
        return ", ".join(said)


@contextmanager
def shown(crawler: Crawler) -> Iterator[None]:
    """Show a crawl on a terminal for as long as the context lasts; elsewhere nothing."""
    if not Console(stderr=True).is_terminal:
        yield
        return
    began, is_over = time.monotonic(), threading.Event()
    with Display(estimates=False) as display:

        def follow() -> None:
            while not is_over.wait(TICK_S):
                if now := _standing(crawler, time.monotonic() - began):
                    display.advance(now.share, str(now))

        display.stage("Crawling")
        watcher = threading.Thread(target=follow, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            is_over.set()
            watcher.join()


def summary(spider: HubSpider) -> Iterator[str]:
    """How a crawl ended and what it did, in lines."""
    facts: dict[str, Any] = spider.journal.facts
    why = ENDED[spider.outcome]
    if spider.outcome == "failed" and not spider.failures:
        is_useless = spider.reason.startswith(spider.unhelpful)
        why = "its answers are of no use" if is_useless else "nothing is marked as gone"
    yield f"Crawled {spider.source}: {spider.outcome}, {why}."
    records = counted(facts.get("records", 0), spider.unit)
    requests = counted(facts.get("requests", 0), "requests")
    line = f"  {records} in {requests}"
    if "elapsed_s" in facts:
        line += f", in {in_words(facts['elapsed_s'])}"
        waited = sum(facts.get("waited_s", {}).values())
        line += f", {in_words(waited)} of it waiting for the quota" if waited >= 1 else ""
    yield f"{line}."
    if done := listed(facts.get("outcomes", {}).items()):
        yield f"  {done}"
    if lost := listed((words, facts.get(name, 0)) for name, words in LOSSES.items()):
        yield f"  {lost}"
    if again := facts.get("asked_again", 0):
        yield f"  {again:,} {'request was' if again == 1 else 'requests were'} tried again."
    yield from (f"  {note}" for note in spider.notes)
    yield from (f"  Not reached: {sentence}." for sentence in spider.capped)
    if spider.failures:
        yield f"  {len(spider.failures):,} given up:"
    for place, reason in list(spider.failures.items())[:SHOWN_FAILURES]:
        yield f"    {place}: {reason}"
    if (more := len(spider.failures) - SHOWN_FAILURES) > 0:
        yield f"    … and {more:,} more"


def _standing(crawler: Crawler, elapsed_s: float) -> Standing | None:
    spider = cast("HubSpider | None", crawler.spider)
    if spider is None or not hasattr(spider, "journal"):
        return None
    facts: dict[str, Any] = spider.journal.facts
    stats = dict(crawler.stats.get_stats())
    prefix = "hub/requests/"
    sent = {k.removeprefix(prefix): n for k, n in stats.items() if k.startswith(prefix)}
    busiest = max(sent, key=lambda name: sent[name], default="api")
    limits = DOCUMENTED["free" if spider.hub.hf_token else "anonymous"]
    return Standing(
        records=facts.get("records", 0),
        requests=facts.get("requests", 0),
        sent=sent.get(busiest, 0),
        expected=spider.expected,
        unit=spider.unit,
        limit=limits.get(busiest, limits["pages"]),
        elapsed_s=elapsed_s,
        waited_s=sum(v for k, v in stats.items() if k.startswith("hub/wait/") and k[-2:] == "_s"),
        waits_s=max(0.0, stats.get("hub/waits_until", 0.0) - time.monotonic()),
        is_ending=bool(sent) and Time(crawler).is_ending,
    )
