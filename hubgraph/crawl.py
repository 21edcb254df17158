"""`hubgraph crawl`: the Hub into the graph or into record files."""

import logging
import os
from pathlib import Path
from typing import Annotated, cast

import typer
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from graph.answers.precomputing import refresh_answers
from graph.errors import CrawlError, HubgraphError
from graph.settings import load_settings
from graph.store.connection import connect
from hubgraph import crawl_plan, crawl_status, crawl_undo
from hubgraph.crawl_options import SPIDERS, Given, command_of
from hubgraph.crawl_progress import shown, summary
from hubgraph.options import AsJson, HubUrl
from hubgraph.output import emit
from spiders.asking.base import HubSpider

To = Annotated[
    Path | None,
    typer.Option("--to", help="Write a record file instead (.jsonl, .jsonl.gz, .jsonl.zst)."),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Start over instead of resuming an interrupted crawl.")
]

app = typer.Typer(
    no_args_is_help=True,
    help="Crawl the Hub into the graph, within its quota. After an interruption, the same command "
    "resumes the crawl.",
)


def _crawl(
    spider_class: type[HubSpider],
    given: Given,
    *,
    to: To = None,
    fresh: Fresh = False,
    hub_url: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    if hub_url is not None:
        os.environ["HUBGRAPH_HUB_URL"] = hub_url
    spider_class(**given)  # refuses a bad option before anything is started
    settings = load_settings()
    if to is None:
        connect(settings).close()
    scrapy_settings = Settings()
    scrapy_settings.setmodule("spiders.settings", priority="project")
    scrapy_settings.set("HUB_TO", str(to.absolute()) if to else None)
    scrapy_settings.set("LOG_INSTALL_ROOT_HANDLER", False)  # one handler is enough
    for handler in logging.getLogger().handlers:  # Scrapy sets the levels of its own loggers
        handler.setLevel(logging.getLogger().level)
    process = AsyncCrawlerProcess(scrapy_settings)
    crawler = process.create_crawler(spider_class)
    with shown(crawler):
        crawling = process.crawl(crawler, **given, **({"fresh": "1"} if fresh else {}))
        process.start()
    spider = cast("HubSpider | None", crawler.spider)
    if spider is None:
        error = crawling.exception() if crawling.done() else None
        if isinstance(error, HubgraphError):
            raise error
        raise CrawlError("The crawl could not be started.", "The reason is above.") from error
    if spider.outcome == "running":  # it was ended by force
        spider.outcome = "interrupted"
    document = {
        "run": spider.run.id,
        "status": spider.outcome,
        "facts": spider.journal.facts,
        "capped": spider.capped,
        "notes": spider.notes,
        "failures": spider.failures,
    }
    emit(document, summary(spider), as_json=as_json, on_stderr=True)
    if to is None and spider.outcome in ("complete", "capped"):
        with connect(settings) as graph:
            refresh_answers(graph, settings=settings)
    if spider.outcome == "interrupted":
        raise KeyboardInterrupt
    if spider.outcome == "failed":
        raise CrawlError(f"The crawl failed: {spider.reason}.", "The same command resumes it.")


for _spider in SPIDERS:
    app.command(_spider.name)(command_of(_spider, _crawl, "hubgraph crawl"))
app.command("status")(crawl_status.status)
app.command("undo")(crawl_undo.undo)
app.add_typer(crawl_plan.app, name="plan")
