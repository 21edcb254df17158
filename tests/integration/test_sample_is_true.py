"""Every number that is shown of the sample equals an independent count."""

from pathlib import Path

from flask.testing import FlaskClient

from graph.progress import Silent
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.export.writing import export_records
from graph.ways.verify.comparing import Verification, verify
from tests.independent import Independent
from tests.present_pages import in_pages
from tests.present_reports import in_longest_chains
from tests.progress import Seen
from webapp import create_app


def wrong(found: Verification) -> dict[str, int]:
    return {check.name: check.differing for check in found.checks if check.differing}


def test_scores_and_reports(sample_graph: Graph, sample_settings: Settings) -> None:
    found = verify(sample_graph, sample_settings, Silent())
    assert wrong(found) == {}
    assert found.compared > 15_000
    assert (len(found.past), found.notes) == (3, [])


def test_pages(sample_graph: Graph, sample_settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl.zst"
    export_records(sample_graph, file, Seen())
    tables = Independent(file, scored=True)
    pages = in_pages(
        create_app(sample_settings, graph=sample_graph).test_client(), tables, scored=True
    )
    assert dict(pages) == {}
    assert dict(in_longest_chains(sample_graph, tables, scored=True)) == {}


def test_copies_are_listed(client: FlaskClient, sample_graph: Graph) -> None:
    copies = sample_graph.read(
        "MATCH (m:Model)-[:MIRROR_OF]->() WHERE NOT m:Gone AND m.downloads IS NOT NULL "
        "RETURN count(DISTINCT m) AS n"
    ).one()["n"]
    page = client.get("/api/v1/models?mirror=yes&sort=downloads").get_json()["page"]
    assert (page["total"], page["total_is_exact"]) == (copies, True)
    assert copies
