"""How models are related: the nearest common ancestor, and the ways there."""

from hypothesis import given
from hypothesis import strategies as st

from graph.answers.ancestry import LineageLink
from graph.answers.comparison import nearest, ways_up


def links(*pairs: str) -> list[LineageLink]:
    """`a>b` for each link from a model to its base."""
    ends = (pair.split(">") for pair in pairs)
    return [LineageLink(a, "merge", None, b, True, None, None) for a, b in ends]


def related(a: str, b: str, *pairs: str) -> tuple[str | None, list[str], list[str]]:
    found = nearest(a, b, {name: ways_up(name, links(*pairs)) for name in (a, b)})
    return found.common, [s.id for s in found.way_a], [s.id for s in found.way_b]


def test_one_that_was_made_from_the_other() -> None:
    assert related("a", "c", "a>b", "b>c") == ("c", ["b", "c"], [])
    assert related("c", "a", "a>b", "b>c") == ("c", [], ["b", "c"])


def test_the_nearest_of_several_ancestors() -> None:
    pairs = ("a>x", "b>y", "y>x", "x>root", "a>far", "far>near", "b>near")
    assert related("a", "b", *pairs) == ("near", ["far", "near"], ["near"])
    assert related("a", "z", *pairs) == (None, [], [])


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=14))
def test_ways_end_also_in_circles_and_none_is_shorter(pairs: list[tuple[str, str]]) -> None:
    ways = ways_up("a", links(*(f"{a}>{b}" for a, b in pairs)))
    at, distance = {"a"}, 0
    seen: dict[str, int] = {}
    while at:
        seen |= dict.fromkeys(at, distance)
        at = {b for a, b in pairs if a in at} - seen.keys()
        distance += 1
    assert {name: len(way) for name, way in ways.items()} == seen
