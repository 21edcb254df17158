"""The files that browsers are given."""

import gzip
import re
from pathlib import Path

import pytest

from graph.settings import Settings
from webapp import create_app

STATIC = Path(__file__).parents[2] / "webapp" / "static"
TEMPLATES = STATIC.parent / "templates"


def _zipped(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names)


def test_style_and_scripts_stay_within_their_budgets() -> None:
    assert _zipped("app.css") <= 14 * 1024
    assert _zipped("app.js", "theme.js") <= 12 * 1024
    shared = re.findall(r'"(network/\w+)"', (TEMPLATES / "map.html").read_text())
    own = [path.relative_to(STATIC).as_posix() for path in (STATIC / "map").glob("*.js")]
    assert len(shared) >= 3
    assert _zipped(*own, *(f"{name}.js" for name in shared)) <= 20 * 1024


def test_both_ways_to_the_dark_theme_have_the_same_colours() -> None:
    css = (STATIC / "app.css").read_text()
    blocks = re.findall(r"\{\s*color-scheme: dark;(.*?)\}", css, re.DOTALL)
    assert len(blocks) == 2
    chosen, system = (re.findall(r"--[\w-]+: [^;]+;", block) for block in blocks)
    assert chosen == system
    light = re.search(r":root \{\s*color-scheme: light;(.*?)\}", css, re.DOTALL)
    assert light is not None
    names = re.findall(r"(--[\w-]+):", light[1])
    assert [item.split(":")[0] for item in chosen] == names


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_holds_what_the_content_security_policy_refuses(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son\w+=|javascript:|<style", text)
    assert not re.search(r"""<script(?![^>]*\s(src=|type="application/json"))""", text)
    assert "| safe" not in text
    assert not re.search(r'(src|href)="(https?:)?//', text)


def test_every_directive_of_the_content_security_policy() -> None:
    with create_app(Settings()).test_client().get("/static/app.css") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert dict(directive.split(" ", 1) for directive in policy.split("; ")) == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
        "img-src": "'self' data: blob:", "connect-src": "'self'", "font-src": "'self'",
        "worker-src": "'self'", "base-uri": "'none'", "form-action": "'self'",
        "frame-ancestors": "'none'",
    }  # fmt: skip


@pytest.mark.parametrize(("accepted", "used"), [("gzip, deflate, br, zstd", "zstd"), ("br", "br"),
                                                ("gzip", "gzip"), ("identity", None)])  # fmt: skip
def test_answers_are_compressed_as_the_client_accepts(accepted: str, used: str | None) -> None:
    client = create_app(Settings()).test_client()
    asked = {"Accept-Encoding": accepted}
    with client.get("/static/app.css", headers=asked) as answer:
        assert answer.headers.get("Content-Encoding") == used
        assert "Accept-Encoding" in answer.headers["Vary"]
        asked["If-None-Match"] = answer.headers["ETag"]
    with client.get("/static/app.css", headers=asked) as again:
        assert (again.status_code, again.data) == (304, b"")
