"""The accuracies of an experiment as a drawing: dots with their spread, a panel for each split."""

from collections.abc import Iterator
from html import escape

from graph.experiments.learners import BASELINES, LEARNERS
from graph.experiments.splits import Split
from graph.experiments.task import LearnerOutcome, TaskExperiment
from graph.experiments.trials import GRAPH
from hubgraph.output import counted
from webapp.charts.scales import WHOLE, Scale

WIDTH, NAMES, PANEL, GAP = 880, 220, 290, 50
"""Pixels: of all, of the names at the left, of a panel, between the panels."""
TOP, LINE, BOTTOM = 96, 28, 40
TITLES = {Split.AUTHOR: "Authors held out", Split.RANDOM: "Models held out at random"}
CLASSES = {GRAPH: "graph", "as published": "published", "none": "nothing"}
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1b2430; }
.quiet { fill: #4d5868; } .title { font-weight: 600; font-size: 15px; }
.back { fill: #fff; } .grid { stroke: #dfe3ea; }
.graph { fill: #0b57c2; stroke: #0b57c2; } .published { fill: #b0470f; stroke: #b0470f; }
.nothing { fill: #5f6b7a; stroke: #5f6b7a; } .span { stroke-width: 3; opacity: .5; }
@media (prefers-color-scheme: dark) {
  text { fill: #eef2f8; } .quiet { fill: #a9b4c4; } .back { fill: #0d1117; }
  .grid { stroke: #232c3a; }
  .graph { fill: #7db4ff; stroke: #7db4ff; } .published { fill: #f2925c; stroke: #f2925c; }
  .nothing { fill: #93a0b4; stroke: #93a0b4; }
}
"""


def accuracy_picture(found: TaskExperiment) -> str:
    """An SVG that needs nothing else, in the colours of the reader's theme."""
    used = {outcome.learner for outcome in found.outcomes}
    best = {
        outcome.learner: outcome.measures["accuracy"].mean or 0.0
        for outcome in found.outcomes
        if outcome.split is Split.AUTHOR and outcome.features != "as published"
    }
    names = sorted((name for name in (*LEARNERS, *BASELINES) if name in used), key=best.__getitem__)
    names.reverse()
    height = TOP + LINE * len(names) + BOTTOM
    title = (
        f"Share of {found.models:,} models whose task is told right, of {len(found.tasks)} tasks"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="16" y="28">{escape(title)}</text>',
        *_legend(found.seeds),
        *(
            f'<text x="{NAMES - 12}" y="{_y(at) + 4}" text-anchor="end">{escape(name)}</text>'
            for at, name in enumerate(names)
        ),
    ]
    for number, split in enumerate((Split.AUTHOR, Split.RANDOM)):
        left = NAMES + number * (PANEL + GAP)
        parts += _frame(left, split, len(names))
        for outcome in found.outcomes:
            if outcome.split is split:
                parts += _dot(left, _y(names.index(outcome.learner)), outcome)
    return "\n".join([*parts, "</svg>\n"])


def _y(at: int) -> int:
    return TOP + LINE * at + LINE // 2


def _x(left: int, share: float) -> float:
    return round(left + PANEL * Scale(1.0).at(share) / WHOLE, 1)


def _legend(seeds: int) -> Iterator[str]:
    for at, (features, name) in enumerate(CLASSES.items()):
        x = 22 + at * 150
        words = "baseline" if features == "none" else features
        yield f'<circle class="{name}" cx="{x}" cy="50" r="5"/>'
        yield f'<text x="{x + 12}" y="54">{words}</text>'
    words = f"bars: standard deviation over {counted(seeds, 'seeds')}"
    yield f'<text class="quiet" x="480" y="54">{words}</text>'


def _frame(left: int, split: Split, names: int) -> Iterator[str]:
    bottom = TOP + LINE * names
    yield f'<text class="title" x="{left}" y="{TOP - 12}">{TITLES[split]}</text>'
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        x = _x(left, tick)
        yield f'<path class="grid" d="M{x} {TOP}V{bottom}"/>'
        yield f'<text class="quiet" x="{x}" y="{bottom + 18}" text-anchor="middle">{tick:g}</text>'


def _dot(left: int, y: int, outcome: LearnerOutcome) -> Iterator[str]:
    accuracy = outcome.measures["accuracy"]
    if accuracy.mean is None or accuracy.spread is None:
        return
    name, spread = CLASSES[outcome.features], accuracy.spread
    low, high = (_x(left, accuracy.mean + sign * spread) for sign in (-1, 1))
    words = f"{outcome.learner}, {outcome.features}: {accuracy.mean:.3f} ± {spread:.3f}"
    yield f'<g class="{name}"><title>{escape(words)}</title>'
    yield f'<path class="span" d="M{low} {y}H{high}"/>'
    yield f'<circle cx="{_x(left, accuracy.mean)}" cy="{y}" r="5"/></g>'
