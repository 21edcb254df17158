"""`hubgraph crawl status`: what was crawled, how it ended, what can be resumed, what is missing."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import typer

from graph.answers.coverage import STATES, coverage, in_words
from graph.answers.query import reader
from graph.errors import HubgraphError
from graph.settings import Settings, load_settings
from graph.store.connection import Row, connect
from hubgraph.crawl_options import SPIDERS, spelled
from hubgraph.crawl_progress import LOSSES
from hubgraph.options import AsJson
from hubgraph.output import counted, emit, listed
from spiders.writing.journals import Left, left_in

SHOWN_CRAWLS = 20
SHOWN_PARENTS = 5
JOURNAL = ("run", "source", "target", "touched_at", "requests", "records")
NUMBERS = {
    "models": "models",
    "placeholders": "bases without a record",
    "gone": "gone",
    "suspected": "suspected to be gone",
    "authors": "authors",
    "authors_with_kind": "of them with their kind",
    "datasets": "datasets",
    "datasets_named": "more that are only named",
    "spaces": "Spaces",
    "links": "lineage links",
}


def status(as_json: AsJson = False) -> None:
    """Show what was crawled, how it ended, what can be resumed and what is missing.

    Example: [bold]hubgraph crawl status[/bold]
    """
    settings = load_settings()
    found = _found(settings)
    emit(found, _lines(found, settings.crawl_stale_days), as_json=as_json)


def _found(settings: Settings) -> dict[str, Any]:
    """Coverage as the graph has it, corrected by the journals on this machine.

    A run that is `running` in the graph may have been killed: then no process holds its journal.
    """
    journals = left_in(settings.crawl_dir)
    by_run = {left.run: left for left in journals}
    found: dict[str, Any] = {}
    try:
        with connect(settings) as graph:
            found = asdict(coverage(reader(graph), settings.crawl_stale_days))
    except HubgraphError as error:
        typer.echo(f"Shown without the graph: {error}", err=True)
    crawls: list[Row] = found.get("crawls", [])
    for crawl in crawls:
        left = by_run.get(crawl["run"])
        if left is not None and crawl["state"] == "running" and not left.is_running:
            crawl["state"] = "interrupted"
        if left is not None:  # it has not ended, was killed, or went on since it ended
            crawl["requests"], crawl["records"] = left.requests, left.records
        crawl["go_on"] = _go_on(left)
    runs = {crawl["run"] for crawl in crawls}
    found["states"] = {s: sum(crawl["state"] == s for crawl in crawls) for s in STATES}
    found["journals"] = [
        {
            **{name: getattr(left, name) for name in JOURNAL},
            "state": "running" if left.is_running else "interrupted",
            "in_graph": left.run in runs,
            "waiting": left.asked - left.done,
            "go_on": _go_on(left),
        }
        for left in journals
    ]
    return found


def _go_on(left: Left | None) -> str | None:
    """The command that resumes a crawl; None when none is needed, or its journal is not here."""
    spider = next((s for s in SPIDERS if left and s.name == left.spider), None)
    if left is None or left.is_running or spider is None:
        return None
    command = spelled(spider, left.given, left.target)
    is_default = left.hub_url == load_settings().hub_url
    return command if is_default else f"{command} --hub-url {left.hub_url}"


def _lines(found: Mapping[str, Any], stale_days: int) -> Iterator[str]:
    if numbers := found.get("numbers"):
        yield "Graph     " + ", ".join(f"{numbers[n]:,} {words}" for n, words in NUMBERS.items())
        if at := found["computed_at"]:
            yield f"          as computed on {at:%Y-%m-%d %H:%M} UTC; something writes since then"
    if found.get("crawls"):
        states = listed(found["states"].items())
        yield f"Crawls    {states} (stale: older than {stale_days} days)"
        for crawl in found["crawls"][:SHOWN_CRAWLS]:
            yield from _crawl(crawl)
        if (more := len(found["crawls"]) - SHOWN_CRAWLS) > 0:
            yield f"  … and {more:,} older ones (--json has all)"
    elif numbers:
        yield "Crawls    none yet. `hubgraph crawl plan models` says what one costs."
    for left in found["journals"]:
        if not left["in_graph"]:
            yield from _journal(left)
    if found.get("parents"):
        yield from _missing(found)


def _crawl(crawl: Row) -> Iterator[str]:
    began = crawl["started_at"].strftime("%Y-%m-%d %H:%M")
    yield f"  {crawl['state']:<12}{began}  {crawl['source'] or 'unknown'}"
    if crawl["requests"] is not None:
        yield f"{'':14}{', '.join(_did(crawl))}"
    if crawl["message"]:
        yield f"{'':14}{crawl['message']}"
    if crawl["go_on"]:
        yield f"{'':14}resume with: {crawl['go_on']}"
    if crawl["undone_at"]:
        yield f"{'':14}what it marked as gone was taken back on {crawl['undone_at']:%Y-%m-%d %H:%M}"
    elif any(crawl[name] for name in LOSSES):
        yield f"{'':14}take that back with: hubgraph crawl undo {crawl['run']}"


def _did(crawl: Row) -> Iterator[str]:
    """What a crawl did, in parts of a sentence."""
    yield counted(crawl["requests"], "requests")
    yield counted(crawl["records"] or 0, "records")
    if crawl["elapsed_s"] is not None:
        yield f"in {in_words(crawl['elapsed_s'])}"
    if crawl["announced"]:
        yield f"{crawl['found'] or 0:,} found of {crawl['announced']:,} announced"
    if (waited := sum(crawl["waited_s"].values())) >= 1:
        yield f"{in_words(waited)} waiting for the quota"
    yield from (counted(n, name) for name, n in crawl["outcomes"].items())
    if issues := sum(crawl["issues"].values()):
        yield counted(issues, "issues")
    if crawl["asked_again"]:
        yield f"{crawl['asked_again']:,} asked again"
    if crawl["failures"]:
        yield f"{crawl['failures']:,} given up"
    yield from (f"{crawl[name]:,} {words}" for name, words in LOSSES.items() if crawl[name])


def _journal(left: Mapping[str, Any]) -> Iterator[str]:
    """A crawl that is in no graph, or in another one."""
    at = left["touched_at"].strftime("%Y-%m-%d %H:%M")
    where = f" into {left['target']}" if left["target"] else ""
    yield f"  {left['state']:<12}{at}  {left['source']}{where}"
    done = ", ".join(counted(left[name], name) for name in ("requests", "records"))
    yield f"{'':14}{done} so far"
    if left["go_on"]:
        yield f"{'':14}resume with: {left['go_on']}"


def _missing(found: Mapping[str, Any]) -> Iterator[str]:
    children = found["children"]
    held = children["announced"] - children["missing"]
    width = shutil.get_terminal_size().columns
    yield (
        f"Missing   {children['missing']:,} of the {children['announced']:,} derivatives that the "
        f"Hub counts for {counted(children['parents'], 'models')}; "
        f"{held / children['announced']:.1%} found"
    )
    for row in found["parents"][:SHOWN_PARENTS]:
        line = f"  {row['missing']:>9,} of {row['announced']:,}  {row['base']}"
        yield line if len(line) <= width else f"{line[: width - 1]}…"
    yield "            `hubgraph report run children-missing` lists more."
