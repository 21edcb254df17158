"""Scrapy middlewares for every request to the Hub: its quota, and the access token.

Neither holds up the reactor, and both let go when the crawl is being ended.
"""

import asyncio
import logging
from typing import Self

from pydantic import SecretStr
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from spiders.asking.reading import header
from spiders.asking.waiting import BudgetSpentError, Time
from spiders.hub.origin import is_private_way, of_hub, path_at_hub
from spiders.hub.quota import DOCUMENTED, Quota, Route, Ticket, route
from spiders.hub.rate_limit import Answer

log = logging.getLogger(__name__)


class QuotaMiddleware:
    """Lets requests to the Hub and to its server of avatars go when the quota allows."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._hub: str = settings["HUB_URL"]
        self._avatars: str = settings["HUB_AVATARS"]
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
        """Wait for the quota, in order; BudgetSpentError when no more requests are allowed."""
        if not (of_hub(request.url, self._hub) or of_hub(request.url, self._avatars)):
            return
        if self._allowed is not None and path_at_hub(request.url, self._hub) != "/robots.txt":
            if self._allowed <= 0:
                raise BudgetSpentError("All requests that were allowed are made.")
            self._allowed -= 1
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
            self._settle(ticket, Answer.read(response.status, lambda name: header(response, name)))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count a request without an answer."""
        ticket = self._tickets.pop(request, None)
        if ticket is not None:
            self._stats.inc_value(f"hub/status/{ticket.route}/{type(exception).__name__}")
            self._settle(ticket, None)

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
        """Scrapy's way to make a middleware."""
        hub: str = crawler.settings["HUB_URL"]
        token: SecretStr | None = crawler.settings["HUB_TOKEN"]
        if token is None:
            raise NotConfigured
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
