"""What names say: swarms and mirrors, and the rules as data."""

import re
from pathlib import Path

import pytest

from graph.errors import ConfigurationError
from graph.scores.mirrors import Alike, Named, mirrors
from graph.scores.names import ModelNames
from graph.scores.rules import Rules
from graph.scores.swarms import swarms
from graph.settings import Settings

RULES = Rules.read(Settings())
GENSYN = [
    f"user{i}/Qwen2.5-0.5B-Instruct-Gensyn-Swarm-{words}"
    for i, words in enumerate(3 * ["bold_jumping_ibis", "quick_eager_hippo", "old_quick_hippo"])
]
UUID = "31957c40-f0da-4aea-8466-e8110a76d5d6"


@pytest.mark.parametrize(("id_", "rule"), [
    (GENSYN[0], "gensyn"),
    ("someone/gensyn-checkpoints-quick_eager_hippo", "gensyn"),
    (f"lesso/{UUID}", "uuid"),
    (f"lesso/{UUID.upper()}-final", "uuid"),
    ("barchetta/barchetta-sn11-1744604319-518806", "subnet"),
    ("who/dippy-alpha-1744604319-518806", "subnet"),
    ("lqpl/trainer_output-bold_eager_hippo", "triple"),
    (f"course/legal-ft-{UUID}", "uuid_tail"),
    ("lab/train_mnli_1744902587", "epoch"),
    ("lab/lora-1744902587123-2", "epoch"),
    ("lab/textual_inversion_cat", None),
    ("lab/lora_model_llama", None),
    ("lab/bold_jumping_cat", None),
    ("gensyn/qwen", None),
    ("lab/gensynthesis-swarm", None),
    ("lab/model-20250101", None),
    ("gpt2", None),
    ("lab/", None),
])  # fmt: skip
def test_swarms(id_: str, rule: str | None) -> None:
    assert swarms(ModelNames([*GENSYN, id_]), RULES.swarm).get(id_) == rule


def test_words_are_learned_from_names_that_use_them_often() -> None:
    few = GENSYN[:2]
    assert (
        swarms(ModelNames([*few, "lab/x-bold_jumping_ibis"]), RULES.swarm).get(
            "lab/x-bold_jumping_ibis"
        )
        is None
    )


@pytest.mark.parametrize(("id_", "common", "plain", "quantized"), [
    ("unsloth/gemma-3-4b-it-unsloth-bnb-4bit", "gemma-3-4b-it", False, True),
    ("unsloth/Meta-Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct", True, False),
    ("meta-llama/Llama-2-7b-hf", "llama-2-7b", False, False),
    ("mlx-community/QwQ-32B-bf16", "qwq-32b", False, False),
    ("TheBloke/Llama-2-7B-GGUF", "llama-2-7b", False, True),
    ("x/google_gemma-3-1b-it-4.5bpw-exl2", "gemma-3-1b-it", False, True),
    ("x/Some Model__v1", "some-model-v1", True, False),
    ("gpt2", "gpt2", True, False),
])  # fmt: skip
def test_names_in_common(id_: str, common: str, plain: bool, quantized: bool) -> None:
    alike = Alike(RULES.mirror)
    assert (alike.common(id_), alike.is_plain(id_), alike.is_quantized(id_)) == (
        common, plain, quantized,
    )  # fmt: skip


def named(id_: str, likes: int = 0, bases: str = "", used_by: str = "") -> Named:
    return Named(id_, likes, frozenset(bases.split()), frozenset(used_by.split()))


GEMMA = named("google/gemma-3-4b-it", 900, "google/gemma-3-4b-pt")
ORPHEUS = named("canopylabs/orpheus-3b", 300, "meta-llama/Llama-3.2-3B-Instruct")


