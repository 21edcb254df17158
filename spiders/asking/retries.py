"""Retries: what is retried, how often, and after how long."""

import logging
import zlib
from collections.abc import Mapping
from random import SystemRandom
from types import MappingProxyType
from typing import Self

from scrapy import Request, exceptions
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from graph.errors import CrawlError
from spiders.asking.reading import header
from spiders.asking.waiting import Time
from spiders.hub.answers import TooLargeError

MOST_REFUSALS = 10
"""How often one request may meet a used-up quota before it is given up."""

FIRST_BACKOFF_S = 1.0
LONGEST_BACKOFF_S = 60.0

_CHUNK = 64 * 1024
_PASSING: Mapping[type[Exception], str] = MappingProxyType(
    {
        exceptions.DownloadTimeoutError: "no answer in time",
        exceptions.ResponseDataLossError: "the answer was cut off",
        exceptions.DownloadConnectionRefusedError: "the connection was refused",
        exceptions.CannotResolveHostError: "no such host",
        exceptions.DownloadFailedError: "the connection was lost",
        TunnelError: "the proxy refused the connection",
        OSError: "the connection failed",
    }
)
"""Transient errors, in words; the first that fits is used."""


class RetryMiddleware:
    """Retries what may have been a transient error, and gives up on the rest with a clear message.

    Waits grow with each try and are random, so that requests that failed together do not return
    together. A refusal by the quota is not a failure; the quota decides how long to wait.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._time = Time(crawler)
        self._random = SystemRandom()
        self._tries = crawler.settings.getint("RETRY_TIMES")
        self._largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Retry a refusal, a server error or a cut-off body; CrawlError after too many tries."""
        if response.status == 429:
            return self._refused(request)
        if response.status >= 500 or response.status == 408:
            return await self._again(request, f"status {response.status}")
        if not self._is_whole(request, response):
            return await self._again(request, _PASSING[exceptions.ResponseDataLossError])
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Retry after an error of the connection; CrawlError after too many tries."""
        if isinstance(exception, exceptions.DownloadCancelledError):
            raise self._too_large(request) from exception
        for kind, reason in _PASSING.items():
            if isinstance(exception, kind):
                return await self._again(request, reason)
        return None

    def _refused(self, request: Request) -> Request:
        refusals: int = request.meta.get("refusals", 0) + 1
        if refusals > MOST_REFUSALS:
            raise self._given_up(request, f"the quota is used up, {refusals} times in a row")
        self._crawler.stats.inc_value("hub/refused")
        again = request.replace(dont_filter=True, priority=request.priority + 1)
        again.meta["refusals"] = refusals
        return again

    async def _again(self, request: Request, reason: str) -> Request:
        assert self._crawler.spider is not None  # noqa: S101 (a request has a spider)
        again = get_retry_request(
            request,
            spider=self._crawler.spider,
            reason=reason,
            max_retry_times=self._tries,
            give_up_log_level=logging.DEBUG,
            stats_base_key="hub/retry",
        )
        if again is None:
            tries = request.meta.get("retry_times", 0) + 1
            often = f", {tries} times in a row" if tries > 1 else ""
            raise self._given_up(request, f"{reason}{often}")
        again.meta["dont_cache"] = True  # what was cut off may have been kept
        most = FIRST_BACKOFF_S * 2.0 ** min(again.meta["retry_times"] - 1, 10)
        await self._time.pause(self._random.uniform(0, min(most, LONGEST_BACKOFF_S)))
        return again

    def _is_whole(self, request: Request, response: Response) -> bool:
        """Whether a packed body ends where it should: Scrapy accepts one that was cut off."""
        packed = header(response, "Content-Encoding").strip().lower()
        if packed not in ("gzip", "x-gzip") or not response.body:
            return True
        largest = self._most(request)
        unpacker = zlib.decompressobj(wbits=31)
        unpacked, rest = 0, response.body
        try:
            while not unpacker.eof:
                piece = unpacker.decompress(rest, _CHUNK)
                rest = unpacker.unconsumed_tail
                unpacked += len(piece)
                if unpacked > largest:
                    raise self._too_large(request)
                if not piece and not rest:
                    return False
        except zlib.error:
            return False
        return True

    def _too_large(self, request: Request) -> TooLargeError:
        reason = f"the answer is larger than {self._most(request):,} bytes"
        return TooLargeError(str(self._given_up(request, reason)))

    def _most(self, request: Request) -> int:
        return int(request.meta.get("download_maxsize", self._largest))

    def _given_up(self, request: Request, reason: str) -> CrawlError:
        self._crawler.stats.inc_value(f"hub/given_up/{reason}")
        return CrawlError(
            f"The Hub gave no usable answer: {reason}: {request.url.partition('?')[0][:300]}"
        )
