"""Cypher that writes what was observed is short: it holds no rule."""

from graph.schema import NODES, RELATIONSHIPS
from graph.store import apply
from graph.store.cypher import LINK_TIMES, NODE_TIMES


def test_statements_that_write_are_short() -> None:
    texts = [
        *(apply.create_text(node, tuple(NODE_TIMES[node.label])) for node in NODES),
        *(apply.update_text(node, tuple(NODE_TIMES[node.label])) for node in NODES),
        *(apply.update_text(node, (), is_back=True) for node in NODES),
        *(apply.remove_text(node) for node in NODES),
        *(apply.link_text(r.type, NODES[0], NODES[0], tuple(LINK_TIMES)) for r in RELATIONSHIPS),
    ]
    assert max(len(text.splitlines()) for text in texts) <= 15
