"""What happens to models: found by comparison, or reported by records; and renames."""

import itertools

import pytest

from tests.remembered import MIDDLE, NEW, OLD, GraphState, Raw, change, day, model, space

A, B = "a" * 24, "b" * 24


def changes(take: GraphState) -> set[tuple[object, ...]]:
    """Model as it is called now, as it was called, kind, before, after."""
    names = ("model", "kind", "before", "after")
    return {
        (present, *(values.get(name) for name in names))
        for (key, _, present) in take.linked("CONCERNS")
        for values in [change for change in take.changes() if change["id"] == key]
    }


def gone(take: GraphState) -> set[str]:
    return {values["id"] for values in take.nodes.values() if "gone_since" in values}


def test_a_newer_record_that_differs_is_a_change(take: GraphState) -> None:
    take(model("a/m", license="mit", gated="no", hub_id=A, observed_at=OLD))
    new = model("a/m", license="llama3", gated="manual", hub_id=A, observed_at=MIDDLE)
    take(new)
    expected = {
        ("a/m", "a/m", "license", "mit", "llama3"),
        ("a/m", "a/m", "gated", "no", "manual"),
    }
    assert changes(take) == expected
    take(new)
    assert changes(take) == expected
    take(model("a/m", license=None, observed_at=NEW))
    assert changes(take) - expected == {("a/m", "a/m", "license", "llama3", None)}
    assert {change["at"] for change in take.changes() if change["kind"] == "gated"} == {MIDDLE}


def test_a_change_has_the_id_that_graphs_made_earlier_hold(take: GraphState) -> None:
    for second in ("00.000", "01.120", "10.000"):
        take(change("A/m", "gone", observed_at=f"2025-02-01T00:00:{second}Z"))
    assert {each["id"] for each in take.changes()} == {
        f"a/m gone 2025-02-01T00:00:{second}Z" for second in ("00", "01.12", "10")
    }


def test_what_was_not_stated_before_did_not_change(take: GraphState) -> None:
    take(model("a/m", likes=1, observed_at=OLD))
    take(model("a/m", license="mit", gated="no", hub_id=A, observed_at=MIDDLE))
    take(model("a/m", likes=2, observed_at=NEW))
    assert changes(take) == set()


def test_what_is_told_to_be_gone_is_gone_until_it_is_seen_again(take: GraphState) -> None:
    for records in itertools.permutations(
        [
            model("a/m", likes=1, observed_at=OLD),
            change("a/m", "gone", after="removed", observed_at=MIDDLE),
        ]
    ):
        take.empty()
        take(*records, batch_size=1)
        assert gone(take) == {"a/m"}
        assert changes(take) == {("a/m", "a/m", "gone", None, "removed")}
    take(model("a/m", likes=1, observed_at=NEW))
    assert gone(take) == set()
    assert ("a/m", "a/m", "returned", None, None) in changes(take)
    take(change("a/m", "gone", observed_at=MIDDLE))
    assert gone(take) == set()


def test_a_renamed_model_is_one_model(take: GraphState) -> None:
    take(
        model("old/name", license="mit", hub_id=A, bases=["x/root"], relation="merge"),
        model("c/child", bases=["Old/Name"], relation="finetune"),
        model("c/older", new_version="old/name"),
        space("s/app", models=["old/name"]),
    )
    take(change("old/name", "renamed", after="new/name"))
    assert take.edges() == {("new/name", "MERGE", "x/root"), ("c/child", "FINETUNE", "new/name")}
    found = take.model("new/name")
    assert (found["license"], found["known"], found["name"]) == ("mit", True, "name")
    assert found["aliases"] == ["Old/Name", "old/name"]
    assert changes(take) == {("new/name", "old/name", "renamed", "old/name", "new/name")}
    owners = {
        (start.lower(), "gone_since" in values)
        for (start, _, end), values in take.linked("PUBLISHED").items()
        if end == "new/name"
    }
    assert owners == {("old", True), ("new", False)}
    uses, older = ("s/app", "USES", "new/name"), ("c/older", "SUPERSEDED_BY", "new/name")
    assert take.edges("USES", "SUPERSEDED_BY") == {uses, older}


