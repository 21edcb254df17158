"""Which result of a model on a benchmark counts, and which two are the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from graph.schema import EVALUATION

_ORIGINS = EVALUATION.find("origin").values[::-1]


def benchmark_id(name: str, metric: str | None) -> str:
    """A benchmark and one of its metrics, as one name."""
    return f"{name} {metric}" if metric else name


def result_key(stated: Mapping[str, Any]) -> str:
    """What makes two results of a model on a benchmark the same, whatever their value.

    A leaderboard has dates, each with its own results. What stands on the Hub is what it says now.
    """
    date = "" if stated.get("origin") == "hub" else stated.get("date")
    parts = [stated.get("source"), stated.get("variant"), date]
    parts += filter(None, [stated.get("reported_in")])
    return " | ".join(str(part or "") for part in parts)


def holding(stated: Mapping[str, Any], at: str | None) -> tuple[object, ...]:
    """Of several records of one result the last in this order holds: the newest, what is merged."""
    return (at or "", not stated.get("community"), stated.get("date") or "")


def counting(results: Sequence[Mapping[str, Any]], *, higher_is_better: bool = True) -> int | None:
    """The place of the result that counts; None if none does.

    The newest that is verified; else the newest of a leaderboard, else of the Hub. Of several at
    one time the best. What only a card or an open pull request states does not count.
    """

    def order(place: int) -> tuple[object, ...]:
        each = results[place]
        value = each["value"] if higher_is_better else -each["value"]
        origin = _ORIGINS.index(each.get("origin") or "leaderboard")
        return (bool(each.get("verified")), origin, each.get("at") or "", value, each["key"])

    able = [
        i
        for i, each in enumerate(results)
        if not each.get("community") and each.get("origin") != "card"
    ]
    return max(able, key=order) if able else None
