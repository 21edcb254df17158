"""What a spider makes of one response."""

from dataclasses import dataclass, field

from spiders.writing.journal import Ask, Json


@dataclass(repr=False)
class Page:
    """What one answer gave.

    Attributes:
        records: records, in the form of record files.
        follow: what to ask next.
        facts: what the run sums up (numbers, objects of them) or keeps (anything else), by name.
        seen: what the journal keeps as seen once the records are written.
        number: of the ask that it answers.
    """

    records: list[Json] = field(default_factory=list)
    follow: list[Ask] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    number: int = -1

    def __repr__(self) -> str:
        return f"Page {self.number}: {len(self.records):,} records, {len(self.follow):,} to follow"
