"""Progress as a test looks at it."""

import time
from collections.abc import Callable


class Seen:
    """Keeps what was reported."""

    def __init__(self) -> None:
        self.shares: dict[str, list[float]] = {}
        self.notes: list[str] = []
        self._stage = ""

    @property
    def stages(self) -> list[str]:
        return list(self.shares)

    def stage(self, name: str) -> None:
        assert name
        self._stage = name
        self.shares[name] = []

    def advance(self, share: float, detail: str = "") -> None:  # noqa: ARG002
        assert 0 <= share <= 1
        self.shares.setdefault(self._stage, []).append(share)

    def note(self, text: str) -> None:
        self.notes.append(text)


def wait_until(has_come: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for a moment; it comes soon, on a crowded machine less so."""
    end = time.monotonic() + seconds
    while not has_come():
        assert time.monotonic() < end
        time.sleep(0.005)
