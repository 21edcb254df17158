"""Progress as a test looks at it."""


class Seen:
    """Keeps what was reported.

    Attributes:
        shares: stage → how far it was, time after time.
        notes: the lines.
    """

    def __init__(self) -> None:
        self.shares: dict[str, list[float]] = {}
        self.notes: list[str] = []
        self._stage = ""

    @property
    def stages(self) -> list[str]:
        """The stages in their order."""
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
