"""`hubgraph crawl plan`: what a crawl will cost before it starts."""

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from graph.answers.coverage import in_words
from graph.answers.planning import QUERIES
from graph.answers.query import reader
from graph.errors import HubgraphError
from graph.settings import Settings, load_settings
from graph.store.connection import connect
from hubgraph.crawl_options import SPIDERS, Given, command_of, spelled
from hubgraph.options import AsJson, HubUrl
from hubgraph.output import emit
from spiders.asking.base import HubSpider
from spiders.hub.quota import DOCUMENTED, WINDOW_S
from spiders.planning.plan import PACE, Known, Plan

ACCOUNTS = {"anonymous": "without an account", "free": "with a free account's token in HF_TOKEN"}
COUNTERS = {
    "api": "to the API",
    "pages": "to pages of the website",
    "resolvers": "for files",
    "avatars": "for pictures",
}
PUBLIC_QUOTA = "The quota of huggingface.co"
WIDTH = 96
MARGIN = 14


app = typer.Typer(
    no_args_is_help=True,
    help="Estimate what a crawl will cost before it starts: its requests, its time, and what "
    "it will not reach. Sends nothing to the Hub.",
)


def _plan(
    spider_class: type[HubSpider], given: Given, *, hub_url: HubUrl = None, as_json: AsJson = False
) -> None:
    settings = load_settings(**({"hub_url": hub_url} if hub_url is not None else {}))
    spider = spider_class(**given)
    with _known(settings) as known:
        plan = spider.plan(known).within(spider.budget)
    source = {"spider": spider.name, "options": given, "hub_url": settings.hub_url}
    lines = _lines(plan, spelled(spider_class, given), settings)
    emit({**source, **plan.to_dict()}, lines, as_json=as_json)


@contextmanager
def _known(settings: Settings) -> Iterator[Known]:
    """What the graph knows, if it can be reached."""
    try:
        graph = connect(settings)
    except HubgraphError as error:
        reason = error.message.rstrip(".")
        typer.echo(f"Planned without the graph: {reason}.", err=True)
        yield Known(settings.hub_url)
        return
    with graph:
        yield Known(
            settings.hub_url,
            graph,
            lambda name, parameters: reader(graph)(QUERIES[name], parameters).one(),
        )


def _lines(plan: Plan, command: str, settings: Settings) -> Iterator[str]:
    least = "at least " if plan.is_least else ""
    about = least or "about "
    yield from _entry("Command", [command])
    asked = [f"{count:,} {COUNTERS[name]}" for name, count in plan.requests.items() if count]
    yield from _entry("Requests", [least + line for line in asked] or ["none"])
    if plan.records is not None:
        yield from _entry("Records", [f"{about}{plan.records:,}"])
    if plan.total:
        times = ((in_words(plan.seconds(name)), words) for name, words in ACCOUNTS.items())
        yield from _entry("Time", [f"{about}{time} {words}" for time, words in times])
    yield from _entry("Based on", [*plan.basis, *_quota(plan, settings)])
    yield from _entry("Not reached", plan.unreached)


def _quota(plan: Plan, settings: Settings) -> list[str]:
    """What the times are based on."""
    if not plan.total:
        return []
    limits = " and ".join(
        f"{DOCUMENTED['anonymous'][name]:,} ({DOCUMENTED['free'][name]:,}) {COUNTERS[name]}"
        for name in plan.requests
    )
    whose = "hubgraph's own limit" if plan.requests.keys() == {"avatars"} else PUBLIC_QUOTA
    lines = [
        f"{whose}: {limits} in each {WINDOW_S} s, used up from the start of "
        f"each; the rest after whole windows at {PACE:g} a second. Slower answers take longer."
    ]
    if settings.hf_token is not None:
        lines.append("HF_TOKEN is set; a PRO account has a larger quota than a free one.")
    return lines


def _entry(name: str, lines: Sequence[str]) -> Iterator[str]:
    """Lines under one heading in the margin."""
    for number, line in enumerate(lines):
        heading = name if number == 0 else ""
        yield from textwrap.wrap(
            line,
            WIDTH,
            initial_indent=f"{heading:<{MARGIN}}",
            subsequent_indent=" " * MARGIN,
            break_on_hyphens=False,
            break_long_words=False,
        )


for _spider in SPIDERS:
    app.command(_spider.name)(command_of(_spider, _plan, "hubgraph crawl plan"))
