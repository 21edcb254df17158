"""A listing of which the website shows only the beginning is read in parts, as few as it takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.hub import parts
from spiders.hub.facets import LIBRARIES, ORDERS, TASKS
from spiders.hub.parts import (
    STAGES,
    WHOLE,
    Part,
    Reading,
    following,
    is_strange,
    next_stage,
    part,
    strays,
)

Model = dict[str, object]


class Read(NamedTuple):
    """What a reading came to: ids found, pages asked for, stages that were begun."""

    found: set[str]
    pages: int
    stages: list[str]


def model(name: str, task: str | None = None, library: str | None = None) -> Model:
    return {"id": name, "task": task, "library": library}


def holds(this: Part) -> Callable[[Model], bool]:
    """A website that keeps to what narrows a listing."""
    return lambda one: (
        this.get("search", "") in str(one["id"])
        and this.get("task", one["task"]) == one["task"]
        and this.get("library", one["library"]) == one["library"]
    )


def read(
    models: list[Model],
    holds: Callable[[Part], Callable[[Model], bool]] = holds,
    narrowed_by: frozenset[str] = frozenset(),
    most: int | None = None,
) -> Read:
    """Read a website's listing, as a crawl does that asks for one page at a time."""
    found: set[str] = set()
    asked: list[Reading] = [Reading()]
    listings: dict[str, list[Model]] = {}
    pages, stages = 0, []
    while asked:
        reading = asked.pop()
        pages += 1
        this = part(reading, narrowed_by)
        listed = listings.setdefault(str(this), [])
        if not listed and reading.page == 0:
            listed += filter(holds(this), models)
            if "sort" in this:
                turn = ORDERS.index(this["sort"]) * len(listed) // len(ORDERS)
                listed[:] = listed[turn:] + listed[:turn]
        start = reading.page * parts.ITEMS
        shown = listed[start : start + parts.ITEMS] if reading.page < parts.PAGES else []
        if not reading.announced:
            reading = replace(reading, announced=min(len(listed), most or len(listed)))
        found.update(str(one["id"]) for one in shown)
        asked += following(
            reading,
            narrowed_by,
            found=len(found),
            total=len(listed),
            most=most,
            strange=is_strange(reading, narrowed_by, shown, len(listed)),
        )
        if not asked and most is None:
            stage = next_stage(reading, narrowed_by, found=len(found))
            if stage:
                stages.append(stage.stage)
                asked.append(stage)
    return Read(found, pages, stages)


def everything(this: Part) -> Callable[[Model], bool]:
    """A website that keeps to nothing."""
    return lambda _: this is not None


def unsearched(this: Part) -> Callable[[Model], bool]:
    """A website whose search finds nothing."""
    return lambda one: "search" not in this and holds(this)(one)


def many(count: int, task: str | None = None, library: str | None = None) -> list[Model]:
    """Models with names of the usual kind: few beginnings, many endings."""
    words = ["llama", "qwen", "bert-base", "gemma-7b", "mistral", "t5", "whisper", "sd"]
    names = (f"team{n % 7}/{words[n % 8]}-{n // 8:05}" for n in range(count))
    return [model(name, task, library) for name in names]


def ids(models: list[Model]) -> set[str]:
    return {str(one["id"]) for one in models}


