"""Going down level by level, so that what can be reached on several ways counts by the shortest."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response

from spiders.journal import Ask
from spiders.page import Page
from spiders.paging import PagingSpider

AT_ONCE = 1_000
"""Requests of a level that wait at the same time at most: thousands fill the memory."""


class LevelSpider(PagingSpider):
    """A spider whose asks say in `about` how deep they lie: `depth`, 0 without it.

    Attributes:
        depth: how deep it goes; None for as deep as there is something. Then the order is free.
    """

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self.depth: int | None = None
        self._level = 0
        self._held: dict[int, list[int]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way to make a spider."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.go_deeper, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """As for every spider, with what lies deeper held back."""
        async for request in super().start():
            if self._may_go(request):
                yield request

    def _answered(
        self, response: Response, number: int, ask: Ask
    ) -> Iterator[Page | scrapy.Request]:
        for result in super()._answered(response, number, ask):
            if isinstance(result, Page) or self._may_go(result):
                yield result

    def _may_go(self, request: scrapy.Request) -> bool:
        """Whether it is time for a request; else its number is kept for later.

        With a limit of depth a model must first be reached by its shortest way, else what is made
        from it would seem to lie too deep. So a level begins when the one before is done.
        """
        ask: Ask = request.cb_kwargs["ask"]
        depth = int(str(ask.about.get("depth", 0)))
        is_time = self.depth is None or depth <= self._level
        if not is_time:
            self._held.setdefault(depth, []).append(request.cb_kwargs["number"])
        return is_time

    def go_deeper(self) -> None:
        """Begin the next level, or the next part of a large one, when nothing else is left to do.

        Raises:
            DontCloseSpider: there is one.
        """
        if not self._held:
            return
        self._level = min(self._held)
        numbers = self._held[self._level]
        for number in numbers[-AT_ONCE:]:
            self.crawler.engine.crawl(self._request(number, self.journal.pending[number]))
        del numbers[-AT_ONCE:]
        if not numbers:
            del self._held[self._level]
        raise DontCloseSpider
