"""What a load did."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime


@dataclass
class Tally:
    """How the records of one kind compared with the graph.

    Attributes:
        new: described for the first time.
        updated: newer than what was stored.
        unchanged: the same as what was stored.
        older: older than what was stored.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.new + other.new,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.older + other.older,
        )

    @property
    def total(self) -> int:
        """All of them."""
        return self.new + self.updated + self.unchanged + self.older


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
        models: model records.
        authors: author records.
        datasets: dataset records.
        spaces: Space records.
        lineage: relationships to bases that the records state.
        changes: changes that records tell.
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
    models: Tally = field(default_factory=Tally)
    authors: Tally = field(default_factory=Tally)
    datasets: Tally = field(default_factory=Tally)
    spaces: Tally = field(default_factory=Tally)
    lineage: int = 0
    changes: int = 0
    elapsed_s: float = 0.0
    observed_to: str | None = None
    issue_log: str | None = None
    message: str | None = None

    def take(self, nodes: Mapping[str, Tally]) -> None:
        """Count nodes by their labels."""
        self.models += nodes.get("Model", Tally())
        self.authors += nodes.get("Author", Tally())
        self.datasets += nodes.get("Dataset", Tally())
        self.spaces += nodes.get("Space", Tally())

    @property
    def written(self) -> int:
        """Records of every kind that are written."""
        tallies = (self.models, self.authors, self.datasets, self.spaces)
        return sum(tally.total for tally in tallies) + self.changes

    @property
    def records_per_s(self) -> float:
        """Records written or rejected per second."""
        return self.read / self.elapsed_s if self.elapsed_s else 0.0

    def counts(self) -> dict[str, object]:
        """The counts, for the run's node."""
        names = {"read", "rejected", "issues", "lineage", "changes"}
        names |= {"models", "authors", "datasets", "spaces"}
        return {name: value for name, value in asdict(self).items() if name in names}

    def to_dict(self) -> dict[str, object]:
        """All of it as plain data."""
        return {
            **asdict(self),
            "started_at": self.started_at.isoformat(),
            "records_per_s": round(self.records_per_s, 1),
        }
