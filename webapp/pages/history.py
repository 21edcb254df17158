"""The graph through time: changes by date and kind, and one model's time line."""

from typing import Any

from flask import Blueprint

from graph.answers.history.changes import KINDS, ChangesParameters, list_changes
from graph.answers.history.timeline import Timeline, find_model, timeline
from graph.answers.query import Reader
from graph.answers.reports import catalogue
from webapp.page import Page, page

bp = Blueprint("history", __name__)


@page(
    bp,
    "/changes",
    "changes.html",
    table="changes",
    examples=("/changes", "/changes?kind=gone&from=2025-01-01"),
)
def changes(read: Reader, asked: ChangesParameters) -> Page[dict[str, Any]]:
    """Changes of models between two dates, the newest first: of one kind, of one model, or all."""
    found = list_changes(read, asked)
    return Page(
        found.content,
        columns=catalogue()["changes"].columns,
        paging=found.paging,
        questions=[found.asked],
        view={"KINDS": KINDS, "chosen_kind": asked.kind, "start": asked.start, "end": asked.end},
    )


@page(bp, "/history/<path:model_id>", examples=("/history/google/gemma-7b",))
def model_history(read: Reader, model_id: str) -> Timeline:
    """[One model through time](history.md#one-model): when it appeared, was away, its counts."""
    found = timeline(read, find_model(read, model_id))
    assert found is not None  # noqa: S101 (it was found by that name)
    return found
