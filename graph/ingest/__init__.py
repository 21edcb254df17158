"""The one way in for data from the Hub: records become nodes and relationships."""

from graph.ingest.load import FLUSH, Progress, ProgressCallback, load, load_files
from graph.ingest.run import Run, Scope, end_run, mark_gone
from graph.ingest.summary import LoadSummary, Tally

__all__ = [
    "FLUSH",
    "LoadSummary",
    "Progress",
    "ProgressCallback",
    "Run",
    "Scope",
    "Tally",
    "end_run",
    "load",
    "load_files",
    "mark_gone",
]
