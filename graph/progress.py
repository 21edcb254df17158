"""How a long task reports its progress: the stage it is in, how far that is, how long each took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Progress(Protocol):
    """Receives the progress of one task, possibly from several threads at once."""

    def stage(self, name: str) -> None:
        """A stage begins, and ends the one before."""

    def advance(self, share: float, detail: str = "") -> None:
        """So much of the stage is done, 0 to 1; `detail` says it in words: `1,200 records`."""

    def note(self, text: str) -> None:
        """Something worth a line happened."""


class Silent:
    """Progress that nobody looks at."""

    def stage(self, name: str) -> None:
        """Ignore."""

    def advance(self, share: float, detail: str = "") -> None:
        """Ignore."""

    def note(self, text: str) -> None:
        """Ignore."""


class StageTimer:
    """Passes progress on and takes the time of each stage.

    Args:
        progress: where it goes; None for nowhere.
        seconds: filled with stage → seconds.
        prefix: what the name of a stage begins with for `progress`, such as `Models: `.
    """

    def __init__(
        self, progress: Progress | None, seconds: dict[str, float], prefix: str = ""
    ) -> None:
        self._progress = progress or Silent()
        self._seconds = seconds
        self._prefix = prefix
        self._name: str | None = None
        self._began = 0.0

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """One stage for as long as the context lasts; one that fails has no time."""
        self.stage(name)
        yield
        self.end()

    def stage(self, name: str) -> None:
        """Begin a stage and end the one before."""
        self.end()
        self._name, self._began = name, time.perf_counter()
        title = f"{self._prefix}{name[0].lower()}{name[1:]}" if self._prefix else name
        self._progress.stage(title)

    def advance(self, share: float, detail: str = "") -> None:
        """So much of the stage is done, 0 to 1."""
        self._progress.advance(share, detail)

    def note(self, text: str) -> None:
        """Something worth a line happened."""
        self._progress.note(text)

    def end(self) -> None:
        """End the last stage."""
        if self._name is not None:
            self._progress.advance(1.0)
            self._seconds[self._name] = round(time.perf_counter() - self._began, 2)
            self._name = None
