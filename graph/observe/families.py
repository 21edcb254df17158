"""The table of names: families of models, their versions and sizes, and known mixtures of experts.

What is missing here is not guessed where a name leaves doubt: a name that is newer than the table
gives nothing, never something false.
"""

from typing import NamedTuple


class Family(NamedTuple):
    """A family of models."""

    sizes: frozenset[float]  # in which it was published, in billions of parameters
    versions: tuple[str, ...]  # that follow its name: Llama-3.1, Gemma2


def _family(sizes: str, versions: str = "") -> Family:
    return Family(frozenset(map(float, sizes.split())), tuple(versions.split()))


FAMILIES = {
    "alpaca": _family("7 13 30 65", "2"),
    "baichuan": _family("7 13", "2 3"),
    "bloom": _family("1.1 1.7 3 7.1 176"),
    "bloomz": _family("1.1 1.7 3 7.1 176"),
    "deepseek": _family("1.3 1.5 6.7 7 8 14 16 32 33 67 70 236 671 685", "2.5 3.1 3.2 2 3 4"),
    "ernie": _family("0.3 21 28 300 424", "4.5 5"),
    "exaone": _family("1.2 2.4 7.8 32", "3.5 4.0 3 4"),
    "falcon": _family("1 3 7 10 11 40 180", "2 3"),
    "gemma": _family("1 2 4 7 9 12 26 27 31", "1.1 2 3 4"),
    "glm": _family("6 9 10 32 106 130 355 744 754", "4.5 4.6 4.7 4 5"),
    "granite": _family("2 3 8 20 34", "3.0 3.1 3.2 3.3 4.0 3 4"),
    "grok": _family("314", "1 2"),
    "internlm": _family("1.8 7 8 20", "2.5 2 3"),
    "kimi": _family("16 48 1000", "2"),
    "ling": _family("16 17 100 103 104 1000", "1.5 2.0 2.5 2.6 2"),
    "llama": _family("1 3 7 8 11 13 30 65 70 90 109 400 405", "3.1 3.2 3.3 2 3 4"),
    "minimax": _family("229 230 456", "2"),
    "mistral": _family("3 7 8 12 14 24 123 675", "2 3"),
    "mpt": _family("7 30"),
    "nemotron": _family("4 8 9 12 15 22 30 49 51 70 120 253 340 550", "3 4"),
    "olmo": _family("1 7 13 32", "2 3"),
    "opt": _family("1.3 2.7 6.7 13 30 66 175"),
    "orca": _family("7 13", "2"),
    "phi": _family("1.3 2.7 3.8 14", "1.5 3.5 1 2 3 4"),
    "pythia": _family("1 1.4 2.8 6.9 12"),
    "qwen": _family(
        "0.5 0.6 0.8 1.5 1.7 1.8 3 4 7 8 9 14 27 30 32 35 57 72 80 110 122 235 397 480",
        "1.5 2.5 3.5 2 3",
    ),
    "qwq": _family("32"),
    "ring": _family("16 17 100 103 104 1000", "2.0 2.5 2.6 2"),
    "solar": _family("10.7"),
    "stablelm": _family("1.6 3 7 12", "2"),
    "starcoder": _family("1 3 7 15", "2"),
    "tulu": _family("7 8 13 70 405", "2 3"),
    "vicuna": _family("7 13 33"),
    "wizardlm": _family("7 13 30 70", "2"),
    "yi": _family("6 9 34", "1.5"),
    "zephyr": _family("3 7"),
}
"""Word in a name → the family."""

MIXTURES = {
    "8x7b": 46.7,
    "8x22b": 140.6,
    "olmoe-1b-7b": 6.9,
    "qwen1.5-moe-a2.7b": 14.3,
    "17b-16e": 108.6,
    "17b-128e": 400.0,
}
"""What the name of a mixture of experts holds → its billions of parameters.

Mixtral-8x7B and 8x22B, OLMoE, Qwen1.5-MoE, Llama 4 Scout and Maverick.
"""

SHARED = 0.2
"""Share of a model that its experts hold in common: 4 of 7B are 7 * (0.2 + 0.8 * 4) = 23.8.

Measured on the mixtures of the Open LLM Leaderboard that have a real count: 2x7B are 12.9 billions,
4x7B 24.2, 16x7B 91.8, 2x34B 60.8.
"""
