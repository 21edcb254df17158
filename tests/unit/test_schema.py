import re

import pytest

from graph import schema
from graph.schema import Index, Source


def test_constraints_and_indexes_follow_from_the_schema() -> None:
    statements = schema.constraint_statements()
    assert statements["model_id_folded"] == (
        "CREATE CONSTRAINT model_id_folded IF NOT EXISTS "
        "FOR (n:Model) REQUIRE n.id_folded IS UNIQUE"
    )
    assert statements["author_influence"] == (
        "CREATE INDEX author_influence IF NOT EXISTS FOR (n:Author) ON (n.influence)"
    )
    indexed = sum(p.index is not None for n in schema.NODES for p in n.properties)
    lists = sum(len(n.sorted_by) + len(n.found_by) + bool(n.fulltext) for n in schema.NODES)
    assert len(statements) == indexed + lists


def test_what_can_wait_after_an_import_finds_no_node_by_its_name() -> None:
    statements, later = schema.constraint_statements(), schema.secondary_indexes()
    assert later <= statements.keys()
    assert not any(statements[name].startswith("CREATE CONSTRAINT") for name in later)
    assert {"model_text", "author_text", "model_likes_id", "model_task_library"} <= later
    assert not later & {"model_id", "model_author", "model_task", "model_downloads_id"}


@pytest.mark.parametrize("node", schema.NODES, ids=lambda n: n.label)
def test_a_key_is_found_and_unique_in_one_spelling(node: schema.NodeType) -> None:
    key = node.find(node.key)
    assert key.index is (Index.RANGE if node.fold else Index.UNIQUE)
    if node.fold:
        assert node.find(node.fold).index is Index.UNIQUE
    with pytest.raises(KeyError):
        node.find("no such property")


@pytest.mark.parametrize(
    "item",
    [*schema.NODES, *schema.RELATIONSHIPS],
    ids=lambda i: getattr(i, "label", None) or i.type,
)
def test_names_are_plain_words_and_unique(item: schema.NodeType | schema.RelationshipType) -> None:
    names = [p.name for p in item.properties]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in names)
    assert all(p.description.endswith(".") for p in item.properties)


def test_the_four_relations_of_the_hub_have_their_types() -> None:
    assert schema.TYPE_OF_RELATION == {
        "finetune": "FINETUNE",
        "adapter": "ADAPTER",
        "merge": "MERGE",
        "quantized": "QUANTIZE",
    }
    assert set(schema.RELATIONS) == set(schema.TYPE_OF_RELATION)
    assert set(schema.LINEAGE_PATTERN.split("|")) == set(schema.RELATION_OF_TYPE)


def test_who_writes_what_is_a_partition() -> None:
    sources = {p.source for p in schema.MODEL.properties}
    assert sources == set(Source)
    split = [name for source in Source for name in schema.MODEL.names(source)]
    assert sorted(split) == sorted(p.name for p in schema.MODEL.properties)
