"""A kind of node is one declaration: this adds one to a copy of the product, and nothing else.

It then comes in by an import, an update and a load, is counted, ended and exported.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("graph", "hubgraph", "spiders", "webapp", "cypher", "sample")

DECLARATION = """
COLLECTION = NodeType(
    label="Collection",
    key="id",
    fold="id_folded",
    singular="collection",
    plural="collections",
    form="collection/1",
    description="What an account gathers under a title.",
    marks=("upvotes",),
    properties=(
        *IDENTITY,
        Property("title", Type.STRING, "Its title.", hub="title"),
        Property("upvotes", Type.INTEGER, "Votes for it.", "count", hub="upvotes"),
        Property("private", Type.BOOLEAN, "Whether others see it.", hub="isPrivate"),
        Property("gathered", Type.STRINGS, "Ids of what is in it.", hub="items"),
        *TIMES,
        KNOWN,
        *OBSERVED,
    ),
)
HUB += (COLLECTION,)
"""


class Copy:
    """The product with one more kind, and a graph of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        with (folder / "graph" / "schema" / "hub.py").open("a") as file:
            file.write(DECLARATION)
        self._environment = os.environ | {
            "PYTHONPATH": str(folder),
            "HUBGRAPH_NEO4J_URI": "",
            "HUBGRAPH_DATA_DIR": str(folder / "data"),
            "HUBGRAPH_LOG_DIR": str(folder / "logs"),
            "HUBGRAPH_BOLT_PORT": "0",
            "HUBGRAPH_HTTP_PORT": "0",
            "HUBGRAPH_HEAP_MB": "512",
            "HUBGRAPH_PAGECACHE_MB": "128",
        }

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "hubgraph", *words],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    copy = Copy(tmp_path_factory.mktemp("copy"))
    yield copy
    copy.run("down")


def dump(folder: Path, day: int, **upvotes: int) -> str:
    """A dump of the collections `acme/<name>` on a day of October."""
    rows = [
        {
            "_id": f"{name}-id",
            "id": f"acme/{name}",
            "title": f"The {name} ones",
            "upvotes": count,
            "isPrivate": False,
            "items": ["acme/base", "acme/texts"],
            "createdAt": "2026-09-01T00:00:00.000Z",
            "lastModified": f"2026-10-{day:02}T00:00:00.000Z",
            "unknown": 1,
        }
        for name, count in upvotes.items()
    ]
    path = folder / f"collections-{day}.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return str(path)


def test_it_comes_in_is_counted_updated_ended_and_exported(copy: Copy, tmp_path: Path) -> None:
    imported = copy.json("import", dump(tmp_path, 1, best=3, old=1, same=2))
    assert imported["nodes"] == {"Collection": 3, "Author": 1}
    assert imported["relationships"] == {"PUBLISHED": 3}
    assert imported["repaired"] == 0

    (update,) = copy.json("update", dump(tmp_path, 2, best=4, same=2, new=0))["updates"]
    assert update["kind"] == "collections"
    assert {name: update[name] for name in ("added", "changed", "gone")} == {
        "added": 1,
        "changed": 2,  # every row has another time of its last change
        "gone": 1,
    }

    record = {"record": "collection/1", "id": "jane/own", "private": True, "no": 1}
    lines = tmp_path / "own.jsonl"
    lines.write_text(json.dumps(record))
    loaded = copy.json("load", str(lines))
    assert loaded["collections"]["new"] == 1
    assert loaded["issues"] == {"dropped": 1}
    again = copy.json("load", dump(tmp_path, 2, best=4, same=2, new=0))
    assert again["collections"] == {"new": 0, "updated": 0, "unchanged": 3, "older": 0}

    file = tmp_path / "all.jsonl"
    exported = copy.json("export", "--records", str(file))
    assert exported["described"]["Collection"] == 4
    assert exported["left_out"] == {"Collection": 1}
    found = {r["id"]: r for r in map(json.loads, file.read_text().splitlines())}
    best = found["acme/best"]
    assert best.pop("digest")
    assert best == {
        "record": "collection/1",
        "id": "acme/best",
        "hub_id": "best-id",
        "title": "The best ones",
        "upvotes": 4,
        "private": False,
        "gathered": ["acme/base", "acme/texts"],
        "created_at": "2026-09-01T00:00:00Z",
        "last_modified": "2026-10-02T00:00:00Z",
        "observed_at": "2026-10-02T00:00:00.000Z",
    }
    loaded = copy.json("load", str(file))
    assert loaded["collections"] == {"new": 0, "updated": 0, "unchanged": 4, "older": 0}
    assert "Collection" in copy.run("schema")
