"""`python -m bench.names FILE`: how well names of models are read.

FILE is a Parquet table of ids with what is known of these models from elsewhere. Precision is the
share of readings that are right, recall the share of names that state something from which it was
read, right. `docs/names.md` says what counts as right, and as stated.
"""

import argparse
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from bench.running import run
from graph.names import NameParts, Says, read_name

EXACT = {
    "open-llm-v2",
    "safetensors/gguf total",
    "safetensors total",
    "mteb card",
    "models-json numParameters",
}
"""Where the number of parameters is no rounded one, and no total of packed weights."""
GOALS = {
    "size, 25 %": (98, 95),
    "size, 20 %": (98, 95),
    "size, 25 %, of names that hold it": (98, 95),
    "architecture": (95, 85),
    "format": (98, 95),
    "language": (95, 60),
}
SAME_FORMAT = {
    "mlx": {"3-bit", "4-bit", "6-bit", "8-bit"},
    "fp8": {"8-bit", "compressed-tensors", "modelopt"},
    "nvfp4": {"4-bit", "8-bit", "compressed-tensors", "modelopt"},
    "mxfp4": {"4-bit", "8-bit", "compressed-tensors", "modelopt"},
}
"""Format → other tags that files in it have."""
_QUANTIZED = "gguf gptq awq mlx onnx openvino fp8 nvfp4 mxfp4 exl2 exl3 hqq bitsandbytes"
FORMATS = {*_QUANTIZED.split(), "coreml", "tflite", "executorch"}
"""Tags of formats that names state, too."""
TELLING = {*FORMATS, "3-bit", "4-bit", "6-bit", "8-bit", "int8", "modelopt", "compressed-tensors"}
"""Tags beside which one that is missing says something; `safetensors` holds weights of any kind."""
_SIZE = re.compile(r"(?<![a-z0-9.])(?:[0-9]+x)?[0-9]+(?:[._][0-9]+)?[bm](?![a-z0-9])")
_CLASS = re.compile(r"(For[A-Z]|LMHead|Model|MTModel|EncoderModel|forcausallm).*$")
_ALSO = {"rw": "falcon", "mosaicgpt": "mpt", "hfolmo": "olmo"}


class Tried(NamedTuple):
    """One model: whether its name states something, whether that was read, and right."""

    part: str
    id: str
    stated: bool
    read: object
    truth: object
    right: bool


def main() -> None:
    """Print a row for each part and half of the authors."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--half", type=int, choices=(0, 1), help="Only this half of the authors.")
    parser.add_argument("--wrong", metavar="PART", help="Print what was read wrong or not at all.")
    given = parser.parse_args()
    counts: dict[tuple[str, int], Counter[str]] = {}
    for row in pq.read_table(given.file).to_pylist():
        half = author_half(row)
        if given.half not in (None, half):
            continue
        for tried in try_name(row, read_name(row["id"])):
            count = counts.setdefault((tried.part, half), Counter())
            count["stated"] += tried.stated
            count["found"] += tried.stated and tried.right
            count["read"] += tried.read is not None
            count["right"] += tried.right and tried.read is not None
            is_wrong = (tried.read is not None or tried.stated) and not tried.right
            if is_wrong and tried.part == given.wrong:
                print(tried.id, tried.read, tried.truth, sep="\t")
    Console(width=120).print(_table(counts))


def author_half(row: dict[str, Any]) -> int:
    """Which half of the authors a model belongs to; one was looked at while words were chosen."""
    return hashlib.sha256((row["author"] or row["name"]).lower().encode()).digest()[0] % 2


def try_name(row: dict[str, Any], parts: NameParts) -> Iterator[Tried]:
    """Each part of a name about which something is known from elsewhere."""
    id_, name = row["id"], row["name"].lower()
    if row["parameters"] and not row["parameters_suspect"] and row["parameters_from"] in EXACT:
        read, truth = parts.parameters, row["parameters"]
        for most in (25, 20):
            right = read is not None and abs(read - truth) <= most / 100 * truth
            yield Tried(f"size, {most} %", id_, bool(_SIZE.search(name)), read, truth, right)
        numbers = re.findall(r"([0-9]+(?:\.[0-9]+)?)([bm])", name)
        near = (float(n) * (1e9 if unit == "b" else 1e6) for n, unit in numbers)
        if any(abs(number - truth) <= truth / 4 for number in near):
            right = read is not None and abs(read - truth) <= truth / 4
            yield Tried("size, 25 %, of names that hold it", id_, True, read, truth, right)
    if kind := known_architecture(row):
        found = parts.architecture and _plain(parts.architecture)
        stem = re.match(r"[a-z]{3,}|.*", kind)
        stated = stem is not None and stem[0] in _plain(name)
        yield Tried("architecture", id_, stated, found, kind, found == kind)
    if not TELLING.isdisjoint(tags := set(row["formats"] or ())):
        form = parts.format
        right = form is not None and not tags.isdisjoint({form} | SAME_FORMAT.get(form, set()))
        stated = any(tag in name for tag in tags.intersection(FORMATS))
        yield Tried("format", id_, stated, form, sorted(tags), right)
    yield from _languages(row, parts)


def _languages(row: dict[str, Any], parts: NameParts) -> Iterator[Tried]:
    """Right by the tags of the model; stated by the labels that a language model gave its name."""
    tags = set(row["languages"] or ())
    for language in parts.languages if tags else ():
        right = language in tags or (language == "multilingual" and len(tags) > 2)
        yield Tried("language", row["id"], False, language, sorted(tags)[:8], right)
    words = {token.text.lower() for token in parts.tokens if token.says is Says.LANGUAGE}
    for element in row["elements"] or ():
        if element.startswith("L:"):
            for label in re.findall("[a-z]{2,}", element[2:].lower()):
                yield Tried("language", row["id"], True, None, label, label in words)


def known_architecture(row: dict[str, Any]) -> str | None:
    """The model type, or what the class of the configuration is one of, in letters and digits."""
    known = row["model_type"] or row["architecture"]
    if not known:
        return None
    plain = _plain(_CLASS.sub("", known))
    return _ALSO.get(plain, plain.removesuffix("text"))


def _plain(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text.lower())


def _table(counts: dict[tuple[str, int], Counter[str]]) -> Table:
    table = Table("part", "authors", title="Names of models, read")
    for heading in ("read", "right", "precision", "goal", "stated", "found", "recall", "goal"):
        table.add_column(heading, justify="right")
    for (part, half), count in sorted(counts.items()):
        precision, recall = GOALS[part]
        table.add_row(
            part,
            ("chosen by", "kept apart")[half],
            f"{count['read']:,}",
            f"{count['right']:,}",
            _share(count["right"], count["read"]),
            f"{precision} %",
            f"{count['stated']:,}",
            f"{count['found']:,}",
            _share(count["found"], count["stated"]),
            f"{recall} %",
        )
    return table


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


if __name__ == "__main__":
    run(main)
