"""`hubgraph crawl`: the Hub into the graph or into record files."""

import json
import logging
import os
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from graph.connection import connect
from hubgraph.errors import CrawlError
from hubgraph.settings import load_settings
from spiders.base import HubSpider
from spiders.models import ModelsSpider
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
Shard = Annotated[
    str | None, typer.Option(help="i/n: only the i-th of n parts, which together are the whole.")
]

app = typer.Typer(
    no_args_is_help=True,
    help="Crawl the Hub into the graph, politely; the same command goes on after an interruption.",
)


def register(parent: typer.Typer) -> None:
    """Add the command."""
    parent.add_typer(app, name="crawl")


@app.command("models")
def models(
    *,
    task: Annotated[str | None, typer.Option(help="Only models of this task.")] = None,
    author: Annotated[str | None, typer.Option(help="Only models of this account.")] = None,
    library: Annotated[str | None, typer.Option(help="Only models of this library.")] = None,
    search: Annotated[str | None, typer.Option(help="Only models whose id holds this.")] = None,
    tags: Annotated[
        list[str] | None, typer.Option("--filter", help="Only models with this tag; repeatable.")
    ] = None,
    sort: Annotated[
        str | None, typer.Option(help="created, downloads, likes, modified or trending.")
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, help="Only the first so many.")] = None,
    shard: Shard = None,
    to: To = None,
    fresh: Fresh = False,
    hub_url: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """The listing of models: the whole Hub, or a part of it.

    Example: [bold]hubgraph crawl models --author google[/bold]
    """
    options = {
        "task": task,
        "author": author,
        "library": library,
        "search": search,
        "filter": ",".join(tags or []) or None,
        "sort": sort,
        "top": str(top) if top else None,
        "shard": shard,
    }
    _crawl(ModelsSpider, options, to, hub_url, fresh=fresh, as_json=as_json)


@app.command("tree")
def tree(
    models: Annotated[list[str], typer.Argument(metavar="MODEL…", help="Where to start.")],
    *,
    depth: Annotated[int | None, typer.Option(min=0, help="Most steps down.")] = None,
    shard: Shard = None,
    to: To = None,
    fresh: Fresh = False,
    hub_url: HubUrl = None,
    as_json: AsJson = False,
) -> None:
    """The lineage of models: up to their roots, and down to what was made from them.

    Example: [bold]hubgraph crawl tree google/gemma-7b --depth 1[/bold]
    """
    options = {
        "model": ",".join(models),
        "depth": None if depth is None else str(depth),
        "shard": shard,
    }
    _crawl(TreeSpider, options, to, hub_url, fresh=fresh, as_json=as_json)


def _crawl(
    spider_class: type[HubSpider],
    options: dict[str, str | None],
    to: Path | None,
    hub_url: str | None,
    *,
    fresh: bool,
    as_json: bool,
) -> None:
    if hub_url is not None:
        os.environ["HUBGRAPH_HUB_URL"] = hub_url
    given = {name: value for name, value in options.items() if value is not None}
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
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} records, {task.fields[requests]:,} requests"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Crawling", total=None, requests=0)

        def show() -> None:
            spider = cast("HubSpider", crawler.spider)
            facts = spider.journal.facts
            bar.update(
                task,
                completed=int(str(facts.get("records", 0))),
                requests=int(str(facts.get("requests", 0))),
                total=spider.expected,
            )

        crawler.signals.connect(show, signal=signals.item_scraped, weak=False)
        process.crawl(crawler, **given, **({"fresh": "1"} if fresh else {}))
        process.start()
    spider = cast("HubSpider | None", crawler.spider)
    if spider is None:
        raise CrawlError("The crawl could not be started.", "Its reason is above.")
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
        line = (
            f"Crawled {spider.source}: {facts.get('records', 0):,} records "
            f"in {facts.get('requests', 0):,} requests ({spider.outcome})."
        )
        console.print(escape(line), highlight=False, soft_wrap=True)
        for url, reason in list(spider.failures.items())[:5]:
            console.print(escape(f"  {url}: {reason}"), highlight=False, soft_wrap=True)
    if spider.outcome == "interrupted":
        raise KeyboardInterrupt
    if spider.outcome == "failed":
        raise CrawlError(
            f"The crawl failed: {spider.reason}.", "The same command goes on where it ended."
        )
