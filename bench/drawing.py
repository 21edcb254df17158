"""`python -m bench.drawing`: what the drawn pages cost a browser, on the graph that there is.

How soon the network of the most influential models is drawn, with 10,000 models; how often a second
that of the largest family is shown while it moves, with 2,000, and the size of its data; then the
scripts of each kind of page. Chromium has no graphics card. It ends with 1 where a limit is missed.
"""

import gzip
import shutil
import sys
from collections.abc import Iterator
from urllib.parse import quote

from playwright.sync_api import Browser, Page, Response, sync_playwright
from rich.console import Console

from bench.latency.chosen import choose
from bench.map_frames import FLAGS
from bench.running import machine, run
from bench.serving import running
from graph.settings import load_settings
from graph.store.connection import connect

MANY, USUAL = 10_000, 2_000
"""Models of the networks."""
MOST_MS = 2_000
LEAST_FRAMES = 45
MOST_BYTES = 60_000
SCRIPT_KB = {"/about": 12, "/models": 12, "/graph": 40, "/map": 20}
"""What scripts of pages may have, compressed by gzip: the first has those of every page, the others
are counted without these."""
VISITS = 5
_MOVE = """() => new Promise((done) => {
  const { camera } = document.getElementById("network-page").network;
  const { x, y, k } = camera;
  const began = performance.now();
  let pictures = 0;
  const step = (now) => {
    pictures += 1;
    const at = pictures / 10;
    camera.set(x + Math.sin(at) * 60 / k, y + Math.cos(at) * 60 / k, k * (1 + Math.sin(at) / 20));
    if (now - began < 4000) requestAnimationFrame(step);
    else done(pictures / (now - began) * 1000);
  };
  requestAnimationFrame(step);
})"""

Measured = tuple[str, float, str, bool]
"""What was measured, how much, its limit in words, and whether that holds."""


def main() -> None:
    """Serve the graph that there is, look at its pages in a browser, and print."""
    console = Console()
    settings = load_settings()
    with connect(settings) as graph:
        chosen = choose(graph)
        console.print(f"{machine()}, Neo4j {graph.version}, {chosen.total:,} models")
    with running(settings, settings.web_host, 0) as address, sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        found = list(measured(browser, address, chosen.families[0]))
        browser.close()
    for words, value, limit, holds in found:
        console.print(
            f"{words}: {value:,.{0 if value > 100 else 1}f}, limit {limit}",
            style=None if holds else "red",
        )
    if not all(holds for *_, holds in found):
        sys.exit(1)


def measured(browser: Browser, base_url: str, family: str) -> Iterator[Measured]:
    """Each figure, one after the other."""
    large = f"{base_url}/graph?top=500&n=20&limit={MANY}"
    first, *later = (_drawn_ms(browser, large) for _ in range(VISITS + 1))
    yield (f"Network of {MANY:,} drawn, first visit, ms", first, "none", True)
    middle = sorted(later)[VISITS // 2]
    yield (f"the same later, median of {VISITS}, ms", middle, f"{MOST_MS:,}", middle <= MOST_MS)
    usual = f"{base_url}/graph?m={quote(family, safe='/')}&n=1000&down=3&limit={USUAL}"
    page, answers = _visited(browser, usual)
    page.wait_for_selector("html[data-drawn]", state="attached")
    frames = float(page.evaluate(_MOVE))
    yield (f"Frames a second with {USUAL:,}", frames, f"{LEAST_FRAMES}", frames >= LEAST_FRAMES)
    data = sum(_zipped(answer) for answer in answers if "/api/v1/graph" in answer.url)
    page.context.close()
    yield (f"Its data, bytes by gzip at {USUAL:,}", data, f"{MOST_BYTES:,}", data <= MOST_BYTES)
    everywhere: set[str] = set()
    for path, most in SCRIPT_KB.items():
        page, answers = _visited(browser, f"{base_url}{path}")
        scripts = {a.url: a for a in answers if a.request.resource_type == "script"}
        size = sum(_zipped(answer) for url, answer in scripts.items() if url not in everywhere)
        everywhere = everywhere or {*scripts}
        page.context.close()
        yield (f"Scripts of {path}, KB by gzip", size / 1024, f"{most}", size <= most * 1024)


def _visited(browser: Browser, address: str) -> tuple[Page, list[Response]]:
    """A page in a window of its own, once nothing more is asked for, and all that it was sent."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(address, wait_until="networkidle")
    return page, answers


def _drawn_ms(browser: Browser, address: str) -> float:
    """Milliseconds from the start of a visit, with nothing cached, until it is drawn."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("html[data-drawn]", state="attached", timeout=60_000)
        return float(page.evaluate("Number(document.documentElement.dataset.drawn)"))


def _zipped(answer: Response) -> int:
    return len(gzip.compress(answer.body()))


if __name__ == "__main__":
    run(main)
