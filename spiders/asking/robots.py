"""Obey robots.txt; one that cannot be read forbids everything (RFC 9309)."""

import asyncio
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler, load_object

from graph.errors import CrawlError
from spiders.asking.reading import header
from spiders.asking.waiting import CrawlEndedError
from spiders.hub.origin import Origin, origin
from spiders.hub.presence import MOVED

LARGEST = 512 * 1024
"""Bytes of a robots.txt that is read; RFC 9309 asks for 500 KiB. A larger one cannot be read."""
MOST_REDIRECTS = 5


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, but for what happens when robots.txt cannot be read.

    One that is missing (any 4xx), is something else or is redirected to another server or for ever
    forbids nothing.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._read: dict[Origin | None, asyncio.Future[RobotParser | None]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """What robots.txt says, None for nothing; CrawlError when it cannot be read."""
        place = origin(request.url)
        if place not in self._read:
            self._read[place] = asyncio.ensure_future(self._ask(request))
        return await self._read[place]

    async def _ask(self, request: Request) -> RobotParser | None:
        url = urljoin(request.url, "/robots.txt")
        try:
            for _ in range(MOST_REDIRECTS):
                response = await self._get(url)
                if response.status not in MOVED:
                    break
                url = urljoin(url, header(response, "Location"))
                if origin(url) != origin(request.url):
                    return None
            else:
                return None
        except CrawlEndedError:
            raise
        except IgnoreRequest:
            return None
        except Exception as error:
            reason = f"Nothing is asked while robots.txt cannot be read. {error}"
            raise CrawlError(reason) from error
        if response.status >= 400:
            return None
        kind: type[RobotParser] = load_object(self.crawler.settings["ROBOTSTXT_PARSER"])
        return build_from_crawler(kind, self.crawler, response.body)

    async def _get(self, url: str) -> Response:
        robots = Request(
            url,
            priority=self.DOWNLOAD_PRIORITY,
            meta={
                "dont_obey_robotstxt": True,
                "dont_redirect": True,
                "handle_httpstatus_all": True,
                "download_maxsize": LARGEST,
            },
            callback=NO_CALLBACK,
        )
        return await self.crawler.engine.download_async(robots)
