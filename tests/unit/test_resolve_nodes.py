"""What nodes say and what they are called, whatever the order of records."""

import itertools

import pytest

from tests.remembered import MIDDLE, NEW, OLD, GraphState, author, model


def test_an_old_id_without_owner_has_no_author(take: GraphState) -> None:
    take(model("gpt2"), model("acme/x", relation="finetune", bases=["bert"]))
    assert take.model("gpt2")["name"] == "gpt2"
    assert "author" not in take.model("gpt2")
    assert take.model("bert")["known"] is False
    assert {ref.key for ref in take.nodes if ref.label == "Author"} == {"acme"}


def test_the_newest_record_wins_and_an_older_one_fills(take: GraphState) -> None:
    newer = model(likes=2, task="new", last_modified=NEW)
    older = model(likes=1, license="mit", last_modified=OLD)
    for first, second in ((newer, older), (older, newer)):
        take.empty()
        take(first)
        take(second)
        stored = take.model("acme/base")
        assert (stored["likes"], stored["task"], stored["license"]) == (2, "new", "mit")
        assert stored["last_modified"] == NEW


def test_null_erases_and_keeps_older_records_from_filling(take: GraphState) -> None:
    newer = model(license=None, created_at=None, last_modified=NEW)
    older = model(license="mit", created_at=OLD, last_modified=OLD)
    for records in ((newer, older), (older, newer)):
        for batch_size in (1, 10):
            take.empty()
            take(*records, batch_size=batch_size)
            stored = take.model("acme/base")
            assert "license" not in stored
            assert "created_at" not in stored
            assert stored["absent"] == ["created_at", "license"]
    take(model(license="apache-2.0", created_at=NEW, last_modified="2025-04-01T00:00:00Z"))
    assert take.model("acme/base")["license"] == "apache-2.0"
    assert "absent" not in take.model("acme/base")


def test_a_guess_gives_way_to_a_count_but_never_replaces_one(take: GraphState) -> None:
    named, counted = {"last_modified": NEW}, {"parameters": 7, "parameters_source": "gguf"}
    for records in itertools.permutations(
        [model("a/x-7B", **named), model("a/x-7B", **counted, last_modified=OLD)]
    ):
        for batch_size in (1, 10):
            take.empty()
            take(*records, batch_size=batch_size)
            stored = take.model("a/x-7B")
            assert (stored["parameters"], stored["parameters_source"]) == (7, "gguf")
    take(model("a/x-7B", parameters=None, last_modified="2025-05-01T00:00:00Z"))
    assert take.model("a/x-7B")["parameters_source"] == "name"


def test_a_placeholder_becomes_known_when_a_record_describes_it(take: GraphState) -> None:
    take(model("acme/child", relation="finetune", bases=["Other/Base-7B"]))
    placeholder = take.model("Other/Base-7B")
    assert placeholder["known"] is False
    assert (placeholder["author"], placeholder["parameters_source"]) == ("Other", "name")
    loaded = take(model("Other/Base-7B", likes=1, parameters=6, parameters_source="safetensors"))
    assert loaded.tallies["Model"].new == 1
    assert take.model("Other/Base-7B")["known"] is True
    assert take.model("Other/Base-7B")["parameters"] == 6
    take(model("acme/child", relation="finetune", bases=["Other/Base-7B"]))
    assert take.model("Other/Base-7B")["likes"] == 1


def test_an_author_is_described_by_its_record_alone(take: GraphState) -> None:
    take(author("Acme", kind="organization", full_name="Acme Inc"), author("nobody", kind="user"))
    take(model("acme/base"))
    assert take.author("Acme")["full_name"] == "Acme Inc"
    assert take.author("Acme")["aliases"] == ["acme"]
    assert take.author("nobody")["kind"] == "user"
    assert {ref.key for ref in take.nodes if ref.label == "Author"} == {"acme", "nobody"}


def test_case_variants_of_one_id_are_one_model(take: GraphState) -> None:
    records = [
        model("Acme/Base", last_modified=NEW),
        model("acme/base", last_modified=OLD, likes=1),
        model("ACME/BASE", last_modified=MIDDLE, likes=2),
        model("x/child", relation="finetune", bases=["acme/BASE"]),
    ]
    for order, batch_size in zip(
        itertools.permutations(records), itertools.cycle((1, 2, 10)), strict=False
    ):
        take.empty()
        take(*order, batch_size=batch_size)
        stored = take.model("Acme/Base")
        assert stored["aliases"] == ["ACME/BASE", "acme/BASE", "acme/base"]
        assert (stored["name"], stored["author"]) == ("Base", "Acme")
        assert take.edges() == {("x/child", "FINETUNE", "Acme/Base")}
        assert batch_size < len(records) or stored["likes"] == 2


@pytest.mark.parametrize("batches", [(3, 2), (4, 1), (5,), (1, 4)])
def test_spellings_do_not_undo_each_other(take: GraphState, batches: tuple[int, ...]) -> None:
    records = [model("a/x", last_modified=NEW)] * 4 + [model("A/x", last_modified=OLD)]
    for size in batches:
        take(*records[:size])
        records = records[size:]
    assert take.author("A")["aliases"] == ["a"]
    assert take.model("a/x")["aliases"] == ["A/x"]


def test_an_undescribed_base_is_spelled_the_same_in_any_order(take: GraphState) -> None:
    records = [
        model(f"x/{n}", relation="finetune", bases=[f"{s}/base"]) for n, s in enumerate("bB")
    ]
    for order in (records, records[::-1]):
        for batch_size in (1, 10):
            take.empty()
            take(*order, batch_size=batch_size)
            placeholder = take.model("B/base")
            assert (placeholder["aliases"], placeholder["author"]) == (["b/base"], "B")
            assert take.author("B")["aliases"] == ["b"]
