"""Packs the bundled sample from captures of the Hub, for maintainers.

`python -m sample.pack DIRECTORY` reads the captures there and replaces the sample.

The same captures always give the same bytes.
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import sample
from graph.errors import HubgraphError
from graph.observe.hub.records import model_record
from graph.observe.ids import owner
from graph.observe.normalise import AUTHOR_FORM, MODEL_FORM
from graph.observe.record_writer import RecordWriter

MOST_BYTES = 1_000_000
_POPULAR_OBSERVED = "2025-12-01T00:00:00.000Z"
"""Only the month is known."""

_UNSERVED = "chat_template"
"""Left out: of three models only, and no Hub can serve a template of which a digest is known."""

Raw = dict[str, object]


def pack(captures: Path, target: Path) -> dict[str, int]:
    """Write the sample.

    Args:
        captures: the directory that holds the captured files.
        target: the file to write.

    Returns:
        How many records of each form it holds.

    Raises:
        ValueError: it grew past `MOST_BYTES`.
    """
    models = _models(captures)
    authors = _authors(captures, {str(raw["id"]) for raw in models})
    with RecordWriter(target) as writer:
        for record in (*authors, *models):
            writer.write(record)
    if target.stat().st_size > MOST_BYTES:
        raise ValueError(f"{target} has {target.stat().st_size:,} bytes; at most {MOST_BYTES:,}.")
    return {AUTHOR_FORM: len(authors), MODEL_FORM: len(models)}


def _models(captures: Path) -> list[Raw]:
    """One record per model, ordered by id.

    Full answers come first; the lineage of models seen only in listings is added; counts observed
    later replace older ones, and with them the time of observation.
    """
    models: dict[str, Raw] = {}
    for info in _json_lines(captures / "trees-models.jsonl.gz"):
        models[str(info["id"])] = {
            name: value
            for name, value in model_record(info, _day(str(info["snapshot_date"]))).items()
            if (value not in (None, []) or name == "bases") and name != _UNSERVED
        }
    for child, (relation, bases, observed_at) in _edges(captures).items():
        known = models.setdefault(
            child, {"record": MODEL_FORM, "id": child, "observed_at": observed_at}
        )
        if "bases" in known and set(_list(known["bases"])) != set(bases):
            raise ValueError(f"The captures disagree on the bases of {child}.")
        known |= {"relation": relation, "bases": bases}
    for seen in _json_lines(captures / "popular-models.jsonl.gz"):
        known = models.setdefault(str(seen["id"]), {"record": MODEL_FORM, "id": seen["id"]})
        known |= {
            "downloads": seen["downloads"],
            "likes": seen["likes"],
            "observed_at": _POPULAR_OBSERVED,
        }
        if task := seen.get("pipeline_tag"):
            known["task"] = task
    return [models[model_id] for model_id in sorted(models)]


def _edges(captures: Path) -> dict[str, tuple[str, list[str], str]]:
    """Child → relation, bases, time of observation."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    with gzip.open(captures / "trees-edges.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["child_id"]].append((row["relation"], row["parent_id"], row["snapshot_date"]))
    edges = {}
    for child, rows in found.items():
        relations = {relation for relation, _, _ in rows}
        if len(relations) != 1:
            raise ValueError(f"The captures give {child} several relations.")
        latest = max(day for _, _, day in rows)
        edges[child] = (relations.pop(), sorted(base for _, base, _ in rows), _day(latest))
    return edges


def _authors(captures: Path, model_ids: set[str]) -> list[Raw]:
    """Records of the organizations that own a model of the sample, ordered by name."""
    owners = {owner(model_id) for model_id in model_ids}
    with gzip.open(captures / "organizations.json.gz", "rt", encoding="utf-8") as file:
        organizations: dict[str, dict[str, str | None]] = json.load(file)
    authors = []
    for name, facts in sorted(organizations.items()):
        if name not in owners:
            continue
        author: Raw = {"record": AUTHOR_FORM, "name": name, "kind": "organization"}
        if facts["full_name"]:
            author["full_name"] = facts["full_name"]
        if facts["nature"]:
            author["organization_type"] = facts["nature"]
        if (followers := (facts["followers"] or "").replace(",", "")).isdigit():
            author["followers"] = int(followers)
        authors.append(author)
    return authors


def _json_lines(path: Path) -> Iterator[Raw]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _day(compact: str) -> str:
    return f"{compact[:4]}-{compact[4:6]}-{compact[6:8]}T00:00:00.000Z"


def main() -> int:
    """Pack the captures of the directory given on the command line."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m sample.pack DIRECTORY\n")
        return 2
    target = Path(__file__).with_name(sample.NAME)
    try:
        counts = pack(Path(sys.argv[1]), target)
    except (HubgraphError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes, {counts}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
