"""Text from the Hub is hostile: it appears as text, wherever it appears."""

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from graph.answers.parameters import properties
from graph.schema import MODEL, Type
from graph.settings import Settings
from graph.store.connection import Graph, Statement
from webapp import create_app
from webapp.pages import declared

EVIL = "<img src=x onerror=\"alert('1')\">{{7*7}}&amp;</script><script>alert(2)</script>"
FORMULA = "=HYPERLINK(1)"
OWNER = "own'er\"><svg onload=alert(3)>"
NAME = f"{OWNER}/{EVIL}"
NAMES = (NAME, FORMULA, OWNER, EVIL)


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.handlers: list[str] = []
        self.strange: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        values = dict(attrs)
        ours = str(values.get("src")).startswith("/static/")
        if tag == "script" and not ours and values.get("type") != "application/json":
            self.strange.append(tag)
        if tag in ("img", "svg") and values.get("src") == "x":
            self.strange.append(tag)


@pytest.fixture
def hostile(empty_graph: Graph, settings: Settings) -> FlaskClient:
    """A client on models whose every text is an attack."""
    texts = {
        item.name: EVIL
        for item in MODEL.properties
        if item.type is Type.STRING and item.name not in ("id", "id_folded", "relation")
    }
    lists = {item.name: [EVIL] for item in MODEL.properties if item.type is Type.STRINGS}
    base: dict[str, object] = {
        **texts, **lists, "id": NAME, "id_folded": NAME.lower(), "author": OWNER,
    }  # fmt: skip
    base |= {
        "influence": 1.0,
        "effective_descendants": 1.0,
        "influence_rank": 1,
        "descendants": 1,
        "known": True,
        "likes": 5,
    }
    child = base | {"id": FORMULA, "id_folded": FORMULA.lower(), "license": "+1", "task": "@x"}
    child |= {"name": FORMULA, "influence_rank": 2, "influence": 0.5}
    child |= {"effective_descendants": 0.5}
    empty_graph.write(
        Statement(
            "CREATE (m:Model) SET m = $base CREATE (c:Model) SET c = $child "
            "CREATE (a:Author {name: $owner, name_folded: toLower($owner), full_name: $evil, "
            "kind: $evil, organization_type: $evil, influence: 1.0, influence_rank: 1}) "
            "CREATE (a)-[:PUBLISHED]->(m) CREATE (a)-[:PUBLISHED]->(c) "
            "CREATE (c)-[:FINETUNE]->(m) CREATE (m)-[:MERGE {cut: 'cycle'}]->(c) "
            "CREATE (:Run {id: 'x', kind: $evil, source: $evil, status: $evil, counts: $evil, "
            "settings: $evil, started_at: datetime()})",
            {"base": base, "child": child, "owner": OWNER, "evil": EVIL},
        )
    )
    return create_app(settings, graph=empty_graph).test_client()


def _paths() -> Iterator[str]:
    """Every page about the attacking names, and with an attack in each of its parameters."""
    for made in declared():
        if made.template is None:
            continue
        paths = [re.sub("<[^>]+>", quote(name, safe="/"), made.rule) for name in NAMES]
        yield from dict.fromkeys(paths)
        yield from (
            f"{paths[0]}?{name}={quote(text)}"
            for name in properties(made.parameters)
            for text in (EVIL, "img")
        )
    for report in ("top-models?limit=", "lineage-down?model="):
        yield from (f"/reports/{report}{quote(text, safe='/')}" for text in (EVIL, NAME))
    yield "/models?sort=likes&task=" + quote(EVIL)
    yield "/model/" + quote("no/" + EVIL)


def test_it_is_text_on_every_page(hostile: FlaskClient) -> None:
    shown = 0
    for path in _paths():
        answer = hostile.get(path)
        assert answer.status_code in (200, 302, 400, 404), path
        tags = _Tags(answer.text)
        assert tags.handlers == [], path
        assert tags.strange == [], path
        assert "<img src=x" not in answer.text, path
        assert "49&amp;" not in answer.text
        shown += "&lt;img src=x" in answer.text
    assert shown >= 20


def test_it_is_data_in_json(hostile: FlaskClient) -> None:
    body = hostile.get("/api/v1/model/" + quote(NAME, safe="/"))
    assert body.mimetype == "application/json"
    data = body.get_json()["data"]
    assert (data["model"]["id"], data["facts"]["languages"]) == (NAME, [EVIL])
    assert data["ancestry"]["paths"][0][-1]["end"] == "cycle"
    assert hostile.get(body.get_json()["links"]["html"]).status_code == 200


def test_no_spreadsheet_runs_it(hostile: FlaskClient) -> None:
    text = hostile.get("/api/v1/models?format=csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == [NAME, f"'{FORMULA}"]
    assert (rows[1]["license"], rows[1]["task"]) == ("'+1", "'@x")
    for cell in (cell for row in rows for cell in row.values()):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_file_name_cannot_break_the_header(hostile: FlaskClient) -> None:
    answer = hostile.get("/api/v1/model/" + quote(NAME, safe="/") + "?format=csv")
    named = answer.headers["Content-Disposition"]
    assert set(named.removeprefix('attachment; filename="').removesuffix('"')) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
    )


def test_a_tile_is_a_picture_and_nothing_else(hostile: FlaskClient) -> None:
    answer = hostile.get("/avatar/" + quote(OWNER))
    assert answer.mimetype == "image/svg+xml"
    assert "onload" not in answer.text
    assert "max-age" in answer.headers["Cache-Control"]
