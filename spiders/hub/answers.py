"""Read the body of an answer, within limits, and describe a bad one safely."""

import json
import re
from itertools import islice
from typing import Any

from graph.errors import DataError

LARGEST = 64 * 1024 * 1024
"""Bytes of one answer; a page of 1,000 models with every field that we ask for has some 10 MB."""
MOST_VALUES = 2_000_000
"""Values in one answer: each costs far more memory than the two bytes that may write it."""
DEEPEST = 32
"""Lists and objects within each other; configurations have the deepest, some 6."""
SHOWN = 80
"""Characters of a bad answer that a message holds."""

_READ = 4_096
_SECRET = re.compile(r"hf_\w*|bearer\s+\S*", re.IGNORECASE)


class TooLargeError(DataError):
    """The answer is larger than we take; one that holds less may not be."""


def read_json(body: bytes) -> object:
    """The value that an answer holds, of any depth that Python itself can read: see `is_shallow`.

    Raises:
        TooLargeError: it is too large.
        DataError: it is not JSON, or the Hub's own account of an error.
    """
    if len(body) > LARGEST:
        raise TooLargeError(f"The answer has {len(body):,} bytes, more than {LARGEST:,}.")
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise TooLargeError(f"The answer holds more than {MOST_VALUES:,} values.")
    try:
        value: object = json.loads(body.decode("utf-8-sig"))
    except RecursionError:
        raise DataError(f"The answer is nested too deep: {excerpt(body)}") from None
    except ValueError:
        raise DataError(_not_json(body)) from None
    if isinstance(value, dict) and isinstance(value.get("error"), str):
        raise DataError(f"The Hub answered with an error: {excerpt(value['error'])}")
    return value


def is_shallow(value: object) -> bool:
    """Whether lists and objects lie within each other no deeper than `DEEPEST`.

    What is deeper breaks whatever walks it later: writing it as JSON, or showing it in a log.
    """
    level: list[Any] = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return True
    return False


def excerpt(value: object) -> str:
    """The beginning of a value as at most `SHOWN` printable ASCII characters, on one line.

    What looks like an access token is blotted out: a server may send back what it was sent.
    """
    if isinstance(value, bytes):
        text = value[:_READ].decode("utf-8", "replace")
    elif isinstance(value, str):
        text = value[:_READ]
    else:
        text = _outline(value)
    text = _SECRET.sub("***", " ".join(text.split()))
    safe = text.encode("ascii", "backslashreplace").decode("ascii")
    safe = "".join(char if char.isprintable() else "?" for char in safe)
    return safe if len(safe) <= SHOWN else safe[: SHOWN - 1] + "~"


def _outline(value: object) -> str:
    """A value as text whose length and depth do not depend on the value's."""
    if isinstance(value, dict):
        return "{" + ", ".join(str(key)[:SHOWN] for key in islice(value, SHOWN)) + "}"
    if isinstance(value, list):
        return f"[a list of {len(value):,}]"
    if isinstance(value, int) and value.bit_length() > 256:
        return "an enormous number"
    return str(value)


def _not_json(body: bytes) -> str:
    start = body[:_READ].lstrip()
    if not start:
        return "The answer is empty where JSON was expected."
    if start.startswith(b"<"):
        return f"The answer is a web page where JSON was expected: {excerpt(start)}"
    return f"The answer is not JSON, or was cut off: {excerpt(start)}"
