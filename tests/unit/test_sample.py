"""The bundled sample is what its README says."""

import re
from collections import Counter
from pathlib import Path

import pytest
import zstandard

import sample
from graph.observe.normalise import Normaliser
from graph.observe.record_files import read_file
from sample import pack

README = (Path(sample.__file__).parent / "README.md").read_text(encoding="utf-8")
Raw = dict[str, object]


@pytest.fixture(scope="module")
def records() -> list[Raw]:
    with sample.path() as path:
        return [line.raw for line in read_file(path)]  # type: ignore[misc]


@pytest.fixture(scope="module")
def models(records: list[Raw]) -> list[Raw]:
    return [record for record in records if record["record"] == "model/1"]


def _bases(model: Raw) -> list[str]:
    return model.get("bases") or []  # type: ignore[return-value]


def test_every_count_in_the_readme_is_true(records: list[Raw], models: list[Raw]) -> None:
    ids = {str(model["id"]) for model in models}
    bases = {base for model in models for base in _bases(model)}
    relations = Counter(model["relation"] for model in models for _ in _bases(model))
    with sample.path() as path:
        size = path.stat().st_size
    stated = dict(re.findall(r"^\| ([a-z ]+) \| ([\d,]+) \|$", README, re.MULTILINE))
    assert {name: int(count.replace(",", "")) for name, count in stated.items()} == {
        "models with a record": len(models),
        "organizations with a record": len(records) - len(models),
        "accounts in all": len({model_id.split("/")[0] for model_id in ids | bases}),
        "relationships to bases": sum(len(_bases(model)) for model in models),
        **{f"of them {relation}": count for relation, count in relations.items()},
        "bases that no record describes": len(bases - ids),
        "models with several bases": sum(len(_bases(model)) > 1 for model in models),
        "bytes": size,
    }


def test_it_holds_what_it_must(models: list[Raw]) -> None:
    assert len(models) >= 20_000
    assert sum(len(_bases(model)) for model in models) == 6_321
    assert {model["relation"] for model in models if _bases(model)} == {
        "finetune", "adapter", "merge", "quantized",
    }  # fmt: skip
    assert any(model["relation"] == "merge" for model in models if len(_bases(model)) > 1)
    with sample.path() as path:
        assert path.stat().st_size <= 1_000_000


def test_every_record_is_clean_and_there_once(records: list[Raw]) -> None:
    normalise = Normaliser()
    seen = set()
    for raw in records:
        record, issues = normalise(raw)
        assert record is not None
        assert issues == []
        seen.add((record.node.label, record.key))
    assert len(seen) == len(records)


def test_it_holds_no_card_text(records: list[Raw]) -> None:
    texts = [
        text
        for record in records
        for value in record.values()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str)
    ]
    assert max(map(len, texts)) <= 200
    assert not any("\n" in text for text in texts)


def test_newer_counts_replace_older_ones(models: list[Raw]) -> None:
    by_id = {model["id"]: model for model in models}
    both = by_id["bigscience/bloom"]
    assert both["observed_at"] == "2025-12-01T00:00:00.000Z"
    assert both["last_modified"]
    listed = by_id["google/gemma-7b"]
    assert listed["observed_at"] >= "2025-03-25"  # type: ignore[operator]


def test_packing_again_gives_the_same_bytes(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack, "MOST_BYTES", 10 * pack.MOST_BYTES)
    again = tmp_path / "unpacked.jsonl"
    pack.pack(shared_data, again)
    with sample.path() as path, zstandard.open(path, "rb") as packed:
        assert again.read_bytes() == packed.read()


def test_packing_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pack", str(tmp_path)])
    assert pack.main() == 1
    assert "trees-models" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["pack"])
    assert pack.main() == 2
