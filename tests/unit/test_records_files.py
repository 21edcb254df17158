"""Record files are read to the last usable byte, whatever they hold."""

import codecs
import gzip
import json
import shlex
import subprocess
import tracemalloc
from pathlib import Path

import pytest
import zstandard

from graph.errors import DataError
from graph.observe import record_files as files
from graph.observe.dumps.columns import examine
from graph.observe.dumps.rows import lines as dump_lines
from graph.observe.normalise import Normaliser
from graph.observe.record_files import check_files, read_file
from graph.observe.record_writer import RecordWriter

RECORDS = [{"record": "model/1", "id": f"acme/m-{n}", "likes": n} for n in range(2_000)]
TEXT = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()
PACKED = {
    "plain": TEXT,
    "gzip": gzip.compress(TEXT, mtime=0),
    "zstd": zstandard.compress(TEXT),
    "zstd without a size": zstandard.ZstdCompressor(write_content_size=False).compress(TEXT),
}


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", PACKED.values(), ids=PACKED)
def test_every_kind_is_told_by_its_first_bytes(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "misnamed.txt", content)
    assert check_files([path]) == []
    assert [line.raw for line in read_file(path)] == RECORDS


@pytest.mark.parametrize("kind", ["plain", "gzip", "zstd"])
def test_joined_files_are_one_file(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path / "joined", PACKED[kind] * 2)
    lines = list(read_file(path))
    assert [line.raw for line in lines] == RECORDS * 2
    assert lines[-1].number == 2 * len(RECORDS)


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz", "r.jsonl.zst"])
def test_written_files_are_read_back_and_always_the_same(tmp_path: Path, name: str) -> None:
    paths = [tmp_path / "a" / name, tmp_path / "b" / name]
    for path in paths:
        path.parent.mkdir()
        with RecordWriter(path) as writer:
            for record in RECORDS:
                writer.write(record)
            assert not path.exists()
        assert writer.count == len(RECORDS)
        assert [p.name for p in path.parent.iterdir()] == [name]
    assert [line.raw for line in read_file(paths[0])] == RECORDS
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_writer_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", b"before")
    with pytest.raises(TypeError), RecordWriter(path) as writer:
        writer.write({"record": object()})
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_file_gives_all_before_a_cut(tmp_path: Path, kind: str, share: float) -> None:
    big = b"".join(b'{"record":"model/1","id":"acme/%d-%d"}\n' % (n, n * n) for n in range(30_000))
    content = gzip.compress(big) if kind == "gzip" else zstandard.compress(big)
    path = written(tmp_path / "cut", content[: int(len(content) * share)])
    lines: list[int] = []
    with pytest.raises(DataError, match=r"cut is damaged or cut off after line [\d,]+") as error:
        lines.extend(line.number for line in read_file(path) if line.issue is None)
    assert len(lines) > 30_000 * share * 0.6
    assert f"after line {lines[-1]:,}:" in error.value.message


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_file_that_is_damaged_is_named(tmp_path: Path, kind: str) -> None:
    content = bytearray(PACKED[kind])
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    path = written(tmp_path / "damaged", bytes(content))
    with pytest.raises(DataError, match="damaged is damaged or cut off"):
        list(read_file(path))


def test_lines_that_hold_nothing_usable_become_issues(tmp_path: Path) -> None:
    good = b'{"record":"model/1","id":"a/b"}'
    bad = [b"not json", b'{"id": ', b"\xff\xfe\xff", b"[" * 100_000, b"9" * 5_000, b"{} {}"]
    path = written(tmp_path / "mixed", b"\n".join([good, *bad, b"", b"  ", good]))
    lines = list(read_file(path))
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6, 7, 10]
    assert [line.issue is None for line in lines] == [True, *[False] * 6, True]


def test_windows_line_ends_a_byte_order_mark_and_no_last_newline(tmp_path: Path) -> None:
    path = written(tmp_path / "r", b'\xef\xbb\xbf{"record":"model/1","id":"a/b"}\r\n{"id":1}')
    check_files([path])
    assert [line.raw for line in read_file(path)] == [{"record": "model/1", "id": "a/b"}, {"id": 1}]


