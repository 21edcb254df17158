"""`hubgraph export`: the whole graph as record files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from graph.settings import load_settings
from graph.store.lease import opened
from graph.ways.export.writing import ExportSummary, export_records
from hubgraph.display import Display
from hubgraph.options import AsJson, Force
from hubgraph.output import counted, emit, listed, megabytes


def export(
    records: Annotated[
        Path,
        typer.Option(
            "--records", metavar="FILE", help="Where to write records; .gz and .zst are compressed."
        ),
    ],
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write the whole graph as records, which `hubgraph load` turns into the same graph.

    Unlike a backup the file can be read, cut and loaded by any version, anywhere. It holds no
    scores and no runs. The graph stays in use; nothing should write to it meanwhile.

    Example: [bold]hubgraph export --records hub.jsonl.zst[/bold]
    """
    with opened(load_settings()) as graph, Display() as display:
        done = export_records(graph, records, display, overwrite=force)
    emit(done, _lines(done), as_json=as_json)


def _lines(done: ExportSummary) -> Iterator[str]:
    counts = [(f"{label.lower()}s", count) for label, count in done.described.items()]
    yield (
        f"Wrote {done.file}: {counted(done.records, 'records')} of "
        f"{listed([*counts, ('changes', done.changes), ('evaluations', done.evaluations)])}; "
        f"{megabytes(done.file_bytes)} in {done.elapsed_s:.0f} s."
    )
    for label, count in done.left_out.items():
        yield f"Left out {count:,} {label.lower()}s that are gone: records cannot say so."
