"""What an import did."""

from dataclasses import asdict, dataclass, field

from graph.ways.replace.estimate import Estimate


@dataclass
class ImportSummary:
    """What an import did, or would do.

    Attributes:
        run_id: id of its `:Run` node.
        sources: the files, and when what they say was observed.
        read: records read, good and bad.
        rejected: records left out.
        repaired: rows of dumps that needed more than to be read.
        issues: outcome → how often.
        contradictions: models whose tags name other bases than the Hub's own field, which wins.
        loaded_later: records that the ordinary loader loaded at the end: a second one of a node,
            and changes.
        nodes: label → how many were imported.
        relationships: type → how many were imported.
        seconds: stage → time in seconds.
        in_service_s: time until the new graph was in service, in seconds; 0 when none was made.
        files_bytes: size of the import files.
        database_bytes: size of the database with its indexes; 0 when none was made.
        needed: what was estimated.
        observed_to: the newest observation among the records.
        issue_log: where the issues are written, None without any.
        folder: where the import files are, where those were asked for.
    """

    run_id: str
    sources: list[str] = field(default_factory=list)
    read: int = 0
    rejected: int = 0
    repaired: int = 0
    issues: dict[str, int] = field(default_factory=dict)
    contradictions: int = 0
    loaded_later: int = 0
    nodes: dict[str, int] = field(default_factory=dict)
    relationships: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    in_service_s: float = 0.0
    files_bytes: int = 0
    database_bytes: int = 0
    needed: Estimate | None = None
    observed_to: str | None = None
    issue_log: str | None = None
    folder: str | None = None

    def to_dict(self) -> dict[str, object]:
        """All of it as plain data."""
        return asdict(self)

    def counts(self) -> dict[str, object]:
        """The counts, for the run's node."""
        names = ("read", "rejected", "repaired", "issues", "contradictions", "loaded_later")
        return {name: getattr(self, name) for name in (*names, "nodes", "relationships")}
