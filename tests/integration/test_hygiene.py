"""What is wrong in cards: each check on what it finds and on what it leaves alone."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.answers import reports
from graph.answers.hygiene import HygieneParameters, hygiene_found, note_counts, past_counts
from graph.answers.query import reader
from graph.answers.reports import catalogue
from graph.answers.reports.export import BOM
from graph.observe.hub.records import model_record
from graph.scores.pipeline import compute
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from tests.integration.test_history import Command
from tests.reference_influence import family, plant

OLD, NEW = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"
CHOICES = next(p for p in catalogue()["hygiene-of-check"].parameters if p.name == "check").choices


def card(name: str, *bases: str, relation: str | None = None, **said: object) -> dict[str, object]:
    """The Hub's answer about a model whose card names bases; with a relation they are resolved."""
    resolved = {"relation": relation, "models": [{"id": base} for base in bases]}
    licence = {} if "license" in said else {"license": "mit"}
    return {
        "id": name,
        "tags": [],
        "cardData": {"base_model": list(bases), **licence, **said},
        **({"baseModels": resolved} if relation else {}),
    }


ANSWERS: list[dict[str, object]] = [
    {**card("x/base"), "createdAt": "2025-05-01T00:00:00.000Z"},
    card("x/Llama-9B"), card("x/former"), card("x/gone"), card("null"),
    {**card("x/off"), "disabled": True},
    card("ok/tuned", "x/base", relation="finetune"),
    card("ok/merge", "x/base", "x/Llama-9B", relation="merge"),
    card("own/loop", "own/loop", "x/base", relation="finetune"),
    card("un/known", "x/base", "x/missing", relation="merge"),
    card("left/behind", "x/gone", "x/off", relation="merge"),
    card("re/named", "x/base", "X/Former"),
    card("odd/case", "x/BASE", relation="finetune"),
    card("lo/cal", "./out/a: [b]", "null/x", "x/base"),
    card("ann/m-GGUF", "x/base", relation="finetune"),
    card("q/Llama-9B-GGUF", "x/base", relation="quantized"),
    card("two/bases", "x/base", "x/Llama-9B", relation="adapter"),
    card("chain/list", "ok/tuned", "x/base", relation="finetune"),
    card("un/linked", "x/base"),
    card("licence/other", license="other"),
    card("licence/named", license="other", license_name="own"),
    card("licence/none", license=None),
    {"id": "licence/unread"},
    {"id": "left/itself", "cardData": {"license": None}},
]  # fmt: skip
HAPPENED: list[dict[str, object]] = [
    {"record": "change/1", "id": "x/gone", "kind": "gone", "observed_at": NEW},
    {"record": "change/1", "id": "left/itself", "kind": "gone", "observed_at": NEW},
    {"record": "change/1", "id": "x/former", "kind": "renamed", "after": "x/now",
     "observed_at": NEW},
]  # fmt: skip
BASE = {"base_model": ["x/base"]}
OPEN = {"base_model": None}
FOUND: dict[str, dict[str, tuple[str, object]]] = {
    "own-base": {"own/loop": ("names itself", BASE)},
    "base-not-an-id": {
        "lo/cal": ("names ./out/a: [b]", {"base_model": ["null/x", "x/base"]}),
    },
    "unknown-base": {
        "un/known": ("names x/missing, of which there is no record", OPEN),
        "lo/cal": ("names null/x, of which there is no record", OPEN),
    },
    "gone-base": {"left/behind": ("names x/gone (gone), x/off (disabled)", OPEN)},
    "no-relation": {
        "re/named": (
            "names x/base, x/now, and the Hub links none", {"base_model_relation": None},
        ),
        "lo/cal": ("names x/base, and the Hub links none", {"base_model_relation": None}),
        "un/linked": ("names x/base, and the Hub links none", {"base_model_relation": None}),
    },
    "format-copy": {
        "ann/m-GGUF": (
            "declared as fine-tune, its name ends as gguf copies do",
            {"base_model_relation": "quantized"},
        ),
    },
    "other-base": {
        "q/Llama-9B-GGUF": (
            "named like x/Llama-9B, which it does not declare", {"base_model": ["x/Llama-9B"]},
        ),
    },
    "bases-without-merge": {
        "two/bases": ("adapter of x/Llama-9B, x/base", {"base_model_relation": "merge"}),
    },
    "base-and-its-base": {
        "chain/list": (
            "declares ok/tuned and what that was made from, x/base", {"base_model": ["ok/tuned"]},
        ),
    },
    "renamed-base": {
        "re/named": ("names X/Former instead of x/now", {"base_model": ["x/base", "x/now"]}),
    },
    "base-in-other-case": {"odd/case": ("names x/BASE instead of x/base", BASE)},
    "licence-without-name": {
        "licence/other": ("other, without a name", {"license_name": None}),
    },
    "no-licence": {
        "licence/none": ("its card says nothing of a licence", {"license": None}),
    },
}  # fmt: skip
"""Check → model → evidence, and the patch as YAML reads it."""


@pytest.fixture
def cards(empty_graph: Graph, settings: Settings) -> Graph:
    records = [model_record(answer, OLD) for answer in ANSWERS]
    load(empty_graph, iter([*records, *HAPPENED]), settings=settings, source="test")
    compute(empty_graph, settings)
    return empty_graph


def listed(graph: Graph, check: str) -> dict[str, tuple[str, Any]]:
    rows = reports.run(graph, "hygiene-of-check", {"check": check}).rows
    return {row["model"]: (row["evidence"], yaml.safe_load(row["patch"])) for row in rows}


