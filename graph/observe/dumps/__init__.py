"""Dumps of the Hub: Parquet files of its models, datasets or Spaces, and of events among them.

`docs/dumps.md` says what they hold and how it is understood.
"""

from graph.observe.dumps import events
from graph.observe.dumps.columns import COLUMNS, EVENTS, KINDS, Dump, examine, is_parquet
from graph.observe.dumps.rows import DumpRow, lines, rows
from graph.observe.dumps.session import session
from graph.observe.dumps.times import given_time, observed_at

__all__ = [
    "COLUMNS",
    "EVENTS",
    "KINDS",
    "Dump",
    "DumpRow",
    "events",
    "examine",
    "given_time",
    "is_parquet",
    "lines",
    "observed_at",
    "rows",
    "session",
]
