"""Licences on a real Neo4j: what is stored, what a run changes, what `hubgraph licence` shows."""

import json
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from graph.answers import reports
from graph.answers.licence import LicenceAnswer, licence
from graph.answers.names import UnknownNameError
from graph.answers.query import reader
from graph.scores.licences.table import _OWN
from graph.scores.pipeline import compute
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests import remembered as told_of
from tests.integration.test_history import Command
from tests.integration.test_web_says import data, words
from tests.reference_influence import family, plant
from webapp import create_app

LINEAGE = """
lab/chat lab/mid; lab/mid meta/llama
ann/tuned lab/chat; ann/quant lab/chat QUANTIZE; ann/none lab/chat
ann/Llama-9 meta/four; bob/other meta/four; bob/q meta/four QUANTIZE
eve/merge lab/plain MERGE; eve/merge lab/unread MERGE; eve/merge lab/alike MERGE
o/x o/y; o/y o/z; o/z o/x; o/below o/x
sol/itary sol/itary
"""
CARDS: dict[str, dict[str, object]] = {
    "meta/llama": {"license": "llama2"},
    "lab/mid": {"license": "apache-2.0"},
    "lab/chat": {"license": "apache-2.0"},
    "ann/tuned": {"license": "mit"},
    "ann/quant": {"license": "other", "license_name": "llama2"},
    "ann/none": {"absent": ["license"]},
    "meta/four": {"license": "llama4"},
    "ann/Llama-9": {"license": "llama4"},
    "bob/other": {"license": "other"},
    "bob/q": {"licenses": ["mit", "llama4"], "license": "mit"},
    "lab/plain": {"license": "cc-by-sa-4.0"},
    "lab/alike": {"license": "agpl-3.0"},
    "eve/merge": {"license": "mit", "license_name": "gemma"},
    "o/x": {"license": "mit"},
    "o/y": {"license": "gemma"},
    "o/z": {"license": "cc-by-nc-4.0"},
    "o/below": {"license": "mit"},
    "sol/itary": {"license": "mit"},
}
VERDICTS = {
    ("lab/chat", "lab/mid"): ("same", ["S1", "O1"]),
    ("lab/mid", "meta/llama"): ("relaxed", ["R-THR", "R-USE"]),
    ("ann/tuned", "lab/chat"): ("compatible", ["P1"]),
    ("ann/quant", "lab/chat"): ("more_restrictive", ["M-THR", "M-USE"]),
    ("ann/none", "lab/chat"): ("undeclared_child", ["D1"]),
    ("ann/Llama-9", "meta/four"): ("same", ["S1", "N1"]),
    ("bob/other", "meta/four"): ("undecidable", ["U2-child", "N3"]),
    ("bob/q", "meta/four"): ("undecidable", ["U3"]),
    ("eve/merge", "lab/plain"): ("relaxed", ["R-SA", "C1"]),
    ("eve/merge", "lab/unread"): ("not_crawled", ["X2", "C1"]),
    ("eve/merge", "lab/alike"): ("relaxed", ["R-SA", "C1"]),
    ("o/x", "o/y"): ("relaxed", ["R-USE", "O1"]),
    ("o/y", "o/z"): ("relaxed", ["R-COM", "M-USE", "mixed", "O1"]),
    ("o/z", "o/x"): ("more_restrictive", ["M-COM", "O1"]),
    ("o/below", "o/x"): ("same", ["S1", "O1"]),
    ("sol/itary", "sol/itary"): ("same", ["S1", "O1"]),
}
LLAMA = ["threshold", "use-policy", "naming"]
TERMS = {
    "lab/chat": (["threshold", "use-policy"], ["threshold", "use-policy"], False),
    "lab/mid": (["threshold", "use-policy"], ["threshold", "use-policy"], False),
    "ann/tuned": (["threshold", "use-policy"], ["threshold", "use-policy"], False),
    "ann/quant": (["threshold", "use-policy"], [], False),
    "ann/none": (["threshold", "use-policy"], ["threshold", "use-policy"], True),
    "ann/Llama-9": (LLAMA, [], False),
    "bob/other": (
        ["threshold", "use-policy", "naming"],
        ["threshold", "use-policy", "naming"],
        True,
    ),
    "bob/q": (["threshold", "use-policy", "naming"], ["threshold", "use-policy", "naming"], True),
    "eve/merge": (["share-alike", "network-copyleft"], ["share-alike", "network-copyleft"], True),
    "o/x": (["non-commercial", "use-policy"], ["non-commercial", "use-policy"], False),
    "o/y": (["non-commercial", "use-policy"], ["non-commercial"], False),
    "o/z": (["non-commercial", "use-policy"], ["use-policy"], False),
    "o/below": (["non-commercial", "use-policy"], ["non-commercial", "use-policy"], False),
    "sol/itary": ([], [], False),
}


@pytest.fixture
def licensed(empty_graph: Graph, settings: Settings) -> Graph:
    plant(empty_graph, family(LINEAGE))
    state(empty_graph, CARDS)
    compute(empty_graph, settings)
    return empty_graph


