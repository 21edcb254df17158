"""What a load reads: record files, dumps and event files, told apart by their first bytes."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from graph.errors import DataError
from graph.observe import check_files, read_file
from graph.observe import dumps as dump
from graph.observe.dumps import EVENTS, Dump
from graph.observe.record_files import Line

Advance = Callable[[int], object]
"""Called with how many more bytes of a file have been read."""
Reader = Callable[[Advance], Iterator[Line]]

_TOLD_AFTER = 1_000
"""Lines of a dump."""


def readers(
    paths: Sequence[Path], kind: str | None = None, observed_at: str | None = None
) -> list[Reader]:
    """Check that every path can be read, before anything is written.

    Args:
        paths: record files, dumps and event files.
        kind: what the rows of the Parquet files are, where they do not tell.
        observed_at: when the dumps among them were taken, where they do not tell; ISO text.

    Raises:
        DataError: naming the first that is missing or of another kind, or an option that concerns
            none of them.
    """
    check_files([path for path in paths if not dump.is_parquet(path)])
    found = {path: dump.examine(path, kind) for path in paths if dump.is_parquet(path)}
    if kind and not found:
        raise DataError("--kind says what a dump holds, but none of the files is a dump.")
    if observed_at and all(each.kind == EVENTS for each in found.values()):
        reason = "--observed-at says when a dump was taken, but none of the files is a dump."
        raise DataError(reason)
    return [
        _reader(found[path], observed_at) if path in found else partial(read_file, path)
        for path in paths
    ]


def _reader(source: Dump, observed_at: str | None) -> Reader:
    if source.kind == EVENTS:
        return lambda advance: _told(dump.events.lines(source), source, advance)
    at = observed_at or dump.observed_at(source)
    return lambda advance: _told(dump.lines(source, at), source, advance)


def _told(lines: Iterator[Line], source: Dump, advance: Advance) -> Iterator[Line]:
    """The lines, while it is told how far they are in bytes."""
    size = source.path.stat().st_size
    rows = told = row = 0
    for count, line in enumerate(lines):
        rows += line.number != row
        row = line.number
        if count % _TOLD_AFTER == 0:
            advance(size * rows // source.rows - told)
            told = size * rows // source.rows
        yield line
    advance(size - told)
