"""The website's spider, answer by answer: how it ends, and that it goes on from any moment."""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import TextResponse

from graph.errors import ParameterError
from graph.settings import load_settings
from spiders import pages
from spiders.asking import website
from spiders.asking.page import Page
from spiders.hub import parts
from spiders.pages import PagesSpider
from spiders.tree import TreeSpider
from spiders.writing.journal import Journal
from tests.hub import Answer, Content, Request, faults, routes
from tests.hub.faults import Fault, Faults
from tests.hub.messages import json_answer
from tests.integration.crawls import FAMILY
from tests.integration.test_ingest import Raw, model
from tests.unit.played import Played, _journals_are_closed, begun

__all__ = ["_journals_are_closed"]

HUB = "http://127.0.0.1:9"
SMALL = 3
"""Pages of a listing that the small website shows."""
SHOWN = SMALL * 30
OPEN: list[Journal] = []


@pytest.fixture(autouse=True)
def _no_journal_stays_open() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close(finished=False)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A website that shows few pages of a listing."""
    monkeypatch.setattr(routes, "PAGES", SMALL)
    monkeypatch.setattr(parts, "PAGES", SMALL)
    for module in (parts, pages, website):
        monkeypatch.setattr(module, "SHOWN", SHOWN)


class Crawled:
    """A crawl without a network: asks are answered one at a time, the newest first.

    Attributes:
        spider: as it is now.
        asked: addresses, in their order.
        records: those that are written.
    """

    def __init__(self, content: Content, folder: Path, **options: str) -> None:
        self._content, self._folder, self._options = content, folder, options
        self.faults = Faults()
        self.asked: list[str] = []
        self.records: list[Raw] = []
        self.start()

    def start(self) -> None:
        """Start the same command, as after an interruption."""
        self.spider = PagesSpider(**self._options)
        self.spider.hub = load_settings(hub_url=HUB, crawl_dir=self._folder)
        self.spider.open(None)
        OPEN.append(self.spider.journal)
        if not self.spider.journal.begun:
            self.spider.journal.ask(self.spider.first_asks())
            self.spider.journal.begin()
        self._left = list(self.spider.journal.pending.items())
        self._unwritten: list[Page] = []

    def run(self, most: int | None = None, behind: int = 0) -> "Crawled":
        """Answer asks.

        Args:
            most: no more than so many; None for all.
            behind: how many pages wait to be written.
        """
        while self._left and (most is None or most > 0):
            number, ask = self._left.pop()
            self.asked.append(ask.url)
            for item in self.spider._answered(self._answer(ask.url), number, ask):
                if isinstance(item, Page):
                    self._unwritten.append(item)
                else:
                    self._left.append((item.cb_kwargs["number"], item.cb_kwargs["ask"]))
            self._write(behind)
            most = None if most is None else most - 1
        if not self._left:
            self._write(0)
        return self

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.spider.journal.facts

    @property
    def found(self) -> list[str]:
        return [str(record["id"]) for record in self.records if record["record"] == "model/1"]

    def kill(self) -> None:
        """Lose what is not written, and start again."""
        self.spider.journal.close(finished=False)
        self.start()

    def _write(self, behind: int) -> None:
        while len(self._unwritten) > behind:
            page = self._unwritten.pop(0)
            self.records += page.records
            self.spider.journal.done(page.number, page.facts, page.seen)

    def _answer(self, url: str) -> TextResponse:
        request = Request("GET", url.removeprefix(HUB).partition("#")[0])
        answer = self.faults.apply(request, routes.answer(request, self._content, HUB))
        assert isinstance(answer.body, bytes)
        headers: Any = answer.headers
        return TextResponse(url, status=answer.status, headers=headers, body=answer.body)


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


def nothing(*names: str) -> Fault:
    """A website that lists nothing that is narrowed by these."""
    empty = {"models": [], "numItemsPerPage": 30, "numTotalItems": 0}
    return lambda request, answer: json_answer(empty) if any(map(request.value, names)) else answer


@pytest.mark.usefixtures("small")
def test_a_listing_beyond_the_cap_is_found_whole(tmp_path: Path) -> None:
    models = many(1_000)
    crawled = Crawled(Content(models), tmp_path).run()
    assert sorted(crawled.found) == ids(models)
    assert crawled.spider.status == "complete"
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
    undisturbed = Crawled(held, tmp_path / "undisturbed", **options).run()
    assert undisturbed.spider.status == "complete"
    assert sorted(undisturbed.found) == sorted(one.id for one in held.models)
    for seed in range(4):
        chance = random.Random(seed)  # noqa: S311 (the same moments each time)
        crawled = Crawled(held, tmp_path / str(seed), **options)
        for _ in range(8):
            crawled.run(chance.randrange(1, 60), behind=chance.randrange(6))
            crawled.kill()
        crawled.run()
        assert crawled.spider.status == "complete"
        assert sorted(crawled.found) == sorted(undisturbed.found)
        assert len(crawled.asked) <= len(undisturbed.asked) + 8 * 6
        for name in ("found", "announced", "models", "parents", "listings"):
            assert crawled.facts.get(name) == undisturbed.facts.get(name)


@pytest.mark.usefixtures("small")
def test_what_the_website_does_not_show_is_said(tmp_path: Path) -> None:
    crawled = Crawled(Content(many(300)), tmp_path)
    crawled.faults.add(nothing("search", "pipeline_tag", "library"))
    assert crawled.run().spider.status == "capped"
    assert crawled.facts["found"] == SHOWN
    (said,) = crawled.spider.capped
    assert f"shows {SHOWN} models of a listing: 210 of the 300" in said


@pytest.mark.usefixtures("small")
def test_what_should_have_been_shown_and_was_not_is_a_failure(tmp_path: Path) -> None:
    crawled = Crawled(Content(many(300)), tmp_path)
    crawled.faults.add(nothing("search", "pipeline_tag", "library"))
    crawled.faults.add(short, nth=range(100, 10_000))
    assert crawled.run().spider.status == "failed"
    assert "of the 300 models that the Hub announces" in crawled.spider.reason


def short(_request: Request, answer: Answer) -> Answer:
    """A page with one model of those that it should have."""
    held: Any = answer.json
    return json_answer({**held, "models": held["models"][:1]})


@pytest.mark.usefixtures("small")
def test_derivatives_beyond_the_cap_are_found_and_counted(tmp_path: Path) -> None:
    children = many(500, bases=["acme/root"], relation="adapter", task="text-generation")
    held = Content([model("acme/root"), *children, *many_more(50)])
    crawled = Crawled(held, tmp_path, model="acme/root").run()
    assert sorted(crawled.found) == sorted(["acme/root", *ids(children)])
    assert crawled.facts["parents"] == {"acme/root": {"announced": 500, "found": 500}}
    assert crawled.spider.status == "complete"


def many_more(count: int) -> list[Raw]:
    return [model(f"other/m{n}") for n in range(count)]


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
        crawled = Crawled(held, tmp_path / str(depth), model="a/root", depth=str(depth)).run()
        assert len(crawled.found) == len(set(crawled.found)) == expected
    upwards = Crawled(held, tmp_path / "up", model="a/deep", depth="0").run()
    assert sorted(upwards.found) == ["a/below", "a/both", "a/child", "a/deep", "a/root"]
    both = Crawled(held, tmp_path / "both", model="a/both,a/child", depth="1").run()
    assert sorted(both.found) == ["a/below", "a/both", "a/child", "a/root"]
    counts = {"announced": 2, "found": 2}
    assert crawled.facts["parents"]["a/root"] == counts
    assert crawled.facts["parents"]["a/below"] == {"announced": 1, "found": 1}


def test_a_child_that_does_not_say_so_is_not_counted_as_found(tmp_path: Path) -> None:
    children = [model(f"a/m{n}", bases=["a/root"], relation="adapter") for n in range(4)]
    crawled = Crawled(Content([model("a/root"), *children]), tmp_path, model="a/root")

    def untold(_request: Request, answer: Answer) -> Answer:
        assert isinstance(answer.body, bytes)
        answer.body = answer.body.replace(b"base_model:", b"x:").replace(b"Base model", b"")
        return answer

    crawled.faults.add(untold, "/a/m2")
    crawled.run()
    assert crawled.facts["unconfirmed"] == 1
    assert crawled.facts["parents"] == {"a/root": {"announced": 4, "found": 3}}
    assert crawled.spider.status == "failed"
    assert len(crawled.found) == 5


def test_names_that_lead_on_and_on_are_left(tmp_path: Path) -> None:
    def onward(request: Request, answer: Answer) -> Answer:
        is_name = request.path.startswith("/old/")
        return Answer(307, headers={"Location": f"{request.path}x"}) if is_name else answer

    held = Content([model("a/root", bases=["old/m"], relation="merge")])
    crawled = Crawled(held, tmp_path, model="a/root")
    crawled.faults.add(onward)
    crawled.run()
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
    crawled = Crawled(held, tmp_path, accounts="1").run()
    assert [url for url in crawled.asked if "models-json" not in url] == [f"{HUB}/team-b"]
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
    crawled = Crawled(Content(models), tmp_path)
    crawled.faults.add(cards_alone)
    # The page after the last has no cards, as one whose markup changed.
    crawled.run()
    assert sorted(crawled.found) == ids(models)


def plain(records: Sequence[Raw]) -> list[str]:
    """Records as sorted text, without when they were observed."""
    return sorted(str({**record, "observed_at": None}) for record in records)


@pytest.mark.parametrize("options", [{}, {"model": "team2/m7,team1/m21"}])
def test_shards_partition_the_whole(options: dict[str, str], tmp_path: Path) -> None:
    held = Content(FAMILY)
    whole = Crawled(held, tmp_path / "whole", **options).run()
    parts = [
        Crawled(held, tmp_path / part[0], **options, shard=part).run() for part in ("1/2", "2/2")
    ]
    assert parts[0].found
    assert parts[1].found
    assert plain([*parts[0].records, *parts[1].records]) == plain(whole.records)


@pytest.mark.parametrize("options", [{"model": "team2/m7"}, {"model": "acme/root", "depth": "3"}])
def test_a_tree_is_the_one_of_the_interface(options: dict[str, str], tmp_path: Path) -> None:
    held = Content(FAMILY)
    crawled = Crawled(held, tmp_path / "pages", **options).run()
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
def test_a_part_holds_what_was_asked_for(
    options: dict[str, str], expected: set[object], tmp_path: Path
) -> None:
    crawled = Crawled(Content(FAMILY), tmp_path, **options).run()
    assert (crawled.spider.status, set(crawled.found)) == ("complete", expected)
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
    crawled = Crawled(Content([*FAMILY, model("else/m0")]), tmp_path, **options)
    crawled.faults.add(fault, where)
    assert crawled.run().spider.status == "failed"
    assert reason in crawled.spider.reason


@pytest.mark.parametrize("fault", [faults.status(404), faults.html(), faults.value(["models"])])
def test_without_models_json_the_web_page_is_read(fault: Fault, tmp_path: Path) -> None:
    undisturbed = Crawled(Content(FAMILY), tmp_path / "undisturbed").run()
    crawled = Crawled(Content(FAMILY), tmp_path / "crawled")
    crawled.faults.add(fault, "/models-json")
    assert crawled.run().spider.status == "complete"
    assert crawled.facts["without_models_json"] >= 1
    assert plain(crawled.records) == plain(undisturbed.records)


def test_renamed_and_missing_models_are_passed_over(tmp_path: Path) -> None:
    held = Content(FAMILY)
    held.models.rename("acme/root", "acme/trunk")
    held.models.hide("team0/m5")
    crawled = Crawled(held, tmp_path, model="team0/m20,acme/root", depth="0").run()
    assert set(crawled.found) == {"team0/m20", "acme/trunk"}
    changes = [r for r in crawled.records if r["record"] == "change/1"]
    assert [(r["kind"], r["id"], r["after"]) for r in changes] == [
        ("renamed", "acme/root", "acme/trunk")
    ]
    assert (crawled.facts["renamed"], crawled.facts["unseen"]) == (1, 1)


@pytest.mark.parametrize("options", [
    {"model": "a/b", "task": "translation"}, {"model": "a/b", "details": "1"}, {"depth": "2"},
    {"depth": "few", "model": "a/b"}, {"sort": "beauty"}, {"top": "0"},
])  # fmt: skip
def test_options_that_make_no_sense_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ParameterError):
        PagesSpider(**options)
