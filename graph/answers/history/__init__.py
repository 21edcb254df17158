"""The graph through time: what happened, how one model fared, who led at a past date."""

from graph.answers.history.changes import KINDS, Selection
from graph.answers.history.leaderboard import Leader, Leaderboard, Measure, leaderboard
from graph.answers.history.timeline import Absence, Point, Timeline, find_model, timeline

__all__ = [
    "KINDS",
    "Absence",
    "Leader",
    "Leaderboard",
    "Measure",
    "Point",
    "Selection",
    "Timeline",
    "find_model",
    "leaderboard",
    "timeline",
]
