"""A small drawing of what a model was made from."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph.answers.ancestry import LineageLink, by_child

SHOWN_PATHS = 8
MOST_BOXES = 24

BOX_WIDTH, BOX_HEIGHT = 208, 48
GAP_X, GAP_Y = 16, 48
ROW = 6
"""Most boxes beside each other; a model merged from more has its bases in several rows."""
MARGIN = 8


@dataclass
class Box:
    """A model in the drawing."""

    id: str
    x: float
    y: float
    known: bool
    influence: float | None
    here: bool = False

    @property
    def owner(self) -> str:
        """The part of the id before the slash."""
        return _fit(self.id.rpartition("/")[0], 30)

    @property
    def name(self) -> str:
        """The part of the id after the slash."""
        return _fit(self.id.rpartition("/")[2], 26)


@dataclass(frozen=True)
class Line:
    """A link in the drawing, from child up to base."""

    relation: str | None
    path: str
    cut: str | None
    child: str
    base: str


@dataclass
class Drawing:
    """Boxes and lines with their places, in pixels."""

    width: float = 0
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    left_out: int = 0


def draw(start: str, links: Sequence[LineageLink]) -> Drawing:
    """Place the nearest `MOST_BOXES` ancestors in layers, roots on top, the model at the bottom."""
    up = by_child(links)
    if not up[start]:
        return Drawing()
    near = _nearest(start, up)
    depth = _depths(start, up, near)
    facts = {link.base: link for link in links}
    rows = _rows(start, up, near, depth)
    widest = max(len(row) for row in rows)
    drawing = Drawing(
        width=widest * (BOX_WIDTH + GAP_X) - GAP_X + 2 * MARGIN,
        height=len(rows) * (BOX_HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN,
        left_out=len({link.base for link in links} | {start}) - len(near),
    )
    for level, row in enumerate(rows):
        taken = len(row) * (BOX_WIDTH + GAP_X) - GAP_X
        left = (drawing.width - taken) / 2
        for column, model_id in enumerate(row):
            fact = facts.get(model_id)
            drawing.boxes.append(
                Box(
                    model_id,
                    left + column * (BOX_WIDTH + GAP_X),
                    MARGIN + level * (BOX_HEIGHT + GAP_Y),
                    fact is None or fact.known is not False,
                    fact.influence if fact else None,
                    here=model_id == start,
                )
            )
    places = {box.id: box for box in drawing.boxes}
    drawing.lines = [
        Line(link.relation, _curve(child, base), link.cut, child.id, base.id)
        for link in links
        if (child := places.get(link.model)) and (base := places.get(link.base)) and child != base
    ]
    return drawing


def _nearest(start: str, up: Mapping[str, list[LineageLink]]) -> set[str]:
    near, waiting = {start}, deque([start])
    while waiting and len(near) < MOST_BOXES:
        links = sorted(up[waiting.popleft()], key=lambda link: -(link.influence or 0))
        for link in links:
            if link.base not in near and len(near) < MOST_BOXES:
                near.add(link.base)
                waiting.append(link.base)
    return near


def _depths(start: str, up: Mapping[str, list[LineageLink]], near: set[str]) -> dict[str, int]:
    """Longest way from the model to each ancestor; a step that would close a cycle is left out."""
    order: list[str] = []
    way: list[str] = []
    back: set[tuple[str, str]] = set()

    def visit(model_id: str) -> None:  # never deeper than `MOST_BOXES`
        way.append(model_id)
        for link in up[model_id]:
            if link.base in way:
                back.add((model_id, link.base))
            elif link.base in near and link.base not in order:
                visit(link.base)
        order.append(way.pop())

    visit(start)
    depth = {start: 0}
    for model_id in reversed(order):
        for link in up[model_id]:
            base = link.base
            if base in near and (model_id, base) not in back:
                depth[base] = max(depth.get(base, 0), depth[model_id] + 1)
    return depth


def _rows(
    start: str, up: Mapping[str, list[LineageLink]], near: set[str], depth: Mapping[str, int]
) -> list[list[str]]:
    """Layers from the top, each ordered by where its children stand, long ones in several rows."""
    layers: defaultdict[int, list[str]] = defaultdict(list)
    for model_id in near:
        layers[depth[model_id]].append(model_id)
    place = {start: 0.0}
    rows: list[list[str]] = []
    children: defaultdict[str, list[str]] = defaultdict(list)
    for child in near:
        for link in up[child]:
            children[link.base].append(child)
    for level in sorted(layers):

        def centre(model_id: str) -> tuple[float, str]:
            below = [place[child] for child in children[model_id] if child in place]
            return (sum(below) / len(below) if below else 0.0, model_id)

        layer = sorted(layers[level], key=centre)
        for index, model_id in enumerate(layer):
            place[model_id] = index - (len(layer) - 1) / 2
        count = -(-len(layer) // ROW)
        size = -(-len(layer) // count)
        rows[:0] = [layer[at : at + size] for at in range(0, len(layer), size)]
    return rows


def _curve(child: Box, base: Box) -> str:
    """From the child's top edge to the base's bottom edge; sideways when they share a row."""
    x1, y1 = child.x + BOX_WIDTH / 2, child.y
    x2, y2 = base.x + BOX_WIDTH / 2, base.y + BOX_HEIGHT + 7
    if base.y >= child.y:
        x1, y1 = child.x + BOX_WIDTH, child.y + BOX_HEIGHT / 2
        bend = 28 + abs(y2 - y1) / 6
        return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2:g} {y2 + bend:g} {x2:g} {y2:g}"
    bend = (y1 - y2) / 2
    return f"M{x1:g} {y1:g}C{x1:g} {y1 - bend:g} {x2:g} {y2 + bend:g} {x2:g} {y2:g}"


def _fit(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