@contextmanager
def smaller() -> Iterator[None]:
    """A website that shows 3 pages of 2 models."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("ITEMS", 2), ("PAGES", 3), ("SHOWN", 6)):
            patch.setattr(parts, name, value)
        yield


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (30, 1), (31, 2), (3_000, 100)])
def test_what_is_shown_whole_is_read_page_by_page(count: int, pages: int) -> None:
    assert read(many(count)) == Read(ids(many(count)), pages, [])


def test_only_the_first_are_read_when_no_more_are_wanted() -> None:
    models = many(4_000)
    assert read(models, most=70) == Read(ids(models[:90]), 3, [])
    assert read(models, most=5_000).pages == 100


def test_names_split_without_overlap() -> None:
    models = many(10_000)
    found, pages, stages = read(models)
    assert found == ids(models)
    assert stages == ["names"]
    assert pages < 10_000 / 30 + 250


def test_a_name_that_begins_too_many_others_is_found_by_its_account() -> None:
    models = [*(model(f"team{n % 7}/gemma-{n}") for n in range(4_000)), model("flit/g")]
    found, _, stages = read(models)
    assert found == ids(models)
    assert stages == ["names"]


def test_where_names_cannot_be_searched_tasks_split() -> None:
    def no_slash(this: Part) -> Callable[[Model], bool]:
        return lambda one: "/" not in this.get("search", "") and holds(this)(one)

    models = [one for n, task in enumerate(TASKS[:5]) for one in many(400 + n, task)]
    models = [{**one, "id": f"{one['id']}-{one['task']}"} for one in models] + many(3_000, TASKS[9])
    found, pages, stages = read(models, no_slash)
    assert found == ids(models)
    assert stages == ["names", "tasks"]
    assert pages < len(models) / 30 + 37 + 57 + 20


def test_a_task_that_is_too_large_is_split_by_libraries() -> None:
    models = [
        {**one, "id": f"{one['id']}-{library}"}
        for library in LIBRARIES[:4]
        for one in many(1_000, "text-generation", library)
    ]
    models.append(model("solo/alone", "translation"))
    found, _, stages = read(models, unsearched)
    assert found == ids(models)
    assert stages == ["names", "tasks"]
    models.pop()
    found, _, stages = read(models, unsearched, frozenset({"task"}))
    assert found == ids(models)
    assert stages == ["names", "libraries"]


def test_what_nothing_narrows_is_read_from_every_beginning() -> None:
    models = many(5_000)
    found, pages, stages = read(models, everything, frozenset({"search"}))
    assert stages == ["tasks", "libraries", "orders"]
    assert found == ids(models)
    models = many(40_000)
    found, pages, stages = read(models, everything, frozenset({"search"}))
    assert len(found) == len(ORDERS) * parts.SHOWN
    assert pages < 1_000 + len(TASKS) * len(ORDERS) * 100


@pytest.mark.parametrize("understood", ["", "letters"])
def test_a_website_that_takes_no_search_for_names_is_asked_for_one_alone(understood: str) -> None:
    """What it lists instead shows that it did not understand."""
    models = [model(f"{'abc'[n % 3]}-org/m{n}", "fill-mask") for n in range(4_000)]
    asked: list[str] = []

    def ignoring(this: Part) -> Callable[[Model], bool]:
        asked.append(this.get("search", ""))
        text = this.get("search", "").strip("/") if understood else ""
        return holds({**this, "search": text})

    read(models, ignoring, frozenset({"task", "library"}))
    assert len([text for text in asked if text.startswith("/")]) == 1


def test_texts_come_last_and_only_while_models_are_missing() -> None:
    def no_slash(this: Part) -> Callable[[Model], bool]:
        narrows = this.keys() & {"task", "library"}
        return lambda one: "/" not in this.get("search", "") and not narrows and holds(this)(one)

    models = [model(f"x/{first}-{second}4") for first, second in product("abcdef", repeat=2)]
    with smaller():
        found, pages, stages = read(models, no_slash)
    assert stages == list(STAGES)
    assert found == ids(models)
    assert pages < len(parts.begin("texts", ())) / 2


def test_texts_that_find_nothing_are_given_up() -> None:
    with smaller():
        models = [model(f"x/m{n}") for n in range(100)]
        pages = read(models, unsearched, frozenset({"task", "library"})).pages
    assert pages < len(parts.begin("names", ())) + 15 + parts.IDLE + 10


def test_little_that_is_missing_is_no_reason_to_go_on() -> None:
    reading = Reading(announced=5_000, stage="names")
    assert next_stage(reading, (), found=4_995) is None
    tasks = Reading(announced=5_000, stage="tasks", outer=5_000)
    assert next_stage(reading, (), found=4_994) == tasks
    assert next_stage(Reading(announced=3_000), (), found=10) is None
    assert next_stage(Reading(announced=5_000, stage="texts"), (), found=10) is None


def test_a_listing_that_does_not_say_its_size_is_read_to_its_end() -> None:
    last = Reading(page=parts.PAGES - 1)
    assert following(Reading(page=3), (), found=0, total=None) == [Reading(page=4)]
    assert following(last, (), found=0, total=None) == []


def test_what_a_part_should_not_have_is_seen() -> None:
    models = [model("a/Bert", "fill-mask"), model("b/other", None), model("c/x", "translation")]
    assert strays(models, {"search": "/be"}) == ["b/other", "c/x"]
    assert strays(models, {"task": "fill-mask"}) == ["c/x"]
    assert strays(models, {"library": "peft", "sort": "likes"}) == []


NAMES = st.text("ab1-_.", min_size=1, max_size=6).map(lambda name: f"a{name}")
MODELS = st.lists(
    st.tuples(st.sampled_from(["x", "y-1", "z"]), NAMES, st.sampled_from([None, *TASKS[:3]])),
    unique_by=lambda one: one[:2],
    max_size=120,
).map(lambda found: [model(f"{owner}/{name}", task) for owner, name, task in found])


@given(MODELS)
def test_whatever_the_names_all_are_found(models: list[Model]) -> None:
    with smaller():
        found, pages, _ = read(models)
    assert found == ids(models)
    if len(models) <= 6:
        assert pages == max(1, -(-len(models) // 2))


@given(MODELS, st.sets(st.sampled_from(["task", "library", "search", "sort"])))
def test_whatever_is_ignored_reading_ends(models: list[Model], ignored: set[str]) -> None:
    def some(this: Part) -> Callable[[Model], bool]:
        return holds({key: value for key, value in this.items() if key not in ignored})

    with smaller():
        found, pages, _ = read(models, some)
    assert len(found) >= min(len(models), 2)
    assert pages <= 20_000


def test_a_page_of_any_part_knows_its_part() -> None:
    for stage in (WHOLE, *STAGES):
        listed = parts.begin(stage, ()) or [{}]
        for at, this in enumerate(listed):
            assert part(Reading(stage=stage, at=at), ()) == this
            for inner, finer in enumerate(parts.finer(this, ())[:3] if this else []):
                assert part(Reading(stage=stage, within=this, at=inner), ()) == finer
