"""What an update did, or would do."""

from dataclasses import asdict, dataclass, field


@dataclass
class UpdateSummary:
    """What an update by one dump did, or would do.

    Attributes:
        run_id: id of its `:Run` node.
        source: the file.
        kind: what it holds.
        observed_at: when it was taken, ISO text.
        rows: how many it has.
        added: described for the first time.
        changed: newer than what the graph held.
        renamed: models that have another name now.
        back: there again after they were gone.
        gone: in the graph and no longer in the dump.
        unfinished: read again because an interrupted run may have left them half written.
        older: older than what the graph holds, and left out.
        unchanged: the same as in the graph, and left as they are.
        rejected: rows that cannot be used.
        issues: outcome → how often.
        issue_log: where the issues are written, None without any.
        seconds: stage → time in seconds.
    """

    run_id: str
    source: str
    kind: str
    observed_at: str
    rows: int
    added: int = 0
    changed: int = 0
    renamed: int = 0
    back: int = 0
    gone: int = 0
    unfinished: int = 0
    older: int = 0
    unchanged: int = 0
    rejected: int = 0
    issues: dict[str, int] = field(default_factory=dict)
    issue_log: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def counts(self) -> dict[str, object]:
        """The counts, for the run's node."""
        told_elsewhere = {"run_id", "source", "kind", "observed_at", "issue_log", "seconds"}
        return {name: value for name, value in asdict(self).items() if name not in told_elsewhere}

    def to_dict(self) -> dict[str, object]:
        """All of it as plain data."""
        return asdict(self)