def test_each_check_finds_what_is_wrong_and_how_to_mend_it(cards: Graph) -> None:
    assert {check: listed(cards, check) for check in CHOICES} == {"circle": {}, **FOUND}
    summary = reports.run(cards, "hygiene").rows
    assert {row["check"]: row["models"] for row in summary} == {c: len(m) for c, m in FOUND.items()}
    for row in summary:
        evidence, patch = FOUND[row["check"]][row["example"]]
        assert (row["evidence"], yaml.safe_load(row["patch"])) == (evidence, patch)
        assert row["title"]
        assert row["seriousness"] in {"error", "warning", "notice"}
    assert len({row["title"] for row in summary}) == len(FOUND)


def test_an_authors_defects_are_those_of_their_models_and_counts_are_kept(cards: Graph) -> None:
    read = reader(cards)
    for author in ("two", "licence", "x", "re"):
        found = hygiene_found(read, HygieneParameters(author=author.upper()))
        mine = {
            check: [m for m in models if m.startswith(f"{author}/")]
            for check, models in FOUND.items()
        }
        assert {row["check"]: row["models"] for row in found.checks} == {
            check: len(models) for check, models in mine.items() if models
        }
        for row in found.checks:
            of = HygieneParameters(author=author, check=row["check"])
            listed_here = hygiene_found(read, of).models
            assert sorted(each["model"] for each in listed_here) == sorted(mine[row["check"]])
            for each in listed_here:
                expected = FOUND[row["check"]][each["model"]]
                assert (each["evidence"], yaml.safe_load(each["patch"])) == expected
    assert past_counts(read) == []
    note_counts(cards)
    (kept,) = past_counts(reader(cards))
    assert kept.models == {check: len(FOUND.get(check, ())) for check in CHOICES}


def test_circles_are_found_once_influence_cut_them(empty_graph: Graph, settings: Settings) -> None:
    circles = family("a/x a/y; a/y a/z; a/z a/x; b/old b/new; b/new b/old; c/x a/x")
    circles.created = {"b/old": 1, "b/new": 2}
    plant(empty_graph, circles)
    assert listed(empty_graph, "circle") == {}
    compute(empty_graph, settings)
    found = listed(empty_graph, "circle")
    assert found.keys() == {"a/x", "a/y", "a/z", "b/old"}  # the younger one may stay
    assert found["a/x"] == ("names a/y, made from it in turn", OPEN)
    assert found["b/old"] == ("names b/new, made from it in turn", OPEN)


HOSTILE = [
    "null", "1.0", "~", "no", "a/b: c", 'a"b', "a'b", "a\\", "[x]", "{x}", "a#b", "&a", "*a",
    "!!python/object:os.system", "a\nb: c", "\u2028", "%", "@x", "`", "- a", "? a", "🙂",
]  # fmt: skip


def test_ids_cannot_break_out_of_the_patch(empty_graph: Graph) -> None:
    empty_graph.command(
        "UNWIND $names AS name CREATE (m:Model {id: 'm/' + name, id_folded: 'm/' + name, "
        "known: true, card_bases: [name, 'x/y'], unusable_bases: [name]})",
        {"names": HOSTILE},
    )
    rows = reports.run(empty_graph, "hygiene-of-check", {"check": "base-not-an-id"}).rows
    found = {row["model"].removeprefix("m/"): row["patch"] for row in rows}
    usable = {"null", "1.0", "no"}
    assert {name for name, patch in found.items() if patch} == usable
    assert found.keys() == set(HOSTILE)
    for name in usable:
        assert yaml.safe_load(found[name]) == {"base_model": [name, "x/y"]}


def test_months_are_those_of_creation(cards: Graph) -> None:
    rows = reports.run(cards, "hygiene-by-month", {"check": "no-licence"}).rows
    assert [(row["month"], row["defective"], row["models"]) for row in rows] == [
        ("2025-05", 0, 1), ("no date", 1, 21),
    ]  # fmt: skip
    assert rows[1]["share"] == 1 / 21


@pytest.mark.usefixtures("environment")
def test_the_command(
    cards: Graph,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    hubgraph = Command(monkeypatch, capfd)
    text = hubgraph("hygiene")
    assert text.splitlines()[1].split()[:3] == ["own-base", "Names", "itself"]
    document = json.loads(hubgraph("hygiene", "--json"))
    assert [row["models"] for row in document["rows"] if row["check"] == "no-relation"] == [3]
    text = hubgraph("hygiene", "no-relation", "--limit", "1")
    assert "base_model_relation: # finetune, adapter, merge or quantized" in text
    assert hubgraph.said.startswith("1 of 3 rows")
    file = tmp_path / "found.csv"
    hubgraph("hygiene", "no-relation", "--csv", str(file))
    assert [line.partition(",")[0] for line in file.read_text().splitlines()] == [
        "model", "lo/cal", "re/named", "un/linked",
    ]  # fmt: skip
    hubgraph("hygiene", "no-relation", "--csv", str(file), "--bom")
    assert file.read_bytes().startswith(BOM + b"model,")
    document = json.loads(hubgraph("hygiene", "--author", "RE", "--json"))
    assert document["parameters"]["author"] == "re"
    assert {row["check"]: row["models"] for row in document["rows"]} == {
        check: len(mine)
        for check, found in FOUND.items()
        if (mine := [model for model in found if model.startswith("re/")])
    }
    text = hubgraph("hygiene", "no-relation", "--author", "re", "--limit", "1")
    assert "re/named" in text
    hubgraph("hygiene", "--author", "nobody-at-all", code=1)
    assert "nobody-at-all" in hubgraph.said
    hubgraph("hygiene", "nonsense", code=2)
    assert "own-base" in hubgraph.said
