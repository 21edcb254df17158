"""What models were made from, and what repositories refer to."""

import itertools

import pytest

from graph.resolve.held import NodeKey
from tests.remembered import MIDDLE, NEW, OLD, SEEN, GraphState, dataset, model, space

REFERENCES = ("TRAINED_ON", "DESCRIBED_IN", "SUPERSEDED_BY", "USES")


def test_each_relation_has_its_type(take: GraphState) -> None:
    relations = ("finetune", "adapter", "merge", "quantized")
    take(*(model(f"acme/{r}", relation=r, bases=["acme/base"]) for r in relations))
    assert take.edges() == {
        ("acme/finetune", "FINETUNE", "acme/base"), ("acme/adapter", "ADAPTER", "acme/base"),
        ("acme/merge", "MERGE", "acme/base"), ("acme/quantized", "QUANTIZE", "acme/base"),
    }  # fmt: skip
    assert take.model("acme/merge")["relation"] == "merge"
    assert take.model("acme/merge")["base_count"] == 1
    assert "base_count" not in take.model("acme/base")


def test_a_root_that_says_so_has_no_bases(take: GraphState) -> None:
    take(model(bases=[]))
    assert take.model("acme/base")["base_count"] == 0
    assert "relation" not in take.model("acme/base")


def test_lineage_that_changes_becomes_history_and_may_come_back(take: GraphState) -> None:
    take(model("a/c", relation="merge", bases=["a/x", "a/y"], last_modified=OLD))
    take(model("a/c", relation="merge", bases=["a/y", "a/z"], last_modified=MIDDLE))
    assert take.edges() == {("a/c", "MERGE", "a/y"), ("a/c", "MERGE", "a/z")}
    assert take.history() == {("a/c", "MERGE", "a/x")}
    take(model("a/c", relation="finetune", bases=["a/y"], last_modified=NEW))
    assert take.edges() == {("a/c", "FINETUNE", "a/y")}
    take(model("a/c", relation="merge", bases=["a/x"], last_modified="2025-04-01T00:00:00Z"))
    assert take.edges() == {("a/c", "MERGE", "a/x")}
    take(model("a/c", bases=[], last_modified="2025-04-02T00:00:00Z"))
    assert take.edges() == set()
    assert len(take.history()) == 4
    assert take.model("a/c")["base_count"] == 0
    assert "relation" not in take.model("a/c")


def test_an_older_lineage_is_history(take: GraphState) -> None:
    older = model("a/c", relation="merge", bases=["a/old"], last_modified=OLD)
    for batch_size in (1, 10):
        take.empty()
        take(model("a/c", likes=1, last_modified=NEW), older, batch_size=batch_size)
        assert take.edges() == {("a/c", "MERGE", "a/old")}
        take.empty()
        newer = model("a/c", relation="finetune", bases=["a/new"], last_modified=NEW)
        take(newer, older, batch_size=batch_size)
        assert take.edges() == {("a/c", "FINETUNE", "a/new")}
        assert take.history() == {("a/c", "MERGE", "a/old")}


@pytest.mark.parametrize("relation", ["distilled", None, 7])
def test_an_unknown_relation_leaves_what_is_known(take: GraphState, relation: object) -> None:
    take(model("a/c", relation="merge", bases=["a/x"], last_modified=OLD))
    loaded = take(model("a/c", relation=relation, bases=["a/y"], likes=1, last_modified=NEW))
    assert loaded.issues == {"dropped": 1}
    assert take.edges() == {("a/c", "MERGE", "a/x")}
    assert take.model("a/c")["likes"] == 1


def test_loops_and_cycles_are_kept(take: GraphState) -> None:
    loaded = take(
        model("a/self", relation="finetune", bases=["A/Self", "a/x"]),
        model("a/x", relation="finetune", bases=["a/y"]),
        model("a/y", relation="merge", bases=["a/z"]),
        model("a/z", relation="finetune", bases=["a/x"]),
    )
    assert loaded.issues == {"noted": 1}
    assert take.edges() == {
        ("a/self", "FINETUNE", "a/self"), ("a/self", "FINETUNE", "a/x"), ("a/x", "FINETUNE", "a/y"),
        ("a/y", "MERGE", "a/z"), ("a/z", "FINETUNE", "a/x"),
    }  # fmt: skip
    assert take.model("a/self")["base_count"] == 2


def test_paths_and_addresses_as_bases(take: GraphState) -> None:
    bases = ["/me/model", "https://huggingface.co/Acme/Base", "https://example.org/a/b", "a/b/c"]
    merges = {"a/c": bases, "a/d": ["./x"]}
    loaded = take(*(model(name, relation="merge", bases=b) for name, b in merges.items()))
    assert loaded.issues == {"dropped": 4, "repaired": 1}
    assert take.edges() == {("a/c", "MERGE", "Acme/Base")}
    assert take.model("a/d")["base_count"] == 0


LAYERS = ("CARD_NAMES", "TAG_NAMES")


