"""Leaderboards of benchmarks: what models state in `eval_results`, a field of their records here.

It holds the items of `evalResults` as the Hub answers them, bad ones included. The record of a
benchmark may say that it is `closed`, or that its `lower_is_better`.
"""

from collections.abc import Iterator
from typing import Any

from tests.hub.content import Content
from tests.hub.repository import Repository

OFFICIAL = "benchmark:official"


def leaderboard(
    content: Content, benchmark: Repository, task: str | None, *, with_derivatives: bool
) -> list[dict[str, Any]]:
    entries = [
        entry
        for model in content.models
        if with_derivatives or not model.texts("bases")
        for entry in _entries(model, benchmark, task)
    ]
    lower = benchmark.record.get("lower_is_better") is True
    entries.sort(key=lambda entry: entry["value"] if lower else -entry["value"])
    return [{"rank": rank, **entry} for rank, entry in enumerate(entries, 1)]


def _entries(
    model: Repository, benchmark: Repository, task: str | None
) -> Iterator[dict[str, Any]]:
    items: Any = model.record.get("eval_results", ())
    for item in items:
        data = item.get("data", {}) if isinstance(item, dict) else {}
        about = data.get("dataset") or {}
        is_of_it = about.get("id") == benchmark.id and task in (None, about.get("task_id"))
        if not is_of_it or not isinstance(data.get("value"), int | float):
            continue
        entry = {
            "modelId": model.id, "value": data["value"], "verified": item.get("verified", False),
            "filename": item["filename"], "author": {"type": "org", "name": model.author},
            "lower_is_better": benchmark.record.get("lower_is_better") is True,
        }  # fmt: skip
        more = {"source": data.get("source"), "notes": data.get("notes")}
        more["pullRequest"] = item.get("pullRequest")
        yield entry | {name: value for name, value in more.items() if value is not None}
