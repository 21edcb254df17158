"""The console in a real browser."""

import re

from playwright.sync_api import Page, expect


def test_a_query_is_written_run_refused_and_found_again(browser_page: Page, live_url: str) -> None:
    page = browser_page
    page.goto(f"{live_url}/cypher?q=RETURN $text AS text, 2 AS n&p.text=<img src=x>")
    editor = page.get_by_role("textbox", name="Query")
    expect(page.get_by_role("textbox", name="$text")).to_have_value("<img src=x>")
    editor.press("Control+Enter")
    expect(page.locator("#shown td").first).to_have_text("<img src=x>")
    assert page.locator("#shown img").count() == 0
    editor.fill("MATCH (m:Model {id: 'google/gemma-7b'})\nRETURN m")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#shown a")).to_have_attribute("href", "/model/google/gemma-7b")
    page.get_by_role("button", name="Network").click()
    expect(page.get_by_role("link", name="Open the network")).to_have_attribute(
        "href", re.compile(r"/graph\?m=google%2Fgemma-7b&")
    )
    editor.fill("MATCH (m:Model)\nRETURN gds.version()")
    editor.press("Control+Enter")
    expect(page.locator("#said")).to_have_text("Line 2, column 8")
    assert editor.evaluate("e => e.value.slice(e.selectionStart)").startswith("gds.")
    assert "gds.version" in page.url
    page.reload()
    editor.press("Alt+ArrowUp")
    editor.press("Alt+ArrowUp")
    expect(editor).to_have_value(re.compile("^MATCH \\(m:Model {id"))