@pytest.mark.parametrize(("fields", "count", "edges"), [
    ({"bases": []}, 0, set()),
    ({"bases": [], "card_bases": [], "unusable_bases": []}, 0, set()),
    ({"bases": [], "card_bases": ["x/lost"]}, 1, {("CARD_NAMES", "x/lost")}),
    ({"bases": [], "tagged_bases": ["x/old"]}, 1, {("TAG_NAMES", "x/old")}),
    ({"bases": [], "card_bases": ["x/a"], "tagged_bases": ["X/A", "x/b"]}, 2,
     {("CARD_NAMES", "x/a"), ("TAG_NAMES", "x/a"), ("TAG_NAMES", "x/b")}),
    ({"bases": [], "unusable_bases": ["./local"]}, 1, set()),
    ({"relation": "finetune", "bases": ["x/a"], "card_bases": ["x/b", "X/a", "x/c", "x/d"]}, 4,
     {("CARD_NAMES", name) for name in ("x/a", "x/b", "x/c", "x/d")}),
])  # fmt: skip
def test_a_root_is_a_model_of_which_no_layer_names_a_base(
    take: GraphState, fields: dict[str, object], count: int, edges: set[tuple[str, str]]
) -> None:
    for batch_size in (1, 10):
        take.empty()
        take(model("x/a"), model("a/c", **fields), batch_size=batch_size)
        assert take.model("a/c")["base_count"] == count
        assert {edge[1:] for edge in take.edges(*LAYERS)} == edges


def test_what_a_card_declares_outlives_a_source_without_cards(take: GraphState) -> None:
    take(model("a/c", bases=[], card_bases=["x/lost"], last_modified=OLD))
    take(model("a/c", bases=[], last_modified=NEW))
    assert take.model("a/c")["base_count"] == 1
    assert take.edges(*LAYERS) == {("a/c", "CARD_NAMES", "x/lost")}
    take(model("a/c", bases=[], card_bases=[], last_modified="2025-04-01T00:00:00Z"))
    assert take.model("a/c")["base_count"] == 0
    assert take.edges(*LAYERS) == set()


def test_a_merge_of_sixty_five(take: GraphState) -> None:
    take(model("a/merge", relation="merge", bases=[f"a/p{n}" for n in range(65)]))
    assert len(take.edges()) == 65
    assert take.model("a/merge")["base_count"] == 65


def test_a_model_refers_to_datasets_papers_and_its_successor(take: GraphState) -> None:
    loaded = take(
        dataset("acme/texts", likes=3, tags=["parquet"], observed_at=OLD),
        model(
            "acme/one",
            datasets=["Acme/Texts", "squad"],
            papers=["2403.04652", "math.GT/0309136"],
            new_version="acme/two",
            observed_at=OLD,
        ),
    )
    assert (loaded.tallies["Model"].new, loaded.tallies["Dataset"].new) == (1, 1)
    assert take.edges(*REFERENCES) == {
        ("acme/one", "TRAINED_ON", "acme/texts"), ("acme/one", "TRAINED_ON", "squad"),
        ("acme/one", "DESCRIBED_IN", "2403.04652"), ("acme/one", "DESCRIBED_IN", "math.GT/0309136"),
        ("acme/one", "SUPERSEDED_BY", "acme/two"),
    }  # fmt: skip
    known = {name: take.nodes[NodeKey("Dataset", name)]["known"] for name in take.ids("Dataset")}
    assert known == {"acme/texts": True, "squad": False}
    assert take.model("acme/two")["known"] is False
    published = {("acme", "PUBLISHED", name) for name in ("acme/texts", "acme/one")}
    assert take.edges("PUBLISHED") >= published


def test_a_space_uses_models_and_datasets(take: GraphState) -> None:
    uses = {"models": ["acme/one"], "datasets": ["acme/texts"]}
    loaded = take(space("acme/app", sdk="gradio", likes=1, **uses))
    assert loaded.tallies["Space"].new == 1
    used = {("acme/app", "USES", name) for name in ("acme/one", "acme/texts")}
    assert take.edges(*REFERENCES) == used
    take(space("acme/app", models=[], datasets=["acme/texts"], observed_at=NEW))
    assert take.edges(*REFERENCES) == {("acme/app", "USES", "acme/texts")}
    assert take.history(*REFERENCES) == {("acme/app", "USES", "acme/one")}


def test_what_a_newer_record_no_longer_states_is_history(take: GraphState) -> None:
    old = model("a/m", datasets=["a/x", "a/y"], papers=["2403.04652"], last_modified=OLD)
    new = model("a/m", datasets=["a/y"], last_modified=NEW)
    take(old)
    take(new)
    live = {("a/m", "TRAINED_ON", "a/y"), ("a/m", "DESCRIBED_IN", "2403.04652")}
    assert take.edges(*REFERENCES) == live
    assert take.history(*REFERENCES) == {("a/m", "TRAINED_ON", "a/x")}
    take(old)
    assert take.edges(*REFERENCES) == live


def test_records_that_refer_give_one_graph_in_any_order(take: GraphState) -> None:
    records = [
        model("a/m", datasets=["a/x"], last_modified=OLD),
        model("a/m", papers=["2403.04652"], new_version="A/Next-7B", last_modified=MIDDLE),
        model("a/m", datasets=["a/x", "a/y"], last_modified=NEW),
        dataset("a/y", likes=1, observed_at=OLD),
        space("a/app", models=["a/next-7b", "a/m"], observed_at=OLD),
    ]
    found = []
    for order in itertools.islice(itertools.permutations(records), 0, None, 11):
        take.empty()
        take(*order, batch_size=2)
        nodes, edges = take.content(SEEN)
        found.append((nodes, {k: v for k, v in edges.items() if "gone_since" not in v}))
    assert all(graph == found[0] for graph in found)


def test_ids_that_are_none_are_told_and_left_out(take: GraphState) -> None:
    loaded = take(model("a/m", datasets=["a/x", "../x"], papers=["soon"], new_version="no id"))
    assert loaded.issues == {"dropped": 3}
    assert take.edges(*REFERENCES) == {("a/m", "TRAINED_ON", "a/x")}
