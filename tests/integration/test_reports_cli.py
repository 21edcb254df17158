"""`hubgraph report` as a person and as a script call it."""

import csv
import io
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from graph.answers.cypher_text import only_code
from graph.answers.reports import catalogue
from graph.store.connection import Graph
from hubgraph.command import main


class Command:
    """Runs `hubgraph report …` in this process and keeps what it wrote."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        self.monkeypatch = monkeypatch
        self.capture = capfdbinary

    def __call__(self, *arguments: str) -> "Command":
        self.monkeypatch.setattr(sys, "argv", ["hubgraph", "report", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        self.code = ended.value.code
        self.raw, error = self.capture.readouterr()
        self.error = error.decode()
        return self

    @property
    def text(self) -> str:
        return self.raw.decode()


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Command:
    return Command(monkeypatch, capfdbinary)


@pytest.fixture
def on_sample(report: Command, sample_graph: Graph, sample_environment: dict[str, str]) -> Command:
    return report


def test_list_names_every_report(report: Command) -> None:
    assert report("list").code == 0
    assert all(f"  {name} " in report.text for name in catalogue())


def test_list_for_a_machine(report: Command) -> None:
    described = {item["name"]: item for item in json.loads(report("list", "--json").text)}
    limit = next(p for p in described["top-models"]["parameters"] if p["name"] == "limit")
    assert (limit["default"], limit["minimum"], limit["maximum"]) == (50, 1, 1000)
    assert described["top-models"]["columns"][0]["name"] == "rank"


def test_show(report: Command) -> None:
    assert report("show", "newest-derivatives").code == 0
    for part in ("made from this model most recently?", "one of finetune", "MATCH (:Model"):
        assert part in report.text


def test_show_raw_is_one_statement_to_paste(report: Command) -> None:
    asked = {"model": "a/b", "as_of": "2025-05-01"}
    shown = report("show", "lineage-up", "--raw", "-p", "model=a/b", "-p", "as_of=2025-05-01").text
    assert shown == catalogue()["lineage-up"].pasted(asked) + "\n"
    assert "$" not in only_code(shown)
    for part in ('toLower("a/b")', "datetime('2025-05-01T00:00:00Z')", "LIMIT 500"):
        assert part in shown
    assert report("show", "lineage-up", "-p", "depth=1").code == 2


def test_run_table(on_sample: Command) -> None:
    assert on_sample("run", "relation-mix").code == 0
    heading, first = on_sample.text.splitlines()[:2]
    assert heading.split() == ["relation", "links", "share", "models", "bases"]
    assert first.split() == ["adapter", "4,611", "0.729", "4,611", "14"]


def test_run_csv(on_sample: Command) -> None:
    on_sample("run", "merge-parents", "-p", "limit=1", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(on_sample.text, newline=""))
    assert row["bases"] == "epfl-llm/meditron-7b; meta-llama/Llama-2-7b-chat-hf"
    assert row["downloads"] == ""


def test_run_json(on_sample: Command) -> None:
    answer = json.loads(on_sample("run", "top-models", "-p", "limit=2", "-f", "json").text)
    assert answer["parameters"] == {"task": None, "limit": 2}
    assert [row["rank"] for row in answer["rows"]] == [1, 2]
    assert answer["truncated"] is True
    assert answer["total"] > 2


def test_run_parquet_to_a_pipe(on_sample: Command) -> None:
    on_sample("run", "newest-derivatives", "-f", "parquet")
    table = pq.read_table(io.BytesIO(on_sample.raw))
    assert table.num_rows == 50
    assert str(table.schema.field("created_at").type) == "timestamp[us, tz=UTC]"


@pytest.mark.parametrize("form", ["table", "csv", "json", "parquet"])
def test_run_to_a_file(on_sample: Command, tmp_path: Path, form: str) -> None:
    file = tmp_path / "out"
    assert on_sample("run", "relation-mix", "-f", form, "-o", str(file)).code == 0
    assert on_sample.raw == b""
    assert b"adapter" in file.read_bytes()


@pytest.mark.parametrize(("name", "start"), [
    ("out.csv", b"relation,"), ("out.JSON", b"{"), ("out.parquet", b"PAR1"),
])  # fmt: skip
def test_the_name_of_a_file_says_its_format(
    on_sample: Command, tmp_path: Path, name: str, start: bytes
) -> None:
    on_sample("run", "relation-mix", "-o", str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(start)


def test_csv_is_marked_for_excel_where_that_is_asked(on_sample: Command, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    on_sample("run", "relation-mix", "-o", str(file), "--bom")
    assert file.read_bytes().startswith(b"\xef\xbb\xbfrelation,")
    on_sample("run", "relation-mix", "-f", "json", "--bom")
    assert on_sample.raw.startswith(b"{")


def test_a_limit_that_cuts_is_said_on_stderr(on_sample: Command) -> None:
    on_sample("run", "relation-mix")
    assert "rows;" not in on_sample.error
    on_sample("run", "merge-parents", "-p", "limit=1", "-f", "csv")
    assert "1 of " in on_sample.error
    assert "a larger limit shows more" in on_sample.error


def test_parquet_is_not_for_a_terminal(report: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert report("run", "relation-mix", "-f", "parquet").code == 2
    assert "--output FILE" in report.error


def test_a_cut_result_is_said_on_stderr(
    on_sample: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBGRAPH_ROW_LIMIT", "3")
    assert on_sample("run", "top-models", "-f", "csv").code == 0
    assert len(on_sample.text.splitlines()) == 4
    assert "Cut after 3 rows" in on_sample.error


def test_no_rows_is_said_on_stderr(on_sample: Command) -> None:
    assert on_sample("run", "lineage-up", "-p", "model=nobody/nothing").code == 0
    assert "No rows." in on_sample.error


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "top-modles"], 1, "Did you mean top-models"),
        (["show", "lineage"], 1, "Did you mean lineage-"),
        (["run", "top-models", "-p", "limit=0"], 2, "Accepted: a whole number from 1 to 1,000."),
        (["run", "top-models", "-p", "licence=mit"], 2, "Known: limit, task."),
        (["run", "top-models", "-p", "limit"], 2, "Give -p KEY=VALUE."),
        (["run", "top-models", "-p", "limit=1", "-p", "limit=2"], 2, "is given twice"),
    ],
)
def test_misuse_is_one_line(report: Command, arguments: list[str], code: int, message: str) -> None:
    assert report(*arguments).code == code
    (line,) = report.error.splitlines()
    assert message in line
    assert report.raw == b""


def test_a_file_that_cannot_be_written(on_sample: Command, tmp_path: Path) -> None:
    missing = tmp_path / "no" / "folder.csv"
    assert on_sample("run", "relation-mix", "-f", "csv", "-o", str(missing)).code == 1
    assert "cannot be written: No such file or directory." in on_sample.error
