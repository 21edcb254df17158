"""Every source into the staging database: dumps as columns, all else record by record."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from graph.errors import DataError
from graph.observe.dumps.session import Advance
from graph.observe.issue_log import IssueLog
from graph.observe.normalise import Normaliser, Record
from graph.observe.record_files import Line
from graph.observe.sources import SourceFile
from graph.settings import Settings
from graph.ways.load import TOLERATED
from graph.ways.replace.contents import LeftOver
from graph.ways.replace.staging import Part, Staging
from graph.ways.replace.summary import ImportSummary

_TOGETHER = 20_000
"""Records that are put into the staging database at a time."""


class StagingReader:
    """Reads sources into the staging database.

    Args:
        staging: where to.
        settings: `max_bad_share` is used.
        log: where issues go.
        done: counts what is read.

    Attributes:
        later: what the ordinary loader must load: source → its lines.
    """

    def __init__(
        self, staging: Staging, settings: Settings, log: IssueLog, done: ImportSummary
    ) -> None:
        self.done = done
        self.later: dict[int, set[int]] = {}
        self._staging = staging
        self._settings = settings
        self._log = log
        self._normalise = Normaliser()
        self._latest_ms = int((datetime.now(UTC) + timedelta(days=1)).timestamp() * 1000)
        self._source_of: dict[str, int] = {}

    def take(self, index: int, source: SourceFile, advance: Advance) -> None:
        """Read one source.

        Args:
            index: which it is.
            source: the file.
            advance: called with the share that is done, 0 to 1.

        Raises:
            DataError: it is damaged, or too many of its records are bad.
        """
        if source.dump is None or source.observed_at is None:
            size = max(1, source.path.stat().st_size)
            bytes_read = 0

            def count(amount: int) -> None:
                nonlocal bytes_read
                bytes_read += amount
                advance(bytes_read / size)

            self._take_lines(index, source.lines(count))
        else:
            observed = datetime.fromisoformat(source.observed_at)
            part, odd = self._staging.take_dump(
                source.dump, int(observed.timestamp() * 1000), self._latest_ms, advance
            )
            self._source_of[part.table] = index
            self.done.read += source.dump.rows - len(odd)
            self.done.repaired += len(odd)
            self._note(source.observed_at)
            if odd:
                self._take_lines(index, source.lines(only=odd))
        self._check_share(source)

    def leave(self, left: Sequence[LeftOver]) -> None:
        """Remember what a dump or a record file says of nodes that are described already."""
        for part, rows in ((each.part, each.rows) for each in left):
            self.later.setdefault(self._source_of[part.table], set()).update(rows)

    def _take_lines(self, index: int, lines: Iterator[Line]) -> None:
        parts: dict[str, Part] = {}
        waiting: dict[str, list[tuple[int, Record]]] = {}
        for line in lines:
            record = self._accept(line)
            if record is None:
                continue
            if not record.node.is_described:
                self.later.setdefault(index, set()).add(line.number)
                continue
            label = record.node.label
            rows = waiting.setdefault(label, [])
            rows.append((line.number, record))
            if len(rows) >= _TOGETHER:
                self._put(parts, index, rows)
                rows.clear()
        for rows in waiting.values():
            if rows:
                self._put(parts, index, rows)

    def _put(self, parts: dict[str, Part], index: int, rows: Sequence[tuple[int, Record]]) -> None:
        node = rows[0][1].node
        if node.label not in parts:
            parts[node.label] = self._staging.open_part(node)
            self._source_of[parts[node.label].table] = index
        self._staging.add(parts[node.label], rows)

    def _accept(self, line: Line) -> Record | None:
        self.done.read += 1
        record, notes = (None, [line.issue]) if line.issue else self._normalise(line.raw)
        for issue in (*line.notes, *notes):
            self._log.add(line.source, line.number, record.spelling if record else None, issue)
        if record is None:
            self.done.rejected += 1
        elif record.observed_at:
            self._note(record.observed_at)
        return record

    def _note(self, observed_at: str) -> None:
        self.done.observed_to = max(self.done.observed_to or "", observed_at)

    def _check_share(self, source: SourceFile) -> None:
        done, share = self.done, self._settings.max_bad_share
        if done.rejected > max(TOLERATED, share * done.read):
            raise DataError(
                f"{done.rejected:,} of the {done.read:,} records up to the end of {source.path} "
                f"are bad, more than {share:.2%}.",
                f"See {self._log.path}. The graph is as it was.",
            )


def again(all_sources: Sequence[SourceFile], later: dict[int, set[int]]) -> Iterator[Line]:
    """The lines that the ordinary loader must load, in the order of the sources."""
    for index in sorted(later):
        yield from all_sources[index].lines(only=later[index])
