"""Blast radius on a real Neo4j: the answer, the reports and the command, on one made graph."""

import csv
import json
from pathlib import Path

import pytest

from graph.answers import reports
from graph.answers.blast.answer import BlastRadius, blast
from graph.answers.licence import licence
from graph.answers.names import UnknownNameError
from graph.answers.query import reader
from graph.scores.licences.table import LicenceTable
from graph.settings import Settings
from graph.store.connection import Graph
from tests.integration.test_history import Command
from tests.reference_influence import family, plant

LINEAGE = """
ann/lora lab/base ADAPTER; bob/lora2 ann/lora ADAPTER
bob/tuned lab/base; bob/tuned-GGUF bob/tuned QUANTIZE; Ann/merge bob/tuned MERGE
Ann/merge other/base MERGE; ann/both lab/base ADAPTER; ann/both lab/base
pack/base lab/base QUANTIZE; cat/x pack/base
round/a lab/base; round/a round/b; round/b round/a
old/gone lab/base; dan/late old/gone; lab/base lab/base
"""
MORE = """
MATCH (pack:Model {id: 'pack/base'}), (base:Model {id: 'lab/base'})
CREATE (pack)-[:MIRROR_OF {tier: 'A', name: 'base'}]->(base)
CREATE (card:Model {id: 'card/only', id_folded: 'card/only', author: 'card', known: true})
CREATE (card)-[:CARD_NAMES]->(base)
WITH base UNWIND [['s/one', 'lab/base'], ['s/two', 'bob/lora2'], ['s/two', 'bob/tuned'],
  ['s/three', 'ann/merge'], ['s/none', 'other/base']] AS use
MATCH (m:Model {id_folded: use[1]})
MERGE (space:Space {id: use[0], id_folded: use[0]}) CREATE (space)-[:USES]->(m)
"""


@pytest.fixture
def made(empty_graph: Graph) -> Graph:
    """One family with everything in it."""
    plant(
        empty_graph,
        family(
            LINEAGE,
            gone={"old/gone"},
            downloads={"ann/lora": 5, "bob/tuned": 7, "bob/tuned-GGUF": 900, "lab/base": 10},
        ),
    )
    empty_graph.command("MATCH (m:Model) SET m.known = NOT m.id STARTS WITH 'round/'")
    empty_graph.command(MORE)
    return empty_graph


def hit(graph: Graph, name: str, *, mirrors: bool = False) -> BlastRadius:
    return blast(reader(graph), name, "withdrawn", mirrors=mirrors)


def test_who_is_hit_and_how(made: Graph) -> None:
    found = hit(made, "LAB/base")
    assert (found.name, found.is_author, found.gone, found.seeds) == ("lab/base", False, False, 1)
    assert (found.affected, found.direct, found.indirect) == (12, 6, 6)
    assert (found.already_gone, found.only_named) == (1, 2)
    rows = {m.model: m for m in found.models}
    assert {m for m, row in rows.items() if row.hard} == {"ann/lora", "ann/both", "bob/lora2"}
    kept = {m: row.other_bases for m, row in rows.items() if not row.every_base_lost}
    assert kept == {"Ann/merge": ["other/base"], "round/a": ["round/b"], "round/b": ["round/a"]}
    assert (found.hard, found.every_base_lost, found.keep_another_base) == (3, 9, 3)
    assert rows["bob/lora2"].path == ["bob/lora2", "ann/lora", "lab/base"]
    assert (rows["ann/both"].relation, rows["card/only"].relation) == ("adapter", "declared")
    assert rows["dan/late"].path == ["dan/late", "old/gone", "lab/base"]
    assert found.by_relation == {
        "finetune": 5, "adapter": 3, "merge": 1, "quantized": 2, "declared": 1,
    }  # fmt: skip
    assert [(s.depth, s.models) for s in found.by_depth] == [(1, 6), (2, 6)]
    by = found.publishers
    assert (by.count, by.top[0].author.lower(), by.top[0].models) == (7, "ann", 3)
    assert by.concentration == pytest.approx((9 + 9 + 4 + 1 + 1 + 1 + 1) / 144)
    assert (found.downloads.known, found.downloads.unknown) == (12, 9)
    assert (found.downloads_gguf.known, found.downloads_gguf.unknown) == (900, 0)
    assert (found.spaces.hard, found.spaces.others) == (2, 1)
    assert found.spaces.names == ["s/one", "s/two", "s/three"]


def test_mirrors_are_seeds_where_asked(made: Graph) -> None:
    without, with_ = hit(made, "lab/base"), hit(made, "lab/base", mirrors=True)
    assert without.mirrors == with_.mirrors == ["pack/base"]
    assert (with_.seeds, with_.affected, with_.affected_without_mirrors) == (2, 11, 12)
    assert next(m.depth for m in with_.models if m.model == "cat/x") == 1


