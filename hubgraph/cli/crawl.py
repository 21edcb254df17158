"""`hubgraph crawl`: the Hub into the graph or into record files."""

import inspect
import json
import logging
import os
from collections.abc import Callable
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

SPIDERS: tuple[type[HubSpider], ...] = (ModelsSpider, TreeSpider)

app = typer.Typer(
    no_args_is_help=True,
    help="Crawl the Hub into the graph, politely; the same command goes on after an interruption.",
)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    for spider in SPIDERS:
        app.command(str(spider.name))(_command(spider))
    parent.add_typer(app, name="crawl")


def _command(spider: type[HubSpider]) -> Callable[..., None]:
    """The command of a spider: its options are the spider's, and those that all have."""

    def command(
        *,
        to: Path | None,
        fresh: bool,
        hub_url: str | None,
        as_json: bool,
        **options: str | list[str] | None,
    ) -> None:
        given = {
            name: ",".join(value) if isinstance(value, list) else value
            for name, value in options.items()
            if value
        }
        _crawl(spider, given, to, hub_url, fresh=fresh, as_json=as_json)

    own = [_parameter(name, sentence, spider) for name, sentence in spider.options.items()]
    shared = {"to": To, "fresh": Fresh, "hub_url": HubUrl, "as_json": AsJson}
    defaults = {"fresh": False, "as_json": False}
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *own,
            *(
                inspect.Parameter(
                    name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=defaults.get(name),
                    annotation=annotation,
                )
                for name, annotation in shared.items()
            ),
        ]
    )
    summary, _, rest = inspect.cleandoc(spider.__doc__ or "").partition("\n\n")
    command.__doc__ = "\n\n".join(filter(None, (summary, rest, f"Example: {spider.example}")))
    return command


def _parameter(name: str, sentence: str, spider: type[HubSpider]) -> inspect.Parameter:
    """One option of a spider as the command shows it: an argument, a list or a text."""
    help_text = sentence[0].upper() + sentence[1:] + "."
    kind: object = str | None
    about: object = typer.Option(help=help_text)
    if name in spider.repeatable:
        kind, about = list[str] | None, typer.Option(help=f"{help_text} Repeatable.")
    if name == spider.argument:
        kind, about = list[str], typer.Argument(metavar=f"{name.upper()}…", help=help_text)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if name == spider.argument else None,
        annotation=Annotated[kind, about],
    )


def _crawl(
    spider_class: type[HubSpider],
    given: dict[str, str],
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
