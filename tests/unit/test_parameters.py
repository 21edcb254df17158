"""Parameter counts: from weight files when known, else from names that leave no doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.observe.parameters import parameter_count

B, M = 1_000_000_000, 1_000_000


@pytest.mark.parametrize(("name", "count"), [
    ("Llama-2-7b-hf", 7 * B), ("Llama-3.1-8B-Instruct", 8 * B),
    ("Qwen2.5-1.5B-Instruct", 1_500 * M),
    ("Qwen2.5-0.5B-Instruct-Gensyn-Swarm-pensive_tame_pig", 500 * M),
    ("TinyLlama-1.1B-Chat-v1.0", 1_100 * M), ("gemma-3-270m", 270 * M),
    ("new-codegen-350m-mono", 350 * M), ("esm2_t33_650M_UR50D", 650 * M),
    ("wav2vec2-large-xls-r-300m-tr-colab", 300 * M), ("EXAONE-3.5-7.8B", 7_800 * M),
    ("Llama-3.1-405B", 405 * B), ("DeepSeek-R1-Distill-Llama-70B-4bit", 70 * B),
    ("Qwen3-235B-A22B", 235 * B), ("Llama-3-8B-Instruct-Gradient-1048k", 8 * B),
    ("Qwen2.5-7B-Instruct-1M", 7 * B), ("Qwen3-0.6B-Q4_K_M-GGUF", 600 * M),
    ("70B-L3.3-mix-70b", 70 * B), ("m_7B", 7 * B), ("largest-3000B", 3_000 * B),
    ("smallest-6m", 6 * M), ("x-7B-10M", 7 * B),
])  # fmt: skip
def test_one_size_in_the_name(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name")


@pytest.mark.parametrize(("name", "count"), [
    ("Mixtral-8x7B-v0.1", 56 * B), ("WizardLM-2-8x22B", 176 * B),
    ("llm-jp-3-8x1.8b-instruct3-8bit", 14_400 * M), ("TinyMistral-6x248M-GGUF", 1_488 * M),
    ("L3-MOE-16X1B-RP", 16 * B),
])  # fmt: skip
def test_a_mixture_is_the_product(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name_mixture")


@pytest.mark.parametrize("name", [
    "gpt2", "bert-base-uncased", "model-v2", "model-v1.5b", "llama-4bit", "llama-8bit", "x-q4_k_m",
    "nvidia-b200", "b200m", "run-20240607m", "run-2024-06-07", "m_007b", "gemma-3n-E2B-it",
    "Qwen1.5-MoE-A2.7B", "Llama-4-Scout-17B-16E-Instruct", "CLIP-ViT-H-14-laion2B-s32B-b79K",
    "metaclip-400m", "vit-laion-400m", "Gemma-7B-sft-SPIN-Gemma-2-27B", "OLMoE-1B-7B-0924",
    "TinyLlama-1.1B-step-50K-105b", "TinyLlama-1.1B-intermediate-1431k-3T", "babylm-100M",
    "Mistral-24BContinuedFine", "sqlcoder7b2-lora", "uk4b", "llama7b", "ppo-LunarLander-1M",
    "movielens-1m", "t13h_51m_30s", "StepLaw-N_268M-D_24.0B",
    "de8961f1-368b-4e40-a62f-aed83b683e3c", "training-f57acf2a-555c-4590-8c56-459b-9383de9",
    "imagenet-1k-0b", "model-9999B", "100x100B", "3b-or-7b", "over-3001B", "rows-1m", "rows-2m",
    "rows-3m", "rows-4m", "rows-5m", "rows-10m", "x-datacomp-7b", "seen-150b-tokens",
    "seen-150b-token", "trained-7b-2t", "exl2-4.5bpw", "fp8_32bit",
])  # fmt: skip
def test_no_guess_where_a_name_leaves_doubt(name: str) -> None:
    assert parameter_count(f"acme/{name}") is None


def test_the_owner_is_not_looked_at() -> None:
    assert parameter_count("team-7B/base") is None


@given(st.text(max_size=200))
def test_any_name_gives_a_plausible_count_or_none(name: str) -> None:
    guess = parameter_count(name)
    assert guess is None or 0 < guess[0] <= 3_000 * B
