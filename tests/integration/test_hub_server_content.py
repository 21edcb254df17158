"""The local Hub's content: records come back as they went in, and it changes as the Hub does."""

from dataclasses import replace
from itertools import count

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import sample
from bench.hub.records import records as made_up
from graph import schema
from graph.observe.hub.records import model_record, record_of
from graph.observe.normalise import Normaliser, Record
from graph.observe.record_files import read_file
from spiders.hub.addresses import EXPAND
from spiders.hub.author_info import author_record
from tests.hub import Content, cursors, serve
from tests.hub.dataset_space_info import DATASET, SPACE, info
from tests.hub.shelf import SORTS, Query
from tests.remembered import Raw, model


def test_the_whole_sample_comes_back() -> None:
    normalise = Normaliser()
    with sample.path() as path:
        raw = [line.raw for line in read_file(path) if isinstance(line.raw, dict)]
    content = Content(raw)
    with serve(content) as hub, requests.Session() as session:
        fields = "&".join(f"expand[]={field}" for field in EXPAND)
        url: str | None = f"{hub.url}/api/models?sort=createdAt&direction=1&{fields}"
        found: dict[str, Record | None] = {}
        while url:
            answer = session.get(url, timeout=10)
            assert answer.status_code == 200
            found |= {item["id"]: normalise(model_record(item))[0] for item in answer.json()}
            url = answer.links.get("next", {}).get("url")
        assert len(hub.requests) == 25
    stated = [normalise(record)[0] for record in raw if record["record"] == "model/1"]
    assert len(found) == len(stated)
    edges = 0
    for record in stated:
        assert record is not None
        again = found[record.spelling]
        assert again is not None
        assert record.properties.items() <= again.properties.items()
        if record.lineage is not None:
            source = "base_models" if record.lineage.bases else None
            assert again.lineage == replace(record.lineage, source=source)
            edges += len(record.lineage.bases)
    assert edges == 6_321
    for account in (record for record in raw if record["record"] == "author/1"):
        overview = author_record(content.account_overview(str(account["name"])))
        assert overview == overview | {k: v for k, v in account.items() if k != "organization_type"}


def test_datasets_and_spaces_come_back() -> None:
    common = {
        "hub_id": "66944f1fe0c5c2e493a804f5", "likes": 4, "tags": ["language:en"],
        "created_at": "2024-07-14T22:20:15.000Z", "last_modified": "2024-08-14T22:20:15.000Z",
    }  # fmt: skip
    counts = {"downloads": 5, "downloads_all_time": 6}
    uses = {"sdk": "gradio", "models": ["acme/base"], "datasets": ["acme/data"]}
    dataset = {"record": "dataset/1", "id": "acme/data", **common, **counts}
    space = {"record": "space/1", "id": "acme/demo", **common, **uses}
    content = Content([space, dataset])
    served = info(content.datasets["acme/data"], DATASET)
    assert record_of(schema.DATASET, served) == dataset
    assert record_of(schema.SPACE, info(content.spaces["acme/demo"], SPACE)) == space


def test_what_is_not_stated_is_made_up_once_and_for_all() -> None:
    first, second = (Content([model("acme/base")]).models["acme/base"] for _ in range(2))
    assert first == second
    assert len(first.hub_id) == 24
    assert int(first.hub_id[:8], 16) * 1000 == first.created


@pytest.mark.parametrize("record", [{"record": "model/1"}, {"id": "a/b"}, {"record": "model/9"}])
def test_what_cannot_be_served_is_refused(record: Raw) -> None:
    with pytest.raises(ValueError, match="record"):
        Content([record])


def test_names_and_times_change_as_on_the_hub() -> None:
    seconds = count(1_900_000_000)
    content = Content([model("acme/base", likes=1)], clock=lambda: next(seconds))
    models = content.models
    before = models["acme/base"]
    changed = models.change("acme/base", likes=2)
    assert (changed.hub_id, changed.count("likes")) == (before.hub_id, 2)
    assert changed.modified > before.modified
    models.rename("acme/base", "acme/new")
    models.rename("acme/new", "acme/newest")
    assert models.find("acme/base") is None
    assert models.moved("acme/base") == models.moved("acme/new") == "acme/newest"
    assert models["acme/newest"].hub_id == before.hub_id
    other = models.take_over("acme/base", likes=9)
    assert models.moved("acme/base") is None
    assert before.hub_id < other.hub_id < models.take_over("acme/base").hub_id
    models.delete("acme/newest")
    assert models.moved("acme/new") is None
    models.hide("acme/base")
    assert (models.find("acme/base"), list(models), list(content.records())) == (None, [], [])
    models.show("acme/base")
    assert [item.id for item in models] == ["acme/base"]


def test_tags_lead_to_a_model_only_while_it_has_them() -> None:
    content = Content([model("a/b"), model("c/d", relation="merge", bases=["a/b"])])
    base = content.models["a/b"]
    assert content.children(base)["merge"] == 1
    content.models.change("c/d", relation="adapter")
    assert (content.children(base)["merge"], content.children(base)["adapter"]) == (0, 1)
    content.models.hide("c/d")
    assert set(content.children(base).values()) == {0}


@given(
    values=st.lists(st.integers(0, 3), max_size=25),
    sort=st.sampled_from([*SORTS]),
    descending=st.booleans(),
    limit=st.integers(1, 7),
    adding=st.booleans(),
)
def test_a_walk_sees_each_model_once_whatever_is_added(
    values: list[int], sort: str, *, descending: bool, limit: int, adding: bool
) -> None:
    content = Content(
        model(
            f"acme/{number}",
            downloads=value,
            likes=value,
            trending_score=value,
            created_at=f"2024-01-0{value + 1}T00:00:00.000Z",
            last_modified=f"2025-01-0{value + 1}T00:00:00.000Z",
        )
        for number, value in enumerate(values)
    )
    query, seen, after = Query(sort, descending), [], None
    for step in count():
        page = content.models.page(query, limit, after)
        seen += [item.id for item in page.items]
        if page.last is None:
            break
        cursor = cursors.written(page.last, query).replace("%3D", "=")
        after = cursors.read(cursor, query)
        assert after == page.last
        if adding and step < 5:
            content.models.add(model(f"new/{step}", downloads=step, likes=step))
    assert len(set(seen)) == len(seen)
    assert {f"acme/{number}" for number in range(len(values))} <= set(seen)


def test_a_made_up_hub_serves_the_records_of_its_dump() -> None:
    dump, served = (
        {(r["record"], r["id"]): r for r in found if r["record"] != "author/1"}
        for found in (made_up(500), Content.made_up(500).records())
    )
    assert served.keys() == dump.keys()
    for name, record in dump.items():
        for field in ("hub_id", "downloads", "likes", "gated", "relation", "bases", "parameters"):
            assert served[name].get(field) == record.get(field), (name, field)
