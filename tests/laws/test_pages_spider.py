"""The website's spider, answer by answer: how it ends, and that it goes on from any moment."""

import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from graph.errors import ParameterError
from spiders import pages
from spiders.hub import parts
from spiders.pages import PagesSpider
from spiders.tree import TreeSpider
from tests.hub import Answer, Content, Request, faults, routes
from tests.hub.faults import Fault, Faults
from tests.hub.messages import json_answer
from tests.integration.crawls import FAMILY
from tests.integration.test_ingest import Raw, model
from tests.played import Played, _journals_are_closed, begun

__all__ = ["_journals_are_closed"]

SMALL = 3
"""Pages of a listing that the small website shows."""
SHOWN = SMALL * 30


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A website that shows few pages of a listing."""
    monkeypatch.setattr(routes, "PAGES", SMALL)
    monkeypatch.setattr(parts, "PAGES", SMALL)
    for module in (parts, pages):
        monkeypatch.setattr(module, "SHOWN", SHOWN)


def crawl(content: Content, folder: Path, *wrong: tuple[Fault, str], **options: str) -> Played:
    """A crawl whose newest request is answered first, with faults of the answers to paths."""
    faults = Faults()
    for fault, where in wrong:
        faults.add(fault, where)
    spider = begun(PagesSpider, folder, **options)
    return Played(spider, content, lambda waiting: waiting - 1, faults=faults)


def many(count: int, **fields: object) -> list[Raw]:
    return [
        model(
            f"team-{'abcdefghi'[n % 9]}/{'abcdefgh'[n % 8]}{'xyz'[n % 3]}-{n}",
            downloads=n,
            likes=n,
            trending_score=n,
            created_at=f"2024-01-01T{n // 3_600:02}:{n // 60 % 60:02}:{n % 60:02}.000Z",
            last_modified=f"2024-01-02T{n // 3_600:02}:{n // 60 % 60:02}:{n % 60:02}.000Z",
            **fields,
        )
        for n in range(count)
    ]


def ids(records: Sequence[Raw]) -> list[str]:
    return sorted(str(record["id"]) for record in records)


def nothing_narrowed(request: Request, answer: Answer) -> Answer:
    """A website that lists nothing that is narrowed."""
    if not any(map(request.value, ("search", "pipeline_tag", "library"))):
        return answer
    return json_answer({"models": [], "numItemsPerPage": 30, "numTotalItems": 0})


@pytest.mark.usefixtures("small")
def test_a_listing_beyond_the_cap_is_found_whole(tmp_path: Path) -> None:
    models = many(1_000)
    crawled = crawl(Content(models), tmp_path)
    assert (crawled.found, crawled.status) == (ids(models), "complete")
    assert crawled.facts["found"] == crawled.facts["announced"] == 1_000
    assert len(crawled.asked) == len(set(crawled.asked)) < 1_000 / 30 + 80


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("options", [{}, {"details": "1"}, {"model": "acme/root"}])
def test_it_goes_on_from_any_moment(tmp_path: Path, options: dict[str, str]) -> None:
    children = many(200, bases=["acme/root"], relation="adapter")
    grandchildren = [
        model(f"late/{n}", bases=[child["id"]], relation="merge")
        for n, child in enumerate(children[:40])
    ]
    held = Content([model("acme/root"), *children, *grandchildren])
    undisturbed = crawl(held, tmp_path / "undisturbed", **options)
    assert undisturbed.status == "complete"
    assert undisturbed.found == sorted(one.id for one in held.models)
    for seed in range(4):
        chance = random.Random(seed)  # noqa: S311 (the same moments each time)
        runs: list[Played] = []
        while not runs or not runs[-1].is_over:
            spider = begun(PagesSpider, tmp_path / str(seed), **options)
            most = chance.randrange(1, 60) if len(runs) < 8 else 10_000
            behind = chance.randrange(6)
            runs.append(Played(spider, held, lambda n: n - 1, most=most, behind=behind))
        assert runs[-1].status == "complete"
        assert sorted(name for run in runs for name in run.found) == undisturbed.found
        assert sum(len(run.asked) for run in runs) <= len(undisturbed.asked) + 8 * 6
        for name in ("found", "announced", "models", "parents", "listings"):
            assert runs[-1].facts.get(name) == undisturbed.facts.get(name)


@pytest.mark.usefixtures("small")
def test_what_the_website_does_not_show_is_said(tmp_path: Path) -> None:
    crawled = crawl(Content(many(300)), tmp_path, (nothing_narrowed, "/"))
    assert (crawled.status, crawled.facts["found"]) == ("capped", SHOWN)
    (said,) = crawled.spider.capped
    assert f"shows {SHOWN} models of a listing: 210 of the 300" in said


@pytest.mark.usefixtures("small")
def test_what_should_have_been_shown_and_was_not_is_a_failure(tmp_path: Path) -> None:
    asked = itertools.count(1)

    def short(_request: Request, answer: Answer) -> Answer:
        """One model of those that the page should have."""
        held: Any = answer.json
        return json_answer({**held, "models": held["models"][:1]}) if next(asked) > 99 else answer

    crawled = crawl(Content(many(300)), tmp_path, (nothing_narrowed, "/"), (short, "/"))
    assert crawled.status == "failed"
    assert "of the 300 models that the Hub announces" in crawled.spider.reason


@pytest.mark.usefixtures("small")
def test_derivatives_beyond_the_cap_are_found_and_counted(tmp_path: Path) -> None:
    children = many(500, bases=["acme/root"], relation="adapter", task="text-generation")
    held = Content([model("acme/root"), *children, *(model(f"other/m{n}") for n in range(50))])
    crawled = crawl(held, tmp_path, model="acme/root")
    assert crawled.found == sorted(["acme/root", *ids(children)])
    assert crawled.facts["parents"] == {"acme/root": {"announced": 500, "found": 500}}
    assert crawled.status == "complete"


def test_a_depth_is_counted_along_the_shortest_way(tmp_path: Path) -> None:
    held = Content(
        [
            model("a/root"),
            # Listings are read from the last: the long way to a/both is gone first.
            model("a/child", bases=["a/root"], relation="quantized"),
            model("a/both", bases=["a/root", "a/child"], relation="adapter"),
            model("a/below", bases=["a/both"], relation="quantized"),
            model("a/deep", bases=["a/below"], relation="quantized"),
        ]
    )
    for depth, expected in ((0, 1), (1, 3), (2, 4), (3, 5)):
        crawled = crawl(held, tmp_path / str(depth), model="a/root", depth=str(depth))
        assert len(crawled.found) == len(set(crawled.found)) == expected
    upwards = crawl(held, tmp_path / "up", model="a/deep", depth="0")
    assert upwards.found == ["a/below", "a/both", "a/child", "a/deep", "a/root"]
    both = crawl(held, tmp_path / "both", model="a/both,a/child", depth="1")
    assert both.found == ["a/below", "a/both", "a/child", "a/root"]
    counts = {"announced": 2, "found": 2}
    assert crawled.facts["parents"]["a/root"] == counts
    assert crawled.facts["parents"]["a/below"] == {"announced": 1, "found": 1}


def test_a_child_that_does_not_say_so_is_not_counted_as_found(tmp_path: Path) -> None:
    children = [model(f"a/m{n}", bases=["a/root"], relation="adapter") for n in range(4)]

    def untold(_request: Request, answer: Answer) -> Answer:
        assert isinstance(answer.body, bytes)
        answer.body = answer.body.replace(b"base_model:", b"x:").replace(b"Base model", b"")
        return answer

    content = Content([model("a/root"), *children])
    crawled = crawl(content, tmp_path, (untold, "/a/m2"), model="a/root")
    assert crawled.facts["unconfirmed"] == 1
    assert crawled.facts["parents"] == {"a/root": {"announced": 4, "found": 3}}
    assert crawled.status == "failed"
    assert len(crawled.found) == 5


def test_names_that_lead_on_and_on_are_left(tmp_path: Path) -> None:
    def onward(request: Request, answer: Answer) -> Answer:
        is_name = request.path.startswith("/old/")
        return Answer(307, headers={"Location": f"{request.path}x"}) if is_name else answer

    held = Content([model("a/root", bases=["old/m"], relation="merge")])
    crawled = crawl(held, tmp_path, (onward, "/"), model="a/root")
    assert crawled.facts["unseen"] == 1
    assert len(crawled.asked) < 10


def test_accounts_are_visited_once_and_only_organizations(tmp_path: Path) -> None:
    held = Content(
        [
            *many(80),
            {"record": "author/1", "name": "team-b", "kind": "organization",
             "organization_type": "university"},
        ]
    )  # fmt: skip
    crawled = crawl(held, tmp_path, accounts="1")
    assert [url for url in crawled.asked if "models-json" not in url] == ["/team-b"]
    kinds = [r["organization_type"] for r in crawled.records if "organization_type" in r]
    assert kinds == ["university"]
    assert sum(record.get("name") == "team-c" for record in crawled.records) == 1


def test_without_a_total_the_listing_is_read_to_its_end_and_that_is_said(tmp_path: Path) -> None:
    def cards_alone(request: Request, answer: Answer) -> Answer:
        if request.path == "/models-json":
            return Answer(404)
        assert isinstance(answer.body, bytes)
        answer.body = answer.body.replace(b"ModelList", b"Other")
        return answer

    models = many(75)
    # The page after the last has no cards, as one whose markup changed.
    crawled = crawl(Content(models), tmp_path, (cards_alone, "/"))
    assert crawled.found == ids(models)


def plain(records: Sequence[Raw]) -> list[str]:
    return sorted(map(str, records))


@pytest.mark.parametrize("options", [{}, {"model": "team2/m7,team1/m21"}])
def test_shards_partition_the_whole(options: dict[str, str], tmp_path: Path) -> None:
    held = Content(FAMILY)
    whole = crawl(held, tmp_path / "whole", **options)
    parts = [crawl(held, tmp_path / part[0], **options, shard=part) for part in ("1/2", "2/2")]
    assert parts[0].found
    assert parts[1].found
    assert plain([*parts[0].records, *parts[1].records]) == plain(whole.records)


@pytest.mark.parametrize("options", [{"model": "team2/m7"}, {"model": "acme/root", "depth": "3"}])
def test_a_tree_is_the_one_of_the_interface(options: dict[str, str], tmp_path: Path) -> None:
    held = Content(FAMILY)
    crawled = crawl(held, tmp_path / "pages", **options)
    played = Played(begun(TreeSpider, tmp_path / "tree", **options), held)
    ours = {r["id"]: r for r in crawled.records if r["record"] == "model/1"}
    theirs = {r["id"]: r for r in played.records}
    assert ours.keys() == theirs.keys()
    for name, record in ours.items():
        common = record.keys() & theirs[name].keys() - {"bases_source", "observed_at"}
        assert {"bases", "relation", "tags", "downloads"} <= common
        assert {key: record[key] for key in common} == {key: theirs[name][key] for key in common}
    assert crawled.facts["found"] == crawled.facts["announced"] > 0
    assert crawled.facts["parents"][options["model"]]["announced"] > 0


@pytest.mark.parametrize(("options", "expected"), [
    ({"author": "team3"}, {r["id"] for r in FAMILY if str(r["id"]).startswith("team3/")}),
    ({"task": "text-generation"}, {r["id"] for r in FAMILY if r.get("task")}),
    ({"filter": "license:mit", "details": "1"}, {"acme/root"}),
    ({"search": "alone"}, {"solo/alone"}),
    ({"sort": "downloads", "top": "2"}, {"team4/m119", "team3/m118"}),
])  # fmt: skip
def test_what_a_part_holds(options: dict[str, str], expected: set[object], tmp_path: Path) -> None:
    crawled = crawl(Content(FAMILY), tmp_path, **options)
    assert (crawled.status, set(crawled.found)) == ("complete", expected)
    assert crawled.facts["found"] == crawled.facts["announced"] == len(expected)


EVERYTHING = {
    "models": [{"id": f"else/m{n}", "tags": [], "pipeline_tag": "other"} for n in range(30)],
    "numItemsPerPage": 30,
    "numTotalItems": 3_117_871,
}


def many_things(_request: Request, answer: Answer) -> Answer:
    assert isinstance(answer.body, bytes)
    answer.body = answer.body.replace(b" models</a>", b" things</a>")
    return answer


@pytest.mark.parametrize(
    ("options", "fault", "where", "reason"),
    [
        ({"model": "acme/root"}, faults.value(EVERYTHING), "/models-json", "Hub lists 3,117,871"),
        ({"library": "transformers"}, faults.value(EVERYTHING), "/models-json",
         "'else/m0', which does not have it"),
        ({"filter": "license:mit"}, faults.value(EVERYTHING), "/models-json",
         "'else/m0', which does not have it"),
        ({"task": "translation"}, faults.value(EVERYTHING), "/models-json",
         "'else/m0', which was not asked for"),
        ({"author": "team1"}, faults.value(EVERYTHING), "/models-json",
         "'else/m0', which was not asked for"),
        ({"author": "nobody"}, faults.empty(), "/models-json", "no such models"),
        ({}, faults.html(), "/models", 'data-target="ModelList"'),
        ({"model": "team1/m1"}, faults.html(), "/team1/", 'data-target="ModelHeader"'),
        ({"author": "team1", "details": "1"}, faults.html(), "/team1/", "could not be read"),
        ({"model": "acme/root"}, many_things, "/acme/root", "'7 things' where a count such as"),
        ({"model": "no/such"}, faults.empty(), "/nowhere", "The Hub shows no model no/such"),
        ({"model": "acme/root"}, faults.redirect("/login?next=/acme/root"), "/acme/root",
         "leads to no page of a model"),
        ({"model": "acme/root"}, faults.redirect(), "/acme/root", "shows no model acme/root"),
    ],
)  # fmt: skip
def test_what_was_not_asked_for_or_cannot_be_read_fails_the_crawl(
    options: dict[str, str], fault: Fault, where: str, reason: str, tmp_path: Path
) -> None:
    content = Content([*FAMILY, model("else/m0")])
    crawled = crawl(content, tmp_path, (fault, where), **options)
    assert crawled.status == "failed"
    assert reason in crawled.spider.reason


@pytest.mark.parametrize("fault", [faults.status(404), faults.html(), faults.value(["models"])])
def test_without_models_json_the_web_page_is_read(fault: Fault, tmp_path: Path) -> None:
    undisturbed = crawl(Content(FAMILY), tmp_path / "undisturbed")
    crawled = crawl(Content(FAMILY), tmp_path / "crawled", (fault, "/models-json"))
    assert crawled.status == "complete"
    assert crawled.facts["without_models_json"] >= 1
    assert plain(crawled.records) == plain(undisturbed.records)


def test_renamed_and_missing_models_are_passed_over(tmp_path: Path) -> None:
    held = Content(FAMILY)
    held.models.rename("acme/root", "acme/trunk")
    held.models.hide("team0/m5")
    crawled = crawl(held, tmp_path, model="team0/m20,acme/root", depth="0")
    assert set(crawled.found) == {"team0/m20", "acme/trunk"}
    changes = [r for r in crawled.records if r["record"] == "change/1"]
    (change,) = [(r["kind"], r["id"], r["after"]) for r in changes]
    assert change == ("renamed", "acme/root", "acme/trunk")
    assert (crawled.facts["renamed"], crawled.facts["unseen"]) == (1, 1)


@pytest.mark.parametrize("options", [
    {"model": "a/b", "task": "translation"}, {"model": "a/b", "details": "1"}, {"depth": "2"},
    {"depth": "few", "model": "a/b"}, {"sort": "beauty"}, {"top": "0"},
])  # fmt: skip
def test_options_that_make_no_sense_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ParameterError):
        PagesSpider(**options)
