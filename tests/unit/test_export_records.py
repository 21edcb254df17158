"""The past of a node as records, and the record that describes it."""

from typing import Any

import pytest

from graph.observe.normalise import Normaliser
from graph.schema import AUTHOR, MODEL, SPACE
from graph.ways.export.described import lineage, main_record
from graph.ways.export.past import older_records


def day(number: int) -> str:
    return f"2026-10-{number:02d}T00:00:00Z"


def iso(number: int) -> str:
    return f"2026-10-{number:02d}T00:00:00.000Z"


def values(**more: object) -> dict[str, Any]:
    """A model seen on the tenth, last modified on the ninth, there since the first."""
    version = f"{iso(9)} {iso(10)} 0123abcd"
    return {"id": "a/m", "record_version": version, "appeared_at": day(1), **more}


def edge(base: str, since: int, gone: int | None = None, *away: int, **more: Any) -> dict[str, Any]:
    return {
        "type": "MERGE", "base": base, "source": None, "since": day(since),
        "gone": day(gone) if gone else None, "away": [day(number) for number in away] or None,
        **more,
    }  # fmt: skip


def counts(points: dict[int, tuple[int, int]]) -> dict[str, Any]:
    """Downloads and likes on some days."""
    downloads, likes = map(list, zip(*points.values(), strict=True))
    return {"counted_at": list(map(day, points)), "downloads_then": downloads, "likes_then": likes}


def told(**more: Any) -> list[dict[str, object]]:
    """What the records of the past say, without what all of them do."""
    edges, former = more.pop("edges", ()), more.pop("former", ())
    found = []
    for record in older_records(MODEL, values(**more), edges, former):
        assert (record.pop("record"), record.pop("id")) == ("model/1", "a/m")
        found.append(record)
    return found


def test_the_record_says_what_the_graph_holds_and_what_it_lacks() -> None:
    guessed = {"parameters": 7_000_000_000, "parameters_source": "name"}
    absent = ["license", *guessed]
    held = values(likes=3, tags=["x"], created_at=day(1), **guessed, absent=absent)
    record = main_record(MODEL, held)
    assert record == {
        "record": "model/1", "id": "a/m", "likes": 3, "tags": ["x"], "created_at": day(1),
        "license": None, "parameters": None, "parameters_source": None, "observed_at": iso(10),
        "digest": "0123abcd",
    }  # fmt: skip
    record |= {"last_modified": day(9)}
    normal, notes = Normaliser()(record)
    assert normal is not None
    assert (normal.version, notes) == (values()["record_version"], [])


def test_a_guess_is_not_stated_and_a_count_is() -> None:
    guessed = main_record(MODEL, values(parameters=7, parameters_source="name_mixture"))
    assert "parameters" not in guessed
    stated = main_record(MODEL, values(parameters=7, parameters_source="gguf"))
    assert (stated["parameters"], stated["parameters_source"]) == (7, "gguf")


def test_a_record_without_a_time_stays_without_one() -> None:
    record = main_record(AUTHOR, {"name": "acme", "record_version": "  0123abcd", "followers": 0})
    assert record == {"record": "author/1", "name": "acme", "followers": 0, "digest": "0123abcd"}
    normal, _ = Normaliser()(record)
    assert normal is not None
    assert normal.version == "  0123abcd"


def test_the_lineage_is_of_one_relation() -> None:
    both = [edge("x/a", 1), edge("x/b", 1, type="FINETUNE")]
    merged = {"relation": "merge", "bases": ["x/a"]}
    assert lineage(both, "merge", ["x/a", "x/b"]) == merged
    assert lineage(both, None, ["x/a", "x/b"])["relation"] == "finetune"
    assert lineage([], None, []) == {"bases": []}
    stated = [edge("x/a", 1, source="tags"), edge("x/b", 1, source="tags")]
    told = {"relation": "merge", "bases": ["X/A", "x/b"], "bases_source": "tags"}
    assert lineage(stated, "merge", ["X/A", "x/b"]) == told


def test_without_a_past_there_is_no_older_record() -> None:
    lineage_now = {"edges": [edge("x/a", 1)], "base_count": 1, "relation": "merge"}
    assert told(created_at=day(1), **lineage_now) == []
    assert told(**lineage_now) == [{"observed_at": iso(1)}]


