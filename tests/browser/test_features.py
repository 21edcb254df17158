"""What the earlier explorer's manual offers, feature by feature, in a real browser.

docs/web.md has a table with the same features: a test compares them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from docs.generate import HERE
from graph.schema import RELATION
from tests.progress import wait_until

GEMMA = "google/gemma-7b"
NETWORK = "document.getElementById('network-page').network"
FEATURES: dict[str, Callable[[Page], None]] = {}


def feature(words: str) -> Callable[[Callable[[Page], None]], Callable[[Page], None]]:
    def declared(walked: Callable[[Page], None]) -> Callable[[Page], None]:
        FEATURES[words] = walked
        return walked

    return declared


@dataclass
class Visitor:
    """Somebody's page, and what was written to its console."""

    page: Page
    said: list[str]


@pytest.fixture
def visitor(browser: Browser, live_url: str) -> Iterator[Visitor]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, base_url=live_url, reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    found = Visitor(context.new_page(), [])
    found.page.on("console", lambda message: found.said.append(message.text))
    found.page.on("pageerror", lambda error: found.said.append(str(error)))
    yield found
    context.close()


def drawn(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-drawn]", state="attached")


def count(page: Page, what: str) -> int:
    return int(page.evaluate(f"{NETWORK}.scene.items.filter((one) => {what}).length"))


def place_of(page: Page, key: str) -> tuple[float, float]:
    box = page.locator("canvas[tabindex]").bounding_box()
    assert box is not None
    x, y = page.evaluate(f"(({{ px, py }}) => [px, py])({NETWORK}.scene.byKey.get('{key}'))")
    return box["x"] + x, box["y"] + y


def card(page: Page, name: str) -> Locator:
    return page.locator(f"#{name}")


@feature("Links from the first page to every part")
def _(page: Page) -> None:
    page.goto("/")
    for area in ("Models", "Network", "Map", "Dashboard", "Reports"):
        expect(page.locator("nav.areas").get_by_role("link", name=area)).to_be_visible()


@feature("Models in order: filter")
def _(page: Page) -> None:
    page.goto("/models")
    page.get_by_role("group", name="Task").locator('input[value="text-generation"]').click()
    expect(page).to_have_url(re.compile("task=text-generation"))
    expect(page.get_by_role("link", name="task text-generation")).to_be_visible()


@feature("Models in order: sort")
def _(page: Page) -> None:
    page.goto("/models")
    page.get_by_role("form", name="Order").locator("select[name=sort]").select_option("downloads")
    expect(page.get_by_role("heading", level=1)).to_contain_text("downloads")


@feature("Models in order: search by name")
def _(page: Page) -> None:
    page.goto("/models")
    field = page.get_by_role("searchbox", name="Search in this list")
    field.fill("gemma-7b")
    field.press("Enter")
    expect(page.locator("td.lead-cell").first).to_contain_text("gemma-7b")


@feature("Models in order: go to a position")
def _(page: Page) -> None:
    page.goto("/models")
    form = page.get_by_role("form", name="Go to a position")
    form.get_by_role("spinbutton").fill("40")
    form.get_by_role("spinbutton").press("Enter")
    expect(page.locator("td.rank").first).to_have_text("40")


@feature("Models in order: tick some and draw their network")
def _(page: Page) -> None:
    page.goto("/models")
    for number in range(2):
        page.locator("input.pick").nth(number).click()
    page.get_by_role("complementary").get_by_role("link", name="Network").click()
    page.wait_for_selector("html[data-drawn]", state="attached")
    assert page.url.count("m=") == 2
    assert count(page, "one.role === 'start'") == 2


@feature("Models in order: network of the first K")
def _(page: Page) -> None:
    page.goto("/models")
    form = page.get_by_role("form", name="Network of the first")
    form.get_by_role("spinbutton").fill("3")
    form.get_by_role("button").click()
    page.wait_for_selector("html[data-drawn]", state="attached")
    assert count(page, "one.role === 'start'") == 3


@feature("Models in order: look at one")
def _(page: Page) -> None:
    page.goto("/models")
    row = page.locator("td.lead-cell a.id").first
    id_ = row.inner_text()
    row.click()
    page.wait_for_url("**/model/**")
    expect(page.get_by_role("heading", level=1)).to_contain_text(id_.split("/")[-1])


@feature("A model on the Hub")
def _(page: Page) -> None:
    page.goto(f"/model/{GEMMA}")
    out = page.get_by_role("link", name="On the Hub").first
    assert (out.get_attribute("href") or "").endswith(f"/{GEMMA}")


@feature("Network: the most influential around a start")
def _(page: Page) -> None:
    drawn(page, f"/graph?m={GEMMA}")
    assert count(page, "one.role === 'rest'") > 0, "the others are counted in bubbles"


@feature("Network: all models")
def _(page: Page) -> None:
    drawn(page, "/graph?m=google/gemma-7b-it&view=full&up=0")
    assert count(page, "one.role === 'rest'") == 0


@feature("Network: authors")
def _(page: Page) -> None:
    drawn(page, f"/graph?m={GEMMA}&view=authors")
    expect(page.locator("select[name=view] option:checked")).to_contain_text("authors")


