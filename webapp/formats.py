"""How numbers, dates and relations are written on pages, the exact value always at hand."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from markupsafe import Markup, escape

from graph.answers.columns import COLUMNS, DEFAULT
from graph.answers.coverage import in_words
from graph.schema import (
    AUTHOR,
    AUTHOR_SCORES,
    MODEL,
    MODEL_SCORES,
    RELATION,
    RELATIONS,
    score_properties,
)
from graph.schema.relations import Shape
from graph.times import is_before_dates

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
MISSING = Markup('<span class="none">unknown</span>')
NO_VALUE = "no value"
NOT_SCORED = "not scored"
_WHY_NOT_SCORED = "Nothing is known to be made from it, or it was added after the last scoring."
_SCORES = {"rank"} | {item.name for item in score_properties(MODEL_SCORES + AUTHOR_SCORES)}
_FACTS = {item.name for kind in (MODEL, AUTHOR) for item in kind.properties} - _SCORES

AGES = ((31_556_952, "year"), (2_629_746, "month"), (86_400, "day"), (3_600, "hour"))
"""Mean lengths in seconds."""

CHANGE_WORDS = {
    "appeared": "appeared",
    "missing": "not seen",
    "gone": "gone",
    "returned": "back again",
    "renamed": "renamed",
    "taken_over": "name taken over",
    "bases": "bases",
    "relation": "relation",
    "license": "licence",
    "gated": "access",
    "parameters": "parameters",
}
"""Kind of change → words."""


def short(value: float | None) -> str:
    """A count as people read it: 1,234 below 10,000, then three digits: 12.3k, 4.56M, 1.2B."""
    if value is None:
        return DASH
    if abs(value) < 10_000:
        return f"{value:,.0f}"
    for size, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if abs(value) >= size * 0.9995:
            return _three(value / size) + unit
    return _three(value / 1e3) + "k"


def tick(value: float) -> str:
    """A value on an axis: short, and exact where it is small."""
    return short(value) if abs(value) >= 10 else f"{value:g}"


def count(value: float | None) -> Markup:
    """A count with its exact value in the title; "unknown" when missing."""
    if value is None:
        return MISSING
    text, exact = short(value), f"{value:,.0f}"
    return escape(text) if text == exact else _titled(text, exact)


def score(value: float | None) -> Markup:
    """A score in three significant digits, exact in the title; a dash when there is none."""
    if value is None:
        return dash(f"{NOT_SCORED}: {_WHY_NOT_SCORED}")
    return _titled(short(value) if abs(value) >= 1000 else f"{value:.3g}", repr(value))


def result(value: float, scale: float | None = None) -> Markup:
    """A result on a benchmark, exact in the title: two decimals, or what a share or an error needs.

    `scale` is the result that a difference belongs to, which is written alike.
    """
    is_large = abs(value if scale is None else scale) >= 1 and abs(value) >= 0.005
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if is_large else f"{value:.3g}"
    return _titled(text, repr(value))


def gain(value: float, scale: float) -> Markup:
    """A difference with its sign; for none `=`."""
    sign = "+" if value > 0 else MINUS
    return (
        Markup("<span>{}{}</span>").format(sign, result(abs(value), scale))
        if value
        else Markup("=")
    )


def scored(value: float | None) -> Markup:
    """A score or a count of descendants; without one, why there is none."""
    if value is None:
        return Markup('<span class="none" title="{}">{}</span>').format(_WHY_NOT_SCORED, NOT_SCORED)
    return count(value) if isinstance(value, int) else score(value)


def parameters(value: int | None, source: str | None = None) -> Markup:
    """A parameter count: 7.62B; marked when it was guessed from the name."""
    if value is None:
        return MISSING
    text = short(value) if value >= 10_000 else f"{value:,}"
    guessed = (source or "").startswith("name")
    title = f"{value:,} parameters" + (", guessed from the name" if guessed else "")
    return _titled(("≈ " if guessed else "") + text, title)


def day(value: datetime | None) -> Markup:
    """A date, its age in the title."""
    return MISSING if value is None else _time(value, value.date().isoformat())


def created(value: datetime | None) -> Markup:
    """A date of creation, which may stand for any time before."""
    text = day(value)
    return text + " or before" if value is not None and is_before_dates(value) else text


def moment(value: datetime | None) -> Markup:
    """A date and time in UTC."""
    if value is None:
        return MISSING
    return _time(value, value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"))


def age(value: datetime) -> str:
    """How long ago, in words."""
    seconds = (datetime.now(UTC) - value.astimezone(UTC)).total_seconds()
    for size, unit in AGES:
        if abs(seconds) >= size:
            number = int(abs(seconds) // size)
            text = f"{number} {unit}{'s' if number != 1 else ''}"
            return f"{text} ago" if seconds > 0 else f"in {text}"
    return "just now"


def lasting(seconds: float | None) -> Markup:
    """A length of time in words, in seconds in the title; "unknown" when missing."""
    return MISSING if seconds is None else _titled(in_words(seconds), f"{seconds:,.1f} seconds")


def known(value: object) -> Markup:
    """Text, or "unknown"."""
    if value is None or value in ("", []):
        return MISSING
    return escape(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def share(part: float | None, whole: float | None) -> str:
    """A percentage in words: 12.3 %, <0.1 %."""
    if not whole or part is None:
        return DASH
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "<0.1 %"
    return f"{percent:.0f} %" if percent >= 99.95 or percent == 0 else f"{percent:.1f} %"


def glyph(relation: str) -> Markup:
    """The shape of a relation, in its colour; the letter or word beside it says it in text."""
    return Markup(
        '<svg class="glyph {}" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">'
        "{}</svg>"
    ).format(relation, _outline(RELATION[relation].shape))


def chip(relation: str | None, words: bool = True) -> Markup:
    """A relation as glyph with word or letter."""
    found = RELATION.get(relation or "")
    if found is None:
        return dash("unknown relation")
    return Markup('<span class="rel" title="{}">{}{}</span>').format(
        found.singular, glyph(found.word), found.singular if words else found.letter
    )


def prose(text: str | None) -> Markup:
    """A message with what stands between backticks as code."""
    parts = str(escape(text or "")).split("`")
    marked = (f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))
    return Markup("".join(marked if len(parts) % 2 else parts))  # noqa: S704 (escaped above)


def plain(text: str | None) -> str:
    """A message without its backticks, where no code can be marked."""
    return (text or "").replace("`", "")


def hub_address(model_id: str) -> str:
    """Where the Hub shows this model."""
    return "https://huggingface.co/" + quote(model_id, safe="/")


def dash(why: str) -> Markup:
    """Instead of a value; the title says why there is none."""
    return Markup('<span class="none" title="{}">{}</span>').format(why, DASH)


def why_none(column: str) -> str:
    """Why a report has no value in a column: by its name, a score or a fact that sources state."""
    if column in _SCORES:
        return NOT_SCORED
    return "unknown or not stated" if column in _FACTS else NO_VALUE


def cell(value: object, why: str = NO_VALUE) -> Markup:
    """A value of a table, or a dash that says why there is none."""
    match value:
        case None:
            return dash(why)
        case bool():
            text = "yes" if value else "no"
        case int():
            return count(value)
        case float():
            return score(value)
        case datetime():
            return day(value)
        case list():
            text = ", ".join(map(str, value))
        case _:
            text = str(value)
    return escape(text)


def pairs(text: str | None) -> Markup:
    """A JSON object as a run keeps it, in words: `models new 24,269, lineage 6,321`.

    What is nested is written out; what is empty or zero in there is left out.
    """
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return escape(text or "")
    if not isinstance(found, dict) or not found:
        return dash("nothing")
    return Markup(", ").join(
        Markup("{} <b>{}</b>").format(name, value) for name, value in _facts(found)
    )


def _titled(text: str, title: str) -> Markup:
    return Markup(f'<span title="{title}">{text}</span>')  # noqa: S704 (digits and fixed words)


def _time(value: datetime, text: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        value.isoformat(), age(value), text
    )


def _facts(found: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        label = f"{before}{name}".replace("_", " ")
        if isinstance(value, dict):
            yield from _facts(value, f"{label} ")
        elif isinstance(value, bool):
            yield label, "yes" if value else "no"
        elif isinstance(value, int | float):
            if value or not before:
                yield label, f"{value:,}" if isinstance(value, int) else f"{value:g}"
        elif value:
            yield label, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _outline(shape: Shape) -> Markup:
    """A shape on a field of 12 by 12, its radius 4.5."""
    if not shape.points:
        return Markup('<circle cx="6" cy="6" r="4.5"/>')
    corners = " ".join(f"{6 + 4.5 * x:g} {6 + 4.5 * y:g}" for x, y in shape.points)
    return Markup('<path d="M{}Z"/>').format(corners)


def _three(value: float) -> str:
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


FILTERS = {
    "number": count,
    "short": short,
    "tick": tick,
    "score": score,
    "result": result,
    "gain": gain,
    "scored": scored,
    "parameters": parameters,
    "day": day,
    "created": created,
    "moment": moment,
    "lasting": lasting,
    "known": known,
    "prose": prose,
    "plain": plain,
    "hub": hub_address,
    "chip": chip,
    "glyph": glyph,
    "cell": cell,
    "pairs": pairs,
}
GLOBALS = {
    "MODEL_COLUMNS": [COLUMNS[name] for name in DEFAULT],
    "RELATION": RELATION,
    "RELATIONS": RELATIONS,
    "CHANGE_WORDS": CHANGE_WORDS,
    "dash": dash,
    "share": share,
    "why_none": why_none,
}
