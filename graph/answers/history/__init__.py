"""The graph through time: changes, the time line of one model, leaders of a past date."""

from graph.answers.history.changes import (
    KINDS,
    ChangeFilter,
    ChangesFound,
    ChangesParameters,
    list_changes,
)
from graph.answers.history.leaderboard import Leader, Leaderboard, Measure, leaderboard
from graph.answers.history.timeline import Absence, CurvePoint, Timeline, find_model, timeline

__all__ = [
    "KINDS",
    "Absence",
    "ChangeFilter",
    "ChangesFound",
    "ChangesParameters",
    "CurvePoint",
    "Leader",
    "Leaderboard",
    "Measure",
    "Timeline",
    "find_model",
    "leaderboard",
    "list_changes",
    "timeline",
]
