"""How a long task tells how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Told what a task does; a new stage ends the one before."""

    def stage(self, name: str) -> None:
        """A stage begins."""

    def advance(self, share: float) -> None:
        """So much of the stage is done, 0 to 1."""
