"""How many parameters a model has by its name: a guess, where its weight files are not known.

Names state sizes (`7B`, `350M`, `8x7B`, `7Bx2`), but also training tokens, rows, context lengths,
bits and dates, and the size of the model that an adapter belongs to. A guess is made only where a
name states exactly one size and nothing suggests another meaning.
"""

import re

from graph.observe import ids
from graph.observe.families import FAMILIES, MIXTURES, SHARED

MAY_STATE_SIZE = "[0-9]([BbMmTt]|[BbMm][Xx][0-9]{1,2})([^A-Za-z0-9]|$)"
"""What a name must hold to state a size, as a regular expression in Python and in SQL."""

IS_ADAPTER = "coalesce(relation = 'adapter', false) OR coalesce({library} = 'peft', false)"
"""SQL: whether a row is that of an adapter."""

_MAY_STATE_SIZE = re.compile(MAY_STATE_SIZE)
_SIZE = re.compile(
    r"(?<![0-9.])"
    r"(?:(?P<experts>[1-9][0-9]?)x)?"
    r"(?P<number>0\.[0-9]{1,3}|[1-9][0-9]{0,3}(?:\.[0-9]{1,3})?)"
    r"(?P<unit>[bmt])(?:x(?P<times>[1-9][0-9]?))?(?![a-z0-9])"
)
"""In a name in lower case, as are all that follow: they are faster so."""
_OTHER_MEANING = re.compile(
    r"clip(?!se|per)|laion|datacomp"  # a picture-text model's name states the pairs it saw
    r"|babyl"  # words seen
    r"|(?<=[0-9]b)[-_][0-9]+e(?![a-z0-9]|-[0-9])"  # experts beside an active size
    r"|t5gemma"  # the size of one half
    r"|[0-9]h_[0-9]+m"  # a time of day
    r"|1[._]58b(?![a-z0-9])"  # bits
)
_ADAPTER = re.compile(r"(?<![a-z])(?:q?lora|dora|ia3|peft|adapters?)(?![a-z])")
_IN_ITS_BASE = re.compile("merge|unload|fuse")
_NO_SIZE = re.compile(
    r"(?<![a-z0-9])[0-9a-f]{8}(?:-[0-9a-f]{4})+(?:-[0-9a-f]+)*(?![a-z0-9])"  # a random name
    r"|[0-9.]+[bmkt]?[-_]?tokens?(?![a-z]|[-_][0-9])|(?<![a-z])tokens?[-_]?[0-9.]+[bmt](?![a-z0-9])"
)
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = "(?:19|20)[0-9]{2}"
_DATE = re.compile(
    rf"(?:(?<![0-9])[0-9]{{1,2}}[-_]?{_MONTH}[-_]?(?:{_YEAR}|[0-9]{{2}})"
    rf"|(?<![0-9]){_YEAR}[-_]?{_MONTH}[-_]?[0-9]{{1,2}}"
    rf"|(?<![0-9]){_YEAR}[-_][0-9]{{1,2}}[-_][0-9]{{1,2}}"
    rf"|(?<![a-z]){_MONTH}[-_]?(?:[0-9]{{1,2}}[-_])?{_YEAR}"
    rf"|(?<![0-9])[0-9]{{1,2}}[-_][0-9]{{1,2}}[-_]{_YEAR}"
    r"|(?<![0-9])[0-3][0-9][-_][01][0-9][-_][0-9]{2})$"
)
"""A date before a letter, which together look like a size."""
_BEFORE = re.compile(r"([a-z]*)([-_]?)(?<![0-9.])((?:[0-9][-_])*)$")
"""What stands before a number: `llama-3-1-` before 8b."""
_LOOKED_BACK = 24  # characters
_MARKS = ("-", "_")
_WORD = re.compile(f"(?:{'|'.join(FAMILIES)})$")
_ATTACHED = re.compile(r"(?=.*[g-z])[a-z]{4,}$")
_CLEAR = frozenset({7.0, 13.0, 14.0, 24.0, 27.0, 30.0, 32.0, 34.0, 65.0, 70.0, 72.0})
"""Billions that are a size even right after such a word, where others may number it: `task2b`."""
_USUAL = frozenset(size for family in FAMILIES.values() for size in family.sizes)
_MOST_UNPROVEN = 150.0
"""Billions that a name may claim alone: beyond them it also states how many of them are active, or
the table of names has a model of that family and size."""
_STATES_ACTIVE = re.compile("[0-9]b-a[0-9.]+b(?![a-z0-9])")
_FEWEST_MILLIONS = 6.0
"""Less is as often a number of rows or a context length (`7B-Instruct-1M`); so are 10 millions."""
_ABOVE_PRODUCT = 1.4
"""How many times the product of experts and their size a mixture may have in all."""
_BILLION = 1_000_000_000

_Size = tuple[int, float]
"""Experts, and billions of parameters of each."""
_DOUBT: _Size = (0, 0.0)


def is_adapter(relation: object, library: object) -> bool:
    """Whether a model is one: its name states the size of its base, not its own."""
    return relation == "adapter" or library == "peft"


