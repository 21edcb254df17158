"""Records become one graph: the same one whatever the order, the batches and the repeats."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from graph.errors import DataError
from graph.observe.record_writer import RecordWriter
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.runs import Run, end_run
from graph.ways.load import LoadState, LoadSummary, load, load_files
from tests.remembered import NEW, OLD, SEEN, Raw, author, model
from tests.sample_part import sample_part

__all__ = ["SEEN", "Raw", "author", "model"]

Content = tuple[frozenset[object], frozenset[object]]


@pytest.fixture
def take(empty_graph: Graph, settings: Settings) -> "Take":
    return Take(empty_graph, settings)


class Take:
    """Loads records into an empty graph and looks at what is there."""

    def __init__(self, graph: Graph, settings: Settings) -> None:
        self.graph = graph
        self.settings = settings

    def __call__(self, *records: object, batch_size: int = 5_000) -> LoadSummary:
        settings = self.settings.model_copy(update={"batch_size": batch_size})
        return load(self.graph, iter(records), settings=settings, source="test")

    def files(self, *paths: Path, batch_size: int = 5_000, **how: Any) -> LoadSummary:
        settings = self.settings.model_copy(update={"batch_size": batch_size})
        return load_files(self.graph, list(paths), settings=settings, **how)

    @property
    def count(self) -> int:
        return int(self.graph.read("MATCH (m:Model) RETURN count(m) AS n").one()["n"])

    def model(self, model_id: str) -> Raw:
        """A model's properties, without what every load writes."""
        query = "MATCH (m:Model {id: $id}) RETURN properties(m) AS model"
        (row,) = self.graph.read(query, {"id": model_id}).rows
        return {k: v for k, v in row["model"].items() if k not in SEEN}

    def edges(self) -> set[tuple[str, str, str]]:
        rows = self.graph.read(
            "MATCH (c:Model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(b:Model) "
            "WHERE r.gone_since IS NULL RETURN c.id AS c, type(r) AS t, b.id AS b"
        ).rows
        return {(row["c"], row["t"], row["b"]) for row in rows}

    def run(self) -> Raw:
        query = "MATCH (r:Run) RETURN properties(r) AS run ORDER BY r.started_at DESC LIMIT 1"
        return dict(self.graph.read(query).one()["run"])


def content(graph: Graph, ignoring: Iterable[str]) -> Content:
    """Every node and relationship but runs and mirrors, with every property but those ignored."""
    hidden = list(ignoring)

    def facts(properties: Iterable[tuple[str, object]]) -> str:
        return json.dumps({k: str(v) for k, v in properties}, sort_keys=True)

    everything = {"timeout_s": 120, "row_limit": 1_000_000}
    # Times as texts: making objects of 100,000 of them takes the driver half a minute.
    shown = (
        "[k IN keys({0}) WHERE NOT k IN $hidden | [k, CASE WHEN valueType({0}[k]) "
        "STARTS WITH 'ZONED DATETIME' THEN toString({0}[k]) ELSE {0}[k] END]] AS p"
    )
    nodes = graph.read(
        "MATCH (n) WHERE NOT n:Run|Graph "
        f"RETURN [l IN labels(n) WHERE l <> 'Base'] AS l, {shown.format('n')}",  # one of scores
        {"hidden": hidden},
        **everything,
    ).rows
    edges = graph.read(
        f"MATCH (a)-[r:!MIRROR_OF]->(b) RETURN type(r) AS t, {shown.format('r')}, "
        "coalesce(a.id_folded, a.name_folded, a.id) AS a, coalesce(b.id_folded, b.arxiv_id) AS b",
        {"hidden": hidden},
        **everything,
    ).rows
    seen_nodes = {(tuple(row["l"]), facts(row["p"])) for row in nodes}
    seen_edges = {(row["t"], row["a"], row["b"], facts(row["p"])) for row in edges}
    assert (len(seen_nodes), len(seen_edges)) == (len(nodes), len(edges))
    return frozenset(seen_nodes), frozenset(seen_edges)


def test_a_second_load_changes_only_last_seen(empty_graph: Graph, settings: Settings) -> None:
    records = sample_part()
    first = load(empty_graph, iter(records), settings=settings, source="sample")
    before = content(empty_graph, {"last_seen"})
    again = load(empty_graph, iter(records), settings=settings, source="sample")
    assert content(empty_graph, {"last_seen"}) == before
    described = sum(record["record"] == "model/1" for record in records)
    assert (first.read, first.rejected, first.issues) == (len(records), 0, {})
    models, authors = first.tallies["models"], first.tallies["authors"]
    assert (models.new, authors.new) == (described, len(records) - described)
    assert first.lineage > 1_000
    models, authors = again.tallies["models"], again.tallies["authors"]
    assert (models.unchanged, authors.unchanged) == (described, len(records) - described)
    assert (models.new, models.updated, models.older) == (0, 0, 0)
    oldest = empty_graph.read(
        "MATCH (n) WHERE NOT n:Run|Graph WITH n.record_version IS NOT NULL AS described, n "
        "RETURN described, min(n.last_seen) AS seen, max(n.last_seen) AS newest, "
        "max(n.first_seen) AS first ORDER BY described"
    ).rows
    begun, now = first.started_at, again.started_at
    assert oldest == [
        {"described": False, "seen": begun, "newest": begun, "first": begun},
        {"described": True, "seen": now, "newest": now, "first": begun},
    ]


