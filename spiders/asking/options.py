"""Options that several spiders have, and how they are read: as text, as Scrapy gives them."""

from graph.errors import ParameterError

SHARD = "only the i-th of n parts (i/n), which together are the whole"
BUDGET = "the most requests it may make"


def whole_number(name: str, text: str | None, least: int = 1) -> int | None:
    """The value of an option that is a whole number; None without one.

    Args:
        name: of the option.
        text: its value.
        least: the smallest that it may be.

    Raises:
        ParameterError: it is something else.
    """
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) < 10**11:
        raise ParameterError(name, f"{name} is {text!r}.", f"It is a whole number from {least}.")
    return int(text)


def shard(text: str) -> tuple[int, int]:
    """Part and parts of a shard such as `2/4`.

    Raises:
        ParameterError: it is something else.
    """
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise ParameterError("shard", f"shard is {text!r}.", "It is i/n, such as 2/4.")
    return int(part), int(parts)
