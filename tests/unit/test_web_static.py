"""The files that browsers are given, and the query files that lists are read with."""

import gzip
import re
from pathlib import Path

import pytest

from graph.answers.fragments import CYPHER
from graph.schema import MODEL
from webapp.pages.leaderboard import SORTS

STATIC = Path(__file__).parents[2] / "webapp" / "static"
TEMPLATES = STATIC.parent / "templates"


def _zipped(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names)


def test_style_and_scripts_stay_within_their_budgets() -> None:
    assert _zipped("app.css") <= 14 * 1024
    assert _zipped("app.js", "theme.js") <= 12 * 1024


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


def _body(name: str) -> str:
    text = (CYPHER / "explorer" / f"{name}.cypher").read_text()
    return text[text.index("CALL () {") :]


@pytest.mark.parametrize("ending", ["", "-ascending"])
@pytest.mark.parametrize("sort", SORTS)
def test_the_files_of_the_orders_differ_in_their_key_alone(sort: str, ending: str) -> None:
    assert _order(sort, ending) == _order("likes", ending)
    assert _columns(sort, ending) == _columns("likes", ending)


def _order(sort: str, ending: str) -> str:
    """The query without its columns, the sort key replaced."""
    text, key = _body(f"models-by-{sort}{ending}"), SORTS[sort].key
    text = text.replace(_columns(sort, ending), "").replace("datetime($value)", "$value")
    return text.replace(f"model.{key}", "model.KEY").replace(f"({key}, id)", "(KEY, id)")


def _columns(sort: str, ending: str) -> str:
    text = _body(f"models-by-{sort}{ending}")
    return text[text.index("model {.id") : text.index("AS author_kind")]


@pytest.mark.parametrize("sort", SORTS)
def test_ascending_is_descending_turned_round(sort: str) -> None:
    down = _body(f"models-by-{sort}")
    up = _body(f"models-by-{sort}-ascending")
    assert down.replace(" DESC", "").replace(" < ", " > ") == up


def test_every_order_has_an_index_that_serves_it() -> None:
    assert {sort.key for sort in SORTS.values()} == set(MODEL.sorted_by)
