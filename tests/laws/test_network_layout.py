"""The positions of a network: laws that hold for every forest."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.network.layout import Item, Position, layered, radial

Layout = Callable[[Sequence[Item]], list[Position]]
LAYOUTS = pytest.mark.parametrize("place", [radial, layered])


@st.composite
def forests(draw: st.DrawFn) -> list[Item]:
    size = draw(st.integers(1, 60))
    items: list[Item] = []
    for index in range(size):
        parent = draw(st.integers(-1, index - 1))
        radius, group = draw(st.sampled_from([4.0, 9.0, 28.0])), draw(st.integers(0, 4))
        above = draw(st.booleans()) and parent >= 0 and items[parent].parent < 0
        items.append(Item(parent, radius, group, above))
    return items


@LAYOUTS
@settings(max_examples=150, deadline=None)
@given(items=forests())
def test_every_item_has_a_finite_place_of_its_own(place: Layout, items: list[Item]) -> None:
    spots = place(items)
    assert len(spots) == len(items)
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in spots)
    assert len({(round(x, 3), round(y, 3)) for x, y in spots}) == len(items)


@LAYOUTS
@settings(max_examples=80, deadline=None)
@given(items=forests(), data=st.data())
def test_no_order_of_items_matters(place: Layout, items: list[Item], data: st.DataObject) -> None:
    """Moving whole items about keeps the picture, as long as siblings keep their order."""
    order = sorted(range(len(items)), key=lambda i: (items[i].parent >= 0, items[i].parent, i))
    if data.draw(st.booleans()):
        order.sort(key=lambda i: items[i].parent < 0)
    where = {old: new for new, old in enumerate(order)}
    moved = [replace(items[i], parent=where.get(items[i].parent, -1)) for i in order]
    spots, again = place(items), place(moved)
    for old, new in where.items():
        assert again[new] == pytest.approx(spots[old])


@settings(max_examples=150, deadline=None)
@given(items=forests())
def test_radial_children_lie_farther_out_and_roots_keep_their_distance(items: list[Item]) -> None:
    spots = radial(items)

    def root(index: int) -> int:
        while items[index].parent >= 0:
            index = items[index].parent
        return index

    def distance(index: int) -> float:
        return math.dist(spots[index], spots[root(index)])

    for index, item in enumerate(items):
        if item.parent >= 0:
            assert distance(index) > distance(item.parent) + item.radius
    roots = [i for i, item in enumerate(items) if item.parent < 0]
    for place, one in enumerate(roots):
        for other in roots[:place]:
            apart = math.dist(spots[one], spots[other])
            assert apart >= items[one].radius + items[other].radius


def test_siblings_do_not_overlap() -> None:
    items = [Item(-1, 28.0), *(Item(0, 4.0 + i % 7, i % 3) for i in range(400))]
    spots = radial(items)
    for i in range(1, len(items)):
        for j in range(1, i):
            assert math.dist(spots[i], spots[j]) > items[i].radius + items[j].radius


def test_radial_bases_lie_above_and_derivatives_around() -> None:
    items = [Item(-1, 10.0), Item(0, 5.0, above=True), *(Item(0, 5.0) for _ in range(5))]
    spots = radial(items)
    assert spots[1][1] < spots[0][1]
    assert all(spots[i][1] > spots[1][1] for i in range(2, len(items)))


def test_layered_columns_follow_the_steps() -> None:
    items = [Item(-1, 10.0), Item(0, 5.0, above=True), Item(0, 5.0), Item(2, 5.0)]
    x = [spot[0] for spot in layered(items)]
    assert x[1] < x[0] < x[2] < x[3]


def test_a_chain_of_thousands_is_placed() -> None:
    items = [Item(i - 1, 4.0) for i in range(5_000)]
    assert len(radial(items)) == len(layered(items)) == 5_000


@LAYOUTS
def test_nothing_is_placed_for_nothing(place: Layout) -> None:
    assert place([]) == []
