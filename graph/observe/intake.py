"""Reading lines as records: counts them, and writes down what is wrong with them."""

from dataclasses import dataclass, field

from graph.errors import DataError
from graph.observe.dumps.columns import Dump
from graph.observe.issue_log import IssueLog
from graph.observe.normalise import Normaliser, Record
from graph.observe.record_files import Line
from graph.settings import Settings

TOLERATED = 100
"""Rejected records that never fail a load, however few records it has."""


@dataclass(kw_only=True)
class ReadSummary:
    """What was read of records, as part of a longer summary."""

    read: int = 0  # records, good and bad
    rejected: int = 0  # those left out
    issues: dict[str, int] = field(default_factory=dict)  # outcome → how often
    observed_to: str | None = None  # the newest observation among them
    issue_log: str | None = None  # where the issues are written; None without any
    losses: list[str] = field(default_factory=list)  # what files lose as a whole, in sentences


class Intake:
    """Turns lines into records, which it counts in `done`; issues go to the log of a run."""

    def __init__(self, settings: Settings, run_id: str, done: ReadSummary) -> None:
        self.log = IssueLog(settings.log_dir / "issues" / f"{run_id}.jsonl")
        self._share = settings.max_bad_share
        self._done = done
        self._normalise = Normaliser()

    def __call__(self, line: Line) -> Record | None:
        """The record of a line, None when it is rejected."""
        done = self._done
        done.read += 1
        record: Record | None
        if line.issue is not None:
            record, notes = None, [line.issue]
        elif isinstance(line.raw, Record):
            record, notes = line.raw, []
        else:
            record, notes = self._normalise(line.raw)
        for issue in (*line.notes, *notes):
            self.log.add(line.source, line.number, record.spelling if record else None, issue)
        if record is None:
            done.rejected += 1
        elif record.observed_at and record.observed_at > (done.observed_to or ""):
            done.observed_to = record.observed_at
        return record

    def begin(self, dump: Dump | None) -> None:
        """Take in what is lost of a file as a whole, before its lines."""
        if dump is not None:
            self.log.add_file(dump)
            self._done.losses += dump.losses

    def check_share(self, which: str, consequence: str) -> None:
        """Refuse to go on when too many records are bad.

        Args:
            which: the records read so far, in words.
            consequence: what became of the graph, as a sentence.

        Raises:
            DataError: they are.
        """
        if self._done.rejected > max(TOLERATED, self._share * self._done.read):
            raise DataError(
                f"{self._done.rejected:,} of {which} are bad, more than {self._share:.2%}.",
                f"See {self.log.path}. {consequence}",
            )

    def report(self) -> None:
        """Bring the summary up to date on issues."""
        self._done.issues, self._done.issue_log = dict(self.log.outcomes), self.log.written
