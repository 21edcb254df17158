"""How a crawl is shown while it runs, and told when it has ended."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task
from rich.text import Text
from scrapy.crawler import Crawler

from graph.answers.coverage import in_words
from spiders.asking.base import HubSpider
from spiders.asking.waiting import Time
from spiders.hub.quota import DOCUMENTED, WINDOW_S

FAILURES_TOLD = 5

_Standings = Callable[[], "Standing | None"]
ENDED = {
    "complete": "everything that was asked for is written",
    "capped": "it ended where it had to",
    "failed": "not all of it could be had",
    "interrupted": "the same command goes on",
}
"""How a crawl ended, in words."""


@dataclass(frozen=True)
class Standing:
    """How far a crawl is, in this process and before.

    Attributes:
        records: written.
        requests: answered and written.
        sent: requests that this process sent, those in flight among them.
        expected: about how many records there will be, None when nothing tells.
        limit: requests that each window of the quota allows.
        elapsed_s: seconds that this process has taken.
        waited_s: seconds of them that it waited for the quota.
        waits_s: seconds that it still waits, 0 while it does not.
        is_ending: whether it was told to end and waits for the answers under way.
    """

    records: int
    requests: int
    sent: int
    expected: int | None
    limit: int
    elapsed_s: float
    waited_s: float
    waits_s: float
    is_ending: bool = False

    @property
    def left_s(self) -> float | None:
        """About how many seconds it will still take, None when nothing tells.

        Requests go as fast as they went up to now, and wait for the windows of the quota, which
        began with the first of this process.
        """
        if not self.expected or not self.records or not self.requests or not self.sent:
            return None
        left = max(0, self.expected - self.records) / (self.records / self.requests)
        each = max(0.0, self.elapsed_s - self.waited_s) / self.sent
        whole = int((self.sent + left - 1) // self.limit)
        rest = self.sent + left - whole * self.limit
        by_quota = whole * WINDOW_S + rest * each - self.elapsed_s if whole else 0.0
        return max(left * each, by_quota)


@contextmanager
def shown(crawler: Crawler, console: Console) -> Iterator[None]:
    """Show a crawl on a terminal for as long as the context lasts; elsewhere nothing."""
    began = time.monotonic()

    def standing() -> Standing | None:
        return _standing(crawler, time.monotonic() - began)

    columns = (_Doing(standing), BarColumn(bar_width=20), _Done(standing), _Left(standing))
    with Progress(*columns, console=console, transient=True, refresh_per_second=4) as bar:
        bar.add_task("", total=None)
        yield


def summary(spider: HubSpider) -> Iterator[str]:
    """What a crawl did and how it ended, in lines."""
    facts = spider.journal.facts
    yield f"Crawled {spider.source}: {spider.outcome}, {ENDED[spider.outcome]}."
    line = f"  {_count(facts, 'records'):,} records in {_count(facts, 'requests'):,} requests"
    elapsed, waited = facts.get("elapsed_s"), _sum(facts.get("waited_s"))
    if isinstance(elapsed, int | float):
        line += f", in {in_words(elapsed)}"
        line += f", {in_words(waited)} of them waiting for the quota" if waited >= 1 else ""
    yield f"{line}."
    outcomes = facts.get("outcomes")
    if isinstance(outcomes, Mapping) and (told := [f"{n:,} {k}" for k, n in outcomes.items() if n]):
        yield f"  {', '.join(told)}"
    if again := _count(facts, "asked_again"):
        yield f"  {again:,} {'request was' if again == 1 else 'requests were'} tried again."
    yield from (f"  Not reached: {sentence}." for sentence in spider.capped)
    if spider.failures:
        yield f"  {len(spider.failures):,} given up:"
    for place, reason in list(spider.failures.items())[:FAILURES_TOLD]:
        yield f"    {place}: {reason}"
    if (more := len(spider.failures) - FAILURES_TOLD) > 0:
        yield f"    … and {more:,} more"


class _Column(ProgressColumn):
    """A column that looks at the crawl itself, whenever it is drawn."""

    def __init__(self, standing: _Standings) -> None:
        super().__init__()
        self._standing = standing


class _Doing(_Column):
    def render(self, task: Task) -> Text:
        now = self._standing()
        if now is not None:
            total = now.expected if now.expected and now.expected >= now.records else None
            task.total, task.completed = total, now.records
        if now is not None and now.is_ending:
            return Text("Ending; Ctrl-C again ends it at once")
        if now is not None and now.waits_s >= 1:
            return Text(f"Waiting for the quota, {now.waits_s:.0f} s")
        return Text("Crawling")


class _Done(_Column):
    def render(self, task: Task) -> Text:  # noqa: ARG002 (the crawl tells)
        now = self._standing()
        return Text(f"{now.records:,} records, {now.requests:,} requests" if now else "")


class _Left(_Column):
    def render(self, task: Task) -> Text:  # noqa: ARG002 (the crawl tells)
        now = self._standing()
        if now is None:
            return Text("")
        left = "" if now.left_s is None else f", about {in_words(now.left_s)} left"
        return Text(f"{in_words(round(now.elapsed_s))}{left}", style="progress.remaining")


def _standing(crawler: Crawler, elapsed_s: float) -> Standing | None:
    spider = cast("HubSpider | None", crawler.spider)
    if spider is None or not hasattr(spider, "journal"):
        return None
    facts, stats = spider.journal.facts, dict(crawler.stats.get_stats())
    prefix = "hub/requests/"
    sent = {k.removeprefix(prefix): n for k, n in stats.items() if k.startswith(prefix)}
    busiest = max(sent, key=lambda name: sent[name], default="api")
    limits = DOCUMENTED["free" if spider.hub.hf_token else "anonymous"]
    return Standing(
        records=_count(facts, "records"),
        requests=_count(facts, "requests"),
        sent=sent.get(busiest, 0),
        expected=spider.expected,
        limit=limits.get(busiest, limits["pages"]),
        elapsed_s=elapsed_s,
        waited_s=sum(v for k, v in stats.items() if k.startswith("hub/wait/") and k[-2:] == "_s"),
        waits_s=max(0.0, stats.get("hub/waits_until", 0.0) - time.monotonic()),
        is_ending=bool(sent) and Time(crawler).is_ending,
    )


def _count(facts: Mapping[str, object], name: str) -> int:
    value = facts.get(name, 0)
    return value if isinstance(value, int) else 0


def _sum(value: object) -> float:
    return sum(value.values()) if isinstance(value, Mapping) else 0.0
