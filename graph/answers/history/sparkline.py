"""A growth curve in one line of text."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

BLOCKS = "▁▂▃▄▅▆▇█"
MOST_COLUMNS = 40


def sparkline(
    times: Sequence[datetime], values: Sequence[int | None], columns: int = MOST_COLUMNS
) -> str:
    """Counts over time, one block for each part of it.

    A block shows the value at the end of its part: the lowest block is the least of all values, the
    highest the most. An unknown value is a blank. `times` are those of the values, in order.
    """
    known = [value for value in values if value is not None]
    if not known:
        return ""
    start, length = times[0], times[-1] - times[0]
    count = min(columns, len(times)) if length else 1
    low, high = min(known), max(known)
    line = ""
    for column in range(count):
        end = start + length * (column / max(1, count - 1))
        value = values[bisect_right(times, end) - 1]
        line += " " if value is None else _block(value, low, high)
    return line


def _block(value: int, low: int, high: int) -> str:
    if high == low:
        return BLOCKS[0]
    return BLOCKS[round((value - low) / (high - low) * (len(BLOCKS) - 1))]
