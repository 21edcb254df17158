"""The pages in a real browser: quiet console, nothing sent elsewhere, narrow, by keyboard, axe."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from webapp.pages import declared

PATHS = [url for made in declared() if made.template for url in made.examples[:2]]
PATHS += ["/map?color=publisher", "/model/GianlucaMondillo/BioTakuya", "/model/google/gema-7b"]
"""Of each page what is typical, another colour of the map, a merge, and what is missing."""


class _Visitor:
    """A page with everything it said and asked for."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.said: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme != "data" and urlsplit(url).netloc != urlsplit(self.url).netloc:
            self.elsewhere.append(url)

    def go(self, path: str) -> None:
        self.page.goto(self.url + path, wait_until="networkidle")


@pytest.fixture
def visitor(browser_page: Page, live_url: str) -> _Visitor:
    return _Visitor(browser_page, live_url)


def _faults(page: Page, *rules: str) -> list[str]:
    """What axe finds, by all rules or some, once every colour has come to rest."""
    page.evaluate("Promise.all(document.getAnimations().map(a => a.finished))")
    options = {"resultTypes": ["violations"]} | ({"runOnly": [*rules]} if rules else {})
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{fault['id']}: {', '.join(str(node['target']) for node in fault['nodes'][:4])}"
        for fault in found
    ]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_quiet_narrow_and_accessible_in_both_themes(visitor: _Visitor, path: str) -> None:
    visitor.go(path)
    for width in (768, 320, 360, 1440):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert _faults(visitor.page) == []
    visitor.page.click("button.theme")
    assert visitor.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert _faults(visitor.page, "color-contrast") == []
    assert [text for text in visitor.said if "404 (NOT FOUND)" not in text] == []
    assert visitor.elsewhere == []


def test_a_narrow_page_is_accessible(visitor: _Visitor) -> None:
    visitor.page.set_viewport_size({"width": 360, "height": 800})
    visitor.go(PATHS[-1])
    assert _faults(visitor.page) == []


def test_the_search_suggests_by_keyboard(visitor: _Visitor) -> None:
    visitor.go("/about")
    page = visitor.page
    page.keyboard.press("/")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type("gemma-7b")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("google/gemma-7b")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert _faults(page) == []
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/model/google/gemma-7b$"))
    assert visitor.said == []


@pytest.mark.parametrize(
    ("path", "field_name", "asked"),
    [
        ("/reports/lineage-up", "model", "model=google%2Fgemma-7b-it"),
        ("/compare?m=google/gemma-7b", "Add a model", "m=google%2Fgemma-7b-it"),
    ],
    ids=["report", "compare"],
)
def test_forms_suggest_ids(visitor: _Visitor, path: str, field_name: str, asked: str) -> None:
    visitor.go(path)
    field = visitor.page.get_by_role("main").get_by_role("combobox", name=field_name)
    field.fill("gemma-7b-i")
    expect(visitor.page.get_by_role("option").first).to_contain_text("google/gemma-7b-it")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("google/gemma-7b-it")
    assert _faults(visitor.page) == []
    field.press("Enter")
    visitor.page.wait_for_url(re.compile(f"{asked}$|{asked}&"))


def test_the_first_tab_skips_to_the_content(visitor: _Visitor) -> None:
    visitor.go("/models")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator(".skip")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("main")).to_be_focused()


def test_the_theme_is_kept_and_follows_the_system_until_chosen(
    browser: Browser, live_url: str
) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(live_url + "/about")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("button.theme")
    page.goto(live_url + "/reports")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark, light) == ("rgb(13, 17, 23)", "rgb(244, 245, 248)")
    context.close()


@pytest.fixture
def without_scripts(browser: Browser, live_url: str) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, base_url=live_url)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def test_everything_works_without_scripts(without_scripts: Page) -> None:
    page = without_scripts
    page.goto("/")
    page.fill("input[name=q]", "gemma-7b")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="google/gemma-7b", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("google/gemma-7b")
    page.get_by_role("link", name=re.compile("^quantizations")).click()
    expect(page.locator("#derivatives table")).to_contain_text("quantization")
    page.get_by_role("link", name="Models", exact=True).click()
    page.select_option("select[name=sort]", "likes")
    page.get_by_role("button", name="Sort").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Models by likes")
    page.get_by_role("link", name="Next →").click()
    expect(page.locator("td.rank").first).to_have_text("51")
    page.get_by_role("link", name="← Previous").click()
    expect(page.locator("td.rank").first).to_have_text("1")
    page.goto("/reports/top-models")
    page.fill("input[name=limit]", "3")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", name=re.compile(r"^3 of \d+ rows$"))).to_be_visible()
    page.get_by_text("The Cypher behind this page").click()
