"""Stacked bars over time, or over any row of groups: a column per group, a part per kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.charts.marks import Mark
from webapp.charts.scales import WHOLE, Scale, scale

GAP = 0.18
"""Share of a column's room that stays empty."""
MOST_LABELS = 6


@dataclass(frozen=True)
class Part:
    """A kind's share of a column, in percent of the frame; `top` counts from above."""

    mark: Mark
    top: float
    height: float


@dataclass(frozen=True)
class Column:
    """A group: its parts from the ground up, and where it stands."""

    label: str
    total: float
    left: float
    width: float
    href: str | None
    parts: list[Part]
    is_labelled: bool  # whether there is room for its label


@dataclass(frozen=True)
class Stacks:
    """Columns side by side, on one axis."""

    columns: list[Column]
    axis: Scale
    kinds: list[str]  # those with a value, from the ground up


def stacks(
    groups: Sequence[tuple[str, Mapping[str, float | None], str | None]], kinds: Sequence[str]
) -> Stacks:
    """Columns of groups, each with its label, its values by kind, and the list behind it."""
    totals = [sum(values.get(kind) or 0 for kind in kinds) for _, values, _ in groups]
    axis = scale(totals)
    room = WHOLE / len(groups) if groups else WHOLE
    every = step(len(groups))
    columns = [
        Column(
            label,
            total,
            left=room * at + room * GAP / 2,
            width=room * (1 - GAP),
            href=href,
            parts=_parts(values, kinds, axis, href),
            is_labelled=(len(groups) - 1 - at) % every == 0,
        )
        for at, ((label, values, href), total) in enumerate(zip(groups, totals, strict=True))
    ]
    used = [kind for kind in kinds if any(values.get(kind) for _, values, _ in groups)]
    return Stacks(columns, axis, used)


def step(count: int) -> int:
    """Every which place in a row has a label: the last one, and where it fits the first one."""
    least = -(-count // MOST_LABELS) or 1
    return next((n for n in range(least, 2 * least) if (count - 1) % n == 0), least)


def _parts(
    values: Mapping[str, float | None], kinds: Sequence[str], axis: Scale, href: str | None
) -> list[Part]:
    parts, below = [], 0.0
    for kind in kinds:
        if value := values.get(kind):
            height = axis.at(value)
            parts.append(Part(Mark(kind, value, href, kind), WHOLE - below - height, height))
            below += height
    return parts
