"""The map in a browser: when it is first drawn, and how often a second while it moves.

No database is needed: the web app shows a stored map of a graph that has nothing else.
"""

import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr
from werkzeug.serving import make_server

from graph.answers.map.hub_map import HubMap
from graph.answers.map.stored import save_map
from graph.settings import load_settings
from graph.store.connection import Graph, Result
from webapp import create_app

FLAGS = ["--no-sandbox", "--disable-gpu"]
ZOOMS = (1, 4, 30)
"""How close: 1 is the whole map."""
_IDENTITY = "measured"
_MOVE = """(zoom) => new Promise((done) => {
  const { camera, painter } = document.getElementById("map-page").map;
  const k = Math.min(camera.width, camera.height) / 2 / painter.radius * zoom;
  const x = zoom > 1 ? -painter.radius / 2 : 0;
  const [began, before] = [performance.now(), painter.frames];
  let pictures = 0;
  const step = (now) => {
    pictures += 1;
    const at = pictures / 10;
    camera.set(x + Math.sin(at) * 60 / k, Math.cos(at) * 60 / k, k * (1 + Math.sin(at) / 20));
    if (now - began < 4000) requestAnimationFrame(step);
    else done([pictures, painter.frames - before].map((count) => count / (now - began) * 1000));
  };
  requestAnimationFrame(step);
})"""


def frames(found: HubMap) -> Iterator[str]:
    """Sentences with what was measured."""
    facts = replace(found.facts, graph=_IDENTITY)
    with _served(replace(found, facts=facts)) as address, sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        first = sorted(_first_ms(browser, address) for _ in range(5))
        yield f"first drawn after {first[2]:,} ms, median of five ({first[0]:,} to {first[-1]:,})"
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.wait_for_selector("html[data-drawn]", state="attached")
        for zoom in ZOOMS:
            shown, painted = page.evaluate(_MOVE, zoom)
            yield f"zoom {zoom}: {shown:.0f} frames a second, {painted:.0f} with all dots anew"
        browser.close()


def _first_ms(browser: Browser, address: str) -> int:
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("html[data-drawn]", state="attached")
        return int(page.evaluate("document.documentElement.dataset.drawn"))


class _Still:
    """Stands for a large graph of which only the map is asked for."""

    def __init__(self, models: int) -> None:
        self._models = models

    def read(self, *_: object, **__: object) -> Result:
        row: Mapping[str, Any] = {"models": self._models, "identity": _IDENTITY, "changed_at": None}
        return Result(list(row), [dict(row)])


@contextmanager
def _served(found: HubMap) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            data_dir=Path(folder), neo4j_uri="bolt://127.0.0.1:1", neo4j_password=SecretStr("none")
        )
        save_map(settings, found)
        app = create_app(settings, graph=cast("Graph", _Still(found.facts.models)))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/map"
        server.shutdown()
