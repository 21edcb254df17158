"""Fixtures that every test may use: a Neo4j per worker, one with the sample, the web app on it.

A worker's Neo4j is, in this order: the one at HUBGRAPH_TEST_NEO4J_URI (with
HUBGRAPH_TEST_NEO4J_PASSWORD; its content is deleted); a container, when
HUBGRAPH_TEST_NEO4J=container; the local server that hubgraph itself starts, on its own ports and
data. The sample lies in a further local server, which all workers read; where a Neo4j is given, or
is a container, it is loaded into that one.
"""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pydantic import SecretStr
from werkzeug.serving import make_server

from graph.server.local import LocalServer
from graph.server.service import Address
from graph.settings import Settings, load_settings
from graph.store.connection import Graph, connect
from graph.store.indexes import apply_schema
from tests import sample_server
from tests.commands import variables
from webapp import create_app

os.environ.setdefault("JAVA_TOOL_OPTIONS", sample_server.QUICK)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process of a test compiles all anew
sys.dont_write_bytecode = False

hypothesis.settings.register_profile(
    "tests",
    max_examples=60,
    deadline=None,  # machines that run tests are busy
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("tests")

expect.set_options(timeout=60_000)  # ms; they are busy in browser tests, too

UNIT = "tests/unit"
MOST_WORKERS = 4
IMAGE = "neo4j:2026.08.1-community"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One more than there are cores, since tests wait for servers; one where the server is given.

    Each has a Neo4j of its own: a few at most. Unit tests wait for nothing.
    """
    cores = os.cpu_count() or 1
    if config.args == [UNIT]:
        return cores
    return 1 if "HUBGRAPH_TEST_NEO4J_URI" in os.environ else min(MOST_WORKERS, cores + 1)


def pytest_configure(config: pytest.Config) -> None:
    """A folder for what the workers share: the sample, which a whole run loads at once."""
    if hasattr(config, "workerinput"):
        return
    place = Path(tempfile.mkdtemp(prefix="hubgraph-tests-"))
    os.environ[sample_server.FOLDER] = str(place)
    config.add_cleanup(lambda: shutil.rmtree(place, ignore_errors=True))
    config.add_cleanup(lambda: sample_server.end(place))
    whole = config.args_source is not pytest.Config.ArgsSource.ARGS
    if whole and config.getoption("numprocesses", None) and not _is_given():
        preparing = sample_server.prepare(place)

        def end_preparing() -> None:
            preparing.terminate()
            preparing.wait()

        config.add_cleanup(end_preparing)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files without the graph first, then those that read the sample, then those that empty it.

    In a file that does both, the tests that read the sample come first, too. Files without the
    graph come before any that drives a browser, whose event loop stays. A file's tests stay
    together on one worker (`--dist loadfile`; pytest-xdist 3.8 no longer sees groups on pytest 9).
    """
    rank = {item.nodeid: _rank(item) for item in items}
    of_file: dict[Path, set[int]] = {}
    for item in items:
        of_file.setdefault(item.path, set()).add(rank[item.nodeid])

    def order(item: pytest.Item) -> tuple[int, bool]:
        ranks = of_file[item.path]
        return max(ranks), 1 in ranks and rank[item.nodeid] == 2

    items.sort(key=order)


def _rank(item: pytest.Item) -> int:
    """0: without the graph, 1: reads the sample, 2: empties the graph."""
    names = set(getattr(item, "fixturenames", ()))
    if not {"address", "sample_settings"} & names:
        return 0
    return 1 if "sample_graph" in names else 2


@pytest.fixture(autouse=True)
def _nothing_from_outside(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Tests see neither the developer's HUBGRAPH_ variables nor their `.env`, and are patient."""
    monkeypatch.setattr("graph.answers.totals.PATIENCE_S", 60)
    for name in os.environ:
        ours = name.startswith("HUBGRAPH_") and not name.startswith("HUBGRAPH_TEST_")
        if ours or name == "HF_TOKEN":
            monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Where this run's Neo4j is."""
    if uri := os.environ.get("HUBGRAPH_TEST_NEO4J_URI"):
        yield Address(
            uri=uri,
            user=os.environ.get("HUBGRAPH_TEST_NEO4J_USER", "neo4j"),
            password=SecretStr(os.environ["HUBGRAPH_TEST_NEO4J_PASSWORD"]),
            database="neo4j",
            browser_url=os.environ.get("HUBGRAPH_TEST_NEO4J_BROWSER_URL"),
        )
    elif os.environ.get("HUBGRAPH_TEST_NEO4J") == "container":
        yield from _container()
    else:
        server = LocalServer(
            load_settings(
                data_dir=tmp_path_factory.mktemp("neo4j"),
                log_dir=tmp_path_factory.mktemp("logs"),
                bolt_port=0,
                http_port=0,
                heap_mb=1024,
                pagecache_mb=256,
            )
        )
        server.up()
        try:
            running = server.address()
            assert running is not None
            yield running
        finally:
            server.down()


def _container() -> Iterator[Address]:
    from testcontainers.neo4j import Neo4jContainer  # noqa: PLC0415 (needs an engine)

    container = Neo4jContainer(IMAGE, password="for-tests-only")
    container.with_env("NEO4J_PLUGINS", '["graph-data-science"]')
    with container as running:
        yield Address(
            uri=running.get_connection_url(),
            user="neo4j",
            password=SecretStr("for-tests-only"),
            database="neo4j",
            browser_url=None,
        )


@pytest.fixture(scope="session")
def settings(address: Address, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that name this worker's Neo4j, as a Neo4j of one's own."""
    return _settings(address, tmp_path_factory)


def _settings(address: Address, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(
        neo4j_uri=address.uri,
        neo4j_user=address.user,
        neo4j_password=address.password,
        neo4j_database=address.database,
        browser_url=address.browser_url,
        query_timeout_s=60,  # a crowded machine is slow, and no fault of a query
        data_dir=tmp_path_factory.mktemp("data"),
        log_dir=tmp_path_factory.mktemp("load-logs"),
    )


@pytest.fixture(scope="session")
def sample_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """The same for the Neo4j that holds the sample."""
    if _is_given():
        return cast("Settings", request.getfixturevalue("settings"))
    folder = Path(os.environ[sample_server.FOLDER])
    return _settings(sample_server.address(folder), tmp_path_factory)


def _is_given() -> bool:
    """Whether a Neo4j is given, which then holds the sample, too."""
    return any(name in os.environ for name in ("HUBGRAPH_TEST_NEO4J_URI", "HUBGRAPH_TEST_NEO4J"))


@pytest.fixture
def environment(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Commands here use this worker's Neo4j; those in other processes do with what it returns."""
    return _environment(settings, tmp_path, monkeypatch)


@pytest.fixture
def sample_environment(
    sample_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The same for the Neo4j that holds the sample."""
    return _environment(sample_settings, tmp_path, monkeypatch)


def _environment(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    for name, value in variables(settings, folder / "logs").items():
        monkeypatch.setenv(name, value)
    return dict(os.environ)


@dataclass
class _Database:
    """A database, and whether the sample is in it just now."""

    graph: Graph
    settings: Settings
    app: Flask | None = None
    """The web app on the sample, as long as the sample is there."""

    def empty(self) -> None:
        self.app = None
        self.graph.command("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
        apply_schema(self.graph)

    def show_sample(self) -> Flask:
        if self.app is None:
            if _is_given():
                self.empty()
                sample_server.load(self.graph, self.settings)
            self.app = create_app(self.settings, graph=self.graph)
            self.app.testing = True
        return self.app


@pytest.fixture(scope="session")
def _database(settings: Settings) -> Iterator[_Database]:
    with connect(settings) as graph:
        yield _Database(graph, settings)


@pytest.fixture(scope="session")
def _sample_database(
    sample_settings: Settings, request: pytest.FixtureRequest
) -> Iterator[_Database]:
    if _is_given():
        yield request.getfixturevalue("_database")
        return
    with connect(sample_settings) as graph:
        yield _Database(graph, sample_settings)


@pytest.fixture
def empty_graph(_database: _Database) -> Graph:
    """An empty graph with its schema, to write to."""
    _database.empty()
    return _database.graph


@pytest.fixture
def sample_graph(_sample_database: _Database) -> Graph:
    """The bundled sample with its influence. Never write to it."""
    _sample_database.show_sample()
    return _sample_database.graph


@pytest.fixture
def app(sample_graph: Graph, _sample_database: _Database) -> Flask:
    """The web app on the sample, with what it cached for other tests."""
    return _sample_database.show_sample()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the web app on the sample."""
    return app.test_client()


@pytest.fixture
def live_url(app: Flask) -> Iterator[str]:
    """Address of the web app on the sample, served over HTTP."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; tests that need one skip where there is none."""
    path = os.environ.get("HUBGRAPH_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        pytest.skip("no Chromium on this machine (set HUBGRAPH_TEST_CHROMIUM to its path)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser context, 1440 x 900."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Page:
    """A fresh page, 1440 x 900."""
    return browser_context.new_page()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The maintainers' folder of real records; tests that need it skip where it is absent."""
    path = Path(__file__).parents[2] / "shared" / "data"
    if not path.is_dir():
        pytest.skip("the maintainers' folder of real records is not here")
    return path


@pytest.fixture(scope="session")
def captures(shared_data: Path) -> Path:
    """The maintainers' folder of answers that the real Hub gave."""
    return shared_data.parent / "hub" / "captures"
