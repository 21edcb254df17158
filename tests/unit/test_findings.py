"""What names and lineage suggest: each rule on what it finds and on what it leaves alone."""

from pathlib import Path

import pytest

from graph.scores.findings import Findings, Made, findings
from graph.scores.mirrors import Alike
from graph.scores.names import ModelNames
from graph.scores.rules import Rules
from graph.settings import Settings


def made(id_: str, *bases: str, relation: str = "finetune") -> Made:
    return Made(id_, frozenset({relation}), frozenset(bases))


def found(*models: Made, names: tuple[str, ...] = (), file: Path | None = None) -> Findings:
    rules = Rules.read(Settings(rules_file=file))
    named = {*names, *(one.id for one in models), *(base for one in models for base in one.bases)}
    return findings(ModelNames(sorted(named)), models, rules.finding, Alike(rules.mirror))


def told(result: Findings, rule: str) -> set[str]:
    return {
        who
        for of in (result.models, result.authors)
        for who, texts in of.items()
        if any(text.startswith(f"{rule}: ") for text in texts)
    }


@pytest.mark.parametrize(("model", "is_found"), [
    (made("ann/Llama-3-8B-GGUF", "meta/Llama-3-8B"), True),
    (made("ann/DeepCoder-1.5B-MLX", "b/DeepCoder-1.5B"), True),
    (made("ann/m-6.0bpw-h8-exl2", "b/m", relation="merge"), True),
    (made("ann/m-int4", "b/m", relation="adapter"), True),
    (made("ann/m-4bit", "b/m"), True),
    (made("ann/m-q4_k_m", "b/m"), True),
    (made("ann/m-GGUF", "b/m", relation="quantized"), False),
    (made("ann/tuned-bnb-4bit", "unsloth/m-bnb-4bit"), False),  # its base has that format, too
    (made("ann/m-lora-4bit", "b/m"), False),
    (made("ann/m-sft-gguf", "b/m"), False),
    (made("ann/gguf-reader", "b/m"), False),
    (made("ann/m-14bit", "b/m"), False),
    (made("ann/m-GGUF"), False),
    (made("GGUF", "b/m"), True),
])  # fmt: skip
def test_copies_in_another_format(model: Made, is_found: bool) -> None:
    assert (told(found(model), "format-copy") == {model.id}) is is_found


def test_the_evidence_is_told() -> None:
    result = found(made("ann/m-GGUF", "b/m"))
    assert result.models == {
        "ann/m-GGUF": ["format-copy: declared as fine-tune, its name ends as gguf copies do"]
    }
    assert result.counts == {"format-copy": 1}


@pytest.mark.parametrize(("model", "names", "is_found"), [
    (made("q/Qwen3-4B-GGUF", "Qwen/Qwen3-4B-Base", relation="quantized"), ("Qwen/Qwen3-4B",), True),
    (made("q/Qwen3-4B-GGUF", "Qwen/Qwen3-4B", relation="quantized"), ("Qwen/Qwen3-4B",), False),
    (made("q/Qwen3-4B-GGUF", "ann/qwen3-4b", relation="quantized"), ("Qwen/Qwen3-4B",), False),
    (made("q/Qwen3-4B-GGUF", "Qwen/Qwen3-4B-Base", relation="quantized"), (), False),
    (made("q/Qwen3-4B-GGUF", "Qwen/Qwen3-4B-Base"), ("Qwen/Qwen3-4B-AWQ",), False),
    (made("m/nvidia_Nemo-9B-exl2", "Qwen/Qwen2.5-14B"), ("nvidia/Nemo-9B",), True),
    (made("q/Qwen3-4B-tuned", "Qwen/Qwen3-4B-Base"), ("x/Qwen3-4B-tuned",), False),
])  # fmt: skip
def test_copies_of_another_base(model: Made, names: tuple[str, ...], is_found: bool) -> None:
    result = found(model, names=names)
    assert (told(result, "other-base") == {model.id}) is is_found
    if is_found:
        assert f"named like {names[0]}, which" in str(result.models[model.id])


