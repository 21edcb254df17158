"""How many parameters a model has by its name: a guess, where its weight files are not known.

Names state sizes (`7B`, `350M`, `8x7B`), but also training tokens, context lengths, bits and dates.
A guess is made only where a name states exactly one size and nothing suggests another meaning.
"""

import re

from graph.observe import ids

_SIZE = re.compile(
    r"(?<![a-z0-9.])"
    r"(?:(?P<experts>[1-9][0-9]?)x)?"
    r"(?P<number>0\.[0-9]{1,3}|[1-9][0-9]{0,3}(?:\.[0-9]{1,3})?)"
    r"(?P<unit>[bm])"
    r"(?![a-z0-9])"
)
"""In a name in lower case, as is the next: both are faster so."""
_OTHER_MEANING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-"  # a random name, whose digits mean nothing
    r"|clip|laion|datacomp"  # a picture-text model's name states the pairs it saw
    r"|babyl|tokens?(?![a-z])|[0-9]t(?![a-z0-9])"  # words or tokens seen
    r"|(?<![a-z0-9])[0-9]+e(?![a-z0-9])"  # 17B-16E: the active size and the experts
    r"|[0-9]h_[0-9]+m"  # a time of day
)
_UNCLEAR_MILLIONS = frozenset({1, 2, 3, 4, 5, 10})
"""As often context lengths (`7B-Instruct-1M`), rows or moves as sizes."""
_UNIT = {"b": 1_000_000_000, "m": 1_000_000}
_LARGEST = 3_000 * _UNIT["b"]


def parameter_count(model_id: str) -> tuple[int, str] | None:
    """The number of parameters that a model's name states.

    With it comes `name`, or `name_mixture` (8x7B: the product, which overstates a mixture that
    shares layers). None when nothing can be said.
    """
    name = ids.name(model_id).lower()
    if "b" not in name and "m" not in name:
        return None
    found = [(m["unit"], m["experts"], m["number"]) for m in _SIZE.finditer(name)]
    if not found or _OTHER_MEANING.search(name):
        return None
    found = [f for f in found if f[0] == "b" or float(f[2]) not in _UNCLEAR_MILLIONS]
    if len({(unit, experts, float(number)) for unit, experts, number in found}) != 1:
        return None
    unit, experts, number = found[0]
    total = round(float(number) * _UNIT[unit]) * int(experts or 1)
    if total > _LARGEST:
        return None
    return total, "name_mixture" if experts else "name"
