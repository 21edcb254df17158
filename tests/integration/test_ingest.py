"""Records become one graph: the same one whatever the order, the batches and the repeats."""

import gzip
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

import sample
from graph.errors import DataError
from graph.observe import RecordWriter
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.load_summary import LoadSummary
from graph.ways.load import LoadState, load, load_files

Raw = dict[str, object]
Content = tuple[frozenset[object], frozenset[object]]

OLD, MIDDLE, NEW = (f"2025-0{month}-01T00:00:00.000Z" for month in (1, 2, 3))
SEEN = frozenset({"first_seen", "last_seen", "appeared_at", "since"})
"""What a load writes from its own time, where records have none."""


def model(model_id: str = "acme/base", **fields: object) -> Raw:
    return {"record": "model/1", "id": model_id, **fields}


def author(name: str = "acme", **fields: object) -> Raw:
    return {"record": "author/1", "name": name, **fields}


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

    def model(self, model_id: str) -> Raw:
        """A model's properties, without what every load writes."""
        rows = self.graph.read(
            "MATCH (m:Model {id: $id}) RETURN properties(m) AS model", {"id": model_id}
        ).rows
        assert len(rows) == 1
        return {k: v for k, v in rows[0]["model"].items() if k not in SEEN}

    def author(self, name: str) -> Raw:
        row = self.graph.read(
            "MATCH (a:Author {name: $name}) RETURN properties(a) AS a", {"name": name}
        )
        return dict(row.one()["a"])

    def edges(self) -> set[tuple[str, str, str]]:
        """Live lineage."""
        return self._edges("IS NULL")

    def history(self) -> set[tuple[str, str, str]]:
        """Lineage that is gone."""
        return self._edges("IS NOT NULL")

    def _edges(self, gone: str) -> set[tuple[str, str, str]]:
        rows = self.graph.read(
            "MATCH (c:Model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(b:Model) "
            f"WHERE r.gone_since {gone} RETURN c.id AS c, type(r) AS t, b.id AS b"
        ).rows
        return {(row["c"], row["t"], row["b"]) for row in rows}

    def run(self) -> Raw:
        """The newest run."""
        return dict(
            self.graph.read(
                "MATCH (r:Run) RETURN properties(r) AS run ORDER BY r.started_at DESC LIMIT 1"
            ).one()["run"]
        )


def content(graph: Graph, ignoring: Iterable[str]) -> Content:
    """Every node and relationship but the runs, with every property but those ignored."""
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
        "MATCH (n) WHERE NOT n:Run "
        f"RETURN [l IN labels(n) WHERE l <> 'Base'] AS l, {shown.format('n')}",  # one of scores
        {"hidden": hidden},
        **everything,
    ).rows
    edges = graph.read(
        f"MATCH (a)-[r]->(b) RETURN type(r) AS t, {shown.format('r')}, "
        "coalesce(a.id_folded, a.name_folded, a.id) AS a, coalesce(b.id_folded, b.arxiv_id) AS b",
        {"hidden": hidden},
        **everything,
    ).rows
    seen_nodes = {(tuple(row["l"]), facts(row["p"])) for row in nodes}
    seen_edges = {(row["t"], row["a"], row["b"], facts(row["p"])) for row in edges}
    assert (len(seen_nodes), len(seen_edges)) == (len(nodes), len(edges))
    return frozenset(seen_nodes), frozenset(seen_edges)


# --- the sample, and repeats ------------------------------------------------------------------


