"""A model's history and the list of changes in a real browser: quiet, accessible, narrow."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.browser.test_pages import _faults, _Visitor
from tests.integration.test_history import MODEL, told
from webapp import create_app


@pytest.fixture
def visitor(browser_page: Page, empty_graph: Graph, settings: Settings) -> Iterator[_Visitor]:
    load(empty_graph, iter(told()), settings=settings, source="told")
    server = make_server("127.0.0.1", 0, create_app(settings, graph=empty_graph), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield _Visitor(browser_page, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_history_is_quiet_accessible_and_fits_a_narrow_page(visitor: _Visitor) -> None:
    page = visitor.page
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for path in (f"/model/{MODEL}", f"/model/{MODEL}?as_of=2025-01-20", "/changes?limit=25"):
            visitor.go(path)
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            if width > 1000:
                assert _faults(page) == [], path
                page.click("button.theme")
                assert _faults(page, "color-contrast") == [], path
                page.click("button.theme")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert visitor.said == []
    assert visitor.elsewhere == []


def test_the_past_is_a_click_away(visitor: _Visitor) -> None:
    page = visitor.page
    visitor.go(f"/model/{MODEL}")
    expect(page.get_by_role("img", name="Likes over time")).to_be_visible()
    page.fill("input[name=as_of]", "2025-02-11")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".banner")).to_contain_text("as it was on 2025-02-11")
    expect(page.locator("#derivatives")).to_contain_text("Nothing was known to be made from it")
    page.get_by_role("link", name="Show it as it is now").click()
    expect(page.locator("#derivatives")).to_contain_text("120")
    page.goto(visitor.url + "/changes?limit=25")
    page.get_by_role("link", name="Next →").click()
    expect(page.locator(".pager")).to_contain_text("50 of 123 changes")
