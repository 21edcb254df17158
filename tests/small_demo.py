"""`python -m tests.small_demo …` is `hubgraph …` with a part of the bundled sample."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sample
from hubgraph.command import main
from tests.sample_part import sample_part


@contextmanager
def part() -> Iterator[Path]:
    """The part as a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "part.jsonl"
        file.write_text("\n".join(map(json.dumps, sample_part())), encoding="utf-8")
        yield file


if __name__ == "__main__":
    sample_part()  # reads the whole, once
    sample.path = part
    main()
