"""Runs of influence in a real Neo4j: engines, what is marked, what is recorded, what is broken."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bench.hub.write import write
from graph.answers import reports
from graph.errors import DataError, HubgraphError, MemoryLimitError, ServerError
from graph.observe.sources import sources
from graph.progress import Silent
from graph.schema import AUTHOR_SCORES, MODEL_SCORES, score_properties
from graph.scores import gds
from graph.scores.pipeline import EngineName, compute
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load, load_files
from graph.ways.scoring import score_files
from tests.influence import (
    FAMILIES,
    check_against_reference,
    everything,
    mirror_links,
    random_family,
    ranked,
    run_of,
    scores,
    seeded,
)
from tests.integration.test_ingest import model
from tests.progress import Seen
from tests.reference_influence import family, plant, union
from tests.remembered import change


def test_a_second_run_changes_only_runs(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(5)
    ranked(empty_graph, settings, *(random_family(rng, f"i{i}-") for i in range(20)))
    before = everything(empty_graph)
    compute(empty_graph, settings)
    assert everything(empty_graph) == before
    runs = empty_graph.read("MATCH (r:Run) RETURN r.status AS status").rows
    assert runs == [{"status": "complete"}] * 2


def test_too_few_iterations_are_said(empty_graph: Graph, settings: Settings) -> None:
    summary = ranked(empty_graph, settings, FAMILIES["chain4"], max_iterations=2)
    assert not summary.converged
    assert "HUBGRAPH_MAX_ITERATIONS" in summary.warnings[0]
    assert json.loads(run_of(empty_graph, summary)["counts"])["converged"] is False


def test_the_run_is_recorded(empty_graph: Graph, settings: Settings) -> None:
    summary = ranked(empty_graph, settings, FAMILIES["loop"])
    run = run_of(empty_graph, summary)
    assert (run["kind"], run["status"]) == ("influence", "complete")
    assert run["started_at"] <= run["ended_at"]
    used = json.loads(run["settings"])
    assert (used["damping"], used["weight_adapter"]) == (0.85, 0.5)
    assert used["layers"] == "resolved"
    assert used["gds"] == empty_graph.gds_version()
    counts = json.loads(run["counts"])
    assert counts["cut"] == {"loop": 1, "dup": 0, "cycle": 0}
    stages = ["read", "detect", "clean", "licences", "rank", "count", "reach", "months", "authors"]
    assert set(counts["seconds"]) == {*stages, "without mirrors", "write"}
    assert (counts["models"], counts["relationships"], counts["scored_models"]) == (2, 2, 1)


def test_progress_covers_every_stage(empty_graph: Graph, settings: Settings) -> None:
    plant(empty_graph, FAMILIES["star5"])
    seen = Seen()
    summary = compute(empty_graph, settings, seen)
    assert seen.stages == [f"Influence: {stage}" for stage in summary.seconds]
    for shares in seen.shares.values():
        assert shares == sorted(shares)
        assert shares[-1] == 1


def test_a_graph_without_lineage_says_so(empty_graph: Graph, settings: Settings) -> None:
    with pytest.raises(DataError, match=r"no lineage.*hubgraph load"):
        compute(empty_graph, settings)
    empty_graph.write("CREATE (:Model {id: 'a/b', id_folded: 'a/b'})")
    with pytest.raises(DataError, match="no lineage"):
        compute(empty_graph, settings)
    assert empty_graph.read("MATCH (r:Run) RETURN count(r) AS runs").one() == {"runs": 0}


def test_gds_is_needed(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Graph, "gds_version", lambda _: None)
    plant(empty_graph, FAMILIES["kinds"])
    with pytest.raises(ServerError, match=r"no Graph Data Science.*--engine duckdb"):
        compute(empty_graph, settings)
    with pytest.raises(ServerError, match="no Graph Data Science"):
        compute(empty_graph, settings, engine=EngineName.DUCKDB, check=True)
    summary = compute(empty_graph, settings, engine=EngineName.DUCKDB)
    assert (summary.engine, summary.largest_difference) == ("duckdb", None)
    check_against_reference(empty_graph, FAMILIES["kinds"])


@pytest.mark.parametrize("engine", EngineName)
def test_both_engines_agree(empty_graph: Graph, settings: Settings, engine: EngineName) -> None:
    rng = seeded(77)
    whole = union([*FAMILIES.values(), *(random_family(rng, f"e{i}-") for i in range(30))])
    plant(empty_graph, whole)
    summary = compute(empty_graph, settings, engine=engine, check=True)
    assert summary.engine == engine
    assert summary.largest_difference is not None
    assert summary.largest_difference <= 1e-9
    check_against_reference(empty_graph, whole)
    assert json.loads(run_of(empty_graph, summary)["settings"])["engine"] == engine


def test_what_does_not_fit_into_the_database_is_ranked_outside(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise MemoryLimitError("The query needs more memory than the server allows.")

    monkeypatch.setattr(gds.Gds, "rank", refuses)
    summary = ranked(empty_graph, settings, FAMILIES["kinds"])
    assert summary.engine == "duckdb"
    assert "does not fit into the memory of the database" in summary.warnings[0]
    check_against_reference(empty_graph, FAMILIES["kinds"])


def test_swarms_and_mirrors_are_marked_and_their_share_is_taken_out(
    empty_graph: Graph, settings: Settings
) -> None:
    swarm = "s{0}/Qwen-Gensyn-Swarm-bold_jumping_ibis"
    lines = [f"{swarm.format(i)} google/gemma-3-4b-it" for i in range(3)]
    lines += ["ann/a unsloth/gemma-3-4b-it", "bob/b unsloth/gemma-3-4b-it", "cleo/c lab/big"]
    lines += ["dan/d eve/big", "fay/f unsloth/phi-4", "unsloth/gemma-3-4b-it google/gemma-3-4b-it"]
    whole = family("\n".join(lines), likes={"lab/big": 30})
    plant(empty_graph, whole)
    empty_graph.write("CREATE (:Model {id: 'microsoft/phi-4', id_folded: 'microsoft/phi-4'})")
    summary = compute(empty_graph, settings)
    assert summary.swarm == {"gensyn": 3}
    assert summary.mirrors == {"A": 2, "B": 1}
    assert mirror_links(empty_graph) == {
        "unsloth/gemma-3-4b-it": ("google/gemma-3-4b-it", "A"),
        "unsloth/phi-4": ("microsoft/phi-4", "A"),
        "eve/big": ("lab/big", "B"),
    }
    marked = empty_graph.read("MATCH (m:Model) WHERE m.swarm IS NOT NULL RETURN m.swarm AS s").rows
    assert [row["s"] for row in marked] == ["gensyn"] * 3
    stored = scores(empty_graph)
    leaf, own = 0.85 * 0.15, 0.15
    gemma = stored["google/gemma-3-4b-it"]
    assert gemma["influence_mirror"] == pytest.approx(own + 5 * leaf)
    assert gemma["influence_noswarm"] == pytest.approx(own + 2 * leaf)
    assert (gemma["reach"], gemma["reach_clean"]) == (6, 2)
    assert gemma["influence_mirror_rank"] == 1
    assert "influence_mirror" not in stored["unsloth/gemma-3-4b-it"]
    assert stored["unsloth/gemma-3-4b-it"]["influence_raw"] == pytest.approx(own + 2 * leaf)
    original = stored["microsoft/phi-4"]
    assert (original["descendants"], original["effective_descendants"]) == (0, 0)
    assert original["influence_mirror"] == pytest.approx(own + leaf)
    assert stored["eve/big"]["influence_mirror"] == pytest.approx(own + leaf)

    before = everything(empty_graph)
    compute(empty_graph, settings)
    assert everything(empty_graph) == before
    empty_graph.write("MATCH (m:Model {id: 'eve/big'}) SET m.likes = 99")
    compute(empty_graph, settings)
    assert mirror_links(empty_graph)["lab/big"] == ("eve/big", "B")
    assert "eve/big" not in mirror_links(empty_graph)


def test_rules_of_ones_own_switch_a_rule_off(
    empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    plant(empty_graph, family("s/Qwen-Gensyn-Swarm-bold_jumping_ibis a/b"))
    assert compute(empty_graph, settings).swarm == {"gensyn": 1}
    own = tmp_path / "rules.toml"
    own.write_text("swarm = [{id = 'gensyn', pattern = '^$', reason = '-', counts = true}]")
    changed = settings.model_copy(update={"rules_file": own})
    assert compute(empty_graph, changed).swarm == {}
    marked = empty_graph.read("MATCH (m:Model) WHERE m.swarm IS NOT NULL RETURN count(m) AS n")
    assert marked.one() == {"n": 0}


class Killed(BaseException):
    """Ends a run as abruptly as a test can."""


@pytest.mark.parametrize(
    ("error", "status"), [(Killed(), "interrupted"), (HubgraphError("the disk is full"), "failed")]
)
def test_a_broken_run_is_repaired_by_the_next(
    empty_graph: Graph,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    status: str,
) -> None:
    whole = union(FAMILIES.values())
    plant(empty_graph, whole)

    def breaks(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("graph.scores.writing._clear", breaks)
        with pytest.raises(type(error)):
            compute(empty_graph, settings)
    run = empty_graph.read("MATCH (r:Run) RETURN r").one()["r"]
    assert (run["status"], run["message"]) == (status, str(error) or "Killed")
    compute(empty_graph, settings)
    check_against_reference(empty_graph, whole)


def test_projections_go(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def projections() -> list[str]:
        rows = empty_graph.read("CALL gds.graph.list() YIELD graphName RETURN graphName AS n").rows
        return [row["n"] for row in rows if row["n"].startswith(gds.PREFIX)]

    plant(empty_graph, FAMILIES["star5"])
    stale = gds.PREFIX + "left-by-a-killed-run"
    empty_graph.command(
        "UNWIND [[1, 2]] AS row WITH gds.graph.project($name, row[0], row[1]) AS g RETURN 1 AS one",
        {"name": stale},
    )
    assert projections() == [stale]
    compute(empty_graph, settings)
    assert projections() == []

    def breaks(*_: object) -> None:
        assert len(projections()) == 1
        raise Killed

    plant(empty_graph, FAMILIES["chain4"])
    monkeypatch.setattr(gds, "_sources", breaks)
    with pytest.raises(Killed):
        compute(empty_graph, settings)
    assert projections() == []


def test_a_rename_takes_mirrors_along(empty_graph: Graph, settings: Settings) -> None:
    first = [
        model("google/gemma-3-4b-it"),
        model("unsloth/gemma-3-4b-it"),
        model("ann/tuned", relation="finetune", bases=["unsloth/gemma-3-4b-it"]),
    ]
    load(empty_graph, iter(first), settings=settings, source="test")
    compute(empty_graph, settings)
    assert mirror_links(empty_graph) == {"unsloth/gemma-3-4b-it": ("google/gemma-3-4b-it", "A")}
    named = [
        change(f"{who}/gemma-3-4b-it", "renamed", after=f"{who}/gemma-3-new")
        for who in ("google", "unsloth")
    ]
    load(empty_graph, iter(named), settings=settings, source="test")
    compute(empty_graph, settings)
    assert mirror_links(empty_graph) == {"unsloth/gemma-3-new": ("google/gemma-3-new", "A")}


def test_findings_are_those_of_the_newest_run(empty_graph: Graph, settings: Settings) -> None:
    def held() -> dict[str, list[str]]:
        query = (
            "MATCH (n:Model|Author) WHERE n.findings IS NOT NULL RETURN n.id AS id, n.findings AS f"
        )
        return {row["id"]: row["f"] for row in empty_graph.read(query).rows}

    copy = model("ann/big-GGUF", relation="finetune", bases=["bob/big"])
    load(empty_graph, iter([copy, model("bob/big")]), settings=settings, source="test")
    told = "format-copy: declared as fine-tune, its name ends as gguf copies do"
    summary = compute(empty_graph, settings)
    assert (held(), summary.findings) == ({"ann/big-GGUF": [told]}, {"format-copy": 1})
    by_rule = reports.run(empty_graph, "findings").rows
    assert [(row["rule"], row["models"], row["example"]) for row in by_rule] == [
        ("format-copy", 1, "ann/big-GGUF")
    ]
    (row,) = reports.run(empty_graph, "findings-of-rule", {"rule": "format-copy"}).rows
    assert row["evidence"] == told.partition(": ")[2]

    mended = model(
        "ann/big-GGUF", relation="quantized", bases=["bob/big"], last_modified="2030-01-01"
    )
    load(empty_graph, iter([mended]), settings=settings, source="test")
    assert (compute(empty_graph, settings).findings, held()) == ({}, {})

    copies = [
        model(f"q{n}/big-GGUF", relation="quantized", bases=["bob/big"], chat_template=template)
        for n, template in enumerate("xxxy")
    ]
    load(empty_graph, iter(copies), settings=settings, source="test")
    assert compute(empty_graph, settings).findings == {"chat-template": 1}
    told = "chat-template: its chat template differs from that of 3 of 4 quantizations of bob/big"
    assert held() == {"q3/big-GGUF": [told]}


def test_scores_of_a_dump_are_those_of_its_graph(
    empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path, 700, seed=5, only_models=True)
    dump = tmp_path / "models.parquet"
    load_files(empty_graph, [dump], settings=settings)
    compute(empty_graph, settings)
    found = score_files(settings, sources([dump]), tmp_path / "scores", Silent())
    for label, key, kinds, file in (
        ("Model", "id", MODEL_SCORES, "models"),
        ("Author", "name_folded", AUTHOR_SCORES, "authors"),
    ):
        names = [item.name for item in score_properties(kinds)]
        table = pq.read_table(tmp_path / "scores" / f"{file}.parquet")
        ours = {next(iter(row.values())): [row[n] for n in names] for row in table.to_pylist()}
        query = f"MATCH (n:{label}) WHERE n.influence IS NOT NULL RETURN n.{key} AS key, n"
        rows = empty_graph.read(query).rows
        theirs = {row["key"]: [row["n"].get(n) for n in names] for row in rows}
        assert ours.keys() == theirs.keys()
        assert len(ours) > 10
        for name, values in ours.items():
            assert values == pytest.approx(theirs[name], rel=1e-9), name
    assert found.scores.relationships > 100
    with pytest.raises(DataError, match="exists"):
        score_files(settings, sources([dump]), tmp_path / "scores", Silent())


def test_a_file_without_lineage_has_no_scores(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text('{"record": "model/1", "id": "a/b"}\n')
    with pytest.raises(DataError, match="no lineage"):
        score_files(settings, sources([file]), tmp_path / "scores", Silent())
    assert not (tmp_path / "scores").exists()
