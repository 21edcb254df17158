"""The files that a load, an import or an update reads; their first bytes decide what they are."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import DataError
from graph.observe.dumps.columns import (
    EVENTS,
    LEADERBOARDS,
    RESULTS,
    Dump,
    examine,
    is_parquet,
)
from graph.observe.dumps.events import event_lines
from graph.observe.dumps.results import leaderboard_lines, result_lines
from graph.observe.dumps.rows import lines as dump_lines
from graph.observe.dumps.times import observed_at as newest_time
from graph.observe.record_files import Line, ReadBytes, check_files, read_file

_DATED = (EVENTS, RESULTS)
"""What has a time in each row."""
_REPORTED_AFTER = 1_000
"""Lines of a dump."""
_RECORD_BYTES = 100
"""Of a compressed record file, for a guess at how many records it has."""


@dataclass(frozen=True)
class SourceFile:
    """A record file, a dump, an event file or a table of results."""

    path: Path
    dump: Dump | None = None  # its columns, for a Parquet file
    observed_at: str | None = None  # when a dump was taken; ISO text

    def __str__(self) -> str:
        return f"{self.path.name} of {self.observed_at}" if self.observed_at else self.path.name

    @property
    def records(self) -> int:
        """How many it holds; for a record file a guess."""
        return self.dump.rows if self.dump else self.path.stat().st_size // _RECORD_BYTES

    def lines(
        self, advance: ReadBytes | None = None, only: Collection[int] | None = None
    ) -> Iterator[Line]:
        """What it holds, line by line; or `only` the lines of a number, not for events.

        Raises:
            DataError: it is damaged; every line before that has been returned.
        """
        if self.dump is None:
            lines = read_file(self.path, advance)
            return lines if only is None else (line for line in lines if line.number in only)
        if self.dump.kind == EVENTS:
            lines = event_lines(self.dump)
        elif self.dump.kind == RESULTS:
            lines = result_lines(self.dump)
        elif self.dump.kind == LEADERBOARDS:
            lines = leaderboard_lines(self.dump, str(self.observed_at))
        else:
            lines = dump_lines(self.dump, str(self.observed_at), only)
        return lines if advance is None else _measured(lines, self.dump, advance)


def sources(
    paths: Sequence[Path], kind: str | None = None, observed_at: str | None = None
) -> list[SourceFile]:
    """Check that every record file, dump and event file can be read, before anything is written.

    Args:
        paths: the files.
        kind: what the rows of the Parquet files are, where they do not show it.
        observed_at: when the dumps among them were taken, where they do not show it; ISO text.

    Raises:
        DataError: naming the first that is missing or of another kind, or an option that concerns
            none of them.
    """
    check_files([path for path in paths if not is_parquet(path)])
    found = {path: examine(path, kind) for path in paths if is_parquet(path)}
    if kind and not found:
        raise DataError("--kind says what a dump holds, but none of the files is a dump.")
    if observed_at and all(dump.kind in _DATED for dump in found.values()):
        reason = "--observed-at says when a dump was taken, but none of the files is a dump."
        raise DataError(reason)
    return [_source(path, found.get(path), observed_at) for path in paths]


def _source(path: Path, dump: Dump | None, observed_at: str | None) -> SourceFile:
    if dump is None or dump.kind in _DATED:
        return SourceFile(path, dump)
    return SourceFile(path, dump, observed_at or newest_time(dump))


def _measured(lines: Iterator[Line], dump: Dump, advance: ReadBytes) -> Iterator[Line]:
    """The lines, reporting how far they are in bytes."""
    size = dump.path.stat().st_size
    rows = reported = row = 0
    for count, line in enumerate(lines):
        rows += line.number != row
        row = line.number
        if count % _REPORTED_AFTER == 0:
            advance(size * rows // dump.rows - reported)
            reported = size * rows // dump.rows
        yield line
    advance(size - reported)
