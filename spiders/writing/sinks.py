"""Where a crawl's records go: into the graph, or into a record file."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict

from graph.observe.record_writer import RecordAppender
from graph.settings import Settings
from graph.store.connection import connect
from graph.store.runs import Run
from graph.ways.load import FLUSH, LoadState, LoadSummary, load
from spiders.writing.journal import Journal, Json, Page

PIECE = 5_000
"""Records in one piece of a file."""

MOST_HELD = 200
"""Answers in one piece: those that are not written yet are asked again after a kill."""

Pages = Iterator[Page | None]
"""Answers in order; None when none has come for a while, so that what is there gets written."""


def write_to_graph(
    settings: Settings, run: Run, source: str, pages: Pages, journal: Journal
) -> None:
    """Write pages into the graph as they come, and note in the journal what is safe."""
    unsettled: deque[tuple[int, Page]] = deque()

    def records() -> Iterator[object]:
        count = 0
        for page in pages:
            if page is None:
                if unsettled:
                    yield FLUSH
                continue
            if not page.records and not unsettled:  # nothing of it has to be written
                journal.done([page])
                continue
            yield from page.records
            count += len(page.records)
            unsettled.append((count, page))

    told: Counter[str] = Counter()

    def settle(done: LoadState) -> None:
        written = []
        while unsettled and unsettled[0][0] <= done.settled:
            written.append(unsettled.popleft()[1])
        if written:
            new = _outcomes(done.summary) - told
            told.update(new)
            journal.done(written, {"outcomes": new})

    with connect(settings) as graph:
        summary = load(graph, records(), settings=settings, source=source, on_batch=settle, run=run)
    left = [page for _, page in unsettled]  # after the last record that could be written
    journal.done(left, {"outcomes": _outcomes(summary) - told, **_losses(summary)})


def _losses(summary: LoadSummary) -> dict[str, int]:
    return {"gone": summary.gone, "suspected": summary.suspected}


def _outcomes(summary: LoadSummary | None) -> Counter[str]:
    """How models compared with the graph, results, and what was wrong with records."""
    if summary is None:
        return Counter()
    models = {f"models {name}": count for name, count in asdict(summary.tallies["models"]).items()}
    issues = {f"issues {name}": count for name, count in summary.issues.items()}
    return Counter({**models, "results written": summary.evaluations, **issues})


def write_to_file(file: RecordAppender, pages: Pages, journal: Journal) -> None:
    """Write pages into a record file as they come, and note in the journal what is safe."""
    held: list[Page] = []
    records: list[Json] = []

    def write() -> None:
        if held:
            journal.done(held, {"file_bytes": file.add(records)})
            held.clear()
            records.clear()

    for page in pages:
        if page is not None:
            held.append(page)
            records.extend(page.records)
        if page is None or len(records) >= PIECE or len(held) >= MOST_HELD:
            write()
    write()