def test_the_sample_loads_and_again_changes_only_last_seen(
    empty_graph: Graph, settings: Settings
) -> None:
    with sample.path() as path:
        first = load_files(empty_graph, [path], settings=settings)
        before = content(empty_graph, {"last_seen"})
        again = load_files(empty_graph, [path], settings=settings)
    assert content(empty_graph, {"last_seen"}) == before
    assert (first.read, first.rejected, first.issues) == (24_735, 0, {})
    assert (first.models.new, first.authors.new, first.lineage) == (24_269, 466, 6_321)
    assert (again.models.unchanged, again.authors.unchanged) == (24_269, 466)
    assert (again.models.new, again.models.updated, again.models.older) == (0, 0, 0)
    counts = empty_graph.read(
        "MATCH (m:Model) "
        "WITH count(*) AS models, count(CASE WHEN NOT m.known THEN 1 END) AS unknown "
        "MATCH (:Model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(:Model) RETURN models, unknown, "
        "count(r) AS lineage"
    ).one()
    assert counts == {"models": 24_270, "unknown": 1, "lineage": 6_321}
    oldest = empty_graph.read(
        "MATCH (n) WHERE NOT n:Run RETURN min(n.last_seen) AS seen, max(n.first_seen) AS first"
    ).one()
    assert oldest == {"seen": again.started_at, "first": first.started_at}
    edges = empty_graph.read("MATCH (:Model)-[r]->(:Model) RETURN min(r.last_seen) AS seen").one()
    assert edges == {"seen": again.started_at}


def test_the_documented_example_loads(take: Take, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "records.md").read_text(encoding="utf-8")
    block = re.search(r"```jsonl\n(.*?)```", text, re.DOTALL)
    assert block is not None
    path = tmp_path / "example.jsonl"
    path.write_text(block[1], encoding="utf-8")
    summary = load_files(take.graph, [path], settings=take.settings)
    assert (summary.read, summary.issues) == (7, {})
    assert take.edges() == {
        ("jane/base-7B-GGUF", "QUANTIZE", "acme/base-7B"),
        ("jane/two-in-one", "MERGE", "acme/base-7B"),
        ("jane/two-in-one", "MERGE", "elsewhere/never-described"),
    }
    assert take.model("elsewhere/never-described")["known"] is False


# --- one model --------------------------------------------------------------------------------


def test_what_a_record_states_is_stored(take: Take) -> None:
    take(
        model(
            "Acme/Base-7B",
            task="text-generation",
            tags=["a", "b"],
            likes=3,
            created_at=OLD,
            last_modified=NEW,
            gated="no",
        )
    )
    stored = take.model("Acme/Base-7B")
    assert isinstance(stored.pop("record_version"), str)
    assert stored == {
        "id": "Acme/Base-7B",
        "id_folded": "acme/base-7b",
        "name": "Base-7B",
        "author": "Acme",
        "task": "text-generation",
        "tags": ["a", "b"],
        "likes": 3,
        "created_at": datetime.fromisoformat(OLD),
        "last_modified": datetime.fromisoformat(NEW),
        "gated": "no",
        "parameters": 7_000_000_000,
        "parameters_source": "name",
        "known": True,
    }
    published = take.graph.read(
        "MATCH (a:Author)-[p:PUBLISHED]->(m) RETURN a.name AS a, m.id AS m, p.first_seen AS seen"
    ).one()
    assert (published["a"], published["m"]) == ("Acme", "Acme/Base-7B")
    assert published["seen"] == take.run()["started_at"]


def test_an_old_id_without_owner_has_no_author(take: Take) -> None:
    take(model("gpt2"), model("acme/x", relation="finetune", bases=["bert"]))
    assert take.model("gpt2")["name"] == "gpt2"
    assert "author" not in take.model("gpt2")
    assert take.model("bert")["known"] is False
    assert take.graph.read("MATCH (a:Author) RETURN collect(a.name) AS names").one() == {
        "names": ["acme"]
    }


def test_the_newest_record_wins_and_an_older_one_fills(take: Take) -> None:
    newer = model(likes=2, task="new", last_modified=NEW)
    older = model(likes=1, license="mit", last_modified=OLD)
    for first, second in ((newer, older), (older, newer)):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(first)
        take(second)
        stored = take.model("acme/base")
        assert (stored["likes"], stored["task"], stored["license"]) == (2, "new", "mit")
        assert stored["last_modified"] == datetime.fromisoformat(NEW)