@feature("Network: organizations")
def _(page: Page) -> None:
    drawn(page, f"/graph?m={GEMMA}&view=orgs")
    expect(page.locator("select[name=view] option:checked")).to_contain_text("organizations")


def of_one_relation(page: Page, relation: str) -> None:
    drawn(page, f"/graph?m={GEMMA}&rel={RELATION[relation].letter}")
    made = "one.links.some((link) => link.child === one && link.relation"
    assert count(page, f"{made} === '{relation}')") > 1
    assert count(page, f"{made} !== '{relation}')") == 0


for _relation, _words in RELATION.items():
    feature(f"Network: {_words.plural} alone")(partial(of_one_relation, relation=_relation))


@feature("Network: of several models")
def _(page: Page) -> None:
    drawn(page, f"/graph?m={GEMMA}&m=meta-llama/Meta-Llama-3-8B")
    assert count(page, "one.role === 'start'") == 2


@feature("Network: details of what is selected, numbers shaded by size")
def _(page: Page) -> None:
    drawn(page, f"/graph?m={GEMMA}")
    page.mouse.click(*place_of(page, "google/gemma-7b-it"))
    expect(page.locator(".side h2").first).to_have_text("google/gemma-7b-it")
    expect(page.locator(".side [class*=shade]").first).to_be_visible()


@feature("Network: drag and zoom")
def _(page: Page) -> None:
    drawn(page, f"/graph?m={GEMMA}")
    before = page.evaluate(f"{NETWORK}.camera.k")
    x, y = place_of(page, "google/gemma-7b-it")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    moved = place_of(page, "google/gemma-7b-it")
    assert list(moved) == pytest.approx([x + 60, y + 40], abs=3)
    page.mouse.wheel(0, -400)
    wait_until(lambda: page.evaluate(f"{NETWORK}.camera.k") > before)


@feature("Network: links coloured by how models were made")
def _(page: Page) -> None:
    drawn(page, f"/graph?m={GEMMA}")
    samples = page.locator(".toggles svg.sample")
    colours = samples.evaluate_all("(all) => all.map((one) => getComputedStyle(one).stroke)")
    assert len(set(colours)) == len(colours) == 4


@feature("Dashboard: tasks, languages, licences, libraries")
def _(page: Page) -> None:
    page.goto("/dashboard")
    for name in ("task", "language", "license", "library"):
        expect(card(page, name).locator("a.bar-row").first).to_be_visible()


@feature("Dashboard: authors and kinds of authors")
def _(page: Page) -> None:
    page.goto("/dashboard?by=influence")
    for name in ("author", "publisher"):
        expect(card(page, name).locator("a.bar-row").first).to_be_visible()
    expect(card(page, "author")).to_contain_text("google")


@feature("Dashboard: by models, influence, downloads or likes")
def _(page: Page) -> None:
    page.goto("/dashboard")
    page.get_by_role("group", name="Measure").get_by_role("link", name="likes").click()
    expect(card(page, "task")).to_contain_text("ikes by task")


@feature("Dashboard: the ten best of a mark")
def _(page: Page) -> None:
    page.goto("/dashboard?by=downloads")
    card(page, "task").locator("a.bar-row").first.click()
    expect(page.locator(".opened ol.best li")).to_have_count(10)


@feature("Dashboard: tasks, authors and models as a treemap")
def _(page: Page) -> None:
    page.goto("/dashboard")
    for part in ("task=", "author="):
        card(page, "treemap").locator(f"svg.tiles a[href*='{part}']").first.click()
        expect(page).to_have_url(re.compile(part))
    expect(card(page, "treemap").get_by_role("link", name="All tasks")).to_be_visible()


@feature("Dashboard: bands of size")
def _(page: Page) -> None:
    page.goto("/dashboard")
    expect(card(page, "size").locator("a.bar-row").first).to_be_visible()
    expect(card(page, "spread")).to_contain_text("Median downloads")


@feature("Dashboard: what is missing")
def _(page: Page) -> None:
    page.goto("/dashboard")
    expect(card(page, "missing")).to_contain_text("license")


@feature("Dashboard: likes by downloads of tasks, in quadrants")
def _(page: Page) -> None:
    page.goto("/dashboard")
    expect(card(page, "popularity").locator("svg.plotted")).to_be_visible()
    expect(card(page, "popularity")).to_contain_text("medians")


@feature("An author at a glance")
def _(page: Page) -> None:
    page.goto("/author/google")
    expect(page.get_by_role("heading", level=1)).to_have_text("Google")
    expect(page.locator("main")).to_contain_text("gemma")


@pytest.mark.parametrize("words", FEATURES)
def test_it_is_here(visitor: Visitor, words: str) -> None:
    FEATURES[words](visitor.page)
    assert visitor.said == []


def test_the_table_has_the_same_features() -> None:
    text = (HERE / "web.md").read_text(encoding="utf-8")
    section = text.split("## From the earlier explorer", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (.+?) \|", section, re.MULTILINE)[1:]
    assert [row for row in rows if not row.startswith("Code projects")] == list(FEATURES)
