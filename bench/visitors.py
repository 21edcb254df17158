"""`python -m bench.visitors`: how long pages take while several people use the web app.

Eight visitors ask for the addresses that pages, searches, lists and drawings ask for, each kind as
often as people want it, and look at each answer for a while. First they all ask for one cold page
at the same moment. It takes the graph that there is, without writing to it, and ends with 1 if a
request fails, a kind is slower than its limit at the 95th percentile, or memory grows.
"""

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

import numpy as np
import psutil
import requests
from rich.console import Console
from rich.table import Table

from bench.latency.chosen import Chosen, choose
from bench.running import machine, run
from bench.serving import running
from graph.answers.orders import ORDERS
from graph.settings import load_settings
from graph.store.connection import connect

VISITORS = 8
SECONDS = 60
PAUSE_S = 1.0
"""How long a visitor looks at an answer, on average."""
GROWTH = 1.3
"""How much memory the web app may have at the end, in terms of that at the start."""
_PATIENCE_S = 60
_TYPED = ("llama", "qwen 7b", "gguf", "bert base", "lora", "stable", "whisper", "instruct")

Draw = Callable[[random.Random], str]
"""An address of a kind, drawn by chance."""


@dataclass
class Visits:
    """The requests of one kind, and how long each took in milliseconds."""

    name: str
    share: int  # how often it is wanted, in terms of the others
    limit_ms: float
    draw: Draw
    took_ms: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slowest: str = ""

    def visit(self, session: requests.Session, base_url: str, chance: random.Random) -> None:
        """Ask for one address of the kind, and note how it was answered."""
        address = self.draw(chance)
        began = time.perf_counter()
        try:
            session.get(base_url + address, timeout=_PATIENCE_S).raise_for_status()
        except requests.RequestException as error:
            self.failed.append(str(error))
        took = (time.perf_counter() - began) * 1000
        if took >= max(self.took_ms, default=0):
            self.slowest = address
        self.took_ms.append(took)

    @property
    def p95_ms(self) -> float:
        """What 95 of 100 requests did not exceed."""
        return float(np.percentile(self.took_ms, 95))

    @property
    def holds(self) -> bool:
        """Whether all were answered, and in time; so it does where nothing was asked."""
        return not self.failed and (not self.took_ms or self.p95_ms <= self.limit_ms)


