"""Spiders played against the local Hub without a network, in any order of answers."""

import asyncio
import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
import scrapy
from scrapy.http import Response

from graph.settings import Settings, load_settings
from graph.store.runs import Scope
from spiders.asking.base import HubSpider
from spiders.writing.journal import Page
from tests.hub import Content, Request
from tests.hub.faults import Faults
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


@cache
def _settings() -> Settings:
    return load_settings(hub_url=HUB, neo4j_uri="bolt://127.0.0.1:1")


def begun(kind: type[Spider], folder: Path, **options: str) -> Spider:
    """A spider whose crawl begins in a folder."""
    spider = kind(**options)
    spider.hub = _settings().model_copy(update={"crawl_dir": folder})
    spider.open(folder / "file.jsonl")
    _BEGUN.append(spider)
    return spider


class Played:
    """A crawl from its start to its end, or until `most` requests were answered.

    Of so many waiting requests, `choose` says which is answered next; default: the oldest. `behind`
    pages wait to be written and are lost when the crawl is cut off. `asked` are addresses, in their
    order, without the Hub's own.
    """

    def __init__(
        self,
        spider: HubSpider,
        content: Content,
        choose: Callable[[int], int] = lambda _: 0,
        *,
        faults: Faults | None = None,
        most: float = math.inf,
        behind: int = 0,
    ) -> None:
        self.spider, self._content, self._faults = spider, content, faults or Faults()
        self._waiting: list[scrapy.Request] = []
        self._unwritten: list[Page] = []
        self.asked: list[str] = []
        self.pages: list[Page] = []
        asyncio.run(self._begin())
        while self._waiting and len(self.asked) < most:
            self._take(self._waiting.pop(choose(len(self._waiting))))
            self._write(behind if self._waiting else 0)
        self.is_over = not self._waiting
        self.status: str = spider.status
        self.covers: Scope | None = spider.covers
        spider.journal.close(finished=self.is_over)

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.spider.journal.facts

    @property
    def records(self) -> list[Record]:
        """All records, without when they were observed."""
        return [
            {name: value for name, value in record.items() if name != "observed_at"}
            for page in self.pages
            for record in (*page.records, *page.held)
        ]

    @property
    def ids(self) -> set[str]:
        return {str(record["id"]) for record in self.records}

    @property
    def found(self) -> list[str]:
        """The ids of models, sorted."""
        return sorted(str(r["id"]) for r in self.records if r["record"] == "model/1")

    async def _begin(self) -> None:
        async for request in self.spider.start():
            self._waiting.append(request)

    def _take(self, request: scrapy.Request) -> None:
        self.asked.append(request.url.removeprefix(HUB))
        response = answered(request.url, self._content, self._faults)
        for result in request.callback(response, **request.cb_kwargs):  # type: ignore[misc]
            (self._unwritten if isinstance(result, Page) else self._waiting).append(result)

    def _write(self, behind: int) -> None:
        while len(self._unwritten) > behind:
            page = self._unwritten.pop(0)
            self.pages.append(page)
            self.spider.journal.done([page])


def answered(url: str, content: Content, faults: Faults) -> Response:
    request = Request("GET", url.removeprefix(HUB).partition("#")[0])
    given = faults.apply(request, answer(request, content, HUB))
    assert isinstance(given.body, bytes)
    return Response(url, given.status, {**given.headers}, given.body)
