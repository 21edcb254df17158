"""Options that several spiders share, and how to read them: Scrapy gives them as text."""

from collections.abc import Mapping, Sequence

from graph.errors import ParameterError
from spiders.hub.addresses import Part

NARROWING = {
    "task": "only {} of this task",
    "author": "only {} of this account",
    "library": "only {} of this library",
    "search": "only {} whose id contains this text",
    "filter": "only {} with this tag",
}
"""Option that narrows a listing → its sentence, for what is listed."""
ORDERS = ("created", "downloads", "likes", "modified", "trending")

SHARD = "only part i of n (i/n); the parts together are the whole"
BUDGET = "the most requests that it may make"


def of_listing(what: str, *names: str, orders: Sequence[str] = ORDERS) -> dict[str, str]:
    """The options of a listing of `what`, which some of `NARROWING` can narrow."""
    return {
        **{name: NARROWING[name].format(what) for name in names},
        "sort": f"the order: {', '.join(orders[:-1])} or {orders[-1]}",
        "top": "only the first so many",
    }


def part_of(given: Mapping[str, str]) -> Part:
    """What narrows a listing, of the options that are given."""
    return {
        "task": given.get("task"),
        "library": given.get("library"),
        "author": given.get("author"),
        "search": given.get("search"),
        "filters": values(given, "filter"),
    }


def values(given: Mapping[str, str], name: str) -> list[str]:
    """The values of an option that holds several, joined by commas."""
    return [value for value in given.get(name, "").split(",") if value]


def is_on(given: Mapping[str, str], name: str) -> bool:
    """Whether a flag is set."""
    return given.get(name, "") not in ("", "0", "false")


def whole_number(name: str, text: str | None, least: int = 1) -> int | None:
    """The whole number that an option holds, if any; ParameterError for anything else."""
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) < 10**11:
        hint = f"It is a whole number from {least} up."
        raise ParameterError(name, f"{name} cannot be {text!r}.", hint)
    return int(text)


def shard(text: str) -> tuple[int, int]:
    """Part and parts of a shard such as `2/4`; ParameterError for anything else."""
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise ParameterError("shard", f"shard cannot be {text!r}.", "It is i/n, such as 2/4.")
    return int(part), int(parts)
