"""Spiders played against the local Hub without a network, in any order of answers."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import scrapy
from scrapy.http import Response

from graph.settings import load_settings
from graph.store.runs import Scope
from spiders.asking.base import HubSpider
from spiders.asking.page import Page
from tests.hub import Content, Request
from tests.hub.routes import answer

HUB = "http://hub.example"
Record = dict[str, Any]
Spider = TypeVar("Spider", bound=HubSpider)


_BEGUN: list[HubSpider] = []


@pytest.fixture(autouse=True)
def _journals_are_closed() -> Iterator[None]:
    """A test need not end what it began."""
    yield
    while _BEGUN:
        _BEGUN.pop().journal.close(finished=False)


def begun(kind: type[Spider], folder: Path, **options: str) -> Spider:
    """A spider whose crawl begins in a folder."""
    spider = kind(**options)
    spider.hub = load_settings(hub_url=HUB, crawl_dir=folder, neo4j_uri="bolt://127.0.0.1:1")
    spider.open(folder / "file.jsonl")
    _BEGUN.append(spider)
    return spider


class Played:
    """A crawl from its start to its end.

    Args:
        spider: begun.
        content: what the Hub holds.
        choose: which of so many waiting requests is answered next; default: the oldest.

    Attributes:
        asked: the addresses that were asked, in order, without the Hub's own.
        pages: what the spider made of the answers.
        status: how it ended.
        covers: what it saw all of.
    """

    def __init__(
        self, spider: HubSpider, content: Content, choose: Callable[[int], int] = lambda _: 0
    ) -> None:
        self._waiting: list[scrapy.Request] = []
        self.asked: list[str] = []
        self.pages: list[Page] = []
        asyncio.run(self._begin(spider))
        while self._waiting:
            request = self._waiting.pop(choose(len(self._waiting)))
            self.asked.append(request.url.removeprefix(HUB))
            self._take(spider, request, answered(request.url, content))
        self.status: str = spider.status
        self.covers: Scope | None = spider.covers
        spider.journal.close(finished=True)

    @property
    def records(self) -> list[Record]:
        """All records, without when they were observed."""
        return [
            {name: value for name, value in record.items() if name != "observed_at"}
            for page in self.pages
            for record in page.records
        ]

    @property
    def ids(self) -> set[str]:
        """The ids of what was found."""
        return {str(record["id"]) for record in self.records}

    async def _begin(self, spider: HubSpider) -> None:
        async for request in spider.start():
            self._waiting.append(request)

    def _take(self, spider: HubSpider, request: scrapy.Request, response: Response) -> None:
        for result in request.callback(response, **request.cb_kwargs):  # type: ignore[misc]
            if isinstance(result, Page):
                self.pages.append(result)
                spider.journal.done(result.number, result.facts, result.seen)
            else:
                self._waiting.append(result)


def answered(url: str, content: Content) -> Response:
    """What the Hub answers."""
    given = answer(Request("GET", url.removeprefix(HUB)), content, HUB)
    assert isinstance(given.body, bytes)
    return Response(url, given.status, {**given.headers}, given.body)
