"""The lineage is walked whole, once, no deeper than asked, in whatever order answers come."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from scrapy.http import Response

from graph.errors import CrawlError, DataError, ParameterError
from spiders.tree import TreeSpider
from tests.hub import Content, model_info, routes
from tests.played import Played, _journals_are_closed, begun

__all__ = ["_journals_are_closed"]

Choose = Callable[[int], int]
RELATIONS = ("finetune", "adapter", "quantized", "merge")


def model(name: str, *bases: str, relation: str = "finetune", **fields: Any) -> dict[str, Any]:
    """A record, with a relation only where there are bases."""
    lineage = {"bases": list(bases), "relation": relation if bases else None}
    return {"record": "model/1", "id": name, **lineage, **fields}


def answered(spider: TreeSpider, name: str, body: bytes = b"{}", status: int = 200) -> Response:
    (ask,) = [ask for ask in spider.first_asks() if ask.about["name"] == name]
    return Response(ask.url, status, {}, body)


def play(content: Content, folder: Path, choose: Choose | None = None, /, **options: str) -> Played:
    return Played(begun(TreeSpider, folder, **options), content, choose or (lambda _: 0))


def detailed(played: Played) -> list[str]:
    """The models that were asked for one by one."""
    paths = (urlsplit(url).path for url in played.asked)
    return [path.removeprefix("/api/models/") for path in paths if path != "/api/models"]


def listed(played: Played) -> list[str]:
    """The models whose derivatives were asked for."""
    fields = (parse_qs(urlsplit(url).query) for url in played.asked)
    return [f["filter"][0].removeprefix("base_model:") for f in fields if "filter" in f]


def test_each_model_is_asked_once_and_no_deeper_than_needed(tmp_path: Path) -> None:
    content = Content([
        model("a/root"), model("a/mid", "a/root"), model("a/start", "a/mid"),
        model("a/child", "a/start"), model("a/grandchild", "a/child"),
        model("a/leaf", "a/grandchild"), model("a/other", "a/root"),
    ])  # fmt: skip
    played = play(content, tmp_path, model="a/start,a/start", depth="2")
    assert detailed(played) == ["a/start", "a/mid", "a/root"]
    assert listed(played) == ["a/start", "a/child"]
    assert played.ids == {"a/root", "a/mid", "a/start", "a/child", "a/grandchild"}
    none = play(content, tmp_path, model="a/leaf", depth="0")
    assert detailed(none) == ["a/leaf", "a/grandchild", "a/child", "a/start", "a/mid", "a/root"]
    assert listed(none) == []


def test_what_the_hub_says_there_is_none_of_is_not_asked_for(tmp_path: Path) -> None:
    content = Content([model("a/root"), model("a/leaf", "a/root")])
    assert listed(play(content, tmp_path, model="a/leaf,a/root")) == ["a/root", "a/leaf"]
    alone = play(content, tmp_path, model="a/leaf")
    assert listed(alone) == []
    parents = {"a/leaf": {"announced": 0, "found": 0}, "a/root": {"announced": 1}}
    assert alone.facts["parents"] == parents


def test_what_was_found_is_told_against_what_is_announced(tmp_path: Path) -> None:
    stated: dict[str, Any] = {"children_quantized": 6, "children_finetune": 4}
    children = [model(f"a/c{n}", "a/root") for n in range(9)]
    root, of = model("a/root", **stated), {"model": "a/root", "depth": "1"}
    played = play(Content([root, *children]), tmp_path, **of)
    assert (played.status, played.spider.expected) == ("complete", 10)
    assert played.facts["parents"] == {"a/root": {"announced": 10, "found": 9}}
    played = play(Content([root, *children[:8]]), tmp_path, **of)
    assert played.status == "failed"
    assert played.spider.reason == "it found 8 of the 10 models that the Hub announces"


def test_cycles_end(tmp_path: Path) -> None:
    content = Content([
        model("a/a", "a/c", "a/A", "a/a"), model("a/b", "a/a"), model("a/c", "a/b", "A/B"),
    ])  # fmt: skip
    played = play(content, tmp_path, model="a/b")
    assert played.ids == {"a/a", "a/b", "a/c"}
    assert set(Counter(listed(played)).values()) == {1}
    assert len(played.asked) < 12
    assert not [record for record in played.records if record["record"] == "change/1"]


def test_what_is_no_model_is_not_asked_for(tmp_path: Path) -> None:
    address = "https://huggingface.co/a/root"
    start = model("a/start", "./local", "../api/whoami", "a/b/c", "C:\\models", "", address)
    content = Content([start, model("a/root")])
    played = play(content, tmp_path, model="a/start")
    assert detailed(played) == ["a/start", "a/root"]
    content.models.add(model("bad id/?&x=", "a/root"))
    played = play(content, tmp_path, model=address)
    assert listed(played) == ["a/root"]
    with pytest.raises(ParameterError, match="is no model"):
        TreeSpider(model="a/b/c")


def test_a_renamed_model_is_found_under_all_its_names(tmp_path: Path) -> None:
    content = Content([
        model("a/old"), model("a/made-before", "a/old"), model("a/start", "a/old"),
    ])  # fmt: skip
    content.models.rename("a/old", "a/middle")
    content.models.rename("a/middle", "b/new")
    content.models.add(model("a/made-after", "b/new"))
    renamed = {
        "record": "change/1", "id": "a/old", "kind": "renamed", "before": "a/old", "after": "b/new",
    }  # fmt: skip
    played = play(content, tmp_path, model="a/old")
    assert renamed in played.records
    assert played.ids == {"a/old", "b/new", "a/made-before", "a/made-after", "a/start"}
    assert played.facts["parents"] == {"b/new": {"announced": 1, "found": 3}}
    played = play(content, tmp_path, model="a/start")
    assert renamed in played.records
    assert played.ids == {"a/old", "b/new", "a/start"}
    # As a base of the first it was asked for without its derivatives.
    played = play(content, tmp_path, model="a/made-after,a/old", depth="1")
    assert "a/made-before" in played.ids
    assert sorted(listed(played)) == ["a/old", "b/new"]


def test_only_another_spelling_is_no_other_name(tmp_path: Path) -> None:
    content = Content([model("Acme/root"), model("a/b", "Acme/root")])
    played = play(content, tmp_path, model="acme/ROOT")
    assert (played.ids, played.facts["renamed"]) == ({"Acme/root", "a/b"}, 1)


def test_redirects_in_a_circle_are_told(tmp_path: Path) -> None:
    spider = begun(TreeSpider, tmp_path, model="a/a")
    (ask,) = spider.first_asks()

    def sent_on(about: dict[str, Any], to: str) -> Any:
        response = Response(ask.url, 307, {"Location": f"/api/models/{to}"})
        return spider.model(response, **about)

    first = sent_on(ask.about, "a/b")
    with pytest.raises(DataError, match="circle"):
        sent_on(first.follow[0].about, "a/a")
    with pytest.raises(DataError, match="circle"):
        sent_on(ask.about, "a/a")


@pytest.mark.parametrize(
    ("status", "token", "after"),
    [(401, None, "unknown"), (404, "hf_x", "unknown"), (410, None, "removed")],
)
def test_a_missing_base_waits_for_the_end(
    status: int, token: str | None, after: str, tmp_path: Path
) -> None:
    spider = begun(TreeSpider, tmp_path, model="a/start")
    changed = {"hf_token": token and SecretStr(token), "hub_url": "https://hub.example"}
    spider.hub = spider.hub.model_copy(update=changed)
    answer = answered(spider, "a/start", status=status, body=ERROR)
    page = spider.model(answer, name="a/base")
    (record,) = page.held
    assert (record["id"], record["kind"], record["after"]) == ("a/base", "missing", after)
    assert page.records == []
    assert page.facts == {"missing": 1, "answered": 1, "unseen": 1}
    assert [(ask.parse, ask.about) for ask in page.follow] == [("canary", {"name": "a/start"})]
    with pytest.raises(CrawlError, match="shows no model a/start"):
        spider.model(answer, name="a/start", is_start=True)


NO_ID = "it has no id"
ERROR = b'{"error": "Repository not found"}'


@pytest.mark.parametrize(("body", "status", "said"), [
    *((ERROR, status, "shows no model acme/root") for status in (401, 403, 404, 410, 451)),
    (b"{}", 404, "says nothing of it"),
    (b"<html>Are you human?</html>", 401, "says nothing of it"),
    (b"<html></html>", 200, "a web page where JSON was expected"),
    *((body, 200, NO_ID) for body in (b"null", b"[]", b'{"id": 3}')),
    (b'{"id": "%s"}' % (b"x" * 200), 200, "Asked for acme/root, the Hub answers about xxx"),
])  # fmt: skip
def test_a_bad_answer_is_said(body: bytes, status: int, said: str, tmp_path: Path) -> None:
    spider = begun(TreeSpider, tmp_path, model="acme/root")
    with pytest.raises((CrawlError, DataError), match=said):
        spider.model(answered(spider, "acme/root", body, status), name="acme/root", is_start=True)


def test_what_was_not_asked_for_is_noticed(tmp_path: Path) -> None:
    spider = begun(TreeSpider, tmp_path, model="a/b")
    tagged = b'[{"id": "c/d", "tags": ["base_model:A/B"]}]'
    assert spider.children(answered(spider, "a/b", tagged), name="a/b", depth=1).records
    resolved = b'[{"id": "c/d", "baseModels": {"relation": "merge", "models": [{"id": "a/b"}]}}]'
    assert spider.children(answered(spider, "a/b", resolved), name="a/b", depth=1).records
    for other in (b'[{"id": "c/d", "tags": []}]', b'[{"id": "c/d", "tags": ["base_model:a/bc"]}]'):
        with pytest.raises(CrawlError, match="made from a/b, the Hub lists c/d"):
            spider.children(answered(spider, "a/b", other), name="a/b", depth=1)


def test_a_refused_field_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_info, "DETAIL", tuple({*model_info.DETAIL} - {"cardData"}))
    monkeypatch.setattr(model_info, "LISTED", tuple({*model_info.LISTED} - {"cardData"}))
    content = Content([model("a/root"), model("a/b", "a/root"), model("a/c", "a/b")])
    played = play(content, tmp_path, model="a/root")
    assert played.ids == {"a/root", "a/b", "a/c"}
    assert (played.facts["lacks_cardData"], played.facts["requests"]) == (1, 5)


def test_the_shortest_way_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MOST", 1)
    made = [("a/a",), ("a/b", "a/a"), ("a/c", "a/b", "a/a"), ("a/d", "a/c"), ("a/e", "a/d")]
    days = [{"created_at": f"2025-01-0{n}T00:00:00Z"} for n in range(1, 6)]
    content = Content(model(*names, **day) for names, day in zip(made, days, strict=True))
    played = play(content, tmp_path, lambda waiting: waiting - 1, model="a/a", depth="3")
    assert "a/e" in played.ids


def test_deeper_levels_wait_after_an_interruption_too(tmp_path: Path) -> None:
    content = Content([model("a/a"), model("a/b", "a/a"), model("a/c", "a/b")])
    spider = begun(TreeSpider, tmp_path, model="a/a", depth="3")
    deeper, first = (spider._children(*ask) for ask in (("a/b", 2), ("a/a", 1)))
    spider.journal.ask([deeper, first])
    spider.journal.begin()
    spider.journal.close(finished=False)
    played = play(content, tmp_path, model="a/a", depth="3")
    assert listed(played) == ["a/a", "a/b", "a/c"]


@st.composite
def families(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Records of models made from older ones, from what is not there, and from each other."""
    count = draw(st.integers(1, 10))
    names = [f"team{n % 3}/m{n}" for n in range(count)]
    return [
        model(
            name,
            *draw(st.lists(st.sampled_from([*names[:n], "no/such"]), max_size=3, unique=True)),
            relation=draw(st.sampled_from(RELATIONS)),
        )
        for n, name in enumerate(names)
    ]


