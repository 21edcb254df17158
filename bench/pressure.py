"""`python -m bench.pressure`: whether the web app answers while it is asked its worst at once.

Twenty connections are idle, twenty have sent half a request, and eight clients ask the costliest
questions without pause, each time with another parameter, so that no answer is cached. Meanwhile
`/healthz` and ordinary pages are asked for. It ends with 1 if one of them fails or takes too long.

Starts a Neo4j of its own with the sample and a lattice of merges; `--there` takes the graph that
there is, without writing to it.
"""

import argparse
import itertools
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import quote, urlencode, urlsplit

import numpy as np
import requests
from rich.console import Console
from rich.progress import track
from rich.table import Table

import sample
from bench.latency.chosen import Chosen, choose
from bench.running import machine, run
from bench.serving import own_server, running
from graph.answers.orders import ORDERS
from graph.answers.reports import Kind, Report, catalogue
from graph.scores.pipeline import compute
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from graph.ways.load import load, load_files
from webapp.pages import declared

IDLE = HALF = 20
CLIENTS = 8
SECONDS = 60
HEALTH_LIMIT_S = 2.0
PAGE_LIMIT_S = 15.0
WIDE, DEEP = 5, 30
"""Models side by side in the lattice, and steps from its roots down."""
_PATIENCE_S = 60
_KEPT_OPEN_S = 5.0
"""After this long those connections are opened anew, as the app closes them in the end."""
_HALF = b"GET /models HTTP/1.1\r\nHost: localhost\r\nX-Half: "
_LATEST = datetime(2026, 1, 1, tzinfo=UTC)

Address = Callable[[int], str]
"""An address that asks as much for each number, and never quite the same."""


@dataclass
class Taken:
    """How long one kind of address took, in seconds, against its limit."""

    name: str
    limit_s: float
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slowest: str = ""

    def ask(self, session: requests.Session, address: str) -> None:
        """Ask for an address and note what came of it."""
        began = time.monotonic()
        try:
            session.get(address, timeout=_PATIENCE_S).raise_for_status()
        except requests.RequestException as error:
            self.failed.append(str(error))
        took = time.monotonic() - began
        if took >= max(self.seconds, default=0):
            self.slowest = address
        self.seconds.append(took)

    @property
    def holds(self) -> bool:
        """Whether all were answered in time."""
        return bool(self.seconds) and not self.failed and max(self.seconds) <= self.limit_s


