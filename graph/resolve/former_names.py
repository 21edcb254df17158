"""The names that models once had: where they lead, and who has taken one over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from graph.observe.normalise import Record
from graph.schema import CHANGE, MODEL

_MOST_STEPS = 20
"""Renames in a row that are followed."""


@dataclass(frozen=True)
class FormerName:
    """What a former name leads to."""

    id: str  # the model's present name
    hub_id: str | None  # its `_id`, if it is known


class FormerNames:
    """The names that models once had, in lower case, and where they lead; for one load."""

    label = MODEL.label
    """The label of what is renamed."""

    def __init__(self, former: Iterable[tuple[str, FormerName]] = ()) -> None:
        self._leads_to = dict(former)
        self._unidentified: dict[str, list[str]] = {}
        for name, now in self._leads_to.items():
            if now.hub_id is None:
                self._unidentified.setdefault(now.id.lower(), []).append(name)

    def present(self, name: str) -> str | None:
        """The present name that a former one leads to, in lower case; None for any other name."""
        found = self._find(name) if self._leads_to else None
        return found.id.lower() if found else None

    def place(self, records: Sequence[Record]) -> list[Record]:
        """Let the records of models lead to their present names.

        Returns the changes that the records show where someone else has taken a name over.
        """
        if not self._leads_to:
            return []
        in_time = sorted(records, key=lambda each: each.observed_at or "")
        for record in in_time:  # first, so that the order of records does not matter
            if (hub_id := record.properties.get("hub_id")) is not None:
                self.identify(record.key, str(hub_id))
        return [change for each in in_time if (change := self._place(each)) is not None]

    def add(self, former: str, present: FormerName) -> None:
        """A model has another name now."""
        self._leads_to.pop(present.id.lower(), None)
        if former.lower() != present.id.lower():
            self._leads_to[former.lower()] = present
            if present.hub_id is None:
                self._unidentified.setdefault(present.id.lower(), []).append(former.lower())

    def forget(self, former: str) -> None:
        """A name leads nowhere else any more."""
        self._leads_to.pop(former.lower(), None)

    def identify(self, present: str, hub_id: str) -> None:
        """The `_id` of a model that was renamed before anything said it."""
        for former in self._unidentified.pop(present, ()):
            if former in self._leads_to:
                self._leads_to[former] = replace(self._leads_to[former], hub_id=hub_id)

    def _place(self, record: Record) -> Record | None:
        hub_id, now = record.properties.get("hub_id"), self._find(record.spelling)
        if now is None:
            return None
        if hub_id is not None and now.hub_id is not None and hub_id != now.hub_id:
            self.forget(record.spelling)  # what follows under the name is no other change
            return _taken_over(now, record)
        record.key = now.id.lower()
        if hub_id is not None and now.hub_id is None:
            self.identify(record.key, str(hub_id))
        return None

    def _find(self, name: str) -> FormerName | None:
        now = None
        for _ in range(_MOST_STEPS):
            following = self._leads_to.get((now.id if now else name).lower())
            if following is None:
                break
            now = following
        return now


def _taken_over(now: FormerName, record: Record) -> Record:
    after = record.properties["hub_id"]
    facts = {
        "kind": "taken_over",
        "before": now.hub_id,
        "after": after,
        "holder": now.id,
        "compared": True,
    }
    return Record(CHANGE, record.spelling, record.version, facts, None, record.observed_at)
