"""A network as GEXF and GraphML: what other programs read out of it."""

import csv
import io
import json
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.network.content import Network, NetworkLink, NetworkModel, Total
from graph.schema import RELATIONS
from webapp.network.interchange import EDGE, FORMS, NODE, gexf, graphml
from webapp.network.parameters import NetworkParameters
from webapp.network.picture import NetworkAnswer, draw

READERS = {"gexf": (gexf, nx.read_gexf), "graphml": (graphml, nx.read_graphml)}
BUILT_IN = {"id", "label", "weight", "source", "target", "type", "kind", "interval", "timeset"}
"""What Gephi calls its own columns."""
FACTS: dict[str, Any] = dict.fromkeys(
    ("task", "license", "parameters", "created_at", "downloads", "likes", "influence_rank",
     "descendants", "effective_descendants", "known")
)  # fmt: skip


def network(base: str, child: str, **facts: Any) -> NetworkAnswer:
    """A model with one base, and three children in a bubble."""
    return drawn({"m": "a/base"}, base, child, **facts)


def drawn(asked: dict[str, str], base: str, child: str, undated: int | None = None, **facts: Any,
          ) -> NetworkAnswer:  # fmt: skip
    models = [
        NetworkModel(base, "start", None, 0, facts=FACTS | {"known": True} | facts),
        NetworkModel(child, "child", 0, 1, "finetune", facts=FACTS | {"known": True}),
    ]
    for model in models:
        model.children = dict.fromkeys(RELATIONS, 0)
    totals = {relation: Total(0, 0, 0) for relation in RELATIONS}
    links = [NetworkLink(1, 0, "finetune"), NetworkLink(1, 0, "merge", "dup")]
    found = Network(models, links, [], totals, [], None, [])
    return draw(found, NetworkParameters.read(asked), undated)


@pytest.mark.parametrize("form", READERS)
def test_networkx_reads_what_was_drawn(form: str) -> None:
    write, read = READERS[form]
    made = network("a/base", "b/child", task="text-generation", license="mit", downloads=2**40,
                   effective_descendants=1.5)  # fmt: skip
    found = read(io.BytesIO(write(made)))
    assert found.is_directed()
    assert set(found.nodes) == {"a/base", "b/child"}
    base = found.nodes["a/base"]
    assert (base["task"], base["license"], base["downloads"]) == ("text-generation", "mit", 2**40)
    assert (base["effective_descendants"], base["known"], base["author"]) == (1.5, True, "a")
    assert "likes" not in base
    assert "task" not in found.nodes["b/child"]
    edges = [found_edge["relation"] for *_, found_edge in found.edges(data=True)]
    assert edges == ["finetune", "merge"]
    assert {(child, parent) for child, parent, *_ in found.edges} == {("b/child", "a/base")}


@pytest.mark.parametrize(("asked", "undated", "said"), [
    ({"m": "a/base"}, None, "Lineage of a/base: finetune,"),
    ({"top": "5"}, None, "Lineage of the 5 most influential models: "),
    ({"top": "5", "sort": "likes", "task": "translation"}, None,
     "the first 5 models of the list task=translation, sort=likes: "),
    ({"m": "a/base", "as_of": "2025-03-01"}, 7,
     "a/base as of 2025-03-01: |Facts and scores are those of now.|7 models have no date"),
])  # fmt: skip
def test_a_file_says_what_it_is(asked: dict[str, str], undated: int | None, said: str) -> None:
    made = drawn(asked, "a/base", "b/child", undated)
    for write in (gexf, graphml):
        for part in said.split("|"):
            assert part in write(made).decode()


def test_tables_hold_the_same_and_run_no_formulas() -> None:
    made = network("=a/base", "b/child", downloads=0)
    nodes = list(csv.DictReader(io.StringIO(FORMS["nodes.csv"].write(made).decode())))
    assert [(row["id"], row["downloads"]) for row in nodes] == [("'=a/base", "0"), ("b/child", "")]
    links = list(csv.DictReader(io.StringIO(FORMS["links.csv"].write(made).decode())))
    assert [row["relation"] for row in links] == ["finetune", "merge"]


def test_an_author_is_no_model_of_the_same_name() -> None:
    made = network("gpt2", "gpt2")
    made.nodes["kind"][1] = "author"
    graph = json.loads(FORMS["opengraph.json"].write(made))["graph"]
    assert [(node["id"], node["kinds"]) for node in graph["nodes"]] == [
        ("gpt2", ["Model"]), ("@gpt2", ["Author"]),
    ]  # fmt: skip
    assert {edge["kind"] for edge in graph["edges"]} == {"FINETUNE", "MERGE"}
    assert {edge["start"]["value"] for edge in graph["edges"]} == {"@gpt2"}
    values = [v for node in graph["nodes"] for v in node["properties"].values()]
    assert all(isinstance(value, str | int | float | bool) for value in values)
    assert set(nx.read_graphml(io.BytesIO(graphml(made))).nodes) == {"gpt2", "@gpt2"}


@pytest.mark.parametrize("names", [NODE, EDGE])
def test_no_two_attributes_differ_in_case_alone(names: dict[str, str]) -> None:
    folded = [name.casefold() for name in names]
    assert len(set(folded)) == len(folded)
    assert not BUILT_IN & set(folded)
    assert set(names.values()) <= {"string", "long", "double", "boolean"}


@pytest.mark.parametrize("form", READERS)
@given(text=st.text(min_size=1))
def test_any_text_is_xml(form: str, text: str) -> None:
    write, read = READERS[form]
    made = network(f"a/{text}", "b/child", task=text, license=text)
    assert len(read(io.BytesIO(write(made)))) == 2
