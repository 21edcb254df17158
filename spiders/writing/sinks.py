"""Where a crawl's records go: into the graph, or into a record file."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from graph.observe.record_writer import RecordAppender
from graph.settings import Settings
from graph.store.connection import connect
from graph.store.runs import Run
from graph.ways.load import FLUSH, LoadState, LoadSummary, load
from spiders.asking.page import Page
from spiders.writing.journal import Json

PIECE = 5_000
"""Records in one piece of a file."""

MOST_HELD = 200
"""Answers in one piece: those that are not written yet are asked again after a kill."""

Pages = Iterator[Page | None]
"""Answers in order; None when none has come for a while, so that what is there gets written."""

Settled = Callable[[Sequence[Page], Mapping[str, object]], object]
"""Called when the records of pages are safe, with facts about how they were written together."""


def write_to_graph(
    settings: Settings, run: Run, source: str, pages: Pages, settled: Settled
) -> None:
    """Write pages into the graph as they come.

    Raises:
        HubgraphError: too many records are bad, or the database went away.
    """
    unsettled: deque[tuple[int, Page]] = deque()

    def records() -> Iterator[object]:
        count = 0
        for page in pages:
            if page is None:
                if unsettled:
                    yield FLUSH
                continue
            yield from page.records
            count += len(page.records)
            unsettled.append((count, page))

    told: Counter[str] = Counter()

    def settle(done: LoadState) -> None:
        pages = []
        while unsettled and unsettled[0][0] <= done.settled:
            pages.append(unsettled.popleft()[1])
        if pages:
            new = _outcomes(done.summary) - told
            told.update(new)
            settled(pages, {"outcomes": new})

    with connect(settings) as graph:
        summary = load(graph, records(), settings=settings, source=source, on_batch=settle, run=run)
    left = [page for _, page in unsettled]  # after the last record that could be written
    settled(left, {"outcomes": _outcomes(summary) - told})


def _outcomes(summary: LoadSummary | None) -> Counter[str]:
    """How models compared with the graph, and what was wrong with records, each a number."""
    if summary is None:
        return Counter()
    models = {f"models {name}": count for name, count in asdict(summary.tallies["models"]).items()}
    issues = {f"issues {name}": count for name, count in summary.issues.items()}
    return Counter({**models, **issues})


def write_to_file(
    path: Path, owner: str, size: int, pages: Pages, settled: Settled
) -> RecordAppender:
    """Write pages into a crawl's part of a record file as they come, after its first `size` bytes.

    Returns:
        The file, to be finished or left for later.
    """
    file = RecordAppender(path, size, owner)
    held: list[Page] = []
    records: list[Json] = []

    def write() -> None:
        if held:
            settled(held, {"file_bytes": file.add(records)})
            held.clear()
            records.clear()

    for page in pages:
        if page is not None:
            held.append(page)
            records.extend(page.records)
        if page is None or len(records) >= PIECE or len(held) >= MOST_HELD:
            write()
    write()
    return file
