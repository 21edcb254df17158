"""The table of a network: its models with their links and with what is left out."""

from typing import Any

from graph.schema import RELATIONS
from webapp.network.picture import NetworkAnswer

NetworkRow = dict[str, Any]


def rows(network: NetworkAnswer, first: int, count: int) -> list[NetworkRow]:
    """`count` of the drawn models from position `first` on, in the order they were found."""
    nodes, edges = network.nodes, network.edges
    by_model = "author" not in nodes["kind"]  # a link between authors may be of several relations
    chosen = range(first, min(first + count, len(nodes["id"])))
    bases: dict[int, list[dict[str, Any]]] = {place: [] for place in chosen}
    drawn = {place: dict.fromkeys(RELATIONS, 0) for place in chosen}
    for at, (child, base) in enumerate(zip(edges["s"], edges["t"], strict=True)):
        relation = edges["relation"][at]
        if child in bases:
            link = {name: edges[name][at] for name in ("relation", "cut", "count", "through")}
            bases[child].append({"id": nodes["id"][base], "kind": nodes["kind"][base], **link})
        if base in drawn:
            drawn[base][relation] += 1
    plain = ("id", "kind", "models", "role", "known", "gone", "suspected", "bases_left_out",
             "influence_rank", "descendants", "downloads")  # fmt: skip
    return [
        {
            **{name: nodes[name][place] for name in plain},
            "bases": bases[place],
            "children": [
                {
                    "relation": r,
                    "count": count,
                    "not_drawn": count - drawn[place][r] if by_model else None,
                }
                for r in RELATIONS
                if (count := nodes["children"][r][place])
            ],
        }
        for place in chosen
    ]
