"""Which changes are asked for, and which file of `cypher/history` answers."""

from dataclasses import dataclass
from datetime import datetime

from graph.schema import CHANGE

KINDS = CHANGE.find("kind").values
"""What can happen to a model."""

MOST_COUNTED = 100_000
"""Where counting ends: beyond, a list says that it holds more."""

Asked = tuple[str, dict[str, object]]
"""Name of a file, and its parameters."""


@dataclass(frozen=True)
class Selection:
    """Changes of a time, all or some of them.

    Attributes:
        start: the first moment; None for the start of the history.
        end: the moment after the last; None for now.
        kind: only those of this kind.
        model: only those of the model of this id.
    """

    start: datetime | None = None
    end: datetime | None = None
    kind: str | None = None
    model: str | None = None

    def page(self, limit: int, skip: int = 0) -> Asked:
        """What returns `limit` of them after the first `skip`, the newest first."""
        given: dict[str, object] = {
            "from": self.start,
            "to": self.end,
            "skip": skip,
            "limit": limit,
        }
        if self.model is not None:
            return "changes-of-model", {"model": self.model, "kind": self.kind, **given}
        if self.kind is not None:
            return "changes-of-kind", {"kind": self.kind, **given}
        return "changes", given

    def total(self) -> Asked:
        """What counts them, up to `MOST_COUNTED`."""
        return "changes-total", {
            "model": self.model,
            "kind": self.kind,
            "from": self.start,
            "to": self.end,
            "most": MOST_COUNTED,
        }
