"""A part of the bundled sample, for tests in which its size does not matter."""

import json
from functools import cache

import zstandard

import sample

Raw = dict[str, object]
EVERY = 6


@cache
def sample_part() -> tuple[Raw, ...]:
    """Its authors and every sixth of its models."""
    with sample.path() as path, zstandard.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    models = [record for record in records if record["record"] == "model/1"]
    others = [record for record in records if record["record"] != "model/1"]
    return (*others, *models[::EVERY])
