"""What every request to the Hub goes through: its quota, the access token, tries again.

None of them holds up the reactor, and all of them let go when the crawl is being ended.
"""

import asyncio
import logging
import math
import time
import zlib
from collections.abc import Mapping
from random import SystemRandom
from types import MappingProxyType
from typing import Self

from pydantic import SecretStr
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotConfigured,
    ResponseDataLossError,
)
from scrapy.http import Response

from hubgraph.errors import ConfigurationError, CrawlError
from spiders.hub.answers import TooLargeError
from spiders.hub.origin import is_private_way, of_hub, path_at_hub
from spiders.hub.quota import DOCUMENTED, Quota, Route, Ticket, route
from spiders.hub.rate_limit import Answer

MOST_REFUSALS = 10
"""How often one request may meet a used-up quota before it is given up."""

FIRST_BACKOFF_S = 1.0
LONGEST_BACKOFF_S = 60.0

_LOOK_S = 1.0
_CHUNK = 64 * 1024
_PASSING: Mapping[type[Exception], str] = MappingProxyType(
    {
        DownloadTimeoutError: "no answer in time",
        ResponseDataLossError: "the answer was cut off",
        DownloadConnectionRefusedError: "the connection was refused",
        CannotResolveHostError: "no such host",
        DownloadFailedError: "the connection was lost",
        TunnelError: "the proxy gave no way",
        OSError: "the connection failed",
    }
)
"""Errors that may be over at the next try, in words; the first that fits."""

