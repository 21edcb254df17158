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
    ("Llama-3-8B-Instruct-Gradient-1048k", 8 * B),
    ("Qwen2.5-7B-Instruct-1M", 7 * B), ("Qwen3-0.6B-Q4_K_M-GGUF", 600 * M),
    ("70B-L3.3-mix-70b", 70 * B), ("m_7B", 7 * B), ("smallest-6m", 6 * M), ("x-7B-10M", 7 * B),
])  # fmt: skip
def test_one_size_in_the_name(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name")


@pytest.mark.parametrize(("name", "count"), [
    ("Qwen2.5-0.5B-SFT-2e-5-2ep", 500 * M), ("llama-3-8b-gapo-lr1.0e-6-log", 8 * B),
    ("zephyr-8b-1e-4", 8 * B), ("gemma-3-12b-it_LR2e-5_3E", 12 * B), ("GR00T-N1.6-3B", 3 * B),
    ("TinyLlama-1.1B-intermediate-1431k-3T", 1_100 * M), ("trained-7b-2t", 7 * B),
    ("stablelm-3b-4e1t", 3 * B), ("Token-Compression-600M", 600 * M), ("Eclipse-13B-dpo", 13 * B),
    ("pile-7b-250b-tokens", 7 * B), ("x-22B-token-500B", 22 * B), ("math-1b-512tokens", 1 * B),
    ("EnsembleV5-Nova-13B", 13 * B), ("x-3-Marcoro-14B", 14 * B), ("x-1-Mayo-12b", 12 * B),
    ("Llama-3-8B-343dd08e-30c4-4fb0-9b2a-455cd4ac8b9e", 8 * B), ("Ring-2.5-1T", 1_000 * B),
])  # fmt: skip
def test_what_else_a_name_counts_casts_no_doubt_on_its_size(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name")


@pytest.mark.parametrize(("name", "count"), [
    ("Qwen-1_8B-Chat", 1_800 * M), ("stablelm-2-1_6b", 1_600 * M), ("x-2_61B-y", 2_610 * M),
    ("qwen3_5-0_8b", 800 * M), ("Llama-3_3-Nemotron-Super-49B-v1_5", 49 * B),
    ("qwen2_5_0_5b_instruct", 500 * M), ("qwen2-5-1-5b-instruct", 1_500 * M),
    ("DeepSeek_Qwen_1_5B", 1_500 * M), ("internlm2_5-1_8b-chat", 1_800 * M), ("x-0-5b", 500 * M),
    ("pythia1-4b", 1_400 * M), ("opt-2-7b", 2_700 * M), ("dlite-v2-1_5b", 1_500 * M),
    ("SmolVLM0_5B", 500 * M), ("OpenELM-1_1B-DPO", 1_100 * M),
])  # fmt: skip
def test_a_decimal_point_may_be_written_otherwise(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name")


@pytest.mark.parametrize(("name", "count"), [
    ("llama_3_8b", 8 * B), ("llama-3-1-8b-it", 8 * B), ("qwen-2-5-7b", 7 * B), ("gemma2_2b", 2 * B),
    ("SEA-LION-v1-3B", 3 * B), ("Light-R1-14B", 14 * B), ("orca_mini_v8_1_70b", 70 * B),
    ("starcoder2_3b", 3 * B), ("miqu-1-70b-sf", 70 * B), ("SOLAR-0-70b-16bit", 70 * B),
    ("TB0-8B-sce", 8 * B), ("typhoon-v1_5-8b", 8 * B), ("Cerebrum-1.0-7b", 7 * B),
    ("StrangeMerges_20-7B", 7 * B), ("chinese-alpaca-2-7b", 7 * B), ("deepseek-r1_7b", 7 * B),
])  # fmt: skip
def test_a_version_before_a_size_is_no_part_of_it(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name")


@pytest.mark.parametrize(("name", "count"), [
    ("gemma7b", 7 * B), ("Mistral7B-PairRM", 7 * B), ("CodeLlama13B-v1", 13 * B),
    ("qwen1.5b-math", 1_500 * M), ("archangel_sft-kto_llama30b", 30 * B), ("Alpacino30b", 30 * B),
    ("Novocode7b-v2", 7 * B), ("delta13b", 13 * B), ("turkish_medra27b", 27 * B),
])  # fmt: skip
def test_a_size_right_after_a_word(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name")


@pytest.mark.parametrize(("name", "count"), [
    ("Mixtral-8x7B-v0.1", 46_700 * M), ("WizardLM-2-8x22B", 140_600 * M),
    ("MixtralOrochi8x7B", 46_700 * M), ("Llama-4-Scout-17B-16E-Instruct", 108_600 * M),
    ("Llama-4-Maverick-17B-128E", 400 * B), ("Qwen1.5-MoE-A2.7B", 14_300 * M),
    ("OLMoE-1B-7B-0924", 6_900 * M),
])  # fmt: skip
def test_a_known_mixture_has_its_true_size(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name_mixture")


@pytest.mark.parametrize(("name", "counted"), [
    ("Blur-4x7b-MOE", 24_154 * M), ("Proto-2x7B", 12_879 * M), ("Kaltsit-16x7B", 91_800 * M),
    ("Yi-2x34B", 60_800 * M), ("MiquMaid-2x70B", 125 * B), ("TinyMistral-6x248M", 1_000 * M),
    ("FusionNet_34Bx2_MoE", 60_800 * M), ("mixtral-7bx8-v17", 46_700 * M), ("7Bx4_DPO", 24 * B),
    ("cloudymixtral7Bx2-nectar", 12_879 * M), ("Mistral-7B-v0.2-2x7B-MoE", 12_879 * M),
    ("Flex-code-2x7B-1T", 11_627 * M), ("L3-4x8B", 24_942 * M),
    ("Aura-MoE-2x4B", 7_231 * M), ("llm-jp-3-8x1.8b-instruct3", 9_300 * M),
])  # fmt: skip
def test_experts_share_a_part_of_a_mixture(name: str, counted: int) -> None:
    guess = parameter_count(f"acme/{name}")
    assert guess is not None
    assert guess[1] == "name_mixture"
    assert guess[0] == pytest.approx(counted, rel=0.32)


@pytest.mark.parametrize(("name", "count"), [
    ("Mixtral_34Bx2_MoE_60B", 60 * B), ("x-MOE-4X8B-R1-24B", 24 * B), ("MOE-2X1.5B-x-4B", 4 * B),
    ("x-2X8B-DeepHermes-13.7B", 13_700 * M),
])  # fmt: skip
def test_a_mixture_may_be_named_with_its_total(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name")


@pytest.mark.parametrize("name", [
    "ctrl_b_and_b_21_may_2025b", "run_5_jun_25b", "out-2024-05-21b", "2025_03_12b", "12-05-2024b",
    "sept_2024b", "feb_12_2025b", "run_12_05_24b", "2025may7b",
])  # fmt: skip
def test_a_date_is_no_size(name: str) -> None:
    assert parameter_count(f"acme/{name}") is None
    assert parameter_count(f"acme/llama-7b-{name}") == (7 * B, "name")


@pytest.mark.parametrize("name", [
    "phi-992b-v1-jsj635", "wizard-671b-v49", "gemini-441b", "llama-pile-350b", "DeepSilk-1.1_917B",
    "nllb-600B-guc-spa", "largest-3000B", "mistral-984b", "8x900b-mixtral", "Meta-Llama-4-420B",
])  # fmt: skip
def test_a_claim_beyond_what_was_published_is_not_believed(name: str) -> None:
    assert parameter_count(f"acme/{name}") is None


@pytest.mark.parametrize(("name", "count"), [
    ("Qwen3-235B-A22B", 235 * B), ("DeepSeek-R1-671B-gguf", 671 * B), ("Llama-3.1-405B", 405 * B),
    ("falcon-180b", 180 * B), ("Behemoth-123B", 123 * B), ("ERNIE-4.5-300B-A47B", 300 * B),
    ("AReaL-SEA-235B-A22B", 235 * B), ("Nova-357B-A32B-x", 357 * B),
])  # fmt: skip
def test_a_large_model_that_was_published_is(name: str, count: int) -> None:
    assert parameter_count(f"acme/{name}") == (count, "name")


@pytest.mark.parametrize("name", [
    "llama-7b-lora", "lora_llama2-13b", "x-7B-adapter", "qlora-mixtral-8x7b", "7b-peft-v2",
])  # fmt: skip
def test_an_adapter_does_not_have_the_size_of_its_base(name: str) -> None:
    assert parameter_count(f"acme/{name}") is None
    assert parameter_count(f"acme/{name}-merged") is not None


@pytest.mark.parametrize("name", [
    "gpt2", "bert-base-uncased", "model-v2", "model-v1.5b", "llama-4bit", "llama-8bit", "x-q4_k_m",
    "nvidia-b200", "b200m", "run-20240607m", "run-2024-06-07", "m_007b", "gemma-3n-E2B-it",
    "CLIP-ViT-H-14-laion2B-s32B-b79K", "metaclip-400m", "vit-laion-400m", "llama38b", "llama27b",
    "Gemma-7B-sft-SPIN-Gemma-2-27B", "TinyLlama-1.1B-step-50K-105b", "x-3_8b", "x-1-5b",
    "x-token-2.5T", "seen-9b-tokens", "babylm-100M", "Mistral-24BContinuedFine", "uk4b",
    "sqlcoder7b2", "belle-1.4M", "e5-large-1.6M", "flan2022-1.2m", "ppo-LunarLander-1M",
    "movielens-1m", "t13h_51m_30s", "StepLaw-N_268M-D_24.0B", "DeepSeek-V3-GPTQ-1_58b-128g",
    "de8961f1-368b-4e40-a62f-aed83b683e3c", "training-f57acf2a-555c-4590-8c56-459b-9383de9",
    "imagenet-1k-0b", "model-9999B", "100x100B", "3b-or-7b", "over-3001B", "rows-1m", "rows-2m",
    "rows-3m", "rows-4m", "rows-5m", "rows-10m", "x-datacomp-7b", "seen-150b-tokens",
    "seen-150b-token", "exl2-4.5bpw", "fp8_32bit", "x-2.5T", "Kimi-7B-1T", "Ling-mini-10T", "1.5T",
    "task2b", "stage1b-x", "subtask-8b2", "x-bad13b", "t5gemma-2b-2b", "t5gemma-9b-2b-it",
    "Llama-4-Scout-17B-4E-Instruct", "ViT-bigG-openclip-laion2b", "nova-235b", "pile-7b-250b",
])  # fmt: skip
def test_no_guess_where_a_name_leaves_doubt(name: str) -> None:
    assert parameter_count(f"acme/{name}") is None


def test_the_owner_is_not_looked_at() -> None:
    assert parameter_count("team-7B/base") is None


@given(st.text(max_size=200))
def test_any_name_gives_a_plausible_count_or_none(name: str) -> None:
    guess = parameter_count(name)
    assert guess is None or 0 < guess[0] <= 3_000 * B
