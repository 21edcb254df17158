"""Where every model is on the map: an area-true picture of a forest, without chance or iteration.

Each model is a dot of the same area, one unit apart from the next, so area is a count. A model with
children is a disc with its leaves around it, as in a sunflower, one ring for each relation, by age;
children with children of their own are discs beside those. A family of `LEAST_ISLAND` models or
more is an island, and islands whose roots have the same task are a continent. Every other model has
a place on a lattice between the islands, an author's models together; those of which no task is
stated are the sea around the continents.
"""

import math
from dataclasses import dataclass

import numpy as np

from graph.answers.map.forest import Forest, flattened, grow
from graph.answers.map.lattice import Water
from graph.answers.map.packing import GOLDEN, packed
from graph.scores.lineage import BoolArray, FloatArray, IntArray

LEAST_ISLAND = 4
SEED = 0.62
"""Leaf k of a sunflower is `SEED` · √k from the middle: neighbours are about 1.1 apart."""
FEW = 6
"""So many leaves fit on one circle."""
DEEPEST = 20
"""Discs lie in discs so often; what was made in more steps lies around the deepest of them."""
SEA = -1
"""The continent of models that are in none."""


@dataclass(frozen=True)
class Dots:
    """What decides where models are; each is an index.

    The order is that of the indices: who wants the same map from the same models gives them in the
    same order.
    """

    author: IntArray
    task: IntArray  # SEA where none is stated
    created: FloatArray  # any unit; NaN where unknown
    child: IntArray
    base: IntArray
    relation: IntArray  # of each link from a child to its base


@dataclass(frozen=True)
class Discs:
    """Islands or continents, by falling size."""

    of: IntArray  # the root, or the task
    centre: FloatArray
    radius: FloatArray


@dataclass(frozen=True)
class Layout:
    """Places in a disc of `radius` around 0, 0; units are the distance of two dots."""

    place: FloatArray  # two columns
    hub: FloatArray  # radius of the disc of a model with children; 0 for a dot
    radius: float
    forest: Forest
    task: IntArray  # of the root, or `SEA`
    islands: Discs
    continents: Discs


def arrange(dots: Dots) -> Layout:
    """Lay out a map."""
    forest = grow(dots.author.size, dots.child, dots.base, dots.relation)
    families = _Families(flattened(forest, DEEPEST), dots.created)
    world = _World(dots, families)
    world.settle()
    return Layout(
        world.place,
        families.hub,
        world.radius,
        forest,
        world.task,
        Discs(world.roots, world.disc[world.roots], families.radius[world.roots]),
        world.continents,
    )


