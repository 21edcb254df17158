"""The map in a real browser: dots are found where they are, filters count as the server does."""

import re
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, Page, Route, expect

from tests.progress import wait_until

PICKED = """async (dots) => {
  const { painter } = document.getElementById("map-page").map;
  const wrong = [];
  for (const { dot, x, y } of dots) {
    const found = await painter.ask("pick", { ...painter.toSteps({ x, y }), near: 1 });
    if (found.dot !== dot) wrong.push([dot, found.dot]);
  }
  return wrong;
}"""


def opened(browser: Browser, url: str, said: list[str]) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    page.wait_for_selector("html[data-drawn]", state="attached")
    return page


@pytest.mark.parametrize("answered", [True, False])
def test_tab_waits_for_the_families_and_never_for_ever(
    browser: Browser, live_url: str, answered: bool
) -> None:
    """Who presses Tab before they have come stays on the map, and leaves it if none come."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/map/islands", hold)
    page.goto(f"{live_url}/map")
    page.wait_for_selector("html[data-drawn]", state="attached")
    canvas = page.locator("canvas[tabindex]")
    canvas.focus()
    page.keyboard.press("Tab")
    expect(canvas).to_be_focused()
    expect(page.locator(".live")).to_be_empty()
    (asked,) = held
    if answered:
        asked.continue_()
        expect(page.locator(".live")).to_contain_text("google/gemma-7b, a family of")
    else:
        asked.fulfill(status=500, body="")
        started = "document.getElementById('map-page').map.state.started"
        wait_until(lambda: bool(page.evaluate(started)))
        page.keyboard.press("Tab")
        expect(canvas).not_to_be_focused()
    page.close()


def test_the_map_is_explored_by_keyboard_filtered_and_found_again(
    browser: Browser, live_url: str
) -> None:
    said: list[str] = []
    page = opened(browser, f"{live_url}/map", said)
    canvas = page.locator("canvas[tabindex]")
    canvas.focus()
    page.keyboard.press("Tab")
    expect(page.locator(".live")).to_contain_text("google/gemma-7b, a family of")
    page.keyboard.press("Enter")
    expect(page.locator(".side h2").first).to_have_text("google/gemma-7b")
    page.keyboard.press("+")

    page.get_by_label("adapters").uncheck()
    page.locator("select[name=task]").select_option("text-generation")
    page.locator("select[name=from]").select_option("2024-01")
    expect(page.locator(".summary .shown")).to_contain_text(" of ")
    asked = f"{live_url}/api/v1/map?{urlsplit(page.url).query}"
    shown = requests.get(asked, timeout=60).json()["data"]["shown"]
    expect(page.locator(".summary .shown")).to_contain_text(f"{shown:,} of ")

    page.wait_for_url("**at=**")
    seen = page.evaluate("document.getElementById('map-page').map.frame()")
    again = opened(browser, page.url, said)
    expect(again.locator(".side h2").first).to_have_text("google/gemma-7b")
    expect(again.locator(".summary .shown")).to_contain_text(f"{shown:,} of ")
    expect(again.get_by_label("adapters")).not_to_be_checked()
    assert again.evaluate("document.getElementById('map-page').map.frame()") == seen

    again.get_by_label("merges between families").check()
    again.locator("select[name=color]").select_option("verdict")
    again.wait_for_url("**bridges=true**")
    expect(again.locator(".tick output")).to_have_text(re.compile("^[0-9]"))
    expect(again.locator(".legend-list")).to_contain_text("no base, or not compared")
    for _ in range(4):
        again.get_by_role("button", name="Zoom in").click()
    expect(again.locator(".mini")).to_be_visible()
    inside = "[...document.querySelectorAll('.mini, .mini i')].map((e) => e.offsetWidth)"
    whole, seen_part = again.evaluate(inside)
    assert 0 < seen_part < whole

    wanted = ",".join(str(dot * 67) for dot in range(200))
    ids = requests.get(f"{live_url}/api/v1/map/names?dots={wanted}", timeout=60).json()
    dots = [
        requests.get(f"{live_url}/api/v1/map/place", params={"m": id_}, timeout=60).json()["data"]
        for id_ in ids["data"]["ids"][:20]
    ]
    assert [one["model"]["dot"] for one in dots] == [dot * 67 for dot in range(20)]
    assert again.evaluate(PICKED, [one["model"] for one in dots]) == []

    again.keyboard.press("Escape")
    again.get_by_role("link", name="List").click()
    expect(again.locator("#list")).to_be_visible()
    expect(again.locator("#drawing")).to_be_hidden()
    assert said == []
    page.context.close()
    again.context.close()
