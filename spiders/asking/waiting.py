"""Waits that stop when the crawl ends."""

import asyncio
import math
import time

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

_LOOK_S = 1.0


class CrawlEndedError(IgnoreRequest):
    """A request that was waiting when the crawl was ended: not sent, and no failure."""


class BudgetSpentError(IgnoreRequest):
    """A request beyond the number that the crawl may make: not sent, and no failure."""


class Time:
    """Time as the Hub's quota counts it, and waiting that ends with the crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._speed = crawler.settings.getfloat("HUB_CLOCK_SPEED", 1.0)

    def __call__(self) -> float:
        """The time in seconds of the quota."""
        return time.monotonic() * self._speed

    def ends(self, seconds: float) -> float:
        """When so many seconds of the quota are over, by the machine's clock; 0 for never."""
        return time.monotonic() + seconds / self._speed if math.isfinite(seconds) else 0.0

    async def pause(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait some seconds of the quota, or `until`; CrawlEndedError when the crawl ends."""
        event = until or asyncio.Event()
        end = self() + seconds
        while (left := end - self()) > 0 and not event.is_set():
            if self.is_ending:
                raise CrawlEndedError("The crawl is being ended.")
            try:
                await asyncio.wait_for(event.wait(), min(left / self._speed, _LOOK_S))
            except TimeoutError:
                continue

    @property
    def is_ending(self) -> bool:
        """Whether the crawl is ending, or has not begun."""
        engine = self._crawler.engine
        if engine is None or not engine.running:
            return True
        slot = engine._slot  # noqa: SLF001 (no signal says that a spider begins to close)
        return slot is not None and slot.closing is not None