def test_null_erases_and_keeps_older_records_from_filling(take: Take) -> None:
    newer = model(license=None, created_at=None, last_modified=NEW)
    older = model(license="mit", created_at=OLD, last_modified=OLD)
    for records in ((newer, older), (older, newer)):
        for batch_size in (1, 10):
            take.graph.command("MATCH (n) DETACH DELETE n")
            take(*records, batch_size=batch_size)
            stored = take.model("acme/base")
            assert "license" not in stored
            assert "created_at" not in stored
            assert stored["absent"] == ["created_at", "license"]
    take(model(license="apache-2.0", created_at=NEW, last_modified="2025-04-01T00:00:00Z"))
    assert take.model("acme/base")["license"] == "apache-2.0"
    assert "absent" not in take.model("acme/base")


def test_a_guess_gives_way_to_a_count_but_never_replaces_one(take: Take) -> None:
    named, counted = {"last_modified": NEW}, {"parameters": 7, "parameters_source": "gguf"}
    for records in itertools.permutations(
        [model("a/x-7B", **named), model("a/x-7B", **counted, last_modified=OLD)]
    ):
        for batch_size in (1, 10):
            take.graph.command("MATCH (n) DETACH DELETE n")
            take(*records, batch_size=batch_size)
            stored = take.model("a/x-7B")
            assert (stored["parameters"], stored["parameters_source"]) == (7, "gguf")
    take(model("a/x-7B", parameters=None, last_modified="2025-05-01T00:00:00Z"))
    assert take.model("a/x-7B")["parameters_source"] == "name"


def test_a_placeholder_becomes_known_when_a_record_describes_it(take: Take) -> None:
    take(model("acme/child", relation="finetune", bases=["Other/Base-7B"]))
    placeholder = take.model("Other/Base-7B")
    assert placeholder["known"] is False
    assert placeholder["author"] == "Other"
    assert placeholder["parameters_source"] == "name"
    summary = take(model("Other/Base-7B", likes=1, parameters=6, parameters_source="safetensors"))
    assert summary.models.new == 1
    assert take.model("Other/Base-7B")["known"] is True
    assert take.model("Other/Base-7B")["parameters"] == 6
    take(model("acme/child", relation="finetune", bases=["Other/Base-7B"]))
    assert take.model("Other/Base-7B")["likes"] == 1


def test_an_author_is_described_by_its_record_alone(take: Take) -> None:
    take(author("Acme", kind="organization", full_name="Acme Inc"), author("nobody", kind="user"))
    take(model("acme/base"))
    assert take.author("Acme")["full_name"] == "Acme Inc"
    assert take.author("Acme")["aliases"] == ["acme"]
    assert take.author("nobody")["kind"] == "user"
    assert take.graph.read("MATCH (a:Author) RETURN count(a) AS n").one() == {"n": 2}


# --- spelling ---------------------------------------------------------------------------------


def test_case_variants_of_one_id_are_one_model(take: Take) -> None:
    records = [
        model("Acme/Base", last_modified=NEW),
        model("acme/base", last_modified=OLD, likes=1),
        model("ACME/BASE", last_modified=MIDDLE, likes=2),
        model("x/child", relation="finetune", bases=["acme/BASE"]),
    ]
    for order, batch_size in zip(
        itertools.permutations(records), itertools.cycle((1, 2, 10)), strict=False
    ):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(*order, batch_size=batch_size)
        stored = take.model("Acme/Base")
        assert stored["aliases"] == ["ACME/BASE", "acme/BASE", "acme/base"]
        assert (stored["name"], stored["author"]) == ("Base", "Acme")
        assert take.edges() == {("x/child", "FINETUNE", "Acme/Base")}
        assert batch_size < len(records) or stored["likes"] == 2


