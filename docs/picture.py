"""Take the README's picture of the network page: `python -m docs.picture ADDRESS`.

ADDRESS is that of a web app with the bundled sample, such as the one of `hubgraph demo`.
"""

import sys

from playwright.sync_api import sync_playwright

from docs.generate import HERE

PAGE = "/graph?m=google/gemma-7b&n=100"


def take(address: str, executable: str | None = None) -> None:
    """Photograph the page in its light theme, as drawn after the last animation."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": 1440, "height": 900}, color_scheme="light", reduced_motion="reduce"
        )
        page.goto(address.rstrip("/") + PAGE)
        page.wait_for_selector("html[data-drawn]", state="attached")
        page.screenshot(path=HERE / "images" / "network.png")
        browser.close()


if __name__ == "__main__":
    take(*sys.argv[1:])