def test_a_line_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 1_000_000)
    good = b'{"record":"model/1","id":"a/b"}\n'
    exact = b'"' + b"x" * 999_998 + b'"\n'
    content = good + b'"' + b"x" * 50_000_000 + b'"\n' + good + exact + good
    path = written(tmp_path / "long.gz", gzip.compress(content, 1))
    del content
    tracemalloc.start()
    lines = list(read_file(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [line.issue is None for line in lines] == [True, False, True, True, True]
    assert "longer than 1,000,000 bytes" in (lines[1].issue or lines[1]).reason  # type: ignore[union-attr]
    assert peak < 20_000_000


@pytest.mark.parametrize("line", [
    b"{%s}" % b",".join(b'"%d":0' % n for n in range(1_000_000)),
    b"[%s]" % (b"0," * 1_000_000 + b"0"),
    b'{"id":"a/b","tags":[%s]}' % (b"[]," * 1_000_000 + b"0"),
], ids=["keys", "items", "lists"])  # fmt: skip
def test_a_line_of_a_million_values_takes_no_memory(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "file.jsonl"
    file.write_bytes(line + b'\n{"id":"a/b"}\n')
    tracemalloc.start()
    found = list(read_file(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [found[0].raw, found[1].raw] == [None, {"id": "a/b"}]
    assert "more than 100,000 values" in str(found[0].issue)
    assert peak < 4 * len(line)


def test_a_small_file_that_unpacks_to_a_huge_one_is_read_in_pieces(tmp_path: Path) -> None:
    pieces = zstandard.ZstdCompressor().compressobj()
    packed = b"".join(pieces.compress(b" " * 10_000_000) for _ in range(60)) + pieces.flush()
    assert len(packed) < 100_000
    path = written(tmp_path / "bomb.zst", packed)
    tracemalloc.start()
    assert [line.issue for line in read_file(path) if line.issue is None] == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 250_000_000


def test_progress_counts_the_bytes_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "r.gz", PACKED["gzip"])
    seen: list[int] = []
    list(read_file(path, seen.append))
    assert sum(seen) == path.stat().st_size


@pytest.mark.parametrize(
    "content", [b"", b"\n\n  \n", gzip.compress(b"", mtime=0), zstandard.compress(b"")]
)
def test_empty_files_are_told_apart(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "empty", content)
    assert check_files([path]) == [path]
    assert list(read_file(path)) == []


@pytest.mark.parametrize(("content", "why"), [
    (b"PAR1\x15\x04\x15", "a Parquet file"), (b"PK\x03\x04\x14\x00", "a zip archive"),
    (b"\x7fELF\x02\x01\x01\x00\x00", "binary"),
    (b"id,likes\nacme/base,3\n", "is a CSV file; tables are read as Parquet"),
    (b"a list, of sorts: of models\n", "no line of its beginning is a JSON object"),
    (b'[{"record":"model/1","id":"a/b"}]', "one JSON array"),
    ('{"record":"model/1"}'.encode("utf-16"), "binary"),
    (b'{"record":"model/2","id":"a/b"}', "written by a newer hubgraph"),
    (b'{"id":"a/b"}', "is missing; expected one of model/1, author/1"),
    (b"\x1f\x8bnot gzip after all", "damaged"), (PACKED["gzip"][:15], "damaged or cut off at once"),
    (b"\x28\xb5\x2f\xfdnot zstd after all", "damaged"),
])  # fmt: skip
def test_files_of_another_kind_are_refused(tmp_path: Path, content: bytes, why: str) -> None:
    good = written(tmp_path / "good", TEXT)
    path = written(tmp_path / "other", content)
    with pytest.raises(DataError, match=why) as error:
        check_files([good, path])
    assert str(path) in error.value.message


TAGS = '"en,license:mit,base_model:merge:c/d"'


@pytest.mark.parametrize("table", [
    'model_id,likes,tags\na/b,3,"en,license:mit,base_model:merge:c/d"\n',
    "modelId;created_at;tags\na/b;2025-04-27 03:40:08+00:00;"
    "['en', 'license:mit', 'base_model:merge:c/d']\n",
    '\ufeff"id"\t"tags"\r\na/b\t["en", "license:mit", "base_model:merge:c/d"]\r\n',
    f",Model ID,Likes,Tags\n0,a/b,NaN,{TAGS}\n", f"id|likes|tags\ra/b|NULL|{TAGS}\r",
    f'id;likes;tags;"a\nnote"\na/b;3;{TAGS};"two\nlines"\n', f"sep=,\r\nid,tags\r\na/b,{TAGS}\r\n",
    f'\ufeff"sep=;"\nid;tags\na/b;{TAGS}\n',
    *(f"id,tags,note\na/b,{TAGS},caf\u00e9 \u201cx\u201d\n".encode(encoding)
      for encoding in ("utf-8", "utf-16", "utf-16-le", "cp1252")),
    codecs.BOM_UTF16_BE + f"id\ttags\r\na/b\t{TAGS}\r\n".encode("utf-16-be"),
])  # fmt: skip
def test_a_table_of_text_is_refused_with_the_command_that_makes_a_dump_of_it(
    tmp_path: Path, table: str | bytes
) -> None:
    path = written(tmp_path / "models.csv", table.encode() if isinstance(table, str) else table)
    with pytest.raises(DataError) as error:
        check_files([path])
    command = error.value.hint.removeprefix("Turn it into one: ").partition(", and read ")[0]
    assert "\n" not in str(error.value)
    if isinstance(table, str) and table.startswith("sep="):  # a shell for one with every sign
        subprocess.run(command, shell=True, check=True)  # noqa: S602
    else:
        exec(shlex.split(command)[2], {})  # noqa: S102
    dump = examine(path.with_suffix(".parquet"), "models")
    (line,) = dump_lines(dump, "2026-10-03T00:00:00.000Z")
    record, issues = Normaliser()(line.raw)
    assert record is not None
    assert record.lineage is not None
    assert (record.spelling, record.lineage.bases, issues) == ("a/b", ("c/d",), [])
    assert record.properties["license"] == "mit"


def test_missing_files_and_directories_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a directory"):
        check_files([tmp_path])
    with pytest.raises(DataError, match="There is no file"):
        check_files([tmp_path / "nowhere.jsonl"])
