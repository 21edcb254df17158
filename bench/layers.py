"""`python -m bench.layers FILE…`: how many bases only the declared layer of lineage holds.

Reads files of the Hub's answers, one a line (`.jsonl`, `.jsonl.gz`; the card as `cardData`, or as
YAML in `card_yaml`), and dumps (`.parquet`), as a crawl or a load reads them. Writes nothing.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from graph.errors import DataError
from graph.observe.dumps.columns import examine, is_parquet
from graph.observe.dumps.rows import lines
from graph.observe.hub.records import model_record
from graph.observe.normalise import Normaliser, Record
from graph.schema import DECLARED

_AT = "2026-01-01T00:00:00.000Z"
"""The time of observation, which does not matter here."""


def main() -> None:
    """Read the files and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    counts = measure(record for path in parser.parse_args().files for record in records(path))
    for name, count in counts.items():
        print(f"{count:>12,}  {name}")


def measure(read: Iterator[Record]) -> Counter[str]:
    """Count models and bases by the layers that name them, in words."""
    found: Counter[str] = Counter(
        dict.fromkeys(
            (
                "models",
                "bases that the Hub resolves",
                "bases that only cards or tags declare",
                "texts of cards that are no ids",
                "models that declare more than the Hub resolves",
                "of them without any resolved base",
                "of them resolved as a fine-tune of one",
            ),
            0,
        )
    )
    for record in read:
        stated = record.properties
        resolved = {base.lower() for base in record.lineage.bases} if record.lineage else set()
        layers = (stated.get(str(reference.stated_by)) for reference in DECLARED)
        declared = {
            name.lower() for names in layers if isinstance(names, list) for name in names
        } - resolved
        texts = stated.get("unusable_bases")
        unusable = len(texts) if isinstance(texts, list) else 0
        found["models"] += 1
        found["bases that the Hub resolves"] += len(resolved)
        found["bases that only cards or tags declare"] += len(declared)
        found["texts of cards that are no ids"] += unusable
        if declared or unusable:
            relation = record.lineage.relation if record.lineage else None
            found["models that declare more than the Hub resolves"] += 1
            found["of them without any resolved base"] += not resolved
            is_plain = relation == "finetune" and len(resolved) == 1
            found["of them resolved as a fine-tune of one"] += is_plain
    return found


def records(path: Path) -> Iterator[Record]:
    """The records of models in a file."""
    normalise = Normaliser()
    raws = (line.raw for line in lines(examine(path), _AT)) if is_parquet(path) else _raws(path)
    for raw in raws:
        record, _ = normalise(raw)
        if record is not None:
            yield record


def _raws(path: Path) -> Iterator[object]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for line in file:
            answer = json.loads(line)
            if "card_yaml" in answer:
                answer["cardData"] = _card(answer["card_yaml"])
            try:
                yield model_record(answer, _AT)
            except DataError:
                continue


def _card(text: str | None) -> object:
    try:
        return yaml.safe_load(text or "")
    except yaml.YAMLError:
        return None


if __name__ == "__main__":
    main()
