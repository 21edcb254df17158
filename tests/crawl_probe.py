"""A crawl of given addresses in a process of its own, with the project's own Scrapy settings.

Run as `python -m tests.crawl_probe '{"urls": […], "settings": {…}}'`. It prints one JSON object:
what became of each address, and the crawl's stats. The log goes to the standard error.
"""

import json
import sys
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings


class Probe(scrapy.Spider):
    """Asks each address once and keeps everything that it sees."""

    name = "probe"
    urls: ClassVar[list[str]] = []
    results: ClassVar[dict[str, dict[str, Any]]] = {}

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self.urls:
            yield scrapy.Request(
                url,
                self.took,
                errback=self.lost,
                cb_kwargs={"asked": url},
                meta={"handle_httpstatus_list": [401, 404, 429, 500, 503]},
                dont_filter=True,
            )

    def took(self, response: Response, asked: str) -> None:
        self.results[asked] = {
            "status": response.status,
            "bytes": len(response.body),
            "seen": repr(response.request and response.request.to_dict(spider=self)),
        }

    def lost(self, failure: Any) -> None:
        error = failure.value
        self.results[failure.request.cb_kwargs["asked"]] = {
            "error": f"{type(error).__name__}: {error}",
            "seen": repr(failure.request.to_dict(spider=self)) + failure.getTraceback(),
        }


def main() -> None:
    given = json.loads(sys.argv[1])
    Probe.urls = given["urls"]
    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    # The project's spiders let no more go at a time than a class of address may; this one does not.
    at_once = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
    own = {"ITEM_PIPELINES": {}, "CONCURRENT_REQUESTS": at_once}
    settings.update({**own, **given["settings"]}, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Probe)
    process.crawl(crawler)
    process.start()
    answer = {"results": Probe.results, "stats": crawler.stats.get_stats()}
    sys.stdout.write(json.dumps(answer, default=str))


if __name__ == "__main__":
    main()
