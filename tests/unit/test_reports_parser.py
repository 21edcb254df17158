"""The header of a report file: what it says, and every way to get it wrong."""

from pathlib import Path

import pytest

from graph.answers.ancestry import EVERY_LAYER
from graph.answers.reports import Draw, HeaderError, Kind, Report, catalogue, parse
from graph.schema import LAYERS

GOOD = """\
// title: Children of a model
// question: What was made from it: directly?
// tags: lineage, model
// draw: bar
// parameter model (string) = "google/gemma-7b": The model's id.
// parameter limit (integer, 1..1000) = 50: Most rows. A long text
//   goes on here.
// parameter share (float, 0..1) = 0.5: A share: of what?
// parameter deep (boolean) = true: A switch.
// parameter task (string): Only this task.
// parameter tags (list of strings) = ["a", "b: c"]: Any of these.
// parameter relation (string, finetune | adapter): Only this.
// column model (string): Id of the child.
// column downloads (integer, count): Downloads of the last 30 days.

// A comment that says why; $nobody and 'quotes do not count.
MATCH (c:Model)-[r:FINETUNE]->(:Model {id: $model})
WHERE c.task = $task AND $share < 1 AND $deep AND c.x IN $tags AND c.relation = $relation
  AND c.name <> "; $price" /* nor $this; */
RETURN c.id AS model, c.downloads AS downloads, relation_of(r) AS relation
LIMIT $limit;
"""


def write(folder: Path, text: str, name: str = "children") -> Path:
    path = folder / "lineage" / f"{name}.cypher"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return parse(write(tmp_path, GOOD))


def test_says_what_it_is(report: Report) -> None:
    assert (report.name, report.subject) == ("children", "lineage")
    assert report.title == "Children of a model"
    assert report.question == "What was made from it: directly?"
    assert report.tags == ("lineage", "model")
    assert report.draw is Draw.BAR


def test_a_query_has_no_header_and_its_fragments_written_out(report: Report) -> None:
    assert report.cypher.startswith("// A comment that says why")
    assert report.cypher.endswith("LIMIT $limit")
    assert "CASE type(r) WHEN 'QUANTIZE'" in report.cypher


def test_parameters(report: Report) -> None:
    by_name = {p.name: p for p in report.parameters}
    assert list(by_name) == ["model", "limit", "share", "deep", "task", "tags", "relation"]
    limit = by_name["limit"]
    assert (limit.type, limit.default, limit.minimum, limit.maximum) == (Kind.INTEGER, 50, 1, 1000)
    assert limit.description == "Most rows. A long text goes on here."
    assert by_name["tags"].default == ["a", "b: c"]
    assert by_name["share"].description == "A share: of what?"
    assert by_name["relation"].choices == ("finetune", "adapter")
    assert [p.name for p in report.parameters if p.optional] == ["task", "relation"]


def test_columns(report: Report) -> None:
    assert [(c.name, c.type, c.unit) for c in report.columns] == [
        ("model", Kind.STRING, ""),
        ("downloads", Kind.INTEGER, "count"),
    ]


def test_without_parameters(tmp_path: Path) -> None:
    text = (
        "// title: All\n// question: How many?\n// tags: overview\n// draw: table\n"
        "// column n (integer): Number.\n\nMATCH (m) RETURN count(m) AS n;\n"
    )
    report = parse(write(tmp_path, text))
    assert report.parameters == ()
    assert report.bind({}) == {}


