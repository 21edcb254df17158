"""What is exported and loaded again goes on as the graph did that had read everything."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort

from graph.progress import Progress
from graph.resolve.held import LinkKey, NodeKey, Values
from graph.resolve.presence import ARRIVALS
from graph.resolve.traits import LINEAGE_TYPES, REFERENCES_OF
from graph.schema import CONCERNS, NODE_OF_LABEL, NodeType
from graph.store.connection import Graph
from graph.ways.export import pages
from graph.ways.export.writing import ExportSummary, _Export
from tests.laws.test_resolve import ONE_AT_A_TIME, START
from tests.progress import Seen
from tests.remembered import GraphState, Raw, day, model
from tests.unit.test_resolve_renames import ALTERNATING

ITS_OWN = {"first_seen", "last_seen"}
"""What a graph says of its own runs."""


class Pages:
    """What `graph.ways.export.pages` reads, from a graph in memory."""

    def __init__(self, state: GraphState) -> None:
        self.state = state

    def described(self, _: Graph, node: NodeType, __: object) -> Iterator[Values]:
        for ref, values in self.state.nodes.items():
            there = node.has_history or "gone_since" not in values
            if ref.label == node.label and "record_version" in values and there:
                arrived = any(
                    change["kind"] in ARRIVALS and change["at"] == values.get("appeared_at")
                    for link in self.state.links if link.end == ref
                    and (change := self.state.nodes[link.start]) and "kind" in change
                )  # fmt: skip
                row: Values = {"node": {**values, str(node.fold): ref.key, "arrived": arrived}}
                links = sorted(self.state.links.items(), key=lambda link: link[0].end.key)
                own = [(link, held) for link, held in links if link.start == ref]
                row["lineage"] = [
                    _edge(self.state, link, held) for link, held in own
                    if link.type in LINEAGE_TYPES
                ]  # fmt: skip
                types = {each.type for each in REFERENCES_OF[node.label]}
                row["former"] = [
                    (link.type, link.end.label, self._spelled(link.end), held["gone_since"])
                    for link, held in own
                    if link.type in types and "gone_since" in held
                ]
                yield row

    def changes(self, _: Graph, __: object) -> Iterator[Values]:
        for link in self.state.links:
            change = self.state.nodes[link.start] if link.type == CONCERNS.type else {}
            if change and change["kind"] != "renamed":
                names = ("model", "kind", "before", "after", "compared", "at")
                of = self._spelled(link.end)
                yield {name: change.get(name) for name in names} | {"of": of}

    def evaluations(self, _: Graph, __: object) -> Iterator[Values]:
        return iter(())

    def renames(self, _: Graph) -> list[Values]:
        found = []
        for link in self.state.links:
            change = self.state.nodes[link.start] if link.type == CONCERNS.type else {}
            if change.get("kind") == "renamed":
                model = self.state.nodes[link.end]
                row = {
                    name: change.get(name)
                    for name in ("model", "before", "after", "compared", "at")
                }
                row |= {"of": model["id"], "hub_id": model.get("hub_id"), "taken": None}
                found.append(row | {"aliases": model.get("aliases")})
        return sorted(found, key=lambda row: (row["at"], row["model"]))

    def count_described(self, _: Graph, node: NodeType) -> int:
        return sum(
            ref.label == node.label and "record_version" in values
            for ref, values in self.state.nodes.items()
        )

    def _spelled(self, ref: NodeKey) -> str:
        return str(self.state.nodes[ref][NODE_OF_LABEL[ref.label].key])


def _edge(state: GraphState, link: LinkKey, held: Values) -> Values:
    base = state.nodes[link.end]
    edge = {name: held.get(name) for name in ("since", "source", "away")}
    other = None if base.get("known") else base.get("aliases", ())
    return {**edge, "type": link.type, "base": base["id"], "gone": held.get("gone_since"),
            "other": other}  # fmt: skip


def exported(state: GraphState, monkeypatch: pytest.MonkeyPatch) -> list[Raw]:
    made = Pages(state)
    for name in ("described", "changes", "evaluations", "renames", "count_described"):
        monkeypatch.setattr(pages, name, getattr(made, name))
    progress: Progress = Seen()
    graph: Any = None
    return list(_Export(graph, progress, ExportSummary("")).records())


@effort(max_examples=150, deadline=None)
@given(before=ONE_AT_A_TIME, after=ONE_AT_A_TIME)
def test_an_export_goes_on_as_the_graph_did(before: list[Raw], after: list[Raw]) -> None:
    whole, part, again = GraphState(), GraphState(), GraphState()
    whole(*before, now=START)
    part(*before, now=START)
    with pytest.MonkeyPatch.context() as patch:
        again(*exported(part, patch), now=START)
    assert again.content(ITS_OWN) == part.content(ITS_OWN)
    for graph in (whole, again):
        graph(*after, now=START)
    assert again.content(ITS_OWN) == whole.content(ITS_OWN)


@effort(max_examples=100, deadline=None)
@given(records=ALTERNATING)
def test_renames_come_back(records: list[Raw]) -> None:
    part, again = GraphState(), GraphState()
    part(*records, now=START)
    with pytest.MonkeyPatch.context() as patch:
        again(*exported(part, patch), now=START)
    assert again.content(ITS_OWN) == part.content(ITS_OWN)


def test_references_end_when_they_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though a record of the time between is remembered without when the model was modified."""
    state, again = GraphState(), GraphState()
    told: list[dict[str, object]] = [
        {"datasets": ["d/a", "d/b"], "downloads": 5},
        {"datasets": ["d/a"]},
        {"datasets": []},
    ]
    for number, said in enumerate(told, 1):
        when = {"observed_at": day(number), "last_modified": day(number)}
        state(model("a/m", created_at=day(0), **when, **said), now=START)
    again(*exported(state, monkeypatch), now=START)
    assert references(again) == references(state) == {"d/a": day(3), "d/b": day(2)}


def references(state: GraphState) -> dict[str, object]:
    """When each of the datasets that a model named was named no more."""
    links = state.links.items()
    return {link.end.key: held["gone_since"] for link, held in links if link.end.label == "Dataset"}
