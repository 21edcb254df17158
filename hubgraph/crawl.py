"""`hubgraph crawl`: the Hub into the graph or into record files."""

import json
import logging
import os
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.markup import escape
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from graph.errors import CrawlError, HubgraphError
from graph.settings import load_settings
from graph.store.connection import connect
from hubgraph import crawl_plan, crawl_status
from hubgraph.crawl_options import Given, command_of
from hubgraph.crawl_progress import shown, summary
from spiders.asking.base import HubSpider
from spiders.authors import AuthorsSpider
from spiders.bases import BasesSpider
from spiders.changes import ChangesSpider
from spiders.datasets import DatasetsSpider
from spiders.models import ModelsSpider
from spiders.pages import PagesSpider
from spiders.spaces import SpacesSpider
from spiders.tree import TreeSpider

To = Annotated[
    Path | None,
    typer.Option("--to", help="Write a record file instead (.jsonl, .jsonl.gz, .jsonl.zst)."),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Begin anew instead of going on where it was interrupted.")
]
HubUrl = Annotated[
    str | None, typer.Option("--hub-url", help="Another Hub. Default: HUBGRAPH_HUB_URL.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for a machine.")]

SHARED = {
    "to": (To, None),
    "fresh": (Fresh, False),
    "hub_url": (HubUrl, None),
    "as_json": (AsJson, False),
}

SPIDERS: tuple[type[HubSpider], ...] = (
    ModelsSpider,
    TreeSpider,
    PagesSpider,
    DatasetsSpider,
    SpacesSpider,
    ChangesSpider,
    BasesSpider,
    AuthorsSpider,
)

app = typer.Typer(
    no_args_is_help=True,
    help="Crawl the Hub into the graph, politely; the same command goes on after an interruption.",
)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    for spider in SPIDERS:
        app.command(str(spider.name))(command_of(spider, _crawl, SHARED, "hubgraph crawl"))
    crawl_plan.register(app, SPIDERS)
    crawl_status.register(app, SPIDERS)
    parent.add_typer(app, name="crawl")


def _crawl(
    spider_class: type[HubSpider],
    given: Given,
    to: Path | None,
    hub_url: str | None,
    *,
    fresh: bool,
    as_json: bool,
) -> None:
    if hub_url is not None:
        os.environ["HUBGRAPH_HUB_URL"] = hub_url
    spider_class(**given)  # says what is wrong with an option before anything is started
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
    console = Console(stderr=True)
    with shown(crawler, console):
        crawling = process.crawl(crawler, **given, **({"fresh": "1"} if fresh else {}))
        process.start()
    spider = cast("HubSpider | None", crawler.spider)
    if spider is None:
        error = crawling.exception() if crawling.done() else None
        if isinstance(error, HubgraphError):
            raise error
        raise CrawlError("The crawl could not be started.", "Its reason is above.") from error
    if spider.outcome == "running":  # it was ended by force
        spider.outcome = "interrupted"
    _say(spider, console, as_json=as_json)


def _say(spider: HubSpider, console: Console, *, as_json: bool) -> None:
    facts = dict(spider.journal.facts)
    if as_json:
        told = {
            "run": spider.run.id,
            "status": spider.outcome,
            "facts": facts,
            "capped": spider.capped,
            "failures": spider.failures,
        }
        typer.echo(json.dumps(told, indent=2))
    else:
        for line in summary(spider):
            console.print(escape(line), highlight=False, soft_wrap=True)
    if spider.outcome == "interrupted":
        raise KeyboardInterrupt
    if spider.outcome == "failed":
        raise CrawlError(
            f"The crawl failed: {spider.reason}.", "The same command goes on where it ended."
        )
