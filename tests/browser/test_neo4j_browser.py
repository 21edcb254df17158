"""Neo4j Browser as a person uses it: sign in, load the style, paste a report, see the graph."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, WebSocket

from graph.answers.cypher_text import CYPHER
from graph.answers.query import Asked
from graph.answers.reports import catalogue
from graph.schema import LINEAGE, RELATION
from graph.settings import Settings
from graph.store.connection import Graph
from webapp.browser import browser_link

STYLE = (CYPHER / "browser" / "style.grass").read_text(encoding="utf-8")
COLOURS = {relation.type: relation.colour.light for relation in RELATION.values()}
DROP = """content => {
  const files = new DataTransfer();
  files.items.add(new File([content], 'style.grass'));
  for (const kind of ['dragenter', 'dragover', 'drop'])
    document.querySelector('[data-testid=main]').dispatchEvent(
      new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: files}));
}"""
TEXTS = "selector => [...document.querySelectorAll(selector)].map(e => e.textContent.trim())"
FILLS = """() => [...document.querySelectorAll('g.relationship')].map(
  e => [e.textContent.trim(), e.querySelector('path').getAttribute('fill')])"""


@pytest.fixture
def page(browser_context: BrowserContext, sample_graph: Graph, sample_settings: Settings) -> Page:
    """A page beside a Neo4j Browser on the sample."""
    if sample_settings.browser_url is None:
        pytest.skip("the Neo4j under test has no Browser (HUBGRAPH_TEST_NEO4J_BROWSER_URL)")
    browser_context.grant_permissions(["clipboard-read", "clipboard-write"])
    return browser_context.new_page()


def sign_in(page: Page, sample_settings: Settings, address: str | None = None) -> None:
    assert sample_settings.browser_url
    assert sample_settings.neo4j_password
    page.goto(address or sample_settings.browser_url)
    page.fill("[data-testid=username]", sample_settings.neo4j_user)
    page.fill("[data-testid=password]", sample_settings.neo4j_password.get_secret_value())
    page.click("[data-testid=connect]")
    page.get_by_text(":play start").wait_for()
    page.evaluate(DROP, STYLE)
    page.get_by_text("relationship.QUANTIZE {").wait_for()


def paste_and_run(page: Page, text: str) -> None:
    page.click("[data-testid=activeEditor] .monaco-editor")
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")
    page.click("[data-testid=editor-Run]")


def frame_of(page: Page, title: str) -> Locator:
    return page.locator("[data-testid=frame]").filter(has_text=f"// {title} ").first


def test_style_has_a_rule_for_every_relation() -> None:
    for relationship in LINEAGE:
        rule = re.search(rf"relationship\.{relationship.type} {{(.*?)}}", STYLE, re.DOTALL)
        assert rule, relationship.type
        assert f"\n  color: {COLOURS[relationship.type]};" in rule[1]


def test_a_pasted_report_is_drawn_with_the_style(page: Page, sample_settings: Settings) -> None:
    sign_in(page, sample_settings)
    paste_and_run(page, catalogue()["lineage-up"].pasted({}))
    assert_lineage_is_drawn(page)


def test_a_link_brings_a_report_that_is_drawn_once_it_is_run(
    page: Page, sample_settings: Settings
) -> None:
    report = catalogue()["lineage-up"]
    question = Asked(report.title, report.cypher, report.defaults)
    assert sample_settings.browser_url
    sign_in(page, sample_settings, browser_link(question, sample_settings.browser_url))
    page.click("[data-testid=editor-Run]")
    assert_lineage_is_drawn(page)


def assert_lineage_is_drawn(page: Page) -> None:
    page.wait_for_selector("g.node >> nth=3")
    assert page.locator("g.node").count() == 4
    captions = sorted(page.evaluate(TEXTS, "g.node"))
    names = ["BioTakuya", "Llama-2-7b", "Llama-2-7b-chat-hf", "meditron-7b"]
    for caption, name in zip(captions, names, strict=True):
        assert name.startswith(caption.rstrip("…")), (caption, name)
    drawn = page.evaluate(FILLS)
    assert sorted(kind for kind, _ in drawn) == ["FINETUNE", "MERGE", "MERGE"]
    for kind, fill in drawn:
        assert fill == COLOURS[kind]


def test_it_calls_no_other_host(page: Page, sample_settings: Settings) -> None:
    asked: list[Request] = []
    sockets: list[WebSocket] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 (a built-in cannot be marked)
    page.on("websocket", lambda socket: sockets.append(socket))  # noqa: PLW0108
    sign_in(page, sample_settings)
    for command in (
        ":play movies",
        ":guide concepts",
        ":play https://example.org/x",
        ":GET https://example.org/",
        "RETURN '<img src=\"https://example.org/x.png\">' AS picture",
    ):
        paste_and_run(page, command)
        page.wait_for_timeout(1_000)
    assert sample_settings.browser_url
    own = urlsplit(sample_settings.browser_url).hostname
    reached = {urlsplit(each.url).hostname for each in asked if each.failure != "csp"}
    assert reached - {None} == {own}
    assert {urlsplit(each.url).hostname for each in sockets} == {own}


def test_a_report_of_each_kind_runs_as_pasted(page: Page, sample_settings: Settings) -> None:
    """All of them run as pasted without the Browser in tests/integration/test_reports.py."""
    sign_in(page, sample_settings)
    for report in {report.draw: report for report in catalogue().values()}.values():
        paste_and_run(page, report.pasted({}))
        frame = frame_of(page, report.title)
        frame.wait_for()
        frame.get_by_text(
            re.compile("Displaying|Started streaming|no changes, no records")
        ).wait_for()