def main() -> None:
    """Find the worst addresses, ask for them all at once, and print what that does to others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--there", action="store_true", help="take the graph that there is")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="default: %(default)s")
    given = parser.parse_args()
    console = Console()
    with ExitStack() as stack:
        settings = load_settings() if given.there else own_server(stack)
        graph = stack.enter_context(connect(settings))
        if not given.there:
            _fill(graph, settings)
        chosen = choose(graph)
        console.print(f"{machine()}, Neo4j {graph.version}, {chosen.total:,} models")
        address = stack.enter_context(running(settings, settings.web_host, 0))
        ends = _ends(graph, chosen)
        tried = track(list(candidates(chosen, ends)), "Looking for the worst", console=console)
        worst = costliest(address, tried)
        console.print(_worst_table(worst))
        found = measure(address, [ask for _, ask in worst], ordinary(chosen), given.seconds)
    console.print(_table(found))
    if not all(taken.holds for taken in found):
        sys.exit(1)


def lattice() -> Iterator[dict[str, object]]:
    """Merges of merges: `WIDE` models at each step, each made from all of the step above."""
    for step, place in itertools.product(range(DEEP), range(WIDE)):
        bases = [f"lattice/{step - 1}-{base}" for base in range(WIDE)] if step else []
        made = {"bases": bases, "relation": "merge"} if step else {}
        yield {"record": "model/1", "id": f"lattice/{step}-{place}", **made}


def candidates(chosen: Chosen, ends: Sequence[tuple[str, str]]) -> Iterator[Address]:
    """What may cost most: every report with wild parameters, large networks, narrow lists.

    `ends` are pairs of models, the second far above the first.
    """
    for report, (low, high) in itertools.product(catalogue().values(), ends):
        for model, other in ((low, high), (high, low)):
            yield _report(report, model, other, chosen)
    large = [("m", name) for name in chosen.families[:50]]
    far = {"up": 10, "down": 10, "n": 1000, "limit": 20_000}
    for start in ([("top", 500)], large[:1], large):
        yield partial(_past, "/graph", [*start, *far.items()])
    for sort, order in itertools.product(ORDERS, ("asc", "desc")):
        filters = {name: values[-1] for name, values in chosen.common.items()}
        yield partial(_sized, "/models", {"sort": sort, "order": order, **filters}, 100, 25)
    yield partial(_past, f"/model/{quote(chosen.families[0])}", [("limit", 100)])
    yield lambda number: f"/search?{urlencode({'q': f'a b c d e f g {number}'})}"


def ordinary(chosen: Chosen) -> list[str]:
    """Pages as people visit them: examples of each that asks nothing hard, models and authors."""
    named = {"google/gemma-7b": chosen.families[0], **chosen.stand_ins}
    examples = [
        example
        for page in declared()
        if page.template and not page.hard
        for example in page.examples
        if "as_of" not in example
    ]
    for name, instead in sorted(named.items(), key=lambda item: -len(item[0])):
        examples = [example.replace(name, quote(str(instead))) for example in examples]
    people = [f"/author/{quote(str(m['author']))}" for m in chosen.models if m["author"]]
    models = [f"/model/{quote(str(model['id']))}" for model in chosen.models]
    return list(dict.fromkeys([*models, *people, *examples]))


def costliest(base_url: str, asked: Iterable[Address]) -> list[tuple[float, Address]]:
    """The `CLIENTS` addresses that take longest alone, with their seconds."""
    found: list[tuple[float, Address]] = []
    with requests.Session() as session:
        for address in asked:
            began = time.monotonic()
            with suppress(requests.RequestException):
                session.get(base_url + address(0), timeout=_PATIENCE_S)
            found.append((time.monotonic() - began, address))
    return sorted(found, key=lambda item: -item[0])[:CLIENTS]


def measure(
    base_url: str, worst: Sequence[Address], pages: Sequence[str], seconds: float
) -> list[Taken]:
    """How `/healthz` and pages are answered for so long under the worst there is."""
    over = threading.Event()
    health, page = Taken("/healthz", HEALTH_LIMIT_S), Taken("ordinary page", PAGE_LIMIT_S)
    hard = Taken("worst addresses", float("inf"))
    with ThreadPoolExecutor(len(worst) + 3) as pool:
        jobs = [pool.submit(_hold_open, base_url, over)]
        jobs += [
            pool.submit(_ask, over, hard, (base_url + ask(n) for n in itertools.count(1)))
            for ask in worst
        ]
        for taken, paths, pause in ((health, ["/healthz"], 0.2), (page, pages, 0.0)):
            addresses = map(base_url.__add__, itertools.cycle(paths))
            jobs.append(pool.submit(_ask, over, taken, addresses, pause))
        time.sleep(seconds)
        over.set()
        for job in jobs:
            job.result()
    return [health, page]


def _fill(graph: Graph, settings: Settings) -> None:
    with sample.path() as path:
        load_files(graph, [path], settings=settings)
    load(graph, lattice(), settings=settings, source="lattice")
    compute(graph, settings)


def _ends(graph: Graph, chosen: Chosen) -> list[tuple[str, str]]:
    """Where paths are many, and where families are large."""
    rows = graph.read(
        "MATCH (model:Model {id_folded: $id}) RETURN model.id AS id",
        {"id": f"lattice/{DEEP - 1}-0"},
    ).rows
    large = (chosen.derived[0], chosen.families[0])
    return [(row["id"], "lattice/0-0") for row in rows] + [large]


def _report(report: Report, model: str, other: str, chosen: Chosen) -> Address:
    """A report with the most of everything that it takes."""
    given: dict[str, object] = {}
    for parameter in report.parameters:
        if parameter.name == "model":
            given["model"] = model
        elif parameter.name in ("base", "other"):
            given[parameter.name] = other
        elif parameter.name == "author":
            given["author"] = chosen.common["author"][0]
        elif parameter.type is Kind.STRINGS:
            given[parameter.name] = ",".join([model, other, *chosen.families])
        elif parameter.maximum is not None:
            given[parameter.name] = int(parameter.maximum)
    path, names = f"/reports/{report.name}", {parameter.name for parameter in report.parameters}
    if "as_of" in names:
        return partial(_past, path, list(given.items()))
    if "limit" in names:
        most = int(str(given.pop("limit")))
        return partial(_sized, path, given, most, most // 2)
    return lambda _: f"{path}?{urlencode(given)}"


def _past(path: str, given: Sequence[tuple[str, object]], number: int) -> str:
    at = f"{_LATEST - timedelta(minutes=number):%Y-%m-%dT%H:%MZ}"
    return f"{path}?{urlencode([*given, ('as_of', at)])}"


def _sized(path: str, given: Mapping[str, object], most: int, least: int, number: int) -> str:
    return f"{path}?{urlencode({**given, 'limit': most - number % (most - least + 1)})}"


def _hold_open(base_url: str, over: threading.Event) -> None:
    """Connections that send nothing, and half of a request."""
    where = (urlsplit(base_url).hostname, urlsplit(base_url).port)
    while not over.is_set():
        with ExitStack() as opened:
            for number in range(IDLE + HALF):
                client = opened.enter_context(socket.create_connection(where, _PATIENCE_S))
                if number >= IDLE:
                    client.sendall(_HALF)
            over.wait(_KEPT_OPEN_S)


def _ask(
    over: threading.Event, taken: Taken, addresses: Iterator[str], pause_s: float = 0.0
) -> None:
    with requests.Session() as session:
        while not over.wait(pause_s):
            taken.ask(session, next(addresses))


def _worst_table(worst: Sequence[tuple[float, Address]]) -> Table:
    table = Table(title="Worst addresses, alone", title_justify="left", title_style="bold")
    table.add_column("s", justify="right")
    table.add_column("address", overflow="fold")
    for seconds, address in worst:
        table.add_row(f"{seconds:.1f}", address(0)[:160])
    return table


def _table(found: Sequence[Taken]) -> Table:
    title = f"With {IDLE} idle and {HALF} half-sent connections and {CLIENTS} worst addresses, s"
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column()
    for column in ("asked", "failed", "p50", "worst", "limit"):
        table.add_column(column, justify="right")
    table.add_column("worst at", overflow="fold")
    for taken in found:
        colour = "" if taken.holds else "[red]"
        table.add_row(
            taken.name,
            str(len(taken.seconds)),
            f"{colour}{len(taken.failed)}",
            f"{np.median(taken.seconds):.2f}",
            f"{colour}{max(taken.seconds):.2f}",
            f"{taken.limit_s:.0f}",
            urlsplit(taken.slowest)._replace(scheme="", netloc="").geturl(),
        )
    table.caption = "\n".join(sorted({line for taken in found for line in taken.failed})[:5])
    return table


if __name__ == "__main__":
    run(main)