def parameter_count(model_id: str) -> tuple[int, str] | None:
    """The number of parameters that a model's name states.

    With it comes `name`, or `name_mixture` (8x7B: what its experts share is there once). None when
    nothing can be said, as of an adapter, whose name states the size of its base.
    """
    name = ids.name(model_id)
    if not _MAY_STATE_SIZE.search(name):
        return None
    name = name.lower()
    if _ADAPTER.search(name) and not _IN_ITS_BASE.search(name):
        return None
    for mixture, billions in MIXTURES.items():
        if mixture in name:
            return round(billions * _BILLION), "name_mixture"
    experts, billions = _the_size(name)
    if experts > 1:
        billions *= SHARED + (1 - SHARED) * experts
    if not billions:
        return None
    is_proven = _STATES_ACTIVE.search(name) or _is_published(name, billions)
    if billions > _MOST_UNPROVEN and not is_proven:
        return None
    return round(billions * _BILLION), "name_mixture" if experts > 1 else "name"


def _the_size(name: str) -> _Size:
    """The one size in a name; `_DOUBT` where there is none, or where there are several.

    A mixture may be named with the size of one of its experts again, or with its total.
    """
    if _OTHER_MEANING.search(name):
        return _DOUBT
    name = _NO_SIZE.sub(" ", name)
    sizes = {size for found in _SIZE.finditer(name) if (size := _size(found, name))}
    if len(sizes) == 2:
        (one, plain), (experts, each) = sorted(sizes)
        if one == 1 < experts and each <= plain <= experts * each * _ABOVE_PRODUCT:
            return (experts, each) if plain == each else (1, plain)
    return sizes.pop() if len(sizes) == 1 else _DOUBT


def _size(found: re.Match[str], name: str) -> _Size | None:
    """A size, `_DOUBT` where it may be another, or None for what is none."""
    number, experts, start = found["number"], found["experts"] or found["times"], found.start()
    before = name[max(0, start - _LOOKED_BACK) : start]
    is_plain = found["unit"] == "b" and not experts
    if not is_plain and not found["times"] and before[-1:].isalpha():
        return None
    if len(number) > 1 and _DATE.search(before + number):
        return None
    if found["unit"] != "b":
        value = float(number)
        is_other = value < _FEWEST_MILLIONS or value == 10
        if found["unit"] == "t":  # the tokens it saw, unless such a model is known
            value *= 1_000_000
            is_other = not _is_published(name, value / 1000)
        return None if is_other else (int(experts or 1), value / 1000)
    if experts:
        return int(experts), float(number)
    billions = _billions(before, number)
    if billions is None:
        return None
    return (1, billions) if billions else _DOUBT


def _billions(before: str, number: str) -> float | None:
    """The number, with the digit before it where that belongs to it; None for no size, 0: doubt.

    A decimal point may be written `_` or `-`, as may be what parts a version from a size.
    """
    if before[-1:] in _MARKS and not before[-2:-1].isdigit():  # nearly always
        return float(number)
    found = _BEFORE.search(before)
    word, gap, digits = found.groups() if found else ("", "", "")
    family = FAMILIES.get(match[0]) if (match := _WORD.search(word)) else None
    if word and not gap and not digits:  # gemma7b
        sizes = family.sizes if family else _CLEAR
        is_size = float(number) in sizes and (family or _ATTACHED.match(word))
        return float(number) if is_size else None
    parts, marks = digits[::2], digits[1::2]
    if family:  # llama-3-1-8b, qwen2_5_1_5b
        versions = (version.replace(".", "") for version in family.versions)
        known = next(filter(parts.startswith, versions), "")
    else:  # v1_8b, v8_1_70b, starcoder2_3b
        is_attached = word and not gap and parts[:1] != "0"
        known = (parts if len(set(marks)) == 1 else parts[:1]) if is_attached else ""
    parts, marks = parts[len(known) :], marks[len(known) :]
    if not parts or "." in number or (len(parts) > 1 and marks[-1] == marks[-2]):
        return float(number)
    joined = float(f"{parts[-1]}.{number}")
    if family and joined in family.sizes:  # pythia1-4b, qwen_1_5b
        return joined
    return _joined(joined, number, marks[-1], is_attached=bool(word) and not gap)


def _joined(joined: float, number: str, mark: str, *, is_attached: bool) -> float:
    """A number or, with the digit before it, `joined`: whichever it is; 0 for doubt.

    Args:
        joined: both as one number.
        number: the last one alone.
        mark: what stands between the two.
        is_attached: whether the digit stands right after a word.
    """
    if len(number) > 1:  # x-2_61b, but not x_2_70b
        return joined if mark == "_" and float(number) not in _USUAL else float(number)
    if joined < 1:  # 0_5b, 0-5b
        return float(number) if mark == "-" and is_attached else joined
    if joined < 2:  # x-1_8b, but x-1-8b may be either
        return joined if mark == "_" else 0.0
    return 0.0 if mark == "_" else float(number)


def _is_published(name: str, billions: float) -> bool:
    return any(word in name and billions in family.sizes for word, family in FAMILIES.items())
