"""A graph that is exported as records comes back from them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from typer.testing import CliRunner

from graph.errors import DataError
from graph.observe.sources import sources
from graph.schema import CHANGE, MODEL, Source
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.runs import Run, Scope, end_run
from graph.ways.export.writing import export_records
from graph.ways.load import load, load_files
from graph.ways.update.updating import update
from hubgraph.command import app
from tests.integration.test_ingest import Content, Raw, author, content, model
from tests.progress import Seen
from tests.remembered import dataset, space
from tests.sample_part import sample_part

LEFT = {"first_seen", "last_seen", *MODEL.names(Source.INFLUENCE), "outside_models"}
LEFT |= {"outside_publishers", "cut"}
"""What does not come back: when and how this graph saw something, and scores."""

MISLABELLED = "MATCH (m:Model) WHERE (m.gone_since IS NOT NULL) <> (m:Gone) RETURN m.id AS id"

A, B, C, D = (letter * 24 for letter in "abcd")


def day(number: int) -> str:
    return f"2026-01-{number:02d}T00:00:00.000Z"


def change(name: str, kind: str, at: int, **fields: object) -> Raw:
    return {"record": "change/1", "id": name, "kind": kind, "observed_at": day(at), **fields}


def shown(graph: Graph) -> Content:
    """The graph without what does not come back.

    Nor does the start of a run as a beginning, the spelling of bases in a change of them, and that
    a return under a former name was seen.
    """
    graph.command(
        "MATCH (c:Change {kind: 'returned'})-[:CONCERNS]->(m) WHERE c.model <> m.id "
        "REMOVE c.compared"
    )
    graph.command(
        "MATCH (c:Change {kind: 'bases', compared: true}) "
        "SET c.before = toLower(c.before), c.after = toLower(c.after)"
    )
    graph.command(
        "MATCH (m:Model) WHERE m.appeared_at = m.first_seen "
        "AND NOT EXISTS { (m)<-[:CONCERNS]-({kind: 'appeared'}) } REMOVE m.appeared_at"
    )
    return content(graph, LEFT)


def exported(graph: Graph, folder: Path) -> Path:
    file = folder / "all.jsonl.zst"
    export_records(graph, file, Seen(), overwrite=True)
    return file


def comes_back(graph: Graph, settings: Settings, folder: Path, *batch_sizes: int) -> None:
    file = exported(graph, folder)
    before = shown(graph)
    for size in batch_sizes or (5_000,):
        graph.command("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
        own = settings.model_copy(update={"batch_size": size})
        summary = load_files(graph, [file], settings=own)
        assert summary.issues == {}
        assert graph.read(MISLABELLED).rows == []
        after = shown(graph)
        for mine, theirs in zip(before, after, strict=True):
            lost, new = sorted(map(str, mine - theirs)), sorted(map(str, theirs - mine))
            assert (lost, new) == ([], []), (size, lost, new)


def test_real_records_come_back(empty_graph: Graph, settings: Settings, tmp_path: Path) -> None:
    told = load(empty_graph, iter(sample_part()), settings=settings, source="sample")
    file = exported(empty_graph, tmp_path)
    before = content(empty_graph, LEFT | {"appeared_at", "since"})
    empty_graph.command("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
    summary = load_files(empty_graph, [file], settings=settings)
    new = {name: summary.tallies[name].new for name in ("models", "authors")}
    assert (summary.issues, new) == ({}, {name: told.tallies[name].new for name in new})
    assert content(empty_graph, LEFT | {"appeared_at", "since"}) == before


HISTORY: list[list[Raw]] = [
    [
        author("Acme", followers=3, observed_at=day(1)),
        author("ACME", kind="organization"),
        author("nobody"),
        model("acme/base-7B", hub_id=A, likes=1, downloads=5, tags=["x"], observed_at=day(1)),
        model("Acme/Base-7b", observed_at=day(1)),
        model("jane/merged", relation="merge", bases=["acme/base-7B", "x/Unknown"], likes=0,
              observed_at=day(1)),
        model("old/timeless", likes=0),
        model("jane/tuned", relation="finetune", bases=["X/unknown"], bases_source="tags",
              created_at=day(1), datasets=["d/one", "D/two"], papers=["2401.00001"],
              new_version="jane/next", observed_at=day(2)),
        model("joe/old", hub_id=B, relation="merge", bases=["acme/base-7B"], created_at=day(1),
              license="mit", last_modified=day(1), observed_at=day(2)),
        model("joe/child", relation="adapter", bases=["joe/old"], observed_at=day(2)),
        model("joe/deleted", created_at=day(2), observed_at=day(3)),
        model("joe/back", hub_id=D, observed_at=day(3)),
        change("joe/back", "renamed", 4, before="joe/back", after="jane/away"),
        model("joe/back", hub_id=D, observed_at=day(5)),
        dataset("d/one", likes=3, downloads=None, observed_at=day(1)),
        dataset("D/One", likes=2),
        space("s/app", models=["joe/old", "acme/base-7B"], datasets=["d/one"], observed_at=day(2)),
    ],
    [
        model("acme/base-7B", hub_id=A, likes=1, downloads=9, license=None, observed_at=day(4)),
        model("jane/tuned", relation="quantized", bases=["acme/base-7B"], created_at=day(1),
              datasets=["d/one"], papers=None, new_version=None, observed_at=day(5)),
        change("joe/old", "renamed", 6, before="joe/old", after="new-joe/new"),
        change("joe/deleted", "gone", 6, after="removed"),
        change("never/described", "gone", 6),
        change("never/seen", "appeared", 3),
        space("s/app", models=["acme/base-7B"], datasets=None, observed_at=day(6)),
    ],
    [
        model("acme/base-7B", hub_id=A, likes=1, downloads=None, license="apache-2.0",
              parameters=7_000, parameters_source="gguf", observed_at=day(7)),
        model("new-joe/new", hub_id=B, relation="merge", bases=["acme/base-7B", "jane/tuned"],
              created_at=day(1), license="gpl", last_modified=day(6), observed_at=day(8)),
        model("joe/deleted", created_at=day(2), likes=8, observed_at=day(9)),
        model("jane/tuned", relation="finetune", bases=["x/unknown"], created_at=day(1),
              observed_at=day(9)),
    ],
    [
        model("joe/old", hub_id=C, likes=70, relation="adapter", bases=["new-joe/new"],
              created_at=day(9), last_modified=day(10), observed_at=day(10)),
        model("joe/child", relation="adapter", bases=["Joe/Old"], license="mit",
              observed_at=day(10)),
        change("joe/deleted", "gone", 11),
        change("joe/old", "license", 4, before="mit", after="bsd"),
    ],
]  # fmt: skip


def written(graph: Graph, settings: Settings, *loads: list[Raw]) -> None:
    """Load some records after others, as a graph that held the whole Hub once."""
    scope = f"{Scope()} of {settings.hub_url}"
    end_run(graph, Run.begin("import"), "complete", {}, scope=scope)
    for records in loads:
        load(graph, iter(records), settings=settings, source="test")


def test_the_past_comes_back(empty_graph: Graph, settings: Settings, tmp_path: Path) -> None:
    written(empty_graph, settings, *HISTORY)
    kinds = empty_graph.read("MATCH (c:Change) RETURN collect(DISTINCT c.kind) AS kinds").one()
    assert set(kinds["kinds"]) == set(CHANGE.find("kind").values) - {
        "gated",
        "parameters",
        "missing",
    }
    # What is told of a former name that is another model's now is told of the present one.
    empty_graph.command(
        "MATCH (c:Change {model: 'joe/old'})-[:CONCERNS]->(m {id: 'new-joe/new'}) "
        "WHERE c.kind <> 'renamed' SET c.model = m.id, c.id = replace(c.id, 'joe/old', m.id)"
    )
    comes_back(empty_graph, settings, tmp_path, 5_000, 7, 1)


COUNT = st.none() | st.integers(0, 2)
BASES = st.lists(st.sampled_from(["b/one", "B/One", "b/two", "{}/other"]), unique=True, max_size=2)
STATED = st.fixed_dictionaries(
    {},
    optional={
        "downloads": COUNT,
        "likes": COUNT,
        "license": st.none() | st.sampled_from(["mit", "gpl"]),
        "parameters": st.none() | st.integers(5, 6),
        "lineage": st.tuples(st.sampled_from(["merge", "finetune"]), BASES),
        "datasets": st.lists(st.sampled_from(["d/a", "d/b"]), unique=True),
        "new_version": st.none() | st.sampled_from(["b/one", "b/two"]),
    },
)
Event = tuple[str, dict[str, Any]]

EVENT: st.SearchStrategy[Event] = (
    st.tuples(st.just("seen"), STATED)
    | st.tuples(st.sampled_from(["gone", "returned", "appeared"]), st.just({}))
    | st.tuples(st.just("renamed"), st.just({}))
)
LIFE = st.tuples(st.booleans(), st.booleans(), st.lists(EVENT, min_size=1, max_size=6))
LIVES = st.lists(LIFE, min_size=30, max_size=30)


def life(number: int, created: bool, modified: bool, events: list[Event]) -> Iterator[Raw]:
    """What happens to one model, one thing a day."""
    name = f"o{number}/model-7B"
    for at, (kind, more) in enumerate(events, 2):
        if kind == "seen":
            said = {key: value for key, value in more.items() if key != "lineage"}
            if "lineage" in more:
                relation, bases = more["lineage"]
                bases = [base.format(f"o{number}") for base in bases]
                bases = list({base.lower(): base for base in bases}.values())
                said |= {"bases": bases} | ({"relation": relation} if bases else {})
            if "parameters" in said:
                said["parameters_source"] = "gguf" if said["parameters"] else None
            said |= {"created_at": day(1)} if created else {}
            said |= {"last_modified": day(at)} if modified else {}
            yield model(name, hub_id=f"{number:024x}", observed_at=day(at), **said)
        elif kind == "renamed":
            former, name = name, f"o{number}/{at}-model-7B"
            yield change(former, kind, at, before=former, after=name)
        else:
            yield change(name, kind, at)


@effort(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
@given(lives=LIVES)
def test_any_past_comes_back(
    empty_graph: Graph,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    lives: list[tuple[bool, bool, list[Event]]],
) -> None:
    empty_graph.command("MATCH (n) DETACH DELETE n")
    records = [r for number, each in enumerate(lives) for r in life(number, *each)]
    records.sort(key=lambda record: str(record["observed_at"]))
    one_by_one = settings.model_copy(update={"batch_size": 10})
    load(empty_graph, iter(records), settings=one_by_one, source="test")
    comes_back(empty_graph, settings, tmp_path_factory.mktemp("export"), 20)


def test_an_update_does_nothing(empty_graph: Graph, settings: Settings, tmp_path: Path) -> None:
    rows = [
        {"id": f"a/m{n}", "_id": f"{n:024x}", "likes": n, "tags": ["license:mit", "en"]}
        | {"baseModels": {"relation": "merge", "models": [{"id": "B/z"}, {"id": "b/A"}]}}
        for n in range(9)
    ]
    dump = tmp_path / "models.parquet"
    pq.write_table(pa.Table.from_pylist(rows), dump)
    load_files(empty_graph, [dump], settings=settings, observed_at=day(2))
    comes_back(empty_graph, settings, tmp_path)
    (done,) = update(empty_graph, sources([dump], observed_at=day(2)), settings, Seen())
    assert (done.unchanged, done.changed, done.gone) == (9, 0, 0)


def test_the_untellable_is_left_out(empty_graph: Graph, settings: Settings, tmp_path: Path) -> None:
    records = [dataset("d/there"), dataset("d/gone"), model("a/m", datasets=["d/gone"])]
    load(empty_graph, iter(records), settings=settings, source="test")
    empty_graph.command("MATCH (d:Dataset {id: 'd/gone'}) SET d.gone_since = datetime()")
    done = export_records(empty_graph, tmp_path / "all.jsonl", Seen())
    assert done.described == {"Author": 0, "Dataset": 1, "Space": 0, "Model": 1}
    assert done.left_out == {"Dataset": 1}
    ids = [json.loads(text)["id"] for text in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert ids == ["d/there", "a/m"]


def test_what_is_not_written_is_said(
    empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="holds nothing"):
        export_records(empty_graph, tmp_path / "all.jsonl", Seen())
    assert list(tmp_path.iterdir()) == []
    load(empty_graph, iter([model("a/m")]), settings=settings, source="test")
    export_records(empty_graph, tmp_path / "all.jsonl", Seen())
    with pytest.raises(DataError, match="exists"):
        export_records(empty_graph, tmp_path / "all.jsonl", Seen())
    with pytest.raises(DataError, match="cannot be written"):
        export_records(empty_graph, tmp_path / "none" / "all.jsonl", Seen())


def test_the_command_says_what_it_wrote(
    empty_graph: Graph, settings: Settings, environment: dict[str, str], tmp_path: Path
) -> None:
    records = [model("a/m", observed_at=day(1)), author("acme"), change("a/m", "gone", 2)]
    load(empty_graph, iter(records), settings=settings, source="test")
    asked = ["export", "--records", str(tmp_path / "all.jsonl.gz")]
    told = CliRunner().invoke(app, asked, catch_exceptions=False).stdout
    assert "3 records of 1 author, 1 model, 1 change" in told
    told = CliRunner().invoke(app, [*asked, "--force", "--json"], catch_exceptions=False).stdout
    done = json.loads(told)
    assert (done["records"], done["changes"], done["left_out"]) == (3, 1, {})
    summary = load_files(empty_graph, [tmp_path / "all.jsonl.gz"], settings=settings)
    assert (summary.tallies["models"].unchanged, summary.tallies["authors"].unchanged) == (1, 1)
