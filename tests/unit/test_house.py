"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = sorted(
    path
    for folder in ("graph", "hubgraph", "spiders", "webapp")
    for path in (ROOT / folder).rglob("*.py")
)
GRAPH = [path for path in PRODUCT if path.is_relative_to(ROOT / "graph")]
ALIKE = {
    "columns",  # what every module of scores has: the pipeline calls it by that name
    "mark",  # to be told apart: of a folder, of a server's processes
}
"""Names that several modules have. Only a common way to be called is a reason to add one."""
LONGEST_MODULE = 400
LONGEST_WRITE = 15
WRITES = re.compile(
    r"^\s*(MERGE|SET|CREATE|DELETE|DETACH|REMOVE|FOREACH|ON CREATE|ON MATCH)\b", re.MULTILINE
)
NEAR_KINDS = ("graph/schema", "graph/resolve")
"""Where code may ask which kind of node it has before it."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PRODUCT, ids=_name)
def test_no_module_is_longer_than_a_reader_can_hold(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def test_only_the_schema_and_the_rules_ask_for_a_kind_by_name() -> None:
    kind = r"\b(MODEL|AUTHOR|DATASET|SPACE|PAPER)\b"
    asks = re.compile(rf"\bis (not )?(schema\.)?{kind}")
    found = [
        f"{_name(path)}:{number}: {line.strip()}"
        for path in PRODUCT
        if not _name(path).startswith(NEAR_KINDS)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if asks.search(line)
    ]
    assert not found, "\n".join(found)


def test_no_two_public_names_are_alike() -> None:
    places = defaultdict(set)
    for path in GRAPH:
        for item in _tree(path).body:
            if isinstance(item, ast.ClassDef | ast.FunctionDef) and not item.name.startswith("_"):
                places[item.name].add(_name(path))
    alike = {name: sorted(files) for name, files in places.items() if len(files) > 1}
    assert alike.keys() <= ALIKE, alike


def _statements(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module with their first lines, each f-string as one with `{}` in its gaps."""
    inner = set()
    for item in ast.walk(_tree(path)):
        if isinstance(item, ast.JoinedStr):
            inner |= {id(part) for part in item.values}
            yield (
                item.lineno,
                "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "{}"
                    for part in item.values
                ),
            )
        elif (
            isinstance(item, ast.Constant) and isinstance(item.value, str) and id(item) not in inner
        ):
            yield item.lineno, item.value


def test_cypher_that_writes_is_short() -> None:
    long = [
        f"{_name(path)}:{number}: {len(text.strip().splitlines())} lines"
        for path in GRAPH
        for number, text in _statements(path)
        if WRITES.search(text) and len(text.strip().splitlines()) > LONGEST_WRITE
    ]
    assert not long, "\n".join(long)


def test_the_command_starts_without_what_answers() -> None:
    """Help, misuse and the version come at once: what is large is imported by who needs it."""
    heavy = {"neo4j", "pandas", "pyarrow", "duckdb", "scipy", "scrapy", "webapp"}
    code = f"import sys, hubgraph.command; print(*sorted({heavy!r} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == []
