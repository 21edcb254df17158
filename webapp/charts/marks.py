"""What a chart is made from: things with a value, each with the list behind it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """One thing that a chart shows."""

    label: str
    value: float | None  # None: unknown, which is never drawn as 0
    href: str | None = None  # the list behind it
    kind: str = ""  # class of its colour
