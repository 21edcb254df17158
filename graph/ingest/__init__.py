"""The one way in for data from the Hub: records become nodes and relationships."""

from graph.ingest.load import Progress, ProgressCallback, load, load_files
from graph.ingest.summary import LoadSummary, Tally

__all__ = ["LoadSummary", "Progress", "ProgressCallback", "Tally", "load", "load_files"]