@pytest.mark.parametrize("batches", [(3, 2), (4, 1), (5,), (1, 4)])
def test_spellings_in_one_batch_do_not_undo_each_other(
    take: Take, batches: tuple[int, ...]
) -> None:
    records = [model("a/x", last_modified=NEW)] * 4 + [model("A/x", last_modified=OLD)]
    for size in batches:
        take(*records[:size])
        records = records[size:]
    (author,) = take.graph.read("MATCH (a:Author) RETURN a.name AS name, a.aliases AS aliases").rows
    assert author == {"name": "A", "aliases": ["a"]}
    assert take.model("a/x")["aliases"] == ["A/x"]


def test_an_undescribed_base_is_spelled_the_same_in_any_order(take: Take) -> None:
    records = [
        model(f"x/{n}", relation="finetune", bases=[f"{s}/base"]) for n, s in enumerate("bB")
    ]
    for order in (records, records[::-1]):
        for batch_size in (1, 10):
            take.graph.command("MATCH (n) DETACH DELETE n")
            take(*order, batch_size=batch_size)
            placeholder = take.model("B/base")
            assert (placeholder["aliases"], placeholder["author"]) == (["b/base"], "B")
            assert take.author("B")["aliases"] == ["b"]


# --- lineage ----------------------------------------------------------------------------------


def test_each_relation_has_its_type(take: Take) -> None:
    relations = ("finetune", "adapter", "merge", "quantized")
    take(*(model(f"acme/{r}", relation=r, bases=["acme/base"]) for r in relations))
    assert take.edges() == {
        ("acme/finetune", "FINETUNE", "acme/base"),
        ("acme/adapter", "ADAPTER", "acme/base"),
        ("acme/merge", "MERGE", "acme/base"),
        ("acme/quantized", "QUANTIZE", "acme/base"),
    }
    assert take.model("acme/merge")["relation"] == "merge"
    assert take.model("acme/merge")["base_count"] == 1
    assert "base_count" not in take.model("acme/base")


def test_a_root_that_says_so_has_no_bases(take: Take) -> None:
    take(model(bases=[]))
    assert take.model("acme/base")["base_count"] == 0
    assert "relation" not in take.model("acme/base")


def test_lineage_that_changes_becomes_history_and_may_come_back(take: Take) -> None:
    take(model("a/c", relation="merge", bases=["a/x", "a/y"], last_modified=OLD))
    take(model("a/c", relation="merge", bases=["a/y", "a/z"], last_modified=MIDDLE))
    assert take.edges() == {("a/c", "MERGE", "a/y"), ("a/c", "MERGE", "a/z")}
    assert take.history() == {("a/c", "MERGE", "a/x")}
    take(model("a/c", relation="finetune", bases=["a/y"], last_modified=NEW))
    assert take.edges() == {("a/c", "FINETUNE", "a/y")}
    take(model("a/c", relation="merge", bases=["a/x"], last_modified="2025-04-01T00:00:00Z"))
    assert take.edges() == {("a/c", "MERGE", "a/x")}
    take(model("a/c", bases=[], last_modified="2025-04-02T00:00:00Z"))
    assert take.edges() == set()
    assert len(take.history()) == 4
    assert take.model("a/c")["base_count"] == 0
    assert "relation" not in take.model("a/c")


def test_an_older_lineage_only_fills_a_missing_one(take: Take) -> None:
    older = model("a/c", relation="merge", bases=["a/old"], last_modified=OLD)
    for batch_size in (1, 10):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(model("a/c", likes=1, last_modified=NEW), older, batch_size=batch_size)
        assert take.edges() == {("a/c", "MERGE", "a/old")}
        take.graph.command("MATCH (n) DETACH DELETE n")
        newer = model("a/c", relation="finetune", bases=["a/new"], last_modified=NEW)
        take(newer, older, batch_size=batch_size)
        assert take.edges() == {("a/c", "FINETUNE", "a/new")}
        # What comes in one batch is taken in the order of time.
        assert take.history() == ({("a/c", "MERGE", "a/old")} if batch_size > 1 else set())


