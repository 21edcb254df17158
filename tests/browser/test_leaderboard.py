"""The leaderboard in a real browser: filters without reloading, the tray, keys, narrow screens."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

BUSY_MS = 60_000
"""A crowded machine plans the first questions slowly."""


@pytest.fixture
def opened(browser: Browser, live_url: str) -> Iterator[Page]:
    """A fresh page of the site; at the end nothing may have been written to its console."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, base_url=live_url, reduced_motion="reduce"
    )
    context.set_default_timeout(BUSY_MS)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


def test_filters_apply_as_they_are_ticked(opened: Page) -> None:
    opened.goto("/models")
    opened.evaluate("window.sameDocument = true")
    opened.get_by_role("group", name="Licence").get_by_label("llama2").check()
    expect(opened.get_by_role("link", name="licence llama2")).to_be_visible()
    opened.get_by_role("group", name="Made as").get_by_label("no base (root)").check()
    expect(opened).to_have_url(re.compile(r"/models\?license=llama2&relation=root$"))
    expect(opened.locator("#announced")).to_have_text(re.compile(r"^[\d,]+ models"))
    opened.get_by_role("searchbox", name="Search in this list").fill("llama")
    opened.keyboard.press("Enter")
    expect(opened).to_have_url(re.compile(r"q=llama"))
    names = opened.locator("td.lead-cell a.id").all_text_contents()
    assert names
    assert all("llama" in name.lower() for name in names)
    assert "=&" not in opened.url + "&"
    assert opened.evaluate("window.sameDocument")
    opened.get_by_role("link", name="licence llama2").click()
    expect(opened).to_have_url(re.compile(r"/models\?relation=root&q=llama$"))
    expect(opened.get_by_role("group", name="Licence").get_by_label("llama2")).not_to_be_checked()
    opened.go_back()
    expect(opened.get_by_role("group", name="Licence").get_by_label("llama2")).to_be_checked()


def test_the_tray_holds_models_of_any_page(opened: Page) -> None:
    opened.goto("/models")
    tray = opened.get_by_role("complementary", name="Selected models")
    expect(tray).to_be_hidden()
    opened.keyboard.press("j")
    opened.keyboard.press("x")
    opened.locator("input.pick").nth(2).click(modifiers=["Shift"])
    opened.goto("/author/google")
    expect(tray).to_contain_text(re.compile("[123] models? selected"))
    before = len(opened.evaluate("JSON.parse(localStorage.tray)"))
    box = opened.locator("input.pick:not(:checked)").first
    chosen = box.get_attribute("value") or ""
    box.check()
    held = opened.evaluate("JSON.parse(localStorage.tray)")
    assert (len(held), held[-1]) == (before + 1, chosen)
    link = tray.get_by_role("link", name="Network")
    assert (link.get_attribute("href") or "").count("m=") == len(held)
    tray.locator("summary").click()
    tray.get_by_role("button", name=f"Remove {chosen}").click()
    expect(opened.locator(f'input.pick[value="{chosen}"]')).not_to_be_checked()
    tray.get_by_role("button", name="Clear").click()
    expect(tray).to_be_hidden()


def test_narrow_the_filters_are_a_drawer(opened: Page) -> None:
    opened.set_viewport_size({"width": 360, "height": 800})
    opened.goto("/models?cols=rank,reach,self_ratio,publisher,languages")
    drawer = opened.locator(".drawer")
    expect(drawer.locator("form")).to_be_hidden()
    drawer.locator("summary").first.press("Enter")
    drawer.get_by_label("Safetensors").check()
    expect(drawer.locator("summary").first).to_contain_text("(1)")
    expect(opened.get_by_role("link", name="files Safetensors")).to_be_visible()
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