def test_an_author_is_all_of_its_models(made: Graph) -> None:
    found = hit(made, "lab")
    assert (found.name, found.is_author, found.affected, found.hard) == ("lab", True, 12, 3)
    made.command("CREATE (:Author {name: 'empty', name_folded: 'empty'})")
    assert hit(made, "empty").affected == hit(made, "empty").seeds == 0
    for name in ("lab/nothing", "nobody", ""):
        with pytest.raises(UnknownNameError):
            hit(made, name)


def test_a_list_that_is_cut_counts_all(made: Graph) -> None:
    found = blast(reader(made), "lab/base", "withdrawn", most=5)
    assert (len(found.models), found.left_out, found.affected) == (5, 7, 12)
    assert {m.depth for m in found.models} == {1}


def test_the_reports_agree(made: Graph) -> None:
    found = hit(made, "lab/base")
    asked = {"model": "Lab/Base"}
    rows = reports.run(made, "blast-by-depth", asked).rows
    assert [(row["depth"], row["models"]) for row in rows] == [(1, 6), (2, 6)]
    assert [row["unknown"] for row in rows] == [4, 5]
    assert sum(row["downloads"] or 0 for row in rows) == 12
    assert [row["downloads_gguf"] for row in rows] == [None, 900]
    rows = reports.run(made, "blast-hard", asked).rows
    assert {row["model"]: row["depth"] for row in rows} == {
        m.model: m.depth for m in found.models if m.hard
    }
    rows = reports.run(made, "blast-direct", asked).rows
    assert {row["relation"]: (row["children"], row["keep_another_base"]) for row in rows} == {
        "adapter": (2, 0), "finetune": (3, 1), "quantized": (1, 0), "declared": (1, 0),
    }  # fmt: skip


LICENCES = {
    "lab/base": "gemma", "other/base": "apache-2.0", "bob/tuned": "mit", "ann/lora": "gemma",
    "Ann/merge": "cc-by-nc-4.0", "pack/base": "gemma",
}  # fmt: skip


@pytest.mark.parametrize("new", ["apache-2.0", "cc-by-nc-4.0", "gemma"])
def test_another_licence_hits_those_whose_terms_change(
    made: Graph, settings: Settings, new: str
) -> None:
    """Whose terms are others once the model has the licence."""
    made.command(
        "MATCH (m:Model) SET m.license = $licences[m.id], "
        "m.absent = CASE WHEN m.id IN keys($licences) THEN null ELSE ['license'] END",
        {"licences": LICENCES},
    )
    table = LicenceTable.read(settings)
    found = blast(reader(made), "lab/base", "relicensed", licence=(table, new))

    def terms() -> dict[str, tuple[object, ...]]:
        names = [m.model for m in hit(made, "lab/base").models]
        answers = [licence(reader(made), settings, name) for name in names]
        return {
            a.model: ([(t.column, t.value) for t in a.terms], [d.column for d in a.in_doubt])
            for a in answers
        }

    before = terms()
    made.command("MATCH (m:Model {id: 'lab/base'}) SET m.license = $new", {"new": new})
    after = terms()
    assert {m.model for m in found.models} == {m for m in before if before[m] != after[m]}
    told = found.relicensing
    assert told is not None
    assert (
        (found.affected == 0) == (new == "gemma") == (told.verdicts_before == told.verdicts_after)
    )
    added = {m.model for m in found.models if "non-commercial" in m.terms_added}
    assert bool(added) == (new == "cc-by-nc-4.0")
    assert told.added.get("non-commercial", 0) == len(added)


@pytest.mark.usefixtures("environment")
def test_the_command(
    made: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    hubgraph = Command(monkeypatch, capfd)
    path = tmp_path / "hit.csv"
    text = hubgraph("blast", "lab/base", "--event", "gated", "--csv", str(path))
    assert "12 models affected, 6 made from it directly and 6 over others" in text
    assert "3 need it to load: they can be loaded only with access to the base" in text
    assert "downloaded before are not affected" in text
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    document = json.loads(hubgraph("blast", "LAB/base", "--event", "compromised", "--json"))
    assert [m["model"] for m in document["models"]] == [row["model"] for row in rows]
    assert document["downloads"] == {"known": 12, "unknown": 9}
    text = hubgraph("blast", "lab/base", "--event", "compromised", "--mirrors")
    assert "another base is no protection" in text
    assert "Keeps another base" not in text
    assert "without, 12 affected" in text
    text = hubgraph("blast", "lab/base", "--event", "relicensed", "--licence", "CC-BY-NC-4.0")
    assert "More is asked under cc-by-nc-4.0: non-commercial of" in text
    for wrong in (["--event", "relicensed"], ["--licence", "mit"]):
        hubgraph("blast", "lab/base", *wrong, code=2)
    hubgraph("blast", "lab/base", "--event", "relicensed", "--licence", "none such", code=2)
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []
