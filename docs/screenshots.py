"""Photograph every page, and the pictures of the README and the docs: `make screenshots`.

    python -m docs.screenshots [ADDRESS]

ADDRESS is that of a web app with the bundled sample, such as the one of `hubgraph demo`; without
it, a Neo4j and a web app are started for the purpose. The folder `screenshots/` then holds every
example of every page, light and dark, wide and narrow; the pictures in `docs/images` are renewed.
HUBGRAPH_TEST_CHROMIUM names the browser, if it is not in the path.
"""

import base64
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product

from playwright.sync_api import Browser, Page, sync_playwright
from rich.progress import track

import sample
from bench.running import run
from bench.serving import own_server, running
from docs.generate import HERE, ROOT
from graph.errors import ServerError
from graph.store.connection import connect
from hubgraph.influence import compute_and_show
from hubgraph.load import load_and_show
from webapp import pages

FOLDER = ROOT / "screenshots"
Window = tuple[int, int]
WIDE, NARROW = (1440, 900), (360, 740)
"""Windows: width and height in CSS pixels."""
THEMES = ("light", "dark")
PATIENCE_S = 60
"""How long a question may take: how quick a page is, others measure."""
QUALITY = 82
"""Of WebP, in percent: text stays sharp."""

PICTURES = {
    "blast": ("/blast/google/gemma-7b", "light"),
    "dashboard": ("/dashboard", "light"),
    "map": ("/map", "dark"),
    "model": ("/model/google/gemma-7b", "light"),
    "models": ("/models", "light"),
    "network": ("/graph?m=google/gemma-7b&n=100", "light"),
}
"""Pictures of the README and the docs: name of the file → address and theme."""


def take(address: str) -> None:
    """Photograph the web app at `address`."""
    address = address.rstrip("/")
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with _chromium() as browser:
        for name, (url, theme) in PICTURES.items():
            with _opened(browser, address + url, theme, *WIDE) as page:
                (HERE / "images" / f"{name}.webp").write_bytes(_webp(page))
        for url, theme, window in track(list(shots()), "Photographing every page"):
            with _opened(browser, address + url, theme, *window) as page:
                page.screenshot(path=FOLDER / file_name(url, theme, window), full_page=True)


def shots() -> Iterator[tuple[str, str, Window]]:
    """Address, theme and window of each picture: all examples of all pages that are declared."""
    urls = (url for made in pages.declared() if made.template for url in made.examples)
    return product(urls, THEMES, (WIDE, NARROW))


def file_name(url: str, theme: str, window: Window) -> str:
    """Name of the file that holds an address of the web app, as seen."""
    name = re.sub(r"[^A-Za-z0-9.]+", "-", url).strip("-")[:120] or "home"
    return f"{name}.{window[0]}.{theme}.png"


@contextmanager
def _chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("HUBGRAPH_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def _opened(browser: Browser, url: str, theme: str, width: int, height: int) -> Iterator[Page]:
    """A page as it looks once everything has been fetched and drawn and nothing moves."""
    with browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    ) as context:
        context.set_default_timeout(2_000 * PATIENCE_S)
        page = context.new_page()
        answer = page.goto(url, wait_until="networkidle")
        if answer is None or not answer.ok:
            raise ServerError(f"{url} answered {answer.status if answer else 'nothing'}.")
        if page.locator(".stage:visible").count():
            page.wait_for_selector("html[data-drawn]", state="attached")
        page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
        yield page


def _webp(page: Page) -> bytes:
    """What the window shows; Playwright itself writes PNG only, which takes five times the room."""
    answer = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
    )
    return base64.b64decode(answer["data"])


def main() -> None:
    """Photograph the web app that is named, or one that is started for it."""
    with ExitStack() as stack:
        address = next(iter(sys.argv[1:]), None)
        if address is None:
            settings = own_server(stack).model_copy(update={"query_timeout_s": PATIENCE_S})
            with connect(settings) as graph:
                with sample.path() as path:
                    load_and_show(graph, [path], settings)
                compute_and_show(graph, settings)
            address = stack.enter_context(running(settings, settings.web_host, 0))
        take(address)
    names = ", ".join(f"{name}.webp" for name in PICTURES)
    sys.stderr.write(f"Every page is in {FOLDER.name}/, {names} in docs/images/.\n")


if __name__ == "__main__":
    run(main)
