"""Every source into the staging database: dumps as columns, all else record by record."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from graph.observe.dumps.session import Advance
from graph.observe.intake import Intake
from graph.observe.normalise import Record
from graph.observe.record_files import Line
from graph.observe.sources import SourceFile
from graph.times import milliseconds
from graph.ways.replace.contents import LeftOver
from graph.ways.replace.staging import Part, Staging
from graph.ways.replace.summary import ImportSummary

_TOGETHER = 20_000
"""Records that are put into the staging database at a time."""


class StagingReader:
    """Reads sources into the staging database, counting them in `done`.

    What the ordinary loader must load afterwards is in `later`: source → its lines.
    """

    def __init__(self, staging: Staging, intake: Intake, done: ImportSummary) -> None:
        self.later: dict[int, set[int]] = {}
        self._staging = staging
        self._intake = intake
        self._done = done
        self._source_of: dict[str, int] = {}

    def take(self, index: int, source: SourceFile, advance: Advance) -> None:
        """Read one source, the one of that number.

        Raises:
            DataError: it is damaged, or too many of its records are bad.
        """
        self._intake.begin(source.dump)
        if source.dump is None or source.observed_at is None:
            size = max(1, source.path.stat().st_size)
            bytes_read = 0

            def count(amount: int) -> None:
                nonlocal bytes_read
                bytes_read += amount
                advance(bytes_read / size)

            self._take_lines(index, source.lines(count))
        else:
            done, observed = self._done, datetime.fromisoformat(source.observed_at)
            part, odd = self._staging.take_dump(source.dump, milliseconds(observed), advance)
            self._source_of[part.table] = index
            done.read += source.dump.rows - len(odd)
            done.repaired += len(odd)
            done.observed_to = max(done.observed_to or "", source.observed_at)
            if odd:
                self._take_lines(index, source.lines(only=odd))
        which = f"the {self._done.read:,} records up to the end of {source.path}"
        self._intake.check_share(which, "The graph is as it was.")

    def leave(self, left: Sequence[LeftOver]) -> None:
        """Remember what a dump or a record file says of nodes that are described already."""
        for part, rows in left:
            self.later.setdefault(self._source_of[part.table], set()).update(rows)

    def _take_lines(self, index: int, lines: Iterator[Line]) -> None:
        parts: dict[str, Part] = {}
        waiting: dict[str, list[tuple[int, Record]]] = {}
        for line in lines:
            record = self._intake(line)
            if record is None:
                continue
            if not record.node.is_described:
                self.later.setdefault(index, set()).add(line.number)
                continue
            rows = waiting.setdefault(record.node.label, [])
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