def test_a_former_name_leads_to_the_model_in_every_later_load(take: GraphState) -> None:
    take(
        change("old/name", "renamed", after="mid/name", observed_at=OLD),
        change("mid/name", "renamed", after="new/name", observed_at=MIDDLE),
    )
    for _ in range(2):
        take(
            model("c/child", bases=["old/name", "MID/name"], relation="merge", observed_at=NEW),
            model("c/next", new_version="Old/Name", observed_at=NEW),
            space("s/app", models=["mid/name"], observed_at=NEW),
            model("old/name", likes=3, hub_id=A, last_modified=OLD, observed_at=OLD),
        )
        assert take.edges() == {("c/child", "MERGE", "new/name")}
        assert take.ids() == {"c/child", "c/next", "new/name"}
        assert take.model("new/name")["likes"] == 3


@pytest.mark.parametrize("batch_size", [1, 100])
def test_a_rename_joins_the_same_in_any_order(take: GraphState, batch_size: int) -> None:
    records = [
        model("old/name", likes=1, hub_id=A, observed_at=OLD, bases=["x/a"], relation="merge"),
        model("new/name", likes=2, hub_id=A, observed_at=NEW, bases=["x/b"], relation="merge"),
        model("c/child", bases=["old/name"], relation="adapter", observed_at=OLD),
        change("old/name", "renamed", after="new/name", observed_at=MIDDLE),
    ]
    for order in itertools.permutations(records):
        take.empty()
        take(*order, batch_size=batch_size)
        assert take.edges() == {("new/name", "MERGE", "x/b"), ("c/child", "ADAPTER", "new/name")}, [
            r.get("id") for r in order
        ]
        found = take.model("new/name")
        assert (found["likes"], found["aliases"], found["base_count"]) == (2, ["old/name"], 1)


def test_a_name_taken_over_is_another_model_again(take: GraphState) -> None:
    renamed = change("old/name", "renamed", after="new/name", observed_at=MIDDLE)
    take(model("old/name", hub_id=A, observed_at=OLD), renamed)
    take(model("old/name", hub_id=B, likes=9, observed_at=NEW))
    assert take.model("old/name")["hub_id"] == B
    assert take.model("new/name")["hub_id"] == A
    assert not take.model("new/name").get("aliases")
    assert ("old/name", "old/name", "taken_over", A, B) in changes(take)
    take(model("c/child", bases=["old/name"], relation="adapter"))
    assert take.edges() == {("c/child", "ADAPTER", "old/name")}


def test_a_model_may_get_its_former_name_again(take: GraphState) -> None:
    renamed = change("one/name", "renamed", after="two/name", observed_at=MIDDLE)
    take(model("one/name", hub_id=A, observed_at=OLD), renamed)
    take(model("one/name", hub_id=A, likes=4, observed_at=NEW))
    assert take.ids() == {"one/name"}
    assert take.model("one/name")["likes"] == 4


def test_a_change_without_kind_time_or_new_name_is_left_out(take: GraphState) -> None:
    loaded = take(
        change("a/m", "eaten"),
        change("a/m", "gone", observed_at=None),
        change("a/m", "renamed", after="not a name"),
        change("a b", "gone"),
    )
    assert loaded.issues["rejected"] == 4
    assert changes(take) == set()


def seen(at: int, **fields: object) -> Raw:
    return model("a/m", observed_at=day(at), **fields)


COUNTED = {"parameters_source": "gguf"}
MODIFIED = {"last_modified": day(2)}