class _Families:
    """The inside of every family: where its models are in its disc."""

    def __init__(self, forest: Forest, created: FloatArray) -> None:
        size = forest.parent.size
        self.forest = forest
        self.is_hub: BoolArray = forest.children > 0
        self.hub = np.where(self.is_hub, 0.5 + 0.15 * (np.sqrt(forest.children) - 1), 0.0)
        self.radius = np.full(size, 0.5)  # of the disc with all that hangs on a model
        self.inner = np.zeros(size)  # of the model with its leaves
        self.offset = np.zeros((size, 2))  # from the parent: of its disc, or of a leaf
        self.shift = np.zeros((size, 2))  # of a model from the middle of its disc
        self._sunflowers(created)
        self._nest()

    def _sunflowers(self, created: FloatArray) -> None:
        forest = self.forest
        leaf = np.flatnonzero((forest.parent >= 0) & ~self.is_hub)
        age = np.nan_to_num(created[leaf], nan=math.inf)
        leaf = leaf[np.lexsort((leaf, age, forest.relation[leaf], forest.parent[leaf]))]
        parent = forest.parent[leaf]
        leaves = np.bincount(parent, minlength=forest.parent.size)
        number = _number_in_run(parent)
        core = ((self.hub + 0.22) / SEED) ** 2  # seeds that the model itself takes the room of
        distance = SEED * np.sqrt(core[parent] + number + 0.7)
        angle = GOLDEN * number
        few = leaves[parent] <= FEW
        distance[few] = self.hub[parent[few]] + 0.55
        turn = 2 * math.pi * number[few] / leaves[parent[few]]
        angle[few] = turn + GOLDEN * parent[few]  # not all alike
        self.offset[leaf] = distance[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        inner = np.where(leaves > FEW, SEED * np.sqrt(core + leaves) + 0.4, self.hub + 1.05)
        self.inner = np.where(leaves > 0, inner, self.hub + 0.1)
        self.radius[self.is_hub] = _with_gap(self.inner[self.is_hub])
        pair = (leaves == 1) & (forest.children == 1)
        with_one = leaf[pair[parent]]
        self.shift[forest.parent[with_one]] = -self.offset[with_one] / 2
        self.radius[pair] = self.hub[pair] + 0.62

    def _nest(self) -> None:
        """Put discs beside the sunflower of their parent, the deepest first."""
        for level in reversed(self.forest.levels[1:]):
            hubs = level[self.is_hub[level]]
            parent = self.forest.parent[hubs]
            hubs = hubs[np.lexsort((hubs, -self.radius[hubs], parent))]
            parents, first = np.unique(self.forest.parent[hubs], return_index=True)
            for one, group in zip(parents.tolist(), np.split(hubs, first[1:]), strict=False):
                circles = np.concatenate([[self.inner[one] + 0.1], self.radius[group]])
                centres, around = packed(circles)
                self.shift[one], self.offset[group] = centres[0], centres[1:]
                self.radius[one] = _with_gap(around)


class _World:
    """Islands in continents, and every other model between them."""

    def __init__(self, dots: Dots, families: _Families) -> None:
        self.families, self.forest = families, families.forest
        size = dots.author.size
        family, root = self.forest.family, self.forest.root
        self.roots = np.flatnonzero((self.forest.parent < 0) & (family >= LEAST_ISLAND))
        self.roots = self.roots[np.lexsort((self.roots, -families.radius[self.roots]))]
        self.task = dots.task[root]
        self.is_loose: BoolArray = family < LEAST_ISLAND
        self.loose = self._by_author(dots)
        self.place, self.disc = np.zeros((size, 2)), np.zeros((size, 2))
        self.radius = 1.0
        self.continents = Discs(np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros(0))

    def settle(self) -> None:
        """Place the continents, then the sea, then what is inside of the islands."""
        named = self.task[self.loose] != SEA
        tasks = np.union1d(self.task[self.roots], self.task[self.loose[named]])
        parts = [self._continent(task) for task in tasks.tolist()]
        parts.sort(key=lambda part: (-part.radius, part.task))
        sizes = np.array([part.radius for part in parts])
        centres, around = np.zeros((0, 2)), 1.0
        if parts:
            centres, around = packed(sizes * 1.015 + 2.5)
        for part, centre in zip(parts, centres, strict=True):
            self.disc[part.islands] = part.centres + centre
            self.place[part.loose] = part.places + centre
        self.continents = Discs(np.array([part.task for part in parts], np.int64), centres, sizes)
        sea = self.loose[~named]
        water = Water(centres, sizes + 1.5, around, around * 0.02)
        places, self.radius = water.places(sea.size) if sea.size else (np.zeros((0, 2)), around)
        self.place[sea] = places
        self._fill_islands()

    def _by_author(self, dots: Dots) -> IntArray:
        """The models outside of islands: authors with most of them first, each with its family."""
        loose = np.flatnonzero(self.is_loose)
        root = self.forest.root[loose]
        author = dots.author[root]
        count = np.bincount(author, minlength=1)
        is_below = self.forest.parent[loose] >= 0
        return loose[np.lexsort((loose, is_below, root, author, -count[author]))]

    def _continent(self, task: int) -> "_Continent":
        islands = self.roots[self.task[self.roots] == task]
        loose = self.loose[self.task[self.loose] == task] if task != SEA else self.loose[:0]
        radii = self.families.radius[islands]
        centres, radius = np.zeros((0, 2)), 1.0
        if islands.size:
            centres, radius = packed(radii + 0.25)
        places = np.zeros((0, 2))
        if loose.size:
            places, radius = Water(centres, radii, radius).places(loose.size)
        return _Continent(task, radius, islands, centres, loose, places)

    def _fill_islands(self) -> None:
        families, parent = self.families, self.forest.parent
        self.place[self.roots] = self.disc[self.roots] + families.shift[self.roots]
        for level in self.forest.levels[1:]:
            inside = level[~self.is_loose[level]]
            hubs = inside[families.is_hub[inside]]
            leaves = inside[~families.is_hub[inside]]
            self.place[leaves] = self.place[parent[leaves]] + families.offset[leaves]
            self.disc[hubs] = self.disc[parent[hubs]] + families.offset[hubs]
            self.place[hubs] = self.disc[hubs] + families.shift[hubs]
        families.hub[self.is_loose] = np.minimum(families.hub[self.is_loose], 0.46)


@dataclass(frozen=True)
class _Continent:
    """One before it has its place: everything is around 0, 0."""

    task: int
    radius: float
    islands: IntArray
    centres: FloatArray
    loose: IntArray
    places: FloatArray


def _with_gap(radius: FloatArray | float) -> FloatArray:
    """With the water between one disc and the next."""
    return np.asarray(radius + 0.06 + 0.05 * np.sqrt(radius))


def _number_in_run(keys: IntArray) -> IntArray:
    """0, 1, 2, … within each run of equal keys."""
    place = np.arange(keys.size)
    first = np.ones(keys.size, dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    return place - np.maximum.accumulate(np.where(first, place, 0))
