"""`hubgraph crawl plan` with a graph to ask."""

import json

import pytest
from typer.testing import CliRunner

from hubgraph.command import app
from tests.integration.test_ingest import Raw


def planned(*arguments: str) -> Raw:
    told = CliRunner().invoke(app, ["crawl", "plan", *arguments, "--json"])
    assert told.exit_code == 0, told.output
    return dict(json.loads(told.stdout))


@pytest.mark.usefixtures("empty_graph", "environment")
def test_an_empty_graph_is_no_help() -> None:
    assert planned("tree", "a/x")["is_least"]
    assert planned("models", "--author", "a")["is_least"]
    assert planned("bases")["requests"] == {"api": 0}