def test_a_model_and_its_base() -> None:
    chain = (made("b/two", "c/one"), made("c/one", "d/zero"))
    assert told(found(made("a/x", "b/two", "d/zero"), *chain), "base-and-its-base") == {"a/x"}
    assert told(found(made("a/x", "b/two", "c/one", relation="merge"), *chain),
                "base-and-its-base") == {"a/x"}  # fmt: skip
    three = made("a/x", "b/two", "c/one", "d/zero", relation="merge")
    assert told(found(three, *chain), "base-and-its-base") == set()
    assert told(found(made("a/x", "b/two", "e/other"), *chain), "base-and-its-base") == set()
    circle = (made("a/x", "a/y", "a/z"), made("a/y", "a/x"))
    assert told(found(*circle), "base-and-its-base") == set()


def test_a_name_that_many_gave() -> None:
    """Whoever gave it counts, and is found if something links the model to others."""
    twenty = tuple(f"user{n}/{'Test' if n % 2 else 'test'}" for n in range(20))
    links = (made("user1/Test", "b/base"), made("c/x", "user2/test"), made("user1/test-2", "test"))
    result = told(found(*links, names=twenty), "same-name")
    assert result == {"user1/Test", "user2/test", "test"}
    assert told(found(*links, names=(*twenty[:19], "USER3/test")), "same-name") == set()


def test_own_series() -> None:
    own = [made(f"Ann/tuned-{n}", "ann/base") for n in range(16)]
    others = [made(f"user{n}/tuned", "ann/base") for n in range(4)]
    assert told(found(*own, *others), "own-series") == {"ann/base"}
    assert told(found(*own, *others, made("user9/x", "ann/base")), "own-series") == set()
    assert told(found(*own), "own-series") == set()


def test_quantization_farms() -> None:
    copies = [made(f"Farm/m{n}-GGUF", f"u{n % 10}/m{n}", relation="quantized") for n in range(50)]
    assert told(found(*copies), "quantization-farm") == {"farm"}
    assert told(found(*copies[:49]), "quantization-farm") == set()
    tunes = [made(f"farm/tuned-{n}", "u1/m1") for n in range(13)]
    assert told(found(*copies, *tunes), "quantization-farm") == set()
    few = [made(f"farm/m{n}-GGUF", f"u{n % 9}/m{n}", relation="quantized") for n in range(50)]
    assert told(found(*few), "quantization-farm") == set()


def copies(*templates: str | None, base: str = "b/m") -> list[Made]:
    return [
        Made(f"q{n}/{base[2:]}-GGUF", frozenset({"quantized"}), frozenset({base}), template)
        for n, template in enumerate(templates)
    ]


@pytest.mark.parametrize(("templates", "outliers"), [
    (("x", "x", "x", "y"), {"q3/m-GGUF"}),
    (("y", "x", "x", "x", None, None, None), {"q0/m-GGUF"}),
    (("x", "x", "x", "x", "x", "x", "y", "z"), {"q6/m-GGUF", "q7/m-GGUF"}),
    (("x", "x", "y"), set()),  # too few
    (("x", "x", "x", "y", "y"), set()),  # no clear majority
    ((None, None, None, "y"), set()),
    (("x", "x", "x", "x"), set()),
])  # fmt: skip
def test_chat_templates(templates: tuple[str | None, ...], outliers: set[str]) -> None:
    result = found(*copies(*templates), *copies("y", "y", base="b/n"))
    assert told(result, "chat-template") == outliers
    tuned = Made("t/m", frozenset({"finetune"}), frozenset({"b/m"}), "z")
    assert told(found(*copies(*templates), tuned), "chat-template") == outliers


def test_a_template_that_differs_is_told_without_blame() -> None:
    assert found(*copies("x", "x", "x", "y")).models["q3/m-GGUF"] == [
        "chat-template: its chat template differs from that of 3 of 4 quantizations of b/m"
    ]


def test_a_file_of_ones_own_changes_limits_and_switches_off(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('[finding.rules.format-copy]\non = false\n'
                    '[finding.rules.same-name]\nleast = 3\n'
                    '[finding.formats]\nbrandnew = "brand9"\n')  # fmt: skip
    names = ("a/test", "b/test", "c/test")
    result = found(made("ann/m-GGUF", "b/m"), made("a/test", "b/m"), names=names, file=file)
    assert result.counts == {"same-name": 1}
    other = made("q/Big-brand9", "x/Small")
    assert told(found(other, names=("x/Big",), file=file), "other-base") == set()


def test_nothing_finds_nothing() -> None:
    assert found().counts == {}
    assert found(made("a", "a"), names=("", "/", "x/", "🙂/🙂")).counts == {}
