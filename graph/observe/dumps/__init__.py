"""Dumps of the Hub: Parquet files of its models, datasets or Spaces, and of events among them.

`docs/dumps.md` says what they hold and how it is understood.
"""

from graph.observe.dumps import events
from graph.observe.dumps.columns import COLUMNS, NEEDED, Dump, Kind, Shape, examine, is_parquet
from graph.observe.dumps.rows import Row, lines, rows
from graph.observe.dumps.session import session
from graph.observe.dumps.times import observed_at, stated

__all__ = [
    "COLUMNS",
    "NEEDED",
    "Dump",
    "Kind",
    "Row",
    "Shape",
    "events",
    "examine",
    "is_parquet",
    "lines",
    "observed_at",
    "rows",
    "session",
    "stated",
]