@pytest.mark.parametrize(("models", "tiers"), [
    ([GEMMA, named("unsloth/gemma-3-4b-it")], {"unsloth/gemma-3-4b-it": "A"}),
    ([GEMMA, named("unsloth/gemma-3-4b-it-bnb-4bit", used_by="ann")],
     {"unsloth/gemma-3-4b-it-bnb-4bit": "A"}),
    ([GEMMA, named("unsloth/gemma-3-4b-it-bnb-4bit")], {}),
    ([GEMMA, named("unsloth/gemma-3-4b-it-bnb-4bit", used_by="unsloth")], {}),
    ([GEMMA, named("UNSLOTH/Gemma-3-4B-it", bases="google/gemma-3-4b-pt")],
     {"UNSLOTH/Gemma-3-4B-it": "A"}),
    ([GEMMA, named("unsloth/gemma-3-4b-it", bases="ann/own-model")], {}),
    ([GEMMA, named("ann/gemma-3-4b-it", used_by="bob")], {"ann/gemma-3-4b-it": "B"}),
    ([GEMMA, named("ann/gemma-3-4b-it")], {}),
    ([GEMMA, named("google/gemma-3-4b-it-qat-gguf", used_by="ann")], {}),
    ([named("unsloth/gemma-3-4b-it", 500)], {}),
    ([ORPHEUS, named("unsloth/orpheus-3b-unsloth-bnb-4bit", used_by="ann")],
     {"unsloth/orpheus-3b-unsloth-bnb-4bit": "A"}),
    ([named("canopylabs/orpheus-3b", 19), named("unsloth/orpheus-3b")], {}),
    ([named("ann/tiny-4bit", 900), named("unsloth/tiny")], {}),
    ([named("Qwen/Qwen2.5-0.5B-Instruct", 40),
      named("Gensyn/Qwen2.5-0.5B-Instruct", bases="Qwen/Qwen2.5-0.5B")],
     {"Gensyn/Qwen2.5-0.5B-Instruct": "A"}),
    ([named("meta-llama/Llama-2-7b", 900), named("meta-llama/Llama-2-7b-hf", 800, used_by="ann"),
      named("NousResearch/Llama-2-7b-hf", bases="meta-llama/Llama-2-7b-hf")],
     {"NousResearch/Llama-2-7b-hf": "A"}),
    ([named("gpt2", 900), named("unsloth/gpt2")], {"unsloth/gpt2": "A"}),
])  # fmt: skip
def test_mirrors(models: list[Named], tiers: dict[str, str]) -> None:
    for order in (models, models[::-1]):
        assert {m.id: m.tier for m in mirrors(order, RULES.mirror)} == tiers


def test_an_original_is_no_mirror() -> None:
    found = mirrors([GEMMA, named("unsloth/gemma-3-4b-it", 5000, used_by="a")], RULES.mirror)
    assert {m.original for m in found} == {GEMMA.id}
    assert not {m.id for m in found} & {m.original for m in found}


def with_file(path: Path, text: str) -> Settings:
    path.write_text(text, encoding="utf-8")
    return Settings(rules_file=path)


def test_a_file_of_ones_own_adds_and_replaces(tmp_path: Path) -> None:
    text = """
[[swarm]]
id = "ours"
pattern = "^bot-"
reason = "our bot"
counts = false

[[swarm]]
id = "uuid"
pattern = "^never$"
reason = "switched off"
counts = true

[mirror]
likes = 5
repackagers = ["ann"]
families = {own = "ourlab"}
"""
    rules = Rules.read(with_file(tmp_path / "rules.toml", text))
    assert rules.muted == {"gensyn", "subnet", "triple", "ours"}
    assert swarms(ModelNames(["a/bot-1", f"b/{UUID}"]), rules.swarm) == {
        "a/bot-1": "ours",
        f"b/{UUID}": "uuid_tail",
    }
    assert {"ann", "unsloth"} <= rules.mirror.repackagers
    assert (rules.mirror.likes, rules.mirror.families["own"]) == (5, "ourlab")
    found = mirrors([named("ourlab/own-1"), named("ann/own-1")], rules.mirror)
    assert [(m.id, m.tier) for m in found] == [("ann/own-1", "A")]


@pytest.mark.parametrize(("text", "says"), [
    ("[[swarm]", "Expected"),
    ("[[swarm]]\nid = 'x'", "pattern"),
    ("[[swarm]]\npattern = 'x'", "id"),
    ("[[swarm]]\nid = 'x'\npattern = '('\nreason = 'y'\ncounts = true", "regular expression"),
    ("[mirrors]\nlikes = 1", "mirrors"),
    ("[mirror]\nlikes = 'many'", "likes"),
    ("[mirror]\nrepackagers = 3", "rules.toml"),
    ("swarm = 3", "rules.toml"),
    ("swarm = [3]", "rules.toml"),
    ("mirror = 3", "rules.toml"),
    ("[[swarm]]\nid = 'x'\npattern = '(a)'\nreason = 'y'\ncounts = true\nwords_of = 'z'",
     "no rule 'z'"),
    ("[[swarm]]\nid = 'x'\npattern = 'a'\nreason = 'y'\ncounts = true\nwords_of = 'uuid'",
     "groups"),
])  # fmt: skip
def test_a_broken_file_is_said(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match="HUBGRAPH_RULES_FILE") as raised:
        Rules.read(with_file(tmp_path / "rules.toml", text))
    assert says in str(raised.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing\.toml"):
        Rules.read(Settings(rules_file=tmp_path / "missing.toml"))


@pytest.mark.parametrize("pattern", ["b-[0-9]+", "(?<=b-)[0-9]", "B-1|^B-2", "^(?:a(?=b)|b-)"])
def test_names_are_searched_the_same_with_and_without_what_duckdb_knows(pattern: str) -> None:
    ids = ["b-1/x", "a/B-1", "b-2", "a/ab", "a/b_1", "A/b-2x"]
    expected = [i for i in ids if re.search(f"(?i){pattern}", i.rpartition("/")[2])]
    assert ModelNames(ids).matching(pattern) == expected
