"""Dumps of the Hub: Parquet files of its models, datasets or Spaces, and of events among them.

`docs/dumps.md` says what they hold and how it is understood.
"""

from graph.dump import events
from graph.dump.columns import COLUMNS, NEEDED, Dump, Kind, Shape, examine, is_parquet
from graph.dump.rows import Row, lines, rows
from graph.dump.session import session
from graph.dump.times import observed_at, stated

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
