"""Valid model ids, author names and paper ids, and how ids are read from Hub addresses."""

import re

_SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
MODEL_PATTERN = rf"(?:{_SEGMENT}/)?[A-Za-z0-9_][A-Za-z0-9._-]{{0,95}}"
PAPER_PATTERN = r"[0-9]{4}\.[0-9]{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/[0-9]{7}"
"""Regular expressions that a whole id matches, in Python and in SQL."""
_MODEL = re.compile(MODEL_PATTERN)
_AUTHOR = re.compile(_SEGMENT)
_ADDRESS = re.compile(
    rf"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/({_SEGMENT}/[A-Za-z0-9_][A-Za-z0-9._-]{{0,95}})"
    r"(?:[/?#].*)?",
    re.DOTALL,
)
_PAPER = re.compile(PAPER_PATTERN)
_PAGES = ("datasets/", "spaces/", "models/", "docs/", "collections/", "papers/")


def is_model_id(value: object) -> bool:
    """Whether `value` is what the Hub calls a model: `owner/name`, or `name` for the oldest.

    The longest real names have 96 characters; only the part after the owner may begin with `_`.
    """
    return isinstance(value, str) and _MODEL.fullmatch(value) is not None


def is_author_name(value: object) -> bool:
    """Whether `value` can be an account name."""
    return isinstance(value, str) and _AUTHOR.fullmatch(value) is not None


def is_paper_id(value: object) -> bool:
    """Whether `value` can be the id of a paper on arXiv, of either style, without a version."""
    return isinstance(value, str) and _PAPER.fullmatch(value) is not None


def owner(model_id: str) -> str | None:
    """The account in a model's id; None for ids without one."""
    head, slash, _ = model_id.partition("/")
    return head if slash else None


def name(model_id: str) -> str:
    """The part of a model's id after its owner."""
    return model_id.rpartition("/")[2]


def id_from_address(value: str) -> str | None:
    """The model id in the address of a page of the Hub; None when it is another page."""
    match = _ADDRESS.fullmatch(value.strip())
    if match is None or match[1].startswith(_PAGES):
        return None
    return match[1]
