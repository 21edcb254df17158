"""The parts of a name, and what each of its tokens says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Says(StrEnum):
    """What a token says something about; each token has one of these."""

    FAMILY = "family"
    VERSION = "version"
    SIZE = "size"
    ACTIVE = "active size"
    SIZE_WORD = "size word"
    FORMAT = "format"
    BITS = "bits"
    TUNING = "tuning"
    DATASET = "dataset"
    LANGUAGE = "language"
    CONTEXT = "context length"
    DATE = "date"
    RANDOM = "random"
    UNREAD = "unread"


class NameToken(NamedTuple):
    """A piece of a name as it is written there, with its one reading."""

    text: str
    says: Says
    meaning: str


@dataclass(frozen=True, slots=True)
class NameParts:
    """What a model's name says; None or empty where it says nothing that is known.

    Attributes:
        architecture: as `model_type` in the configuration files of models, such as `qwen2`.
        family: the first family that is named; it may have models of several architectures.
        parameters: in all; what experts share counts once.
        active_parameters: those that work on one token, of a mixture of experts.
        bits: of one weight.
        tokens: all of the name but what separates them, in order.
    """

    id: str
    author: str | None
    architecture: str | None
    family: str | None
    version: str | None
    parameters: int | None
    active_parameters: int | None
    format: str | None
    bits: float | None
    tuning: tuple[str, ...]
    datasets: tuple[str, ...]
    languages: tuple[str, ...]
    tokens: tuple[NameToken, ...]
