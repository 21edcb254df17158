"""What a load did."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from graph.resolve.delta import Delta, Tally
from graph.schema import DESCRIBED, NODE_OF_LABEL


@dataclass
class LoadSummary:
    """What a load read and wrote so far, or in all.

    Attributes:
        run_id: id of its `:Run` node.
        source: what it read.
        started_at: its start.
        status: as in the `:Run` node.
        read: records read, good and bad.
        rejected: records left out.
        issues: outcome → how often.
        tallies: kind in the plural (`models`) → how its records compared with the graph.
        lineage: relationships to bases that the records state.
        changes: changes that records report or show.
        elapsed_s: seconds it took.
        observed_to: newest observation among its records.
        issue_log: where the issues are written, None without any.
        message: why it failed.
    """

    run_id: str
    source: str
    started_at: datetime
    status: str = "running"
    read: int = 0
    rejected: int = 0
    issues: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(
        default_factory=lambda: {node.slug: Tally() for node in DESCRIBED}
    )
    lineage: int = 0
    changes: int = 0
    elapsed_s: float = 0.0
    observed_to: str | None = None
    issue_log: str | None = None
    message: str | None = None

    def take(self, delta: Delta) -> None:
        """Count what was written."""
        for label, tally in delta.tallies.items():
            self.tallies[NODE_OF_LABEL[label].slug] += tally
        self.lineage += delta.lineage
        self.changes += delta.changes

    @property
    def written(self) -> int:
        """Records of every kind that are written."""
        return sum(tally.total for tally in self.tallies.values()) + self.changes

    @property
    def records_per_s(self) -> float:
        """Records written or rejected per second."""
        return self.read / self.elapsed_s if self.elapsed_s else 0.0

    def counts(self) -> dict[str, object]:
        """The counts, for the run's node."""
        names = ("read", "rejected", "issues", "lineage", "changes")
        tallies = {slug: asdict(tally) for slug, tally in self.tallies.items()}
        return {**{name: getattr(self, name) for name in names}, **tallies}

    def to_dict(self) -> dict[str, object]:
        """All of it as plain data."""
        values = asdict(self)
        return {
            **values,
            **values.pop("tallies"),
            "started_at": self.started_at.isoformat(),
            "records_per_s": round(self.records_per_s, 1),
        }
