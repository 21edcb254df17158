"""The table of a network: its models with their links and with what is left out."""

from typing import Any

from graph.schema import RELATIONS
from webapp.network.picture import NetworkAnswer

NetworkRow = dict[str, Any]


def rows(network: NetworkAnswer, first: int, count: int) -> list[NetworkRow]:
    """`count` of the drawn models from position `first` on, in the order they were found."""
    nodes, edges = network.nodes, network.edges
    chosen = range(first, min(first + count, len(nodes["id"])))
    bases: dict[int, list[dict[str, Any]]] = {place: [] for place in chosen}
    drawn = {place: dict.fromkeys(RELATIONS, 0) for place in chosen}
    for child, base, relation, cut in zip(
        edges["s"], edges["t"], edges["relation"], edges["cut"], strict=True
    ):
        if child in bases:
            bases[child].append({"id": nodes["id"][base], "relation": relation, "cut": cut})
        if base in drawn:
            drawn[base][relation] += 1
    plain = ("id", "role", "known", "gone", "suspected", "bases_left_out", "influence_rank",
             "descendants", "downloads")  # fmt: skip
    return [
        {
            **{name: nodes[name][place] for name in plain},
            "bases": bases[place],
            "children": [
                {"relation": r, "count": count, "not_drawn": count - drawn[place][r]}
                for r in RELATIONS
                if (count := nodes["children"][r][place])
            ],
        }
        for place in chosen
    ]