log = logging.getLogger(__name__)


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
        """When some seconds of the quota from now are over by the machine's own clock.

        Returns:
            0 when that is not known.
        """
        return time.monotonic() + seconds / self._speed if math.isfinite(seconds) else 0.0

    async def pause(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait some seconds of the quota, or until something happens.

        Raises:
            CrawlEndedError: the crawl is being ended.
        """
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
        """Whether the crawl was told to end, or has not begun."""
        engine = self._crawler.engine
        if engine is None or not engine.running:
            return True
        slot = engine._slot  # noqa: SLF001 (no signal says that a spider begins to close)
        return slot is not None and slot.closing is not None


class QuotaMiddleware:
    """Lets requests to the Hub go when its quota allows."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._hub: str = settings["HUB_URL"]
        self._stats = crawler.stats
        self._time = Time(crawler)
        account = "free" if settings["HUB_TOKEN"] else "anonymous"
        self._quota = Quota(DOCUMENTED[account], self._time)
        self._allowed: int | None = getattr(crawler.spider, "requests_left", None)
        self._tickets: dict[Request, Ticket] = {}
        self._queues = {sent_to: asyncio.Lock() for sent_to in Route}
        self._answered = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the quota, in the order in which requests came.

        Raises:
            BudgetSpentError: the crawl has made all the requests that it may.
        """
        if not of_hub(request.url, self._hub):
            return
        if path_at_hub(request.url, self._hub) != "/robots.txt":
            self._take_from_budget()
        sent_to = route(request.url, self._hub)
        async with self._queues[sent_to]:
            await self._wait(sent_to)
            self._tickets[request] = self._quota.spend(sent_to)
        self._stats.inc_value(f"hub/requests/{sent_to}")

    def process_response(self, request: Request, response: Response) -> Response:
        """Learn from an answer; one from our own cache has no ticket."""
        ticket = self._tickets.pop(request, None)
        if ticket is not None:
            self._stats.inc_value(f"hub/status/{ticket.route}/{response.status}")
            self._settle(ticket, Answer.read(response.status, lambda name: _header(response, name)))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count a request without an answer."""
        ticket = self._tickets.pop(request, None)
        if ticket is not None:
            self._stats.inc_value(f"hub/status/{ticket.route}/{type(exception).__name__}")
            self._settle(ticket, None)

    def _take_from_budget(self) -> None:
        if self._allowed is not None:
            if self._allowed <= 0:
                raise BudgetSpentError("All requests that were allowed are made.")
            self._allowed -= 1

    async def _wait(self, sent_to: Route) -> None:
        began = self._time()
        waited = False
        while (seconds := self._quota.wait(sent_to)) > 0:
            waited = True
            self._stats.set_value("hub/waits_until", self._time.ends(seconds))
            await self._time.pause(seconds, self._answered)
        if waited:
            self._stats.set_value("hub/waits_until", 0.0)
            self._stats.inc_value(f"hub/wait/{sent_to}")
            seconds = self._stats.get_value(f"hub/wait/{sent_to}_s", 0.0) + self._time() - began
            self._stats.set_value(f"hub/wait/{sent_to}_s", round(seconds, 3))

    def _settle(self, ticket: Ticket, answer: Answer | None) -> None:
        self._quota.settle(ticket, answer)
        self._answered.set()
        self._answered = asyncio.Event()


class TokenMiddleware:
    """Puts the access token on requests to the Hub itself, for as long as they are on the way.

    It is taken off again before anyone else sees the request: a redirect, a cache, a queue, a
    spider.
    """

    def __init__(self, hub: str, token: SecretStr) -> None:
        self._hub = hub
        self._token = token

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware.

        Raises:
            ConfigurationError: the token cannot be one.
        """
        hub: str = crawler.settings["HUB_URL"]
        token: SecretStr | None = crawler.settings["HUB_TOKEN"]
        if token is None:
            raise NotConfigured
        if not token.get_secret_value().isascii() or not token.get_secret_value().isprintable():
            raise ConfigurationError("HF_TOKEN holds characters that no access token has.")
        if not is_private_way(hub):
            log.warning("HF_TOKEN is not sent: the way to %s is not private (https).", hub)
            raise NotConfigured
        return cls(hub, token)

    def process_request(self, request: Request) -> None:
        """Add the token, unless someone else could read it."""
        request.headers.pop("Authorization", None)
        by_proxy = request.meta.get("proxy") and request.url.startswith("http:")
        if of_hub(request.url, self._hub) and not by_proxy:
            request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"

    def process_response(self, request: Request, response: Response) -> Response:
        """Take it off."""
        request.headers.pop("Authorization", None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002
        """Take it off."""
        request.headers.pop("Authorization", None)


class RetryMiddleware:
    """Tries again what may have been a passing error, and says clearly what was not.

    Waits grow from try to try and are random up to their length, so that many who failed together
    do not come back together. A refusal by the quota is no failure; its wait is the quota's.
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
        """Try again after a refusal, an error of the server or a body that is not whole.

        Raises:
            CrawlError: it was tried often enough.
            TooLargeError: the body is too large.
        """
        if response.status == 429:
            return self._refused(request)
        if response.status >= 500 or response.status == 408:
            return await self._again(request, f"status {response.status}")
        if not self._is_whole(request, response):
            return await self._again(request, _PASSING[ResponseDataLossError])
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Try again after an error of the connection.

        Raises:
            CrawlError: it was tried often enough.
            TooLargeError: the body is too large.
        """
        if isinstance(exception, DownloadCancelledError):
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
            raise self._given_up(request, f"{reason}, {tries} times in a row")
        again.meta["dont_cache"] = True  # what was cut off may have been kept
        most = FIRST_BACKOFF_S * 2.0 ** min(again.meta["retry_times"] - 1, 10)
        await self._time.pause(self._random.uniform(0, min(most, LONGEST_BACKOFF_S)))
        return again

    def _is_whole(self, request: Request, response: Response) -> bool:
        """Whether a packed body ends where it should: Scrapy takes what there is of one.

        Raises:
            TooLargeError: unpacked it is.
        """
        if (_header(response, "Content-Encoding") or "").strip().lower() not in ("gzip", "x-gzip"):
            return True
        if not response.body:
            return True
        unpacker = zlib.decompressobj(wbits=31)
        unpacked, rest = 0, response.body
        try:
            while not unpacker.eof:
                piece = unpacker.decompress(rest, _CHUNK)
                rest = unpacker.unconsumed_tail
                unpacked += len(piece)
                if unpacked > self._largest:
                    raise self._too_large(request)
                if not piece and not rest:
                    return False
        except zlib.error:
            return False
        return True

    def _too_large(self, request: Request) -> TooLargeError:
        error = self._given_up(request, f"the answer is larger than {self._largest:,} bytes")
        return TooLargeError(str(error))

    def _given_up(self, request: Request, reason: str) -> CrawlError:
        self._crawler.stats.inc_value(f"hub/given_up/{reason}")
        return CrawlError(f"The Hub gave no usable answer: {reason}: {request.url[:300]}")


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")
