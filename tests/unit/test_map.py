"""The map of a few models: its file and pictures, what a filter selects, storing and loading it."""

import gzip
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from graph.answers.map import points, stored
from graph.answers.map.answer import (
    MapParameters,
    map_answer,
    map_bridges,
    map_dots,
    map_islands,
    map_place,
    selected,
)
from graph.answers.map.drawing import SIDE
from graph.answers.map.hub_map import NOT_COMPARED, HubMap, draw_map
from graph.answers.map.reading import NO_VERDICT, VERDICTS, MapModels
from graph.schema import RELATIONS
from graph.scores.licences.verdict import WORDS, Verdict
from graph.settings import Settings, load_settings

AT = datetime(2026, 1, 2, tzinfo=UTC)
IDS = [f"{'ab'[i % 2]}/model-{i:02}" for i in range(30)]
HOSTILE = "x/<img src=x onerror=alert(1)>"


def models(order: list[int] | None = None) -> MapModels:
    """One family of twelve, a pair, a triple in which two name each other, and single ones."""
    ids = [*IDS, HOSTILE]
    count = len(ids)
    links = [(child, 0, child % 4) for child in range(1, 9)]
    links += [(9, 1, 0), (10, 9, 3), (11, 9, 0), (11, 8, 2), (13, 12, 1), (15, 16, 0), (16, 15, 0)]
    task = ["text" if i < 14 else "" if i < 20 else "image" for i in range(count)]
    place = order or list(range(count))
    at = {one: new for new, one in enumerate(place)}

    def texts(values: list[str]) -> pa.Array:
        return pa.array([values[i] for i in place], pa.large_string())

    month = np.array([np.nan if i == 5 else 86_400_000 * 31 * (i % 6) for i in place])
    child, base, relation = (np.array(column) for column in zip(*links, strict=True))
    return MapModels(
        texts(ids),
        texts([id_.split("/")[0] for id_ in ids]),
        texts(task),
        texts(["mit" if i % 3 else "" for i in range(count)]),
        month,
        np.array([at[i] for i in child.tolist()]),
        np.array([at[i] for i in base.tolist()]),
        relation,
        np.where(child == 11, VERDICTS.index(Verdict.RELAXED), NO_VERDICT),
        texts(["company" if i % 2 else "" for i in range(count)]),
    )


@pytest.fixture(scope="module")
def drawn() -> HubMap:
    return draw_map(models().in_order(), "graph-1", AT)


def unpacked(found: HubMap) -> dict[str, list[int]]:
    """What a browser reads from the file."""
    content, count = gzip.decompress(found.points), found.facts.models
    assert len(content) == count * (4 + len(points.PLANES))
    parts = [content[at : at + count] for at in range(0, len(content), count)]

    def summed(low: bytes, high: bytes) -> list[int]:
        values, last = [], 0
        for zigzag in (a | b << 8 for a, b in zip(low, high, strict=True)):
            last = (last + (zigzag >> 1 ^ -(zigzag & 1))) % 2**16
            values.append(last)
        return values

    planes = dict(zip(points.PLANES, map(list, parts[4:]), strict=True))
    return {"x": summed(*parts[:2]), "y": summed(*parts[2:4]), **planes}


def test_a_browser_reads_the_places_and_codes_of_every_dot(drawn: HubMap) -> None:
    for name, values in unpacked(drawn).items():
        assert values == drawn.column(name).tolist()
    assert sorted(drawn.dots.column("id").to_pylist()) == sorted([*IDS, HOSTILE])


def test_the_same_models_in_another_order_make_the_same_map(drawn: HubMap) -> None:
    shuffled = np.random.default_rng(1).permutation(len(IDS) + 1).tolist()
    again = draw_map(models(shuffled).in_order(), "graph-1", AT)
    assert again.points == drawn.points
    assert again.pictures == drawn.pictures
    assert again.facts == drawn.facts


def test_a_model_hangs_on_the_base_that_most_were_made_from(drawn: HubMap) -> None:
    of = {id_: map_place(drawn, dot) for dot, id_ in enumerate(drawn.dots["id"].to_pylist())}
    place = of[IDS[11]]
    assert [dot.id for dot in place.ancestors] == [IDS[9], IDS[1], IDS[0]]
    assert (place.model.relation, place.task) == ("finetune", "text")
    root = of[IDS[0]]
    assert (root.model.relation, root.children_total) == (None, 8)
    assert len(root.children["x"]) == 1  # with children of its own
    assert of[IDS[5]].month is None
    assert {len(of[IDS[15]].ancestors), len(of[IDS[16]].ancestors)} == {0, 1}


def test_a_model_has_the_verdict_beside_the_base_that_it_lies_with(drawn: HubMap) -> None:
    codes = dict(zip(drawn.dots["id"].to_pylist(), drawn.column("verdict").tolist(), strict=True))
    words = {id_: drawn.facts.verdicts[code] for id_, code in codes.items()}
    assert words.pop(IDS[11]) == WORDS[Verdict.RELAXED]
    assert set(words.values()) == {NOT_COMPARED}
    columns = {column.name: column for column in map_answer(drawn, MapParameters()).columns}
    assert columns["publisher"].words == ["not stated", "company"]
    assert columns["publisher"].models == [16, 15]


