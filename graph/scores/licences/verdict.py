"""How the declared terms of a child differ from those of its base: the first rule that holds.

A pure function of both ends. An unread cell stands for every value it could have: a child counts as
looser, equal or stricter in a cell only if it is so for all of them, so no verdict depends on what
nobody read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from graph.scores.licences.card import NO_LICENCE, OTHER, CardState, Declared
from graph.scores.licences.table import NONE, UNKNOWN, Licence, LicenceTable

LOOSER, EQUAL, STRICTER = -1, 0, 1
_ANY = {LOOSER, EQUAL, STRICTER}
_LETTERS = {LOOSER: "R", EQUAL: "", STRICTER: "M"}
_CHAINS = {"commercial_use": ("allowed", "threshold", "nc"), "derivatives_allowed": ("yes", "no")}
"""The values of a column, each stricter than the last."""


class Verdict(StrEnum):
    """What a comparison comes to."""

    SAME = "same"
    COMPATIBLE = "compatible"
    MORE_RESTRICTIVE = "more_restrictive"
    RELAXED = "relaxed"
    UNDECIDABLE = "undecidable"
    UNDECLARED_BASE = "undeclared_base"
    UNDECLARED_CHILD = "undeclared_child"
    NOT_CRAWLED = "not_crawled"


WORDS = {
    Verdict.SAME: "same",
    Verdict.COMPATIBLE: "declared terms do not differ",
    Verdict.MORE_RESTRICTIVE: "declared terms differ: stricter",
    Verdict.RELAXED: "declared terms differ: looser",
    Verdict.UNDECIDABLE: "cannot be compared",
    Verdict.UNDECLARED_BASE: "the base declares none",
    Verdict.UNDECLARED_CHILD: "it declares none",
    Verdict.NOT_CRAWLED: "a card was not read",
}
"""What a reader is shown for each."""
_STARTS = {"R": Verdict.RELAXED, "U": Verdict.UNDECIDABLE, "M": Verdict.MORE_RESTRICTIVE}
"""The first letter of a rule about cells → its verdict; the first that occurs decides."""


@dataclass(frozen=True)
class Cell:
    """A column in which two licences differ, or may differ."""

    rule: str
    column: str
    child: str
    base: str


@dataclass(frozen=True)
class Compared:
    """A verdict with what led to it."""

    verdict: Verdict
    rules: tuple[str, ...]
    cells: tuple[Cell, ...] = ()
    flags: tuple[str, ...] = ()


def judge(child: Declared, base: Declared, table: LicenceTable) -> Compared:
    """The verdict on a child and its base, and flags that follow from their cards.

    C1 and C2 are those of either card. ND1: the base declares that derivatives may not be shared.
    `mixed`: the child is looser in one cell and stricter in another.
    """
    found = _verdict(child, base, table)
    marks = [*dict.fromkeys(base.flags + child.flags)]
    if base.ids and all(table.row(id_).derivatives_allowed == "no" for id_ in base.ids):
        marks.append("ND1")
    if {"R", "M"} <= {rule[0] for rule in found.rules}:
        marks.append("mixed")
    return replace(found, flags=tuple(marks))


def name_asked(base: Declared, table: LicenceTable) -> str:
    """What the names of derivatives must begin with; empty where nothing is asked."""
    names = sorted({table.row(id_).naming_requirement for id_ in base.ids} - {NONE, UNKNOWN})
    return names[0] if len(base.ids) == len(names) == 1 else ""


def name_flag(child: str, asked: str) -> int:
    """The name that is asked for begins the child's (N1), is elsewhere in it (N2), or not (N3).

    Whether that binds quantizations is not known: they get no flag.
    """
    name, start = _spaced(child.rpartition("/")[2]), _spaced(asked)
    return 1 if name.startswith(start) else 2 if start in name else 3


def _verdict(child: Declared, base: Declared, table: LicenceTable) -> Compared:
    if CardState.UNREAD in (child.state, base.state):
        rules = ("X1",) * (child.state is CardState.UNREAD) + ("X2",) * (
            base.state is CardState.UNREAD
        )
        return Compared(Verdict.NOT_CRAWLED, rules)
    if base.state is CardState.UNDECLARED:
        rule = "D3" if child.state is CardState.UNDECLARED else "D2"
        return Compared(Verdict.UNDECLARED_BASE, (rule,))
    if child.state is CardState.UNDECLARED:
        return Compared(Verdict.UNDECLARED_CHILD, ("D1",))
    if NO_LICENCE in child.ids | base.ids:
        return Compared(Verdict.UNDECIDABLE, ("U1",))
    return _same(child, base, table) or _different(child, base, table)


def _same(child: Declared, base: Declared, table: LicenceTable) -> Compared | None:
    if OTHER not in child.ids | base.ids:
        if child.ids != base.ids:
            return None
        if child.tags == base.tags and OTHER not in child.tags:
            return Compared(Verdict.SAME, ("S1",))
        is_unread = any(table.row(id_).evidence in ("unread", "none") for id_ in base.ids)
        return Compared(Verdict.SAME, ("S3" if is_unread else "S2",))
    for rule, one, other in (("S3", child.name, base.name), ("S4", child.link, base.link)):
        if one and one == other:
            return Compared(Verdict.SAME, (rule,))
    ends = (("U2-child", child), ("U2-base", base))
    return Compared(Verdict.UNDECIDABLE, tuple(rule for rule, end in ends if OTHER in end.ids))


def _different(child: Declared, base: Declared, table: LicenceTable) -> Compared:
    pairs = sorted(product(child.ids, base.ids))
    found = [_pair(table.row(c), table.row(b), table) for c, b in pairs]
    if len({each.verdict for each in found}) == 1:
        common = set.intersection(*({*each.rules} for each in found))
        rules = tuple(rule for rule in found[0].rules if rule in common)
        cells = tuple(cell for cell in found[0].cells if cell.rule in common)
        return Compared(found[0].verdict, rules, cells)
    shown = (
        Cell("U3", "licence", c, f"{b}: {each.verdict}")
        for (c, b), each in zip(pairs, found, strict=True)
    )
    return Compared(Verdict.UNDECIDABLE, ("U3",), tuple(shown))


def _pair(child: Licence, base: Licence, table: LicenceTable) -> Compared:
    """Compare two rows of the table."""
    if child.id == base.id:
        return Compared(Verdict.SAME, ("S1",))
    cells = []
    for code, column, outcomes in _outcomes(child, base, table):
        letter = _LETTERS[next(iter(outcomes))] if len(outcomes) == 1 else "U"
        if letter:
            values = (str(getattr(end, column)) for end in (child, base))
            cells.append(Cell(f"{letter}-{code}", column, *values))
    cells.sort(key=lambda cell: "RUM".index(cell.rule[0]))
    if not cells:
        return Compared(Verdict.COMPATIBLE, ("P1",))
    return Compared(_STARTS[cells[0].rule[0]], tuple(c.rule for c in cells), tuple(cells))


def _outcomes(
    child: Licence, base: Licence, table: LicenceTable
) -> Iterator[tuple[str, str, set[int]]]:
    """Each compared column with how the child may stand to the base in it."""
    yield "COM", "commercial_use", _chain("commercial_use", child, base)
    yield "DER", "derivatives_allowed", _chain("derivatives_allowed", child, base)
    yield "THR", "user_threshold", _threshold(child, base)
    yield "USE", "use_policy", _policy(child, base, table)
    yield "SA", "share_alike", _share_alike(child, base)


def _chain(column: str, child: Licence, base: Licence) -> set[int]:
    order = _CHAINS[column]
    ends = [
        order if (value := getattr(end, column)) == UNKNOWN else (value,) for end in (child, base)
    ]
    places = ((order.index(c), order.index(b)) for c, b in product(*ends))
    return {(c > b) - (c < b) for c, b in places}


def _threshold(child: Licence, base: Licence) -> set[int]:
    """Up to how many users or how much revenue; a child that may not earn is never looser."""
    found = _text(child.user_threshold, base.user_threshold)
    if LOOSER not in found or child.commercial_use in ("allowed", "threshold"):
        return found
    return found | {EQUAL} if child.commercial_use == UNKNOWN else found - {LOOSER} | {EQUAL}


def _policy(child: Licence, base: Licence, table: LicenceTable) -> set[int]:
    """Forbidden uses that must be passed on."""
    own, asked = child.use_policy, base.use_policy
    if base.use_policy_passed_on == "no":
        asked = NONE
    found = _text(own, asked)
    if UNKNOWN not in (own, asked) and NONE not in (own, asked) and own != asked:
        if table.contains(own, asked):
            found = {STRICTER}
        elif table.contains(asked, own):
            found = {LOOSER}
    if base.use_policy_passed_on == UNKNOWN:
        found |= _text(own, NONE)
    return found


def _share_alike(child: Licence, base: Licence) -> set[int]:
    """Whether it must stay under the same licence; weak copyleft may not reach weights."""
    own, asked = child.share_alike, base.share_alike
    if asked == NONE:
        return {EQUAL, STRICTER} if own == UNKNOWN else {STRICTER if own != NONE else EQUAL}
    if child.id in base.successors:
        return {EQUAL}
    return {LOOSER} if asked in ("same", "terms_follow") else _ANY


def _text(child: str, base: str) -> set[int]:
    """Compare two obligations in words; of two that differ, neither is known to be stricter."""
    if UNKNOWN in (child, base):
        if base == NONE:
            return {EQUAL, STRICTER}
        return {LOOSER, EQUAL} if child == NONE else _ANY
    if child == base:
        return {EQUAL}
    if NONE in (child, base):
        return {LOOSER if child == NONE else STRICTER}
    return {LOOSER, STRICTER}


def _spaced(text: str) -> str:
    return " ".join("".join(c if c.isalnum() or c == "." else " " for c in text.lower()).split())