def state(graph: Graph, cards: Mapping[str, Mapping[str, object]]) -> None:
    graph.command(
        "UNWIND $rows AS row MATCH (m:Model {id: row[0]}) SET m += row[1]",
        {"rows": [[model, card] for model, card in cards.items()]},
    )


def verdicts(graph: Graph) -> dict[tuple[str, str], tuple[str, list[str]]]:
    rows = graph.read(
        "MATCH (c)-[r]->(b:Model) WHERE r.licence_verdict IS NOT NULL "
        "RETURN c.id AS c, b.id AS b, r.licence_verdict AS v, r.licence_rules AS rules"
    ).rows
    return {(row["c"], row["b"]): (row["v"], row["rules"]) for row in rows}


def terms(graph: Graph) -> dict[str, tuple[list[str], list[str], bool]]:
    rows = graph.read(
        "MATCH (m:Model) WHERE m.terms_open IS NOT NULL RETURN m.id AS id, "
        "m.effective_terms AS all, m.inherited_terms AS new, m.terms_open AS open"
    ).rows
    return {row["id"]: (row["all"], row["new"], row["open"]) for row in rows}


def stored(graph: Graph) -> list[dict[str, object]]:
    """What cards say, and everything else but scores."""
    return graph.read(
        "MATCH (m:Model) RETURN m.id AS id, m.license AS license, m.license_name AS name, "
        "m.licenses AS licenses, m.absent AS absent ORDER BY id"
    ).rows


def test_a_run_writes_what_cards_say_and_changes_none(
    licensed: Graph, settings: Settings, tmp_path: Path
) -> None:
    assert verdicts(licensed) == VERDICTS
    assert terms(licensed) == TERMS
    cards = stored(licensed)
    again = compute(licensed, settings)
    assert again.licences == dict(sorted(Counter(v for v, _ in VERDICTS.values()).items()))
    assert (verdicts(licensed), terms(licensed), stored(licensed)) == (VERDICTS, TERMS, cards)
    state(licensed, {"meta/llama": {"license": "mit"}})
    licensed.command("MATCH (:Model {id: 'o/below'})-[r]->() SET r.gone_since = datetime()")
    compute(licensed, settings)
    assert verdicts(licensed)["lab/mid", "meta/llama"] == ("compatible", ["P1"])
    assert terms(licensed)["ann/tuned"] == ([], [], False)
    assert terms(licensed)["ann/quant"][1] == []
    assert "o/below" not in terms(licensed)
    table = tmp_path / "own.csv"
    own = [row for row in _OWN.read_text("utf-8").splitlines() if row.startswith(("id,", "mit,"))]
    table.write_text("\n".join(own).replace("permissive,any,allowed", "permissive,any,nc"))
    compute(licensed, settings.model_copy(update={"licences_file": table}))
    assert terms(licensed)["ann/tuned"] == (["non-commercial"], [], False)


def test_answers_prove_what_they_say(licensed: Graph, settings: Settings) -> None:
    def asked(model: str) -> LicenceAnswer:
        return licence(reader(licensed), settings, model)

    for model, (known, _, is_open) in TERMS.items():
        found = asked(model.upper())
        assert (found.model, found.is_open) == (model, is_open)
        assert bool(found.terms) >= bool(known)
        for base in found.bases:
            rules = [*base.rules, *base.flags]
            assert (base.verdict, rules) == VERDICTS[model, base.base]
        paths = [term.path for term in found.terms] + [doubt.path for doubt in found.in_doubt]
        for path in paths:
            steps = [(hop.model, onward.model) for hop, onward in pairwise(path)]
            assert path[0].model == model
            assert set(steps) <= VERDICTS.keys()
    tuned = {(term.column, term.value): term.path for term in asked("ann/tuned").terms}
    way = tuned["use_policy", "llama2-aup"]
    assert [(hop.model, hop.licence, hop.relation) for hop in way] == [
        ("ann/tuned", "mit", "finetune"),
        ("lab/chat", "apache-2.0", "finetune"),
        ("lab/mid", "apache-2.0", "finetune"),
        ("meta/llama", "llama2", None),
    ]
    merge = asked("eve/merge")
    assert merge.conflicts == [("agpl-3.0", "cc-by-sa-4.0")]
    assert (merge.licences, merge.ancestors) == (["gemma", "mit"], 3)
    assert asked("lab/unread").state == "unread"
    assert asked("ann/none").state == "undeclared"
    assert (asked("meta/llama").bases, asked("meta/llama").ancestors) == ([], 0)
    assert asked("o/below").ancestors == 3
    assert asked("sol/itary").ancestors == 0
    with pytest.raises(UnknownNameError):
        asked("no/body")


