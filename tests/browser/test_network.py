"""The network page in a real browser: drawn quickly, walked by keys, in step with its table."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.progress import wait_until

GEMMA = "/graph?m=google/gemma-7b"
SOON_MS = 10_000
"""How quick it is on a quiet machine is no question for a test."""
CANVAS = "canvas[tabindex]"

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, live_url: str) -> Iterator[Open]:
    """Opens a page of the site; at the end nothing may have been written to its console."""
    contexts = []
    said: list[str] = []

    def open_(path: str, *, width: int = 1440, scheme: str = "light", wait: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(live_url + path)
        if wait:
            page.wait_for_selector("html[data-drawn]", state="attached")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert said == []


def ink(page: Page) -> int:
    """How many pixels of the drawing differ from its background."""
    return int(
        page.evaluate(
            """() => {
                const canvas = document.querySelector(".stage canvas");
                const { data } = canvas.getContext("2d")
                  .getImageData(0, 0, canvas.width, canvas.height);
                let count = 0;
                for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
                return count;
            }"""
        )
    )


def test_gemma_is_drawn_in_time_in_both_themes(opened: Open) -> None:
    opened(GEMMA)
    taken = []
    for scheme in ("light", "dark"):
        page = opened(GEMMA, scheme=scheme)
        taken.append(int(page.evaluate("document.documentElement.dataset.drawn")))
        assert ink(page) > 5_000
        root = page.evaluate(
            "getComputedStyle(document.documentElement).getPropertyValue('--text')"
        )
        assert (
            page.evaluate("document.getElementById('network-page').network.painter.tokens.text")
            == root
        )
    page.locator("button.theme").click()
    light = page.evaluate("document.getElementById('network-page').network.painter.tokens.text")
    assert light != root
    assert min(taken) < SOON_MS


def test_the_keyboard_walks_from_the_start_to_a_child_and_selects_it(opened: Open) -> None:
    page = opened(GEMMA)
    canvas = page.locator(CANVAS)
    expect(canvas).to_have_attribute(
        "aria-label", "Network of 252 models, 251 links and 12 bubbles"
    )
    canvas.focus()
    live = page.locator(".live")
    expect(live).to_contain_text("google/gemma-7b; no base")
    page.keyboard.press("ArrowDown")
    expect(live).not_to_contain_text("google/gemma-7b; no base")
    first = live.inner_text()
    page.keyboard.press("ArrowRight")
    expect(live).not_to_have_text(first)
    page.keyboard.press("ArrowLeft")
    expect(live).to_have_text(first)
    page.keyboard.press("Enter")
    expect(page.locator(".side h2")).to_have_text(first.split(";")[0])
    assert "sel=" in page.url
    page.keyboard.press("ArrowUp")
    expect(live).to_contain_text("google/gemma-7b; no base")
    page.keyboard.press("p")
    expect(live).to_contain_text("Choose the model to which the way from google/gemma-7b leads")
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator(".side h2")).to_have_text("How to read it")
    canvas.focus()
    page.keyboard.press("t")
    expect(page.locator("#table")).to_be_visible()


def test_a_bubble_lists_the_next_ones(opened: Open) -> None:
    page = opened(GEMMA + "&sel=google/gemma-7b~adapter")
    expect(page.locator(".side h2")).to_contain_text("adapters")
    expect(page.locator(".side .next li")).to_have_count(50)
    page.get_by_role("link", name="Draw more of all").click()
    page.wait_for_url("**n=300**")
    expect(page.get_by_label("Children", exact=True)).to_have_value("300")


def test_a_relation_is_switched_off_and_on(opened: Open) -> None:
    page = opened(GEMMA)
    page.get_by_role("button", name="adapters").click()
    page.wait_for_url("**rel=F%2CM%2CQ")
    button = page.get_by_role("button", name="adapters")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_contain_text("left out")
    button.click()
    expect(page.get_by_role("button", name="adapters")).to_have_attribute("aria-pressed", "true")


def test_a_click_selects_and_the_wheel_zooms(opened: Open) -> None:
    page = opened(GEMMA)
    box = page.locator(CANVAS).bounding_box()
    assert box is not None
    x, y = page.evaluate(
        """() => {
            const { scene } = document.getElementById("network-page").network;
            const item = scene.byKey.get("google/gemma-7b-it");
            return [item.px, item.py];
        }"""
    )
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page.locator(".side h2")).to_have_text("google/gemma-7b-it")
    zoom = "document.getElementById('network-page').network.camera.k"
    before = page.evaluate(zoom)
    page.mouse.wheel(0, -400)
    wait_until(lambda: page.evaluate(zoom) > before)
    page.get_by_role("button", name="Show all").click()
    wait_until(lambda: page.evaluate(zoom) == pytest.approx(before, abs=1e-6))


def test_the_table_is_read_when_asked_for_and_holds_what_the_drawing_holds(opened: Open) -> None:
    page = opened(GEMMA, wait=False)
    expect(page.locator("#table tbody tr")).to_have_count(0)
    page.get_by_role("link", name="Table 252").click()
    expect(page.locator("#table tbody tr")).to_have_count(250)
    names = page.locator("#table tbody th .id").all_inner_texts()
    made = page.locator("#table tbody td:nth-child(2) .made").count()
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#table tbody tr")).to_have_count(2)
    names += page.locator("#table tbody th .id").all_inner_texts()
    made += page.locator("#table tbody td:nth-child(2) .made").count()
    data = page.request.get(page.url.split("#")[0].replace("/graph", "/api/v1/graph")).json()
    assert ["".join(name.split()) for name in names] == data["data"]["nodes"]["id"]
    assert made == len(data["data"]["edges"]["s"])


NETWORK = "document.getElementById('network-page').network"


def place(page: Page, key: str) -> tuple[float, float]:
    """Where an item is drawn, on the page."""
    box = page.locator(CANVAS).bounding_box()
    assert box is not None
    at = f"k => (({{ px, py }}) => [px, py])({NETWORK}.scene.byKey.get(k))"
    x, y = page.evaluate(at, key)
    return box["x"] + x, box["y"] + y


def test_what_was_done_to_a_drawing_is_in_its_address(opened: Open) -> None:
    page = opened(GEMMA)
    items = f"{NETWORK}.scene.items"
    count = page.evaluate(f"{items}.length")
    x, y = place(page, "google/gemma-7b-it")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 60, steps=4)
    page.mouse.up()
    page.wait_for_url("**pin=*")
    page.mouse.click(*place(page, "google/gemma-7b~adapter"))
    expect(page.locator(".side h2")).to_have_text("+2,999 adapters")
    page.get_by_role("button", name="Draw 50 here").click()
    expect(page.locator(".side h2")).to_have_text("+2,949 adapters")
    assert page.evaluate(f"{items}.length") == count + 50
    page.get_by_label("Colour by").select_option("task")
    page.get_by_role("button", name="text-generation").click()
    state = f"""(() => {{
        const {{ scene, painter, camera }} = {NETWORK};
        return [scene.items.length, painter.way, camera.k.toFixed(2),
          ...scene.items.filter(i => i.hidden || i.pinned)
            .map(i => [i.key, Math.round(i.x), Math.round(i.y)])];
    }})()"""
    off = ".groups button[aria-pressed=false]"
    expect(page.locator(off)).to_have_count(1)
    page.wait_for_timeout(400)  # the camera's place is written once it rests
    before = page.evaluate(state)
    again = opened("/" + page.url.split("/", 3)[3])
    expect(again.locator(".side h2")).to_have_text("+2,949 adapters")
    expect(again.locator(off)).to_have_count(1)
    assert again.evaluate(state) == before
    page.go_back()
    expect(page.locator(off)).to_have_count(0)
    expect(page.get_by_label("Colour by")).to_have_value("task")


def test_a_search_within_the_drawing_goes_from_one_to_the_next(opened: Open) -> None:
    page = opened(GEMMA)
    page.locator(CANVAS).focus()
    page.keyboard.press("f")
    page.keyboard.type("gemma-7b-it")
    said = page.locator("form.inside [role=status]")
    expect(said).to_contain_text("found")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("1 of ")
    expect(page.locator(".live")).to_contain_text("gemma-7b-it")
    page.get_by_label("Find in this network").fill("no such model")
    expect(page.get_by_role("link", name="Search the whole graph")).to_be_visible()


def test_a_shape_drawn_around_models_selects_them_and_so_do_keys(opened: Open) -> None:
    page = opened(GEMMA)
    places = [place(page, key) for key in ("google/gemma-7b", "google/gemma-7b-it")]
    (left, top), (right, bottom) = (
        (side([x for x, _ in places]) + by, side([y for _, y in places]) + by)
        for side, by in ((min, -8), (max, 8))
    )
    page.keyboard.down("Shift")
    page.mouse.move(left, top)
    page.mouse.down()
    for corner in ((right, top), (right, bottom), (left, bottom)):
        page.mouse.move(*corner)
    page.mouse.up()
    page.keyboard.up("Shift")
    title = page.locator(".side h2")
    expect(title).to_contain_text("models")
    found = page.evaluate(f"{NETWORK}.painter.several.map((i) => i.key)")
    assert {"google/gemma-7b", "google/gemma-7b-it"} <= set(found)
    again = opened("/graph?m=google/gemma-7b&sel=google/gemma-7b&sel=google/gemma-7b-it")
    title = again.locator(".side h2")
    expect(title).to_have_text("2 models")
    expect(again.locator(".side")).to_contain_text("Links among them")
    again.get_by_role("link", name="Compare").click()
    again.wait_for_url("**/compare?m=google%2Fgemma-7b&m=google%2Fgemma-7b-it")
    again.go_back()
    again.wait_for_selector("html[data-drawn]", state="attached")
    again.locator(CANVAS).focus()
    again.keyboard.press("x")
    expect(title).to_have_text("google/gemma-7b-it")
    again.keyboard.press("Home")
    again.keyboard.press("a")
    expect(title).to_contain_text("252 models, 12 bubbles")
    again.get_by_role("button", name="to the tray").click()
    expect(again.locator(".tray")).to_contain_text("50 models selected")


def test_authors_have_a_panel_with_what_they_derive(opened: Open) -> None:
    page = opened(GEMMA + "&view=authors&sel=@google")
    expect(page.locator(".side h2")).to_have_text("google")
    expect(page.locator(".side")).to_contain_text("models in this network")
    assert page.locator(".side .next li").count() > 10


@pytest.mark.parametrize("form", ["PNG", "SVG"])
def test_the_drawing_is_saved_as_a_picture(opened: Open, form: str) -> None:
    page = opened(GEMMA)
    page.get_by_text("Export").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name=form).click()
    content = saved.value.path().read_bytes()
    if form == "PNG":
        assert content.startswith(b"\x89PNG")
        return
    written = re.findall("<text[^>]*>([^<]*)</text>", content.decode())
    assert {"+2,999", "gemma-7b-it"} <= set(written)


def test_a_narrow_screen_opens_on_the_table(opened: Open) -> None:
    page = opened(GEMMA, width=360, wait=False)
    expect(page.locator("#table")).to_be_visible()
    expect(page.locator("#drawing")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Show drawing").click()
    page.wait_for_selector("html[data-drawn]", state="attached")
    assert ink(page) > 2_000