def test_the_documented_example_loads(take: Take, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "records.md").read_text(encoding="utf-8")
    block = re.search(r"```jsonl\n(.*?)```", text, re.DOTALL)
    assert block is not None
    path = tmp_path / "example.jsonl"
    path.write_text(block[1], encoding="utf-8")
    summary = take.files(path)
    assert (summary.read, summary.issues) == (7, {})
    assert take.edges() == {
        ("jane/base-7B-GGUF", "QUANTIZE", "acme/base-7B"),
        ("jane/two-in-one", "MERGE", "acme/base-7B"),
        ("jane/two-in-one", "MERGE", "elsewhere/never-described"),
    }
    assert take.model("elsewhere/never-described")["known"] is False


def test_what_a_record_states_is_stored(take: Take) -> None:
    stated = {"task": "text-generation", "tags": ["a", "b"], "likes": 3, "gated": "no"}
    take(model("Acme/Base-7B", **stated, created_at=OLD, last_modified=NEW))
    stored = take.model("Acme/Base-7B")
    assert isinstance(stored.pop("record_version"), str)
    assert stored == {
        "id": "Acme/Base-7B", "id_folded": "acme/base-7b", "name": "Base-7B", "author": "Acme",
        "created_at": datetime.fromisoformat(OLD), "last_modified": datetime.fromisoformat(NEW),
        "parameters": 7_000_000_000, "parameters_source": "name", "known": True, **stated,
    }  # fmt: skip
    published = take.graph.read(
        "MATCH (a:Author)-[p:PUBLISHED]->(m) RETURN a.name AS a, m.id AS m, p.first_seen AS seen"
    ).one()
    assert (published["a"], published["m"]) == ("Acme", "Acme/Base-7B")
    assert published["seen"] == take.run()["started_at"]


def test_two_files_in_both_orders_give_one_graph(take: Take, tmp_path: Path) -> None:
    paths = [tmp_path / "one.jsonl.gz", tmp_path / "two.jsonl.zst"]
    for path, (when, likes, base) in zip(
        paths, ((OLD, 1, "acme/base"), (NEW, 2, "Acme/Base")), strict=True
    ):
        with RecordWriter(path) as writer:
            for n in range(300):
                own = NEW if n % 3 else when
                seen = when.replace("T00", f"T{n // 200:02d}")
                fields: Raw = {"likes": likes + n, "observed_at": seen, "last_modified": own}
                writer.write(model(f"a/m{n % 200}", relation="finetune", bases=[base], **fields))
    found = []
    for order in (paths, paths[::-1]):
        for together in (True, False):
            take.graph.command("MATCH (n) DETACH DELETE n")
            for group in [order] if together else [[path] for path in order]:
                take.files(*group, batch_size=70)
            found.append(content(take.graph, {*SEEN, "aliases"}))
    assert all(graph == found[0] for graph in found)


def test_bad_values_leave_the_rest_of_the_record(take: Take) -> None:
    summary = take(
        model("a/1", likes=-5, task="ok"),
        model("a/2", likes="12"),
        model("a/3", tags=[f"t{n}" for n in range(10_000)]),
        model("a/4", task="a\x00b\ud800", created_at="2999-01-01"),
        model("a/5", likes=2**60),
        {"record": "model/1"},
        "not an object",
    )
    assert (summary.read, summary.rejected, summary.tallies["models"].new) == (7, 2, 5)
    assert take.model("a/1")["task"] == "ok"
    assert "likes" not in take.model("a/1")
    assert take.model("a/2")["likes"] == 12
    assert len(take.model("a/3")["tags"]) == 500  # type: ignore[arg-type]
    assert take.model("a/4")["task"] == "ab\N{REPLACEMENT CHARACTER}"
    assert summary.issue_log is not None
    entries = [json.loads(line) for line in Path(summary.issue_log).read_text().splitlines()]
    assert len(entries) == sum(summary.issues.values())
    expected = {"source": "test", "line": 6, "record": None, "field": "id"}
    assert entries[-2] == entries[-2] | expected


