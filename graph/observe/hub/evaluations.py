"""Results on benchmarks, from the Hub's objects to records."""

from collections.abc import Iterator, Mapping
from typing import Any

from graph.observe.hub.rules import Json, Raw
from graph.schema import EVALUATION

FIELD = "evalResults"
"""The key of a model's results; absent where it was not asked for, or is not known."""
TAG = "eval-results"
"""The tag of the models that have any."""
SOURCE = "hub-eval-results"
"""The Hub's own list, as a source."""
CARD = "model-index"
"""The key of what a card claims, and the tag of the models that have it."""

_LARGEST = 1e15


def model_results(info: Json, observed_at: str) -> list[Raw]:
    """The results of one model, from the Hub's object for it; invalid files hold none."""
    items = info.get(FIELD)
    return [
        _of_model(str(info["id"]), item, observed_at)
        for item in (items if isinstance(items, list) else ())
        if not is_invalid(item)
    ]


def is_invalid(item: object) -> bool:
    """Whether an item stands for a file that the Hub could not read."""
    return isinstance(item, Mapping) and "error" in item and "data" not in item


def card_results(info: Json, observed_at: str) -> list[Raw]:
    """What the card of a model claims: every metric that has a number, mostly none.

    Most cards were copied with what they claim. So the name that they give is kept, where it is not
    the model's.
    """
    model_id = str(info["id"])
    return [
        {
            "record": EVALUATION.form,
            "id": model_id,
            "benchmark": dataset.get("type") or dataset.get("name"),
            "metric": metric.get("type"),
            "value": metric["value"],
            "source": CARD,
            "origin": "card",
            "variant": _variant(model_id, named, dataset, metric),
            "reported_in": next(_places(_object(result, "source")), None),
            "observed_at": observed_at,
        }
        for named in _objects(info.get(CARD))
        for result in _objects(named.get("results"))
        for dataset in [_object(result, "dataset")]
        for metric in _objects(result.get("metrics"))
        if type(metric.get("value")) in (int, float) and -_LARGEST < metric["value"] < _LARGEST
    ]


def leaderboard_result(entry: Json, benchmark: str, task: str | None, observed_at: str) -> Raw:
    """One entry of a benchmark's leaderboard as a record."""
    lower = entry.get("lower_is_better")
    record = _record(entry, entry, observed_at) | {
        "id": entry.get("modelId"),
        "benchmark": benchmark,
        "metric": task,
    }
    return record | ({"higher_is_better": not lower} if isinstance(lower, bool) else {})


def _of_model(model_id: str, item: object, observed_at: str) -> Raw:
    around = item if isinstance(item, Mapping) else {}
    data = _object(around, "data")
    dataset = _object(data, "dataset")
    return _record(around, data, observed_at) | {
        "id": model_id,
        "benchmark": dataset.get("id"),
        "metric": dataset.get("task_id"),
        "date": data.get("date"),
    }


def _record(around: Mapping[str, Any], data: Mapping[str, Any], observed_at: str) -> Raw:
    return {
        "record": EVALUATION.form,
        "value": data.get("value"),
        "source": SOURCE,
        "origin": "hub",
        "verified": around.get("verified") is True,
        "community": around.get("pullRequest") is not None,
        "variant": data.get("notes"),
        "reported_in": next(_places(_object(data, "source")), None),
        "observed_at": observed_at,
    }


def _variant(
    model_id: str, named: Mapping[str, Any], dataset: Mapping[str, Any], metric: Mapping[str, Any]
) -> str | None:
    parts = [dataset.get("config"), dataset.get("split"), metric.get("name")]
    name = named.get("name")
    if isinstance(name, str) and name not in (model_id, model_id.rpartition("/")[2]):
        parts.append(f"claimed of {name}")
    return ", ".join(part for part in parts if isinstance(part, str) and part) or None


def _places(source: Mapping[str, Any]) -> Iterator[str]:
    """Where a result was reported: its address comes first, as all routes give that."""
    for name in ("url", "name", "user", "org"):
        value = source.get(name)
        if isinstance(value, str) and value:
            yield value


def _objects(values: object) -> Iterator[Mapping[str, Any]]:
    items = values if isinstance(values, list) else ()
    return (item for item in items if isinstance(item, Mapping))


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}
