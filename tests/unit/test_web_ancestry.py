"""Paths to the roots, and where their drawing puts things."""

from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.answers.ancestry import MOST_PATHS, LineageLink, Step, paths
from graph.answers.ancestry import ancestry as read_ancestry
from webapp.pages import ancestry

Links = list[LineageLink]


def link(model: str, base: str, relation: str | None = "finetune", **facts: Any) -> LineageLink:
    return replace(LineageLink(model, relation, None, base, True, None, 1.0), **facts)


def ids(path: list[Step]) -> list[str]:
    return [step.id for step in path]


def test_a_root_has_no_path_and_no_drawing() -> None:
    assert paths("a", []) == ([], False)
    assert ancestry.draw("a", []).boxes == []


def test_the_shortest_path_comes_first_and_a_merge_shows_every_parent() -> None:
    links = [link("m", "a", "merge"), link("m", "b", "merge"), link("a", "root")]
    found, more = paths("m", links)
    assert [ids(path) for path in found] == [["b"], ["a", "root"]]
    assert [path[-1].end for path in found] == ["root", "root"]
    assert not more


def test_what_is_declared_and_resolved_is_one_link() -> None:
    class Rows:
        def __init__(self, *links: LineageLink) -> None:
            self.rows = [asdict(each) for each in links]

    resolved = link("m", "a")
    lost, tagged = (link("m", "b", None, source=s, state="lost") for s in ("card", "tags"))
    declared = link("m", "a", None, source="card", state="lost")
    found = read_ancestry(lambda *_: Rows(resolved, declared, lost, tagged), "m", None)  # type: ignore[arg-type]
    assert found.links == [resolved, lost]
    assert [(way[0].id, way[0].relation) for way in found.paths] == [("a", "finetune"), ("b", None)]
    assert [line.relation for line in ancestry.draw("m", found.links).lines] == ["finetune", None]


def test_an_unknown_base_and_a_cycle_are_marked() -> None:
    found, _ = paths("a", [link("a", "gone", known=False)])
    assert found[0][-1].end == "unknown"
    found, _ = paths("a", [link("a", "b"), link("b", "a", cut="cycle")])
    assert ids(found[0]) == ["b", "a"]
    assert found[0][-1].end == "cycle"
    found, _ = paths("a", [link("a", "a", cut="loop")])
    assert found[0][-1].end == "cycle"


def test_countless_paths_are_cut_and_said() -> None:
    levels = [[f"{level}.{at}" for at in range(3)] for level in range(12)]
    links = [link("m", base) for base in levels[0]]
    links += [
        link(child, base)
        for upper, lower in zip(levels[1:], levels, strict=False)
        for child in lower
        for base in upper
    ]
    found, more = paths("m", links)
    assert len(found) <= MOST_PATHS
    assert more


def test_a_merge_of_many_stands_in_several_rows_and_the_rest_is_counted() -> None:
    drawing = ancestry.draw("m", [link("m", f"base/{at}", "merge") for at in range(65)])
    assert len(drawing.boxes) == ancestry.MOST_BOXES
    assert drawing.left_out == 66 - ancestry.MOST_BOXES
    widest = ancestry.ROW * (ancestry.BOX_WIDTH + ancestry.GAP_X)
    assert drawing.width <= widest + 2 * ancestry.MARGIN


@st.composite
def lineages(draw: st.DrawFn) -> Links:
    """Any links among twelve models, cycles and loops included, that can be reached from "0"."""
    pairs = draw(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
    reached, waiting = {0}, [0]
    while waiting:
        here = waiting.pop()
        for child, base in pairs:
            if child == here and base not in reached:
                reached.add(base)
                waiting.append(base)
    return [link(str(child), str(base)) for child, base in sorted(pairs) if child in reached]


@given(lineages())
def test_every_path_is_one_of_links_without_repetition(links: Links) -> None:
    known = {(item.model, item.base) for item in links}
    found, _ = paths("0", links)
    for path in found:
        steps = ["0", *ids(path)]
        assert set(pairwise(steps)) <= known
        body = steps[:-1] if path[-1].end == "cycle" else steps
        assert len(set(body)) == len(body)
        assert path[-1].end


@given(lineages())
def test_boxes_never_overlap_and_bases_stand_above_their_children(links: Links) -> None:
    drawing = ancestry.draw("0", links)
    boxes = drawing.boxes
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert (
                abs(one.x - other.x) >= ancestry.BOX_WIDTH
                or abs(one.y - other.y) >= ancestry.BOX_HEIGHT
            )
        assert 0 <= one.x <= drawing.width - ancestry.BOX_WIDTH
        assert 0 <= one.y <= drawing.height - ancestry.BOX_HEIGHT
    names = [box.id for box in boxes]
    assert len(set(names)) == len(names)
    acyclic = all(int(item.model) < int(item.base) for item in links)
    if acyclic:
        place = {box.id: box.y for box in boxes}
        for item in links:
            assert place[item.base] < place[item.model]


@pytest.mark.parametrize("name", ["short", "x" * 200])
def test_long_names_are_shortened_to_fit_their_box(name: str) -> None:
    box = ancestry.Box(f"owner/{name}", 0, 0, known=True, influence=None)
    assert len(box.name) <= 26
    assert box.owner == "owner"
