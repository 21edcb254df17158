"""The bundled sample of real Hub records. See `sample/README.md`."""

from contextlib import AbstractContextManager
from importlib import resources
from pathlib import Path

NAME = "hub-sample.jsonl.zst"


def path() -> AbstractContextManager[Path]:
    """The sample as a file, wherever the package is installed: `with sample.path() as path:`."""
    return resources.as_file(resources.files(__package__) / NAME)
