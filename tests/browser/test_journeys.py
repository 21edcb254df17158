"""What people come for, from the first page to the answer, with the clicks that it takes.

Typing and the Enter key are no clicks. Neo4j Browser's part is in `test_neo4j_browser.py`.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from graph.answers.reports import catalogue

GEMMA = "google/gemma-7b"


class Visitor:
    """A person with a browser, whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def link(self, name: str | re.Pattern[str], within: str = "main") -> None:
        self.click(self.page.locator(within).get_by_role("link", name=name).first)

    def tick(self, group: str, value: str) -> None:
        box = f'input[value="{value}"]'
        self.click(self.page.get_by_role("group", name=group).locator(box))
        expect(self.page.get_by_role("link", name=f"{group.lower()} {value}")).to_be_visible()

    def search(self, text: str) -> None:
        self.page.keyboard.press("/")
        self.page.keyboard.type(text)
        self.page.get_by_role("option").first.wait_for()
        self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/model/**")

    def drawn(self) -> None:
        self.page.wait_for_selector("html[data-drawn]", state="attached")


@pytest.fixture
def visitor(browser: Browser, live_url: str) -> Iterator[Visitor]:
    """On the first page; at the end nothing may have been written to the console."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, base_url=live_url, reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/")
    yield Visitor(page)
    context.close()
    assert said == []


def test_a_model_and_its_roots(visitor: Visitor) -> None:
    visitor.search("gemma-7b-it")
    roots = visitor.page.locator("#ancestry ol.plain li").first
    expect(roots).to_contain_text(GEMMA)
    assert visitor.clicks == 0


def test_a_base_for_a_product(visitor: Visitor) -> None:
    visitor.link("Models", "nav.areas")
    visitor.tick("Licence", "apache-2.0")
    visitor.click(visitor.page.locator("td.lead-cell a.id").first)
    visitor.link("May I use it?")
    visitor.page.wait_for_url("**/licence/**")
    expect(visitor.page.locator("main")).to_contain_text("apache-2.0")
    assert visitor.clicks == 4


def test_what_breaks_if_a_model_goes(visitor: Visitor) -> None:
    visitor.search(GEMMA)
    visitor.link("What breaks if it goes?")
    expect(visitor.page.locator("main")).to_contain_text("3,564")
    assert visitor.clicks == 1


def test_the_network_of_the_first_of_a_task(visitor: Visitor) -> None:
    visitor.link("Models", "nav.areas")
    visitor.tick("Task", "text-generation")
    form = visitor.page.get_by_role("form", name="Network of the first")
    form.get_by_role("spinbutton").fill("5")
    visitor.click(form.get_by_role("button"))
    visitor.drawn()
    expect(visitor.page).to_have_url(re.compile("task=text-generation.*top=5|top=5.*task="))
    assert visitor.clicks == 3


def test_some_models_ticked_and_drawn(visitor: Visitor) -> None:
    visitor.link("Models", "nav.areas")
    for place in range(2):
        visitor.click(visitor.page.locator("input.pick").nth(place))
    visitor.click(visitor.page.get_by_role("complementary").get_by_role("link", name="Network"))
    visitor.drawn()
    assert visitor.page.url.count("m=") == 2
    assert visitor.clicks == 4


@pytest.mark.parametrize(("view", "words"), [("authors", "authors"), ("orgs", "organizations")])
def test_a_network_by_author(visitor: Visitor, view: str, words: str) -> None:
    visitor.search(GEMMA)
    visitor.link("Network")
    visitor.drawn()
    visitor.page.locator("select[name=view]").select_option(view)
    visitor.clicks += 1
    visitor.page.wait_for_url(f"**view={view}**")
    visitor.drawn()
    expect(visitor.page.locator("select[name=view] option:checked")).to_contain_text(words)
    assert visitor.clicks == 2


def test_a_view_is_shared_by_its_address(visitor: Visitor, browser: Browser) -> None:
    visitor.search(GEMMA)
    visitor.link("Network")
    visitor.drawn()
    visitor.click(visitor.page.get_by_role("button", name=re.compile("adapters")))
    visitor.drawn()
    address = visitor.page.url
    other = browser.new_context().new_page()
    other.goto(address)
    other.wait_for_selector("html[data-drawn]", state="attached")
    shown = "canvas[tabindex]"
    assert other.get_attribute(shown, "aria-label") == visitor.page.get_attribute(
        shown, "aria-label"
    )
    expect(other.get_by_role("button", name=re.compile("adapters"))).to_contain_text("left out")
    other.context.close()
    assert visitor.clicks == 2


def test_what_changed_in_the_last_week(visitor: Visitor) -> None:
    visitor.link("Changes", "nav.areas")
    visitor.link("Last 7 days")
    visitor.page.wait_for_url("**/changes?**")
    expect(visitor.page.get_by_role("link", name="Last 7 days")).to_have_attribute(
        "aria-current", "true"
    )
    assert visitor.clicks == 2


def test_a_report_with_parameters(visitor: Visitor) -> None:
    visitor.link("Reports", "nav.areas")
    visitor.link(catalogue()["lineage-up"].title)
    field = visitor.page.get_by_role("main").get_by_role("combobox").first
    field.fill("google/gemma-7b-it")
    field.press("Escape")
    field.press("Enter")
    visitor.page.wait_for_url("**gemma-7b-it**")
    expect(visitor.page.locator("main table").first).to_contain_text(GEMMA)
    assert visitor.clicks == 2


def test_to_the_hub(visitor: Visitor) -> None:
    visitor.search(GEMMA)
    out = visitor.page.get_by_role("link", name="On the Hub").first
    assert (out.get_attribute("href") or "").endswith(f"/{GEMMA}")
    assert "noreferrer" in (out.get_attribute("rel") or "")
    assert visitor.clicks == 0, "one more leads there"
