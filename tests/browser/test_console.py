"""The console in a real browser."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.test_pages import _faults


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


def test_a_hostile_result_is_drawn_as_text_and_walked_by_keys(
    browser_page: Page, live_url: str
) -> None:
    page, name = browser_page, "<img src=x onerror=alert(1)>"
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{live_url}/cypher?q=MATCH p = (m)-->(b {{id: 'google/gemma-7b'}}) RETURN p LIMIT 9")

    def hostile(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        nodes = body["data"]["graph"]["nodes"]
        nodes["id"] = [name if kind == "model" else kind for kind in nodes["kind"]]
        nodes["label"] = [name] * len(nodes["id"])
        nodes["facts"] = [{"task": name}] * len(nodes["id"])
        route.fulfill(response=answer, json=body)

    page.route("**/api/v1/cypher", hostile)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Graph", exact=True).click()
    expect(page.locator(".stage")).to_have_attribute("data-drawn", re.compile("[0-9]"))
    drawing = page.get_by_role("application")
    drawing.focus()
    for key in ("Home", "Enter"):
        drawing.press(key)
    expect(page.locator(".side h2 a")).to_have_text(name)
    expect(page.locator(".side .kind")).to_have_text(name)
    expect(page.locator(".side .facts")).to_contain_text(name)
    assert page.locator("#shown img").count() == 0
    first = page.locator(".live").text_content()
    drawing.press("ArrowDown")
    assert page.locator(".live").text_content() != first
    assert _faults(page) == []
    assert said == []