@pytest.mark.parametrize(("records", "expected"), [
    ([seen(1, license="mit"), seen(3, license="gpl"), seen(5, license="gpl")],
     {("license", 3, "mit", "gpl")}),
    ([seen(1, license="mit"), seen(3, license="gpl"), seen(5, license="mit")],
     {("license", 3, "mit", "gpl"), ("license", 5, "gpl", "mit")}),
    ([seen(1, license="mit"), seen(3, likes=1), seen(5, license=None), seen(7, license="bsd")],
     {("license", 5, "mit", None), ("license", 7, None, "bsd")}),
    ([seen(1, gated="no"), model("a/m", gated="manual", **MODIFIED), seen(4, gated="auto")],
     {("gated", 2, "no", "manual"), ("gated", 4, "manual", "auto")}),
    ([seen(1, parameters=5, **COUNTED), seen(3, parameters=None), seen(5, parameters=6, **COUNTED)],
     set()),
    ([seen(1, parameters=5, **COUNTED), seen(3, parameters=6, **COUNTED), seen(5, license="mit")],
     {("parameters", 3, "5", "6")}),
])  # fmt: skip
def test_changes_of_facts_follow_in_any_order(
    take: GraphState, records: list[Raw], expected: set[tuple[object, ...]]
) -> None:
    for order in itertools.permutations(records):
        for batch_size in (1, 10):
            take.empty()
            take(*order, batch_size=batch_size)
            assert {
                (each["kind"], int(each["at"][8:10]), each.get("before"), each.get("after"))
                for each in take.changes()
            } == expected


def test_a_reported_change_of_a_licence_stands(take: GraphState) -> None:
    records = [
        seen(1, license="mit"), seen(3, license="gpl"),
        change("a/m", "license", before="x", after="y", observed_at=day(3)),
        change("a/m", "license", before="q", after="mit", observed_at=day(1)),
    ]  # fmt: skip
    for order in itertools.permutations(records):
        take.empty()
        take(*order, batch_size=1)
        assert [(c["before"], c["after"]) for c in take.changes()] == [("q", "mit"), ("x", "y")]
    take(seen(5, license="mit"))
    assert [c["before"] for c in take.changes()] == ["q", "x", "gpl"]


def test_a_graph_that_remembers_no_facts_keeps_the_changes_it_has(take: GraphState) -> None:
    take(seen(1, license="mit"), seen(3, license="gpl"))
    for values in take.nodes.values():
        values.pop("facts_then", None)
        if "observed_facts" in values:
            values["observed_facts"] = [0, 0]
    take(seen(5, license="gpl"), seen(7, license="bsd"), seen(6, likes=1))
    assert [(c["before"], c["after"]) for c in take.changes()] == [("mit", "gpl"), ("gpl", "bsd")]


@pytest.mark.parametrize(("records", "expected"), [
    ([seen(1, license="mit", task="one"), seen(3, license="gpl"), seen(5, likes=1)],
     {"license": "gpl", "task": "one"}),
    ([seen(1, license="mit", tags=["x"]), seen(3, license=None), seen(5, tags=["y"])],
     {"tags": ["y"], "absent": ["license"]}),
    ([seen(1, task="one", license=None), seen(3, license="gpl", task=None), seen(5), seen(7)],
     {"license": "gpl", "absent": ["task"]}),
    ([seen(8, task="one", last_modified=day(8)), seen(12, task="two"), seen(11, license="gpl")],
     {"task": "one", "license": "gpl"}),
    ([seen(1, parameters=7, **COUNTED), seen(3, parameters=8, **COUNTED), seen(5, bases=[])],
     {"parameters": 8, "parameters_source": "gguf"}),
])  # fmt: skip
def test_a_property_is_that_of_the_newest_record_that_states_it(
    take: GraphState, records: list[Raw], expected: Raw
) -> None:
    for order in itertools.permutations(records):
        for batch_size in (1, 10):
            take.empty()
            take(*order, batch_size=batch_size)
            found = take.model("a/m")
            names = ("license", "task", "tags", "absent", "parameters", "parameters_source")
            assert {name: found[name] for name in names if name in found} == expected


@pytest.mark.parametrize("new", [day(9), day(2)])
def test_a_model_under_two_names_is_what_the_newest_record_of_either_says(
    take: GraphState, new: str
) -> None:
    records = [
        model("old/name", license="mit", task="one", hub_id=A, observed_at=day(5)),
        model("new/name", license="gpl", hub_id=A, observed_at=new),
        change("old/name", "renamed", after="new/name", observed_at=day(7)),
    ]
    newest = "gpl" if new > day(5) else "mit"
    for order in itertools.permutations(records):
        take.empty()
        take(*order, batch_size=1)
        found = take.model("new/name")
        assert (found["license"], found["task"]) == (newest, "one")
        assert [c["after"] for c in take.changes() if c["kind"] == "license"] == [newest]