def test_reports(licensed: Graph) -> None:
    def rows(name: str, *columns: str, **given: object) -> list[tuple[object, ...]]:
        return [tuple(row[c] for c in columns) for row in reports.run(licensed, name, given).rows]

    counted = ("links", "same", "relaxed", "undecidable", "undeclared")
    assert rows("licence-scorecard", "base_license", *counted, "relaxed_share") == [
        ("apache-2.0", 4, 1, 0, 0, 1, 0.0),
        ("llama4", 3, 1, 0, 2, 0, 0.0),
        ("mit", 3, 2, 0, 0, 0, 0.0),
        ("agpl-3.0", 1, 0, 1, 0, 0, 1.0),
        ("cc-by-nc-4.0", 1, 0, 1, 0, 0, 1.0),
        ("cc-by-sa-4.0", 1, 0, 1, 0, 0, 1.0),
        ("gemma", 1, 0, 1, 0, 0, 1.0),
        ("llama2", 1, 0, 1, 0, 0, 1.0),
    ]
    assert rows("licence-scorecard-by-author", "author", *counted) == [
        ("eve", 2, 0, 2, 0, 0),
        ("lab", 1, 0, 1, 0, 0),
        ("ann", 4, 1, 0, 0, 1),
        ("bob", 2, 0, 0, 2, 0),
    ]
    assert rows("relaxed-licences", "model", "base", "rules", base_license="llama2") == [
        ("lab/mid", "meta/llama", ["R-THR", "R-USE"])
    ]
    assert len(rows("relaxed-licences", "model")) == 5
    assert rows("terms-from-afar", "model", "ancestor", "ancestor_license", "steps") == [
        ("ann/tuned", "meta/llama", "llama2", 3),
        ("lab/chat", "meta/llama", "llama2", 2),
        ("o/below", "o/y", "gemma", 2),
        ("o/z", "o/y", "gemma", 2),
    ]
    assert rows("undeclared-licences", "model", "terms", "base") == [
        ("ann/none", ["threshold", "use-policy"], "lab/chat")
    ]
    drift = rows("licence-drift", "steps", "models", "same", "other", "unknown", license="llama2")
    assert drift == [(1, 1, 0, 1, 0), (2, 1, 0, 1, 0), (3, 3, 1, 1, 1)]


def test_the_page_of_a_model(licensed: Graph, settings: Settings) -> None:
    client = create_app(settings, graph=licensed).test_client()
    text = words(client, "/model/lab/mid")
    assert "declared terms differ: looser (R-THR R-USE) meta/llama" in text
    assert "threshold, use-policy by licences above: threshold, use-policy" in text
    assert "at least share-alike, network-copyleft" in words(client, "/model/eve/merge")
    assert "Terms with its ancestors" not in words(client, "/model/meta/llama")
    found = data(client, "/model/lab/mid")
    assert found["facts"]["inherited_terms"] == ["threshold", "use-policy"]
    assert [link["licence_verdict"] for link in found["ancestry"]["links"]] == ["relaxed"]


@pytest.mark.usefixtures("environment")
def test_the_command(
    licensed: Graph, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    state(licensed, {"lab/mid": {"license": "other", "license_name": "\x1b[31mred"}})
    hubgraph = Command(monkeypatch, capfd)
    found = json.loads(hubgraph("licence", "ANN/Tuned", "--json"))
    assert (found["model"], found["licence"], found["ancestors"]) == ("ann/tuned", "mit", 3)
    assert [base["verdict"] for base in found["bases"]] == ["compatible"]
    text = hubgraph("licence", "ann/tuned")
    assert "With its 3 ancestors it asks at least:" in text
    assert "meta/llama (llama2) ← lab/mid ([31mred)" in text
    assert "declared terms do not differ" in text
    assert "It may ask more, by:" in text
    assert "has no card that was read" in hubgraph("licence", "lab/unread")
    assert "declares no licence" in hubgraph("licence", "ann/none")
    assert "and cc-by-sa-4.0 each ask for the same licence" in hubgraph("licence", "eve/merge")
    hubgraph("licence", "no/body", code=1)
    assert "No model is called 'no/body'" in hubgraph.said


def test_data_terms(empty_graph: Graph, settings: Settings) -> None:
    told = [
        told_of.model("lab/base", datasets=["hf/web", "hf/gone"]),
        told_of.model(
            "lab/tuned", bases=["lab/base"], relation="finetune", datasets=["hf/web", "no/card"]
        ),
        told_of.model("ann/own", bases=["lab/tuned"], relation="merge", datasets=["hf/silent"]),
        told_of.dataset("hf/web", tags=["license:odc-by", "license:mit", "text"]),
        told_of.dataset("hf/silent", tags=["text"]),
        told_of.dataset("hf/gone", tags=["license:mit"]),
    ]
    load(empty_graph, iter(told), settings=settings, source="told")
    empty_graph.write("MATCH (d:Dataset {id: 'hf/gone'}) SET d.gone_since = datetime()")
    found = reports.run(empty_graph, "data-terms", {"model": "Ann/own"}).rows
    assert [tuple(row.values()) for row in found] == [
        ("hf/silent", [], "undeclared", 0, "ann/own", 1),
        ("hf/web", ["odc-by", "mit"], "declared", 1, "lab/tuned", 2),
        ("no/card", [], "not crawled", 1, "lab/tuned", 1),
        ("hf/gone", ["mit"], "gone", 2, "lab/base", 1),
    ]