def test_too_many_bad_records_fail_the_load_and_keep_the_good(take: Take) -> None:
    records = [model(f"a/{n}") if n % 10 else {"record": "model/1"} for n in range(1_500)]
    with pytest.raises(DataError, match=r"101 of the first 1,001 records of test are bad.*issues"):
        take(*records, batch_size=13)
    run = take.run()
    assert run["status"] == "failed"
    assert "are bad" in str(run["message"])
    counts = json.loads(str(run["counts"]))
    assert counts["rejected"] == 101
    assert take.count == 900


def test_a_hundred_bad_records_are_tolerated(take: Take) -> None:
    summary = take(*({"record": "model/1"} for _ in range(100)))
    assert (summary.status, summary.rejected) == ("complete", 100)


def test_a_file_that_is_cut_off_is_loaded_up_to_the_cut(take: Take, tmp_path: Path) -> None:
    lines = "".join(json.dumps(model(f"a/{n}", likes=n * n)) + "\n" for n in range(60_000))
    path = tmp_path / "cut.jsonl.gz"
    packed = gzip.compress(lines.encode())
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(
        DataError, match=r"cut\.jsonl\.gz is damaged or cut off after line ([\d,]+)"
    ) as e:
        take.files(path)
    number = re.search(r"after line ([\d,]+)", e.value.message)
    assert number is not None
    assert take.count == int(number[1].replace(",", "")) > 10_000
    assert take.run()["status"] == "failed"


def test_nothing_is_written_when_one_file_is_no_record_file(take: Take, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "table.parquet"
    good.write_text(json.dumps(model()))
    bad.write_bytes(b"PAR1....")
    for paths in ([good, bad], [good, tmp_path], [good, tmp_path / "missing"]):
        with pytest.raises(DataError):
            take.files(*paths)
    assert take.graph.read("MATCH (n) RETURN count(n) AS n").one() == {"n": 0}


def test_an_empty_file_is_no_error(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    summary = take.files(path)
    assert (summary.read, summary.status) == (0, "complete")


def test_a_run_says_what_was_done(take: Take) -> None:
    summary = take(model(observed_at=NEW), author(observed_at=OLD), model("a/b", likes=-1))
    run = take.run()
    assert run["id"] == summary.run_id
    assert (run["kind"], run["source"], run["status"]) == ("load", "test", "complete")
    assert run["started_at"] == summary.started_at
    assert run["ended_at"] >= run["started_at"]  # type: ignore[operator]
    assert run["observed_to"] == datetime.fromisoformat(NEW)
    assert json.loads(str(run["settings"])) == {"batch_size": 5000, "max_bad_share": 0.01}
    counts = json.loads(str(run["counts"]))
    assert (counts["models"]["new"], counts["issues"]) == (2, {"dropped": 1})


def test_records_are_taken_from_the_iterator_as_they_are_written(take: Take) -> None:
    seen: list[LoadState] = []

    def records() -> Iterator[Raw]:
        for n in range(10):
            if n == 8:
                assert seen
            yield model(f"a/{n}")

    settings = take.settings.model_copy(update={"batch_size": 2})
    load(take.graph, records(), settings=settings, source="stream", on_batch=seen.append)
    assert [progress.written for progress in seen] == [2, 4, 6, 8, 10]


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt, "interrupted"), (RuntimeError, "failed")]
)
def test_a_broken_load_keeps_batches(take: Take, error: type[BaseException], status: str) -> None:
    def records() -> Iterator[Raw]:
        for n in range(10):
            yield model(f"a/{n}")
        raise error

    settings = take.settings.model_copy(update={"batch_size": 4})
    with pytest.raises(error):
        load(take.graph, records(), settings=settings, source="test")
    assert take.run()["status"] == status
    assert take.count == 8


def test_progress_reaches_the_size_of_the_files(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl.zst"
    with RecordWriter(path) as writer:
        for n in range(500):
            writer.write(model(f"a/{n}"))
    seen: list[LoadState] = []
    take.files(path, batch_size=100, on_batch=seen.append)
    assert seen[-1] == LoadState(500, 500, 500, path.stat().st_size, path.stat().st_size)


def test_a_run_that_goes_on_has_not_ended(empty_graph: Graph, settings: Settings) -> None:
    run = Run.begin("crawl")
    load(empty_graph, iter([model("a/m")]), settings=settings, source="first", run=run)
    end_run(empty_graph, run, "interrupted", {"requests": 1}, message="stopped")
    load(empty_graph, iter([model("a/n")]), settings=settings, source="second", run=run)
    (found,) = empty_graph.read("MATCH (r:Run) RETURN r {.*} AS run").rows
    assert {"status": "running", "source": "second"}.items() <= found["run"].items()
    assert not {"ended_at", "counts", "message"} & found["run"].keys()
