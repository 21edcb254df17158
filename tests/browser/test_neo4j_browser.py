"""Neo4j Browser as a person uses it: sign in, load the style, paste a report, see the graph."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page

from graph.answers.reports import CYPHER, Report, catalogue
from graph.schema import LINEAGE, RELATION
from graph.settings import Settings
from graph.store.connection import Graph

STYLE = (CYPHER / "browser" / "style.grass").read_text(encoding="utf-8")
COLOURS = {relation.type: relation.colour.light for relation in RELATION.values()}
DROP = """content => {
  const files = new DataTransfer();
  files.items.add(new File([content], 'style.grass'));
  for (const kind of ['dragenter', 'dragover', 'drop'])
    document.querySelector('[data-testid=main]').dispatchEvent(
      new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: files}));
}"""
ENDED = ", ".join(f"[title='Status: {status}']" for status in ("success", "error", "skipped"))
TEXTS = "selector => [...document.querySelectorAll(selector)].map(e => e.textContent.trim())"
FILLS = """() => [...document.querySelectorAll('g.relationship')].map(
  e => [e.textContent.trim(), e.querySelector('path').getAttribute('fill')])"""


@pytest.fixture
def page(browser_context: BrowserContext, sample_graph: Graph, settings: Settings) -> Page:
    """Neo4j Browser on the sample, signed in."""
    if settings.browser_url is None:
        pytest.skip("the Neo4j under test has no Browser (HUBGRAPH_TEST_NEO4J_BROWSER_URL)")
    assert settings.neo4j_password
    browser_context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = browser_context.new_page()
    page.goto(settings.browser_url)
    page.fill("[data-testid=username]", settings.neo4j_user)
    page.fill("[data-testid=password]", settings.neo4j_password.get_secret_value())
    page.click("[data-testid=connect]")
    page.get_by_text(":play start").wait_for()
    return page


def paste_and_run(page: Page, text: str) -> None:
    page.click("[data-testid=activeEditor] .monaco-editor")
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")
    page.click("[data-testid=editor-Run]")


def run_file(page: Page, report: Report) -> None:
    """Paste the file as it stands and wait until every statement of it is done."""
    paste_and_run(page, report.source)
    frame = (
        page.locator("[data-testid=frame]").filter(has_text=f"// title: {report.title} //").first
    )
    frame.wait_for()
    if report.parameters:
        statuses = frame.locator("[data-testid=multi-statement-list-icon]")
        done = statuses.and_(page.locator(ENDED))
        done.nth(len(report.parameters)).wait_for()
        titles = [status.get_attribute("title") for status in statuses.all()]
        assert titles == ["Status: success"] * (len(report.parameters) + 1), report.name
    else:
        frame.get_by_text(re.compile("Started streaming|no changes, no records")).wait_for()


def query_of(report: Report) -> str:
    """What stands below the `:param` lines."""
    return re.sub(r"^:param .*\n", "", report.source, flags=re.MULTILINE)


def test_style_has_a_rule_for_every_relation() -> None:
    for relationship in LINEAGE:
        rule = re.search(rf"relationship\.{relationship.type} {{(.*?)}}", STYLE, re.DOTALL)
        assert rule, relationship.type
        assert f"\n  color: {COLOURS[relationship.type]};" in rule[1]


def test_a_lineage_report_is_drawn_with_the_style(page: Page) -> None:
    page.evaluate(DROP, STYLE)
    page.get_by_text("relationship.QUANTIZE {").wait_for()
    report = catalogue()["lineage-up"]
    run_file(page, report)
    paste_and_run(page, query_of(report))
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


def test_every_report_runs_as_its_file_stands(page: Page) -> None:
    for report in catalogue().values():
        if report.listed:
            run_file(page, report)
