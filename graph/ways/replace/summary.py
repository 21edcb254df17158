"""What an import did."""

from dataclasses import dataclass, field

from graph.observe.intake import ReadSummary
from graph.ways.replace.estimate import Estimate


@dataclass
class ImportSummary(ReadSummary):
    """What an import did, or would do."""

    run_id: str
    sources: list[str] = field(default_factory=list)  # each with the time of its observation
    repaired: int = 0  # rows of dumps that needed more than to be read
    unresolved: int = 0  # models that declare a base which the Hub does not resolve
    loaded_later: int = 0  # records that the ordinary loader loaded: repeated ones, and changes
    nodes: dict[str, int] = field(default_factory=dict)  # label → how many were imported
    relationships: dict[str, int] = field(default_factory=dict)  # type → how many
    seconds: dict[str, float] = field(default_factory=dict)  # stage → time
    in_service_s: float = 0.0  # until the new graph was in service; 0 when none was made
    files_bytes: int = 0
    database_bytes: int = 0  # with its indexes; 0 when none was made
    needed: Estimate | None = None
    folder: str | None = None  # of the import files, where those were asked for

    def counts(self) -> dict[str, object]:
        """The counts, for the run's node."""
        names = ("read", "rejected", "repaired", "issues", "unresolved", "loaded_later")
        return {name: getattr(self, name) for name in (*names, "nodes", "relationships")}
