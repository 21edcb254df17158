"""How long steps tell their caller what they are doing. The command line draws this."""

from typing import Protocol


class Progress(Protocol):
    """Receives the steps of a start. Called from several threads at once."""

    def step(self, name: str, total: int | None = None) -> None:
        """A new step begins, of `total` bytes if that is known."""

    def advance(self, amount: int) -> None:
        """`amount` bytes of the step are done; negative when some must be fetched again."""

    def note(self, text: str) -> None:
        """Something worth a line happened."""


class Silent:
    """Tells nobody."""

    def step(self, name: str, total: int | None = None) -> None:
        """Ignore."""

    def advance(self, amount: int) -> None:
        """Ignore."""

    def note(self, text: str) -> None:
        """Ignore."""
