"""The graph through time: changes, the time line of one model, leaders of a past date."""

from graph.answers.history.changes import (
    KINDS,
    ChangeFilter,
    ChangesFound,
    ChangesParameters,
    changes,
)
from graph.answers.history.leaderboard import Leader, Leaderboard, Measure, leaderboard
from graph.answers.history.timeline import Absence, Point, Timeline, find_model, timeline

__all__ = [
    "KINDS",
    "Absence",
    "ChangeFilter",
    "ChangesFound",
    "ChangesParameters",
    "Leader",
    "Leaderboard",
    "Measure",
    "Point",
    "Timeline",
    "changes",
    "find_model",
    "leaderboard",
    "timeline",
]
