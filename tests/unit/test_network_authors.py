"""Networks of authors and of organizations: who they stand for, and what holds them together."""

from collections.abc import Mapping
from typing import Any

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.network.content import Network, NetworkRequest
from graph.answers.network.queries import SHOWN
from graph.answers.network.selection import select
from graph.answers.query import Query
from graph.schema import RELATIONS, TYPE_OF_RELATION
from graph.store.connection import Result
from webapp.network.parameters import NetworkParameters
from webapp.network.picture import draw

Link = tuple[str, str, str]
ORGANIZATIONS = ("lab", "org")


class Memory:
    """Answers for a family that hangs on `lab/base`, as (child, relation, base)."""

    def __init__(self, links: list[Link]) -> None:
        self.links = links
        self.models = sorted({"lab/base", *(name for c, _, b in links for name in (c, b))})

    def __call__(
        self, query: Query, parameters: Mapping[str, object] | None = None, /, **_: Any
    ) -> Result:
        return Result([], getattr(self, query.name.removeprefix("network-"))(**parameters or {}))

    def find(self, ids: list[str]) -> list[dict[str, Any]]:
        return [{"id": id_} for id_ in ids]

    def family(self, **_: Any) -> list[dict[str, Any]]:
        number = {name: at * 7 for at, name in enumerate(self.models)}
        return [
            {
                "number": [*number.values()],
                "id": self.models,
                "author": [name.split("/")[0] for name in self.models],
                "links": [
                    [TYPE_OF_RELATION[r], [number[child]], [number[base]], [""], [""]]
                    for child, r, base in self.links
                ],
            }
        ]

    def accounts(self, names: list[str]) -> list[dict[str, Any]]:
        kinds = {name: "organization" if name in ORGANIZATIONS else "user" for name in names}
        return [{"name": n, "kind": kind, "influence_rank": None} for n, kind in kinds.items()]

    def facts(self, ids: list[str]) -> list[dict[str, Any]]:
        columns = {name: [None] * len(ids) for name in SHOWN} | {"id": ids}
        return [columns | {relation: [0] * len(ids) for relation in RELATIONS}]

    def gone(self) -> list[dict[str, Any]]:
        return [{"base": [], "type": [], "links": []}]


def network(view: str, links: list[Link], **asked: Any) -> Network:
    return select(Memory(links), NetworkRequest(("lab/base",), view=view, down=10, **asked))


def lines(found: Network) -> set[tuple[str, str, int, int]]:
    return {
        (found.models[k.child].id, found.models[k.base].id, k.count, k.through) for k in found.links
    }


CHAIN = [
    ("lab/tuned", "finetune", "lab/base"),
    ("ann/one", "adapter", "lab/tuned"),
    ("bob/two", "adapter", "ann/one"),
    ("org/far", "quantized", "bob/two"),
    ("ann/more", "finetune", "ann/one"),
]


def test_an_author_stands_for_all_models_and_the_start_stays_apart() -> None:
    found = network("authors", CHAIN)
    assert {(m.id, m.models, m.own) for m in found.models} == {
        ("lab/base", 1, 0), ("lab", 1, 0), ("ann", 2, 1), ("bob", 1, 0), ("org", 1, 0),
    }  # fmt: skip
    assert lines(found) == {
        ("lab", "lab/base", 1, 0), ("ann", "lab", 1, 0), ("bob", "ann", 1, 0), ("org", "bob", 1, 0),
    }  # fmt: skip


def test_other_accounts_between_organizations_become_a_link_that_counts_them() -> None:
    found = network("orgs", CHAIN)
    assert {m.id for m in found.models} == {"lab/base", "lab", "org"}
    assert lines(found) == {("lab", "lab/base", 1, 0), ("org", "lab", 1, 2)}


def test_authors_beyond_the_limit_are_counted_with_what_hangs_on_them() -> None:
    found = network("authors", CHAIN, n=0)
    assert [m.id for m in found.models] == ["lab/base"]
    assert [(a.base, a.count) for a in found.aggregates] == [(0, 4)]


authors = st.sampled_from(["lab", "org", "ann", "bob", "eve"])


@st.composite
def families(pick: st.DrawFn) -> list[Link]:
    names = ["lab/base"]
    links: list[Link] = []
    for at in range(pick(st.integers(0, 14))):
        child = f"{pick(authors)}/{at}"
        bases = pick(st.sets(st.sampled_from(names), min_size=1, max_size=3))
        links += [(child, pick(st.sampled_from(RELATIONS)), base) for base in sorted(bases)]
        names.append(child)
    return links


@given(families(), st.sampled_from(["authors", "orgs"]), st.integers(0, 5))
def test_nobody_is_lost_and_nothing_falls_apart(links: list[Link], view: str, n: int) -> None:
    found = network(view, links, n=n)
    owners = {name.split("/")[0] for link in links for name in (link[0], link[2])}
    shown = {o for o in owners if view == "authors" or o in ORGANIZATIONS}
    shown -= {"lab"} if not any(link[0].startswith("lab/") for link in links) else set()
    assert len(found.models) - 1 + sum(a.count for a in found.aggregates) == len(shown)
    drawn = nx.Graph([(k.child, k.base) for k in found.links])
    drawn.add_nodes_from(range(len(found.models)))
    assert nx.is_connected(drawn)
    assert len(draw(found, NetworkParameters(view=view)).nodes["id"]) == len(found.models)