def test_each_point_of_the_counts_is_a_record() -> None:
    series = counts({2: (5, 1), 4: (-1, 1), 10: (6, -1)})
    assert told(created_at=day(1), **series) == [
        {"downloads": 5, "likes": 1, "observed_at": iso(2)},
        {"downloads": None, "likes": 1, "observed_at": iso(4)},
    ]


def test_each_lineage_of_the_past_is_a_record() -> None:
    edges = [edge("x/first", 1, 3), edge("x/back", 1, None, 3, 5)]
    edges.append(edge("x/later", 3, source="tags"))
    assert told(created_at=day(1), base_count=2, relation="merge", edges=edges) == [
        {"relation": "merge", "bases": ["x/first", "x/back"], "observed_at": iso(1)},
        {"relation": "merge", "bases": ["x/later"], "bases_source": "tags", "observed_at": iso(3)},
        {"relation": "merge", "bases": ["x/back", "x/later"], "observed_at": iso(5)},
    ]


def test_a_lineage_stated_later_was_none_before() -> None:
    found = told(created_at=day(1), base_count=1, edges=[edge("x/a", 10)])
    assert found == [{"bases": [], "observed_at": iso(1)}]
    assert told(created_at=day(1), edges=[edge("x/a", 10)]) == []


def test_what_is_not_stated_any_more_was_stated_before() -> None:
    former = [("TRAINED_ON", "Dataset", "d/x", day(4)), ("TRAINED_ON", "Dataset", "d/y", day(6))]
    former.append(("SUPERSEDED_BY", "Model", "a/n", day(6)))
    assert told(created_at=day(1), datasets=["d/now"], former=former) == [
        {"datasets": ["d/now", "d/x", "d/y"], "new_version": "a/n", "observed_at": iso(1)},
        {"datasets": ["d/now", "d/y"], "observed_at": iso(4)},
        {"datasets": ["d/now"], "new_version": None, "observed_at": iso(6)},
    ]
    space = {"id": "s/s", "record_version": f" {iso(3)} 0123abcd"}
    gone = [("USES", "Dataset", "d/x", day(3))]
    before = {"datasets": ["d/x"], "observed_at": "2026-10-02T23:59:59.999Z"}
    expected = [{"record": "space/1", "id": "s/s", **before}]
    assert list(older_records(SPACE, space, (), gone)) == expected


@pytest.mark.parametrize(("more", "days"), [
    ({}, [2, 4, 6, 12]), ({"record_version": f" {iso(6)} 0123abcd"}, [2, 4]),
    ({"record_version": "  0123abcd"}, []), ({"gone_since": day(6)}, [2, 4]),
    ({"away": [day(3), day(6)]}, [2, 6, 12]),
])  # fmt: skip
def test_no_past_record_brings_back_what_is_gone(more: dict[str, Any], days: list[int]) -> None:
    series = counts({2: (1, 0), 4: (2, 0), 6: (3, 0), 12: (4, 0)})
    found = told(created_at=day(1), **(series | more))
    assert [record["observed_at"] for record in found] == [iso(number) for number in days]


def test_what_tells_whose_record_it_is_is_in_each_of_them() -> None:
    one = values(created_at=day(1), **counts({2: (1, 0)}))
    (record,) = older_records(MODEL, one, known_by={"hub_id": "b" * 24})
    assert record["hub_id"] == "b" * 24


@pytest.mark.parametrize("form", ["model/1", "author/1", "dataset/1", "space/1"])
def test_a_digest_that_is_told_counts_and_any_other_text_does_not(form: str) -> None:
    name = "name" if form == "author/1" else "id"
    raw = {"record": form, name: "acme", "observed_at": iso(3)}
    found = {}
    for digest in (None, "0123abcd", "0123ABCD"):
        record, issues = Normaliser()(raw | ({"digest": digest} if digest else {}))
        assert record is not None
        found[digest] = record.version, [issue.field for issue in issues]
    assert found["0123abcd"] == (f" {iso(3)} 0123abcd", [])
    assert found["0123ABCD"] == (found[None][0], ["digest"])