def reachable(
    records: list[dict[str, Any]], starts: list[str], depth: int | None
) -> tuple[set[str], set[str]]:
    """What lies above the starts, and what at most so many steps below them."""
    bases = {record["id"]: record["bases"] for record in records}
    above, below = set(starts), set(starts)
    while more := {base for name in above for base in bases.get(name, ())} - above:
        above |= more
    for _ in range(len(records) if depth is None else depth):
        below |= {name for name, stated in bases.items() if below & set(stated)}
    return above, below


@given(
    records=families(),
    depth=st.none() | st.integers(0, 4),
    parts=st.integers(1, 3),
    size=st.integers(1, 3),
    pick=st.data(),
)
def test_any_family_in_any_order_in_any_shards(  # noqa: PLR0917
    records: list[dict[str, Any]],
    depth: int | None,
    parts: int,
    size: int,
    pick: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(routes, "MOST", size)
    content, folder = Content(records), tmp_path_factory.mktemp("crawl")
    names = [str(record["id"]) for record in records]
    starts = pick.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    options = {"model": ",".join(starts)} | ({} if depth is None else {"depth": str(depth)})
    above, below = reachable(records, starts, depth)

    played = play(content, folder, lambda n: pick.draw(st.integers(0, n - 1)), **options)
    assert played.ids == above | below
    assert set(Counter(played.asked).values()) == {1}
    gone = {record["id"] for record in played.records if record["record"] == "change/1"}
    assert gone == above & {"no/such"}

    named = [f"{part}/{parts}" for part in range(1, parts + 1)]
    shards = [play(content, folder, **options, shard=n) for n in named]
    assert sum(len(shard.ids) for shard in shards) == len(played.ids)
    together = [record for shard in shards for record in shard.records]
    assert sorted(together, key=repr) == sorted(played.records, key=repr)


def test_a_start_below_another_is_counted_in_any_order_of_answers(tmp_path: Path) -> None:
    for number, choose in enumerate((lambda _: 0, lambda waiting: waiting - 1)):
        made = [model(f"a/m{n}", "a/root") for n in range(3)]
        made += [model(f"b/m{n}", "a/m0") for n in range(3)]
        held = Content([model("a/root"), *made])
        # Answered last first, what was made from a/m0 is listed before a/m0 itself is known.
        played = play(held, tmp_path / str(number), choose, model="a/m0,a/root")
        told = (played.facts.get("found"), played.facts.get("announced"), played.status)
        assert (*told, played.spider.reason) == (6, 6, "complete", "")
