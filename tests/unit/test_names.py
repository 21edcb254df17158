"""What the name of a model says."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from graph.errors import DataError, ParameterError
from graph.names import NameParts, Says, read_name
from hubgraph.name import COLUMNS, name_

BILLION = 1_000_000_000


def _says(parts: NameParts) -> dict[str, object]:
    names = (
        "architecture", "family", "version", "parameters", "active_parameters", "format", "bits",
        "tuning", "datasets", "languages",
    )  # fmt: skip
    return {name: value for name in names if (value := getattr(parts, name))}


@pytest.mark.parametrize(("name", "said"), [
    ("bart-large-mnli-finetuned-squad2-english", {
        "architecture": "bart", "family": "bart", "tuning": ("fine-tuned",),
        "datasets": ("mnli", "squad_v2"), "languages": ("en",)}),
    ("meta-llama/Llama-3.1-8B-Instruct", {
        "architecture": "llama", "family": "llama", "version": "3.1", "parameters": 8 * BILLION,
        "tuning": ("instruct",)}),
    ("a/LLaMA-3-1-8b", {
        "architecture": "llama", "family": "llama", "version": "3.1", "parameters": 8 * BILLION}),
    ("a/Qwen3-30B-A3B-GGUF", {
        "architecture": "qwen3_moe", "family": "qwen", "version": "3", "parameters": 30 * BILLION,
        "active_parameters": 3 * BILLION, "format": "gguf"}),
    ("a/Mixtral-8x7B-GPTQ-4bit", {
        "architecture": "mixtral", "family": "mixtral", "parameters": 46_700_000_000,
        "format": "gptq", "bits": 4}),
    ("a/DeepSeek-R1-Distill-Qwen-14B", {
        "architecture": "qwen2", "family": "deepseek", "parameters": 14 * BILLION,
        "tuning": ("distilled",)}),
    ("google/gemma-2-2b-it", {
        "architecture": "gemma2", "family": "gemma", "version": "2", "parameters": 2_614_000_000,
        "tuning": ("instruct",)}),
    ("google/gemma-3n-E4B", {
        "architecture": "gemma3n", "family": "gemma-3n", "parameters": 7_850_000_000,
        "active_parameters": 4 * BILLION}),
    ("opus-mt-en-it", {"architecture": "marian", "family": "marian", "languages": ("en", "it")}),
    ("a/Llama-Mistral-7B", {"family": "llama", "parameters": 7 * BILLION}),
    ("a/phi-4-Q4_K_M", {"family": "phi", "version": "4", "bits": 4}),
    ("a/3f2504e0-4f89-11d3-9a0c-0305e82c338b", {}),
    ("a/Infinity-Instruct-7M-Llama3-8B", {
        "architecture": "llama", "family": "llama", "version": "3", "parameters": 8 * BILLION,
        "datasets": ("infinity-instruct",)}),
    ("a/0a1b2c3d-lora-7b", {"parameters": 7 * BILLION, "tuning": ("lora",)}),
    ("a/İİİİİİİİ-lora-7b", {"parameters": 7 * BILLION, "tuning": ("lora",)}),
    ("", {}), ("/", {}), ("a/b/c", {}),
])  # fmt: skip
def test_a_name_says(name: str, said: dict[str, object]) -> None:
    assert _says(read_name(name)) == said


@given(st.text(max_size=300) | st.from_regex(r"[A-Za-z0-9._/-]{0,80}", fullmatch=True))
def test_every_letter_and_digit_is_in_one_token(name: str) -> None:
    parts = read_name(name)
    rest = name.rpartition("/")[2]
    for token in parts.tokens:
        before, found, rest = rest.partition(token.text)
        assert found
        assert not any(character.isalnum() for character in before)
    assert not any(character.isalnum() for character in rest)


@pytest.mark.parametrize("piece", ["1", "7b", "a-", "tokens1.", "0a1b2c3d-", "é", "Q4_"])
def test_what_is_too_long_for_a_name_is_not_read(piece: str) -> None:
    """Its time would grow with the square of the length; the suite's own limit would notice."""
    text = piece * (1_000_000 // len(piece))
    assert [token.says for token in read_name(text).tokens] == [Says.UNREAD]


def test_a_word_is_in_the_vocabulary_once() -> None:
    with (Path(__file__).parents[2] / "graph/names/vocabulary.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({(row["part"], row["meaning"]) for row in rows}) == len(rows)
    assert all(None not in row and None not in row.values() for row in rows)
    words = [word for row in rows for word in row["words"].split()]
    assert sorted(set(words)) == sorted(words)


def test_files_of_each_format_say_the_same(tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("\ufeffa/Qwen2.5-7B-4bit-ko\n\n  b/c\n", encoding="utf-8")
    for ending in ("csv", "json", "parquet"):
        name_(source=ids, output=tmp_path / f"out.{ending}")
    objects = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [row["id"] for row in objects] == ["a/Qwen2.5-7B-4bit-ko", "b/c"]
    assert parquet.read_table(tmp_path / "out.parquet").to_pylist() == objects
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["parameters"], first["bits"], first["languages"]) == ("7616000000", "4", "ko")
    assert set(second.values()) == {"b/c", "b", ""}


def test_a_file_without_ids_has_the_columns(tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_bytes(b"\n")
    for ending in ("csv", "parquet"):
        name_(source=ids, output=tmp_path / f"out.{ending}")
    names = [column.name for column in COLUMNS]
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").split() == [",".join(names)]
    assert parquet.read_table(tmp_path / "out.parquet").column_names == names


def test_ids_that_cannot_be_read_leave_the_output_alone(tmp_path: Path) -> None:
    ids, output = tmp_path / "ids.txt", tmp_path / "out.csv"
    ids.write_bytes(b"\xff\n")
    output.write_text("before", encoding="utf-8")
    with pytest.raises(DataError, match="not UTF-8"):
        name_(source=ids, output=output)
    with pytest.raises(ParameterError, match="overwritten"):
        name_(source=ids, output=ids)
    with pytest.raises(ParameterError, match="nothing"):
        name_()
    assert output.read_text(encoding="utf-8") == "before"