def test_merges_between_families_in_a_box_are_given(settings: Settings) -> None:
    of = models()
    more = {"child": 2, "base": 12, "relation": RELATIONS.index("merge"), "verdict": NO_VERDICT}
    joined = replace(of, **{name: np.append(getattr(of, name), n) for name, n in more.items()})
    stored.save_map(settings, draw_map(joined.in_order(), "graph-1", AT))
    found = stored.load_map(settings, "graph-1")
    assert found is not None
    everywhere = [-1e6, -1e6, 1e6, 1e6]
    bridge = map_bridges(found, everywhere)
    ends = [map_dots(found, [found.dot(IDS[i]) or 0])[0] for i in (2, 12)]
    assert bridge.total == 1
    assert [(bridge.x[0], bridge.y[0]), (bridge.base_x[0], bridge.base_y[0])] == [
        (end.x, end.y) for end in ends
    ]
    for end in ends:
        near = [end.x - 0.1, end.y - 0.1, end.x + 0.1, end.y + 0.1]
        assert map_bridges(found, near).total == 1
    assert map_bridges(found, [9e5, 9e5, 1e6, 1e6]).total == 0


def test_islands_are_families_of_four_and_more(drawn: HubMap) -> None:
    found = map_islands(drawn)
    assert (found.total, found.id, found.models) == (1, [IDS[0]], [12])
    (x,), (y,), (radius,) = found.x, found.y, found.radius
    answer = map_answer(drawn, MapParameters())
    land = next(one for one in answer.continents if one.task == "text")
    assert np.hypot(x - land.x, y - land.y) + radius <= land.radius + 0.1
    assert [(family.id, family.models) for family in land.families] == [(IDS[0], 12)]


def test_a_filter_counts_what_it_lets_through(drawn: HubMap) -> None:
    def shown(**given: str) -> int:
        asked = MapParameters.read(given)
        answer = map_answer(drawn, asked)
        assert answer.shown == selected(drawn, asked).sum()
        assert answer.shown == sum(one.shown for one in answer.continents)
        return answer.shown

    assert shown() == drawn.facts.models == 31
    assert shown(task="text") == 14
    assert shown(task="text,image") == 25
    assert shown(task="no-such-task") == 0
    assert shown(task="not stated") == 6
    assert shown(rel="none", task="text") == 2
    assert shown(rel="adapter,quantized") == 2 + 2 + 1 + 1
    assert shown(**{"from": "1970-03", "to": "1970-04"}) == 10
    assert shown(**{"from": "1970-01"}) == 30  # nobody knows when one was created


def test_the_picture_is_a_png_with_every_relation_in_it(drawn: HubMap) -> None:
    content = drawn.pictures["dark"]
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">2I", content[16:24]) == (SIDE, SIDE)
    at = content.index(b"IDAT")
    (size,) = struct.unpack(">I", content[at - 4 : at])
    assert set(zlib.decompress(content[at + 4 : at + 4 + size])) >= set(range(1, 7))


def test_a_map_of_nothing_and_of_one_model() -> None:
    nothing = models().in_order()
    none = pa.array([], pa.large_string())
    empty = np.zeros(0, np.int64)
    nothing = MapModels(none, none, none, none, np.zeros(0), empty, empty, empty, empty, none)
    assert map_answer(draw_map(nothing, "", AT), MapParameters()).continents == []
    one = pa.array(["a/b"], pa.large_string())
    known = pa.array([""], pa.large_string())
    alone = replace(nothing, id=one, author=known, task=known, licence=known, publisher=known,
                    created=np.array([np.nan]))  # fmt: skip
    (found,) = map_answer(draw_map(alone, "", AT), MapParameters()).continents
    assert (found.task, found.models) == ("not stated", 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data")


def test_a_stored_map_is_the_same_and_is_of_one_graph(drawn: HubMap, settings: Settings) -> None:
    assert stored.stamp(settings) == 0
    assert stored.load_map(settings, "graph-1") is None
    stored.save_map(settings, drawn)
    assert stored.stamp(settings) > 0
    found = stored.load_map(settings, "graph-1")
    assert found is not None
    assert map_answer(found, MapParameters()) == map_answer(drawn, MapParameters())
    assert (found.points, found.pictures) == (drawn.points, drawn.pictures)
    assert stored.load_map(settings, "graph-2") is None


@pytest.mark.parametrize("keep", [0, 10, -40, -2_000])
def test_a_damaged_file_is_no_map(drawn: HubMap, settings: Settings, keep: int) -> None:
    stored.save_map(settings, drawn)
    path = stored.stored_at(settings)
    path.write_bytes(path.read_bytes()[:keep])
    assert stored.load_map(settings, "graph-1") is None