@pytest.mark.parametrize("relation", ["distilled", None, 7])
def test_an_unknown_relation_leaves_what_is_known(take: Take, relation: object) -> None:
    take(model("a/c", relation="merge", bases=["a/x"], last_modified=OLD))
    summary = take(model("a/c", relation=relation, bases=["a/y"], likes=1, last_modified=NEW))
    assert summary.issues == {"dropped": 1}
    assert take.edges() == {("a/c", "MERGE", "a/x")}
    assert take.model("a/c")["likes"] == 1


def test_loops_and_cycles_are_kept(take: Take) -> None:
    summary = take(
        model("a/self", relation="finetune", bases=["A/Self", "a/x"]),
        model("a/x", relation="finetune", bases=["a/y"]),
        model("a/y", relation="merge", bases=["a/z"]),
        model("a/z", relation="finetune", bases=["a/x"]),
    )
    assert summary.issues == {"noted": 1}
    assert take.edges() == {
        ("a/self", "FINETUNE", "a/self"),
        ("a/self", "FINETUNE", "a/x"),
        ("a/x", "FINETUNE", "a/y"),
        ("a/y", "MERGE", "a/z"),
        ("a/z", "FINETUNE", "a/x"),
    }
    assert take.model("a/self")["base_count"] == 2


def test_paths_and_addresses_as_bases(take: Take) -> None:
    bases = [
        "/home/me/model",
        "https://huggingface.co/Acme/Base",
        "https://example.org/a/b",
        "a/b/c",
    ]
    summary = take(
        model("a/c", relation="merge", bases=bases), model("a/d", relation="merge", bases=["./x"])
    )
    assert summary.issues == {"dropped": 4, "repaired": 1}
    assert take.edges() == {("a/c", "MERGE", "Acme/Base")}
    assert take.model("a/d")["base_count"] == 0


def test_a_merge_of_sixty_five(take: Take) -> None:
    take(model("a/merge", relation="merge", bases=[f"a/p{n}" for n in range(65)]))
    assert len(take.edges()) == 65
    assert take.model("a/merge")["base_count"] == 65


# --- order ------------------------------------------------------------------------------------


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
            settings = take.settings.model_copy(update={"batch_size": 70})
            for group in [order] if together else [[path] for path in order]:
                load_files(take.graph, group, settings=settings)
            found.append(content(take.graph, {*SEEN, "aliases"}))
    assert all(graph == found[0] for graph in found)


_IDS = st.sampled_from(["a/x", "A/x", "a/X", "b/y"])
_RECORDS = st.lists(
    st.builds(
        lambda model_id, likes, task, when, lineage: model(
            model_id,
            likes=likes,
            task=task,
            last_modified=when,
            relation=lineage[0],
            bases=lineage[1],
        ),
        _IDS,
        st.none() | st.integers(0, 2),
        st.sampled_from([None, "one", "two"]),
        st.sampled_from([OLD, NEW]),
        st.sampled_from([(None, []), ("merge", ["a/x", "c/z"]), ("finetune", ["c/z"])]),
    ),
    min_size=1,
    max_size=6,
)