BAD = {
    "unknown key": ("// tags: lineage, model", "// tag: lineage", 3, "unknown key 'tag'"),
    "missing key": ("// title: Children of a model\n", "", 1, "'title' is missing"),
    "key twice": ("// draw: bar", "// title: x", 4, "'title' is there twice"),
    "empty text": ("// title: Children of a model", "// title:", 1, "expected `// key: text`"),
    "empty tag": ("lineage, model", "lineage,, model", 3, "an item of the list is empty"),
    "unknown drawing": ("draw: bar", "draw: pie", 4, "unknown drawing 'pie'"),
    "drawn text": ("draw: bar", "draw: bar model", 1, "'model' is drawn and is no column of num"),
    "precomputed": ("draw: bar", "draw: bar\n// precomputed: maybe", 5, "`precomputed: yes`"),
    "title as column": ("// title: C", "// title x (string): C", 1, "expected `// title: text`"),
    "column as title": (
        "// column model (string)", "// column", 13, "expected `// column name (type): text`",
    ),
    "unknown type": ("deep (boolean)", "deep (bool)", 9, "unknown type 'bool'"),
    "type no parameter has": ("deep (boolean)", "deep (map)", 9, "cannot be of type"),
    "range": ("1..1000", "1000..1", 6, "expected (integer, 1..100)"),
    "range of text": ("task (string)", "task (boolean, 1..2)", 10, "expected (integer, 1..100)"),
    "default out of range": ("= 50:", "= 5000:", 6, "from 1 to 1,000"),
    "default of another type": ("= 50:", '= "50":', 6, "must be of type integer"),
    "default no choice": ("| adapter)", '| adapter) = "merge"', 12, "`relation` cannot be 'merge'"),
    "default no literal": ("= 50:", "= 5*10:", 6, "the default of 'limit'"),
    "default of a column": ("model (string): Id", "model (string) = 1: Id", 13, "has no default"),
    "parameter twice": (
        "// parameter deep", "// parameter limit", 9, "parameter 'limit' is there twice",
    ),
    "column twice": (
        "// column downloads (integer, count)", "// column model (string)", 14,
        "column 'model' is there twice",
    ),
    "column with range": ("(integer, count)", "(integer, a, b)", 14, "(type, unit)"),
    "used and not declared": ("AND $deep", "AND $deep AND $shallow", 18, "uses $shallow"),
    "declared and not used": ("AND $deep", "", 9, "'deep' is declared and not used"),
    "two queries": ("LIMIT $limit;", "LIMIT $limit; RETURN 1;", 15, "one query only"),
    "no semicolon": ("LIMIT $limit;", "LIMIT $limit", 21, "must end with a semicolon"),
    "comment in between": ("// draw: bar", "//draw bar", 4, "expected `// key: text`"),
    "fragment": ("relation_of(r)", "relation_of(r, c)", 15, "`relation_of` takes 1 argument"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "message"), BAD.values(), ids=BAD.keys())
def test_a_bad_header_is_named(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert GOOD.count(old) == 1, "the case changes one place"
    with pytest.raises(HeaderError) as caught:
        parse(write(tmp_path, GOOD.replace(old, new)))
    assert caught.value.message.startswith(f"lineage/children.cypher, line {line}: ")
    assert message in caught.value.message


@pytest.mark.parametrize(("text", "message"), [
    ("", "the header is missing"), ("RETURN 1;\n", "the header is missing"),
    (GOOD[: GOOD.index("// A comment")], "the query is missing"),
    (GOOD[: GOOD.index("MATCH")] + ";", "the query is missing"),
    (
        "\n".join(row for row in GOOD.splitlines() if not row.startswith("// column")),
        "at least one column",
    ),
], ids=["empty", "query alone", "no query", "only a comment", "no column"])  # fmt: skip
def test_incomplete_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(HeaderError, match=message):
        parse(write(tmp_path, text))


@pytest.mark.parametrize("name", ["Children", "child_ren", "child ren", "-x"])
def test_bad_file_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(HeaderError, match="lower-case words"):
        parse(write(tmp_path, GOOD, name))


def test_not_utf8(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    path.write_bytes(b"// title: \xff\n")
    with pytest.raises(HeaderError, match="not UTF-8"):
        parse(path)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    assert list(catalogue(tmp_path)) == ["children"]
    other = tmp_path / "usage" / path.name
    other.parent.mkdir()
    other.write_text(GOOD, encoding="utf-8")
    catalogue.cache_clear()
    with pytest.raises(HeaderError, match="lineage has a report of that name too"):
        catalogue(tmp_path)


def test_layers_of_lineage_are_asked_for_alike_everywhere() -> None:
    asked = [p for report in catalogue().values() for p in report.parameters if p.name == "layers"]
    assert len(asked) >= 8
    assert {(p.choices, p.default) for p in asked} == {((EVERY_LAYER, *LAYERS), EVERY_LAYER)}
