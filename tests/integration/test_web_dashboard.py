"""The dashboard on the sample; its numbers are compared in `tests/present_dashboard.py`."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from parsel import Selector

from graph.answers.dashboard.measures import CARDS


def data(client: FlaskClient, url: str) -> Any:
    answer = client.get(f"/api/v1{url}")
    assert answer.status_code == 200, url
    return answer.get_json()["data"]


def page(client: FlaskClient, url: str) -> Selector:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return Selector(answer.text)


def test_every_mark_of_a_card_opens_its_ten_best(client: FlaskClient) -> None:
    shown = page(client, "/dashboard?by=likes")
    for card in CARDS:
        links = shown.css(f"#{card} .bars a::attr(href)").getall()
        assert 1 < len(links) <= (20 if card in ("task", "author") else 12), card
        links += shown.css(f"#{card} figure > p a::attr(href)").getall()
        for link in {links[0], links[-1]}:
            opened = page(client, link.split("#")[0])
            assert opened.css(f"#{card} .opened .best a.id"), link


@pytest.mark.parametrize(("group", "fits"), [
    ("language:zh", lambda row: row), ("task:text-generation", lambda row: row["task"]),
    ("size:over-80b", lambda row: (row["parameters"] or 0) >= 80e9),
    ("relation:finetune", lambda row: row["relation"] == "finetune"),
    ("month:2024-02", lambda row: row["created_at"].startswith("2024-02")),
    ("library", lambda row: row["library"] is None),
])  # fmt: skip
def test_what_is_opened_is_of_the_group_and_in_order(
    client: FlaskClient, group: str, fits: Any
) -> None:
    opened = data(client, f"/dashboard?by=downloads&open={group}")["opened"]
    assert len(opened["models"]) == 10
    assert all(map(fits, opened["models"]))
    downloads = [row["downloads"] for row in opened["models"]]
    assert downloads == sorted(downloads, reverse=True)
    assert [row["position"] for row in opened["models"]] == [*range(1, 11)]


@pytest.mark.parametrize("text", ["nothing:x", "size:huge", "month:soon", "week"])
def test_what_is_no_group_is_refused(client: FlaskClient, text: str) -> None:
    error = client.get(f"/api/v1/dashboard?open={text}").get_json()["error"]
    assert (error["code"], error["parameter"]) == ("bad_parameter", "open")


def test_the_treemap_descends_and_every_level_adds_up(client: FlaskClient) -> None:
    found = data(client, "/dashboard")
    assert sum(tile["size"] for tile in found["tree"]) == found["models"]
    task = next(tile for tile in found["tree"] if tile["value"])
    authors = data(client, f"/dashboard?task={task['value']}")["tree"]
    assert sum(tile["size"] for tile in authors) == task["size"]
    author = authors[0]["value"]
    models = page(client, f"/dashboard?task={task['value']}&author={author}")
    links = models.css("#treemap svg a::attr(href)").getall()
    assert links
    assert all(link.startswith(f"/model/{author}/") for link in links)


def test_english_can_be_left_out(client: FlaskClient) -> None:
    languages = [
        {row["value"] for row in data(client, f"/dashboard?english={how}")["values"]}
        for how in ("with", "without")
    ]
    assert languages[0] - languages[1] == {"en"}


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("growth-by-month", "path.curve"),
        ("downloads-by-task", ".bars rect"),
        ("top-models", ".bars a[href^='/model/']"),
        ("changes-by-week", ".column rect"),
    ],
)
def test_a_report_is_drawn_as_its_header_says(client: FlaskClient, name: str, marks: str) -> None:
    shown = page(client, f"/reports/{name}")
    rows = data(client, f"/reports/{name}")["rows"]
    assert bool(shown.css(f"figure.chart {marks}")) == (len(rows) > 1)


def test_the_first_page_shows_how_the_hub_grows(client: FlaskClient) -> None:
    months = data(client, "/")["growth"]
    columns = page(client, "/").css("figure.chart a::attr(href)").getall()
    assert columns == [f"/dashboard?open=month%3A{row['start'][:7]}#month" for row in months]