@effort(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(records=_RECORDS, data=st.data())
def test_records_of_the_same_fields_give_one_graph_in_any_order(
    take: Take, records: list[Raw], data: st.DataObject
) -> None:
    seen = []
    for order in (records, data.draw(st.permutations(records))):
        take.graph.command("MATCH (n) DETACH DELETE n")
        take(*order, batch_size=data.draw(st.integers(1, 7)))
        take.graph.command("MATCH ()-[r]->() WHERE r.gone_since IS NOT NULL DELETE r")
        take.graph.command("MATCH ()-[r]->() SET r.away = null")
        take.graph.command("MATCH (c:Change) DETACH DELETE c")
        take.graph.command(
            "MATCH (m:Model {known: false}) WHERE NOT (m)<--(:Model) DETACH DELETE m"
        )
        take.graph.command("MATCH (a:Author) WHERE NOT (a)--() DELETE a")
        take.graph.command("MATCH (n) SET n.aliases = null")
        seen.append(content(take.graph, {*SEEN, "counted_at", "downloads_then", "likes_then"}))
    assert seen[0] == seen[1]


# --- bad input --------------------------------------------------------------------------------


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
    assert (summary.read, summary.rejected, summary.models.new) == (7, 2, 5)
    assert take.model("a/1")["task"] == "ok"
    assert "likes" not in take.model("a/1")
    assert take.model("a/2")["likes"] == 12
    assert len(take.model("a/3")["tags"]) == 500  # type: ignore[arg-type]
    assert take.model("a/4")["task"] == "ab\N{REPLACEMENT CHARACTER}"
    assert summary.issue_log is not None
    entries = [json.loads(line) for line in Path(summary.issue_log).read_text().splitlines()]
    assert len(entries) == sum(summary.issues.values())
    assert {"source": "test", "line": 6, "record": None, "field": "id"}.items() <= entries[
        -2
    ].items()


def test_too_many_bad_records_fail_the_load_and_keep_the_good(take: Take) -> None:
    records = [model(f"a/{n}") if n % 10 else {"record": "model/1"} for n in range(1_500)]
    with pytest.raises(DataError, match=r"101 of the first 1,001 records of test are bad.*issues"):
        take(*records, batch_size=13)
    run = take.run()
    assert run["status"] == "failed"
    assert "are bad" in str(run["message"])
    counts = json.loads(str(run["counts"]))
    assert counts["rejected"] == 101
    assert take.graph.read("MATCH (m:Model) RETURN count(m) AS n").one() == {"n": 900}


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
        load_files(take.graph, [path], settings=take.settings)
    number = re.search(r"after line ([\d,]+)", e.value.message)
    assert number is not None
    stored = take.graph.read("MATCH (m:Model) RETURN count(m) AS n").one()["n"]
    assert stored == int(number[1].replace(",", "")) > 10_000
    assert take.run()["status"] == "failed"


def test_nothing_is_written_when_one_file_is_no_record_file(take: Take, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "table.parquet"
    good.write_text(json.dumps(model()))
    bad.write_bytes(b"PAR1....")
    for paths in ([good, bad], [good, tmp_path], [good, tmp_path / "missing"]):
        with pytest.raises(DataError):
            load_files(take.graph, paths, settings=take.settings)
    assert take.graph.read("MATCH (n) RETURN count(n) AS n").one() == {"n": 0}


def test_an_empty_file_is_no_error(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    summary = load_files(take.graph, [path], settings=take.settings)
    assert (summary.read, summary.status) == (0, "complete")


# --- runs -------------------------------------------------------------------------------------


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
    assert counts["models"]["new"] == 2
    assert counts["issues"] == {"dropped": 1}


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
def test_a_load_that_is_broken_off_says_so_and_keeps_its_batches(
    take: Take, error: type[BaseException], status: str
) -> None:
    def records() -> Iterator[Raw]:
        for n in range(10):
            yield model(f"a/{n}")
        raise error

    with pytest.raises(error):
        load(
            take.graph,
            records(),
            settings=take.settings.model_copy(update={"batch_size": 4}),
            source="test",
        )
    assert take.run()["status"] == status
    assert take.graph.read("MATCH (m:Model) RETURN count(m) AS n").one() == {"n": 8}


def test_progress_reaches_the_size_of_the_files(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl.zst"
    with RecordWriter(path) as writer:
        for n in range(500):
            writer.write(model(f"a/{n}"))
    seen: list[LoadState] = []
    settings = take.settings.model_copy(update={"batch_size": 100})
    load_files(take.graph, [path], settings=settings, on_batch=seen.append)
    assert seen[-1] == LoadState(500, 500, 500, path.stat().st_size, path.stat().st_size)
