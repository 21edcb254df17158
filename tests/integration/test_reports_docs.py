"""The examples in the documentation run on the sample."""

import re
from pathlib import Path
from typing import Any

import pytest

from docs.generate import HERE
from graph.answers.reports import parse
from graph.store.connection import Graph
from tests.documented import blocks


@pytest.mark.usefixtures("sample_environment", "sample_graph")
def test_python_examples(capsys: pytest.CaptureFixture[str]) -> None:
    frames, plain = (_executed(code) for code in blocks("python.md", "python"))
    assert "google/gemma-7b" in capsys.readouterr().out
    assert frames["links"] == 6321
    assert frames["by_month"].sum() == len(frames["newest"]) == 50
    assert ("epfl-llm/meditron-7b", "finetune", "meta-llama/Llama-2-7b") in plain["links"]
    assert "lineage-up" in plain["names"]


def _executed(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 (the documentation's own examples)
    return names


QUESTIONS = blocks("neo4j-browser.md", "cypher")


def test_there_are_questions_about_lineage() -> None:
    assert len(QUESTIONS) >= 6


@pytest.mark.parametrize("query", QUESTIONS, ids=lambda query: query.split("\n")[0][:50])
def test_questions_for_neo4j_browser_find_something_to_draw(
    sample_graph: Graph, query: str
) -> None:
    rows = sample_graph.read(query).rows
    assert rows
    assert all("relationships" in value for row in rows for value in row.values())


def test_example_of_the_header_is_accepted(tmp_path: Path) -> None:
    text = (HERE / "cypher.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```\n(// title.*?)^```", text, re.DOTALL | re.MULTILINE)
    path = tmp_path / "children.cypher"
    path.write_text(example, encoding="utf-8")
    assert [p.name for p in parse(path).parameters] == ["model", "limit", "task"]


def test_the_query_of_the_page_about_history_finds_the_past(sample_graph: Graph) -> None:
    (query,) = blocks("history.md", "cypher")
    assert len(sample_graph.read(query).rows) == 10
