"""What was wrong with a record, and what became of it."""

from enum import StrEnum
from typing import NamedTuple

SHOWN = 200
"""Characters of an offending value that an issue keeps."""


class Outcome(StrEnum):
    """What became of what an issue is about."""

    REJECTED = "rejected"
    """the whole record was left out"""
    DROPPED = "dropped"
    """the field, or one item of it, counts as not observed"""
    REPAIRED = "repaired"
    """the value was put right"""
    NOTED = "noted"
    """kept as it is"""


class Issue(NamedTuple):
    """One thing wrong with a record."""

    field: str  # the key it is about, empty for the whole line
    outcome: Outcome
    reason: str  # a phrase that completes "<field> …"
    value: object = None

    def shown(self) -> str:
        """The value as short ASCII text that is safe in any log."""
        value = self.value
        text = value[: SHOWN + 1] if isinstance(value, str) else repr(value)
        safe = text.encode("ascii", "backslashreplace").decode("ascii")
        safe = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in safe[: SHOWN + 1])
        return safe if len(safe) <= SHOWN else safe[: SHOWN - 1] + "~"
