"""Scrapy pipeline: write pages of records without holding up the crawl."""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Iterator
from typing import Any, Self, cast

from scrapy.crawler import Crawler

from graph.errors import DataError, HubgraphError, ServerError
from graph.observe.record_writer import RecordAppender
from graph.store.connection import connect
from graph.store.missing import mark_gone
from graph.store.runs import end_run
from spiders.asking.base import HubSpider
from spiders.writing.journal import Page
from spiders.writing.sinks import write_to_file, write_to_graph

log = logging.getLogger(__name__)

HELD = 16
"""Pages that wait to be written at most; the crawl then waits for the writer."""

QUIET_S = 2.0
"""After this long without a page, what is there is written."""


class WritePipeline:
    """Writes pages in a thread of its own and says in the journal what is safe."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._queue: queue.Queue[Page | None] = queue.Queue(HELD)
        self._order = asyncio.Lock()
        self._thread = threading.Thread(  # one that a crawl ended by force need not wait for
            target=self._write, name="hubgraph-crawl-writer", daemon=True
        )
        self._file: RecordAppender | None = None
        self._ending = False
        self._began = time.monotonic()
        self.error: BaseException | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a pipeline."""
        return cls(crawler)

    @property
    def _spider(self) -> HubSpider:
        return cast("HubSpider", self._crawler.spider)

    def open_spider(self) -> None:
        """Begin to write."""
        self._thread.start()

    async def process_item(self, item: Any) -> Any:
        """Hand a page over, in order; waits while the writer is behind."""
        if isinstance(item, Page):
            async with self._order:
                await self._put(item)
        return item

    async def close_spider(self) -> None:
        """Write what is left, and say how the crawl ended."""
        self._ending = True
        await self._put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._end)

    async def _put(self, page: Page | None) -> None:
        while self._thread.is_alive():
            try:
                self._queue.put_nowait(page)
            except queue.Full:
                await asyncio.sleep(0.02)
            else:
                return
        if self.error is not None and not self._ending:
            self._ending = True
            self._stop = asyncio.ensure_future(
                self._crawler.engine.close_spider_async(reason="not_written")
            )

    def _pages(self) -> Iterator[Page | None]:
        """Pages as they come, until the end."""
        waiting = False
        while True:
            try:
                page = self._queue.get(timeout=None if waiting else QUIET_S)
            except queue.Empty:
                waiting = True
                yield None
                continue
            if page is None:
                return
            waiting = False
            yield page

    def _write(self) -> None:
        spider, journal = self._spider, self._spider.journal
        try:
            if spider.target:
                size = spider.count("file_bytes")
                self._file = RecordAppender(spider.target, size, journal.path.stem)
                write_to_file(self._file, self._pages(), journal)
            else:
                write_to_graph(spider.hub, spider.run, spider.source, self._pages(), journal)
        except BaseException as error:  # noqa: BLE001 (said at the end; the crawl ends now)
            self.error = error

    def _end(self) -> None:
        """Settle the run's node or the file, and the journal."""
        spider = self._spider
        spider.outcome = spider.status
        if self.error is not None:
            self._fail(self.error)
        is_whole = spider.outcome in ("complete", "capped")
        try:
            spider.journal.note(self._manners())
            if self.error is None:
                spider.check_graph()
            if is_whole and not spider.doubt:
                self._write_held()
            if self._file is not None:
                end = self._file.finish if is_whole else self._file.close
                end()
            if not spider.target and not isinstance(self.error, ServerError):
                self._end_run()
        except (HubgraphError, OSError) as error:
            self._fail(error)
        is_ended = spider.outcome in ("complete", "capped") or not spider.journal.pending
        spider.journal.close(finished=is_ended and self.error is None)

    def _write_held(self) -> None:
        """Write what waited for the crawl to end well."""
        spider, held = self._spider, list(self._spider.journal.held)
        if not held:
            return
        spider.journal.note({"records": len(held)})
        if self._file is not None:
            self._file.add(held)
        else:
            pages = iter([Page(held)])
            write_to_graph(spider.hub, spider.run, spider.source, pages, spider.journal)

    def _fail(self, error: BaseException) -> None:
        self.error = error
        if isinstance(error, HubgraphError):
            reason = error.message.rstrip(".: ")
        elif isinstance(error, OSError):
            reason = f"{self._spider.target} cannot be written: {error.strerror or error}"
        else:
            reason = str(error)
            log.error("What was found cannot be written", exc_info=error)
        self._spider.outcome, self._spider.reason = "failed", reason

    def _manners(self) -> dict[str, object]:
        """What this process waited for and asked again, and how long it took."""
        stats = self._crawler.stats.get_stats()
        waits = (key for key in stats if key.startswith("hub/wait/") and key.endswith("_s"))
        refused = int(stats.get("hub/refused", 0))
        return {
            "waited_s": {key[len("hub/wait/") : -len("_s")]: stats[key] for key in waits},
            "asked_again": int(stats.get("hub/retry/count", 0)) + refused,
            "refused": refused,
            "elapsed_s": round(time.monotonic() - self._began, 3),
        }

    def _end_run(self) -> None:
        spider = self._spider
        with connect(spider.hub) as graph:
            if spider.outcome == "complete" and spider.covers is not None:
                most = 1 - spider.hub.crawl_min_share
                try:
                    marked = mark_gone(graph, spider.run, most, spider.covers, kind="missing")
                    spider.journal.note({"gone": marked.gone, "suspected": marked.suspected})
                except DataError as error:
                    spider.outcome, spider.reason = "failed", str(error).rstrip(".")
            counts = {**spider.journal.facts, "failures": len(spider.failures)}
            message = spider.reason or "; ".join(spider.capped) or None
            scope = f"{spider.refreshes} of {spider.hub.hub_url}" if spider.refreshes else None
            end_run(graph, spider.run, spider.outcome, counts, message=message, scope=scope)