def main() -> None:
    """Serve the graph that there is, send visitors, and print what they waited for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=SECONDS, help="default: %(default)s")
    parser.add_argument(
        "--pause", type=float, default=PAUSE_S, help="seconds between requests; default: 1"
    )
    given = parser.parse_args()
    console = Console()
    settings = load_settings()
    with ExitStack() as stack:
        graph = stack.enter_context(connect(settings))
        chosen = choose(graph)
        console.print(f"{machine()}, Neo4j {graph.version}, {chosen.total:,} models")
        address = stack.enter_context(running(settings, settings.web_host, 0))
        alone, together = stampede(address)
        console.print(
            f"A cold page, asked for once: {alone:.2f} s; another, by {VISITORS} at once: the last"
            f" had it after {together:.2f} s"
        )
        kinds = visits(chosen)
        before, after = measure(address, kinds, given.seconds, given.pause)
    console.print(_table(kinds, given.pause))
    console.print(f"Memory of the web app: {before:,.0f} MB, {after:,.0f} at the end")
    if not all(kind.holds for kind in kinds) or after > before * GROWTH:
        sys.exit(1)


def visits(chosen: Chosen) -> list[Visits]:
    """What visitors want, how often, and how fast; limits are those of the design."""

    def any_of(form: str, names: Sequence[object]) -> Draw:
        return lambda chance: form.format(quote(str(chance.choice(names))))

    models = [model["id"] for model in chosen.models]
    authors = [model["author"] for model in chosen.models if model["author"]]
    large = chosen.families[:20]
    return [
        Visits("suggestion", 15, 50, lambda chance: _suggested(chance, chosen)),
        Visits("model", 20, 150, any_of("/model/{}", models)),
        Visits("model of a large family", 5, 150, any_of("/model/{}", large)),
        Visits("its licence", 3, 300, any_of("/licence/{}", chosen.derived)),
        Visits("its influence", 3, 300, any_of("/influence/{}", models)),
        Visits("what breaks", 3, 300, any_of("/blast/{}", models)),
        Visits("leaderboard", 15, 200, lambda chance: _leaderboard(chance, chosen)),
        Visits("dashboard", 5, 100, lambda _: "/dashboard"),
        Visits("network", 7, 400, any_of("/api/v1/graph?m={}", large)),
        Visits("changes", 5, 300, any_of("/changes?kind={}", ("appeared", "gone", "license"))),
        Visits("author", 5, 300, any_of("/author/{}", authors)),
        Visits("comparison", 2, 1_000, lambda chance: _compared(chance, models)),
        Visits("search", 5, 1_000, any_of("/search?q={}", _TYPED)),
        Visits(
            "report",
            3,
            2_000,
            any_of("/reports/{}", ("top-models", "growth-by-month", "licence-scorecard")),
        ),
        Visits("home", 4, 200, lambda _: "/"),
    ]


def _suggested(chance: random.Random, chosen: Chosen) -> str:
    name = str(chance.choice(chosen.models)["id"])
    return f"/api/v1/suggest?{urlencode({'q': name[: chance.randint(2, 8)]})}"


def _leaderboard(chance: random.Random, chosen: Chosen) -> str:
    asked = {"sort": chance.choice(list(ORDERS))} if chance.random() < 0.5 else {}
    for name in chance.sample(list(chosen.common), chance.randint(0, 2)):
        asked[name] = chance.choice(chosen.common[name])
    return f"/models?{urlencode(asked)}" if asked else "/models"


def _compared(chance: random.Random, models: Sequence[object]) -> str:
    chosen = chance.sample(models, min(3, len(models)))
    return f"/compare?{urlencode([('m', name) for name in chosen])}"


def stampede(base_url: str) -> tuple[float, float]:
    """Seconds that a cold page takes alone, and until all visitors have another that is as cold."""
    pages = [f"{base_url}/models?q=cold{number}&sort=likes" for number in range(2)]
    barrier = threading.Barrier(VISITORS)

    def ask(page: str) -> None:
        requests.get(page, timeout=_PATIENCE_S).raise_for_status()

    def together() -> None:
        barrier.wait()
        ask(pages[1])

    began = time.perf_counter()
    ask(pages[0])
    alone = time.perf_counter() - began
    began = time.perf_counter()
    with ThreadPoolExecutor(VISITORS) as pool:
        for asked in [pool.submit(together) for _ in range(VISITORS)]:
            asked.result()
    return alone, time.perf_counter() - began


def measure(
    base_url: str, kinds: Sequence[Visits], seconds: float, pause_s: float
) -> tuple[float, float]:
    """Let the visitors in, and measure for so long; the app's memory before and after, in MB."""
    over = threading.Event()

    def visitor(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 - the same visits each time
        with requests.Session() as session:
            while not over.wait(chance.expovariate(1 / pause_s) if pause_s else 0):
                kind = chance.choices(kinds, [kind.share for kind in kinds])[0]
                kind.visit(session, base_url, chance)

    with ThreadPoolExecutor(VISITORS) as pool:
        jobs = [pool.submit(visitor, number) for number in range(VISITORS)]
        time.sleep(seconds / 4)
        for kind in kinds:
            kind.took_ms, kind.slowest = [], ""
        before = _memory_mb(base_url)
        time.sleep(seconds)
        over.set()
        for job in jobs:
            job.result()
    return before, _memory_mb(base_url)


def _memory_mb(base_url: str) -> float:
    """Memory that only the processes have which serve an address: not the files that they map."""
    port = urlsplit(base_url).port
    return sum(process.memory_full_info().uss for process in _serving(port)) / 1e6


def _serving(port: int | None) -> Iterator[psutil.Process]:
    for process in psutil.Process().children(recursive=True):
        if any(link.laddr and link.laddr.port == port for link in process.net_connections()):
            yield process


def _table(kinds: Sequence[Visits], pause_s: float) -> Table:
    title = f"{VISITORS} visitors, {pause_s:g} s from an answer to the next request, ms"
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column()
    for column in ("asked", "failed", "p50", "p95", "worst", "limit of p95"):
        table.add_column(column, justify="right")
    table.add_column("worst at", overflow="fold")
    for kind in filter(lambda kind: kind.took_ms, kinds):
        colour = "" if kind.holds else "[red]"
        table.add_row(
            kind.name,
            str(len(kind.took_ms)),
            f"{colour}{len(kind.failed)}",
            f"{np.median(kind.took_ms):.0f}",
            f"{colour}{kind.p95_ms:.0f}",
            f"{max(kind.took_ms):.0f}",
            f"{kind.limit_ms:,.0f}",
            kind.slowest[:100],
        )
    table.caption = "\n".join(sorted({line for kind in kinds for line in kind.failed})[:5])
    return table


if __name__ == "__main__":
    run(main)
