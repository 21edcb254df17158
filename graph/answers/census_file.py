"""The census of a large graph in a file, which serves until a run has written.

It is one Arrow file, replaced in one step and read where it lies: its pages are shared by all
processes of the web app, and only columns that a question names are read.
"""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from graph.answers.census import Census
from graph.server.files import FRESH
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.lease import undone_since, written_since

log = logging.getLogger(__name__)

_IDENTITY = "COLLECT { MATCH (graph:Graph) RETURN graph.identity }[0] AS identity"
_HOLDS = f"""
RETURN {_IDENTITY}, {written_since("$at")} OR {undone_since("$at")} AS is_old
"""


def census_stored_at(settings: Settings) -> Path:
    """Where the census of a graph is."""
    return settings.data_dir / "census.arrow"


def census_stamp(settings: Settings) -> int:
    """Differs when another census is stored; 0 without one."""
    try:
        return census_stored_at(settings).stat().st_mtime_ns
    except OSError:
        return 0


def save_census(settings: Settings, graph: Graph, census: Census, at: datetime) -> None:
    """Store what was read from `at` on; a census that cannot be stored stops nobody."""
    path = census_stored_at(settings)
    fresh = path.with_name(f"{path.name}{FRESH}")
    identity = graph.read(f"RETURN {_IDENTITY}").one()["identity"] or ""
    metadata = {"graph": identity, "at": at.isoformat()}
    table = census.table.replace_schema_metadata(metadata)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with pa.ipc.new_file(str(fresh), table.schema) as writer:
            writer.write_table(table)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        log.warning("The census could not be stored: %s.", error.strerror or error)


def load_census(settings: Settings, graph: Graph) -> Census | None:
    """The stored census of a graph; None if there is none, or another run has written since."""
    path = census_stored_at(settings)
    try:
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        metadata = file.schema.metadata
        at = datetime.fromisoformat(metadata[b"at"].decode()).astimezone(UTC)
        state = graph.read(_HOLDS, {"at": at}).one()
        is_ours = metadata[b"graph"].decode() == (state["identity"] or "")
        table = file.read_all()
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, pa.ArrowException) as error:
        log.warning("%s cannot be read (%s).", path, error)
        return None
    return Census(table) if is_ours and not state["is_old"] and Census.fits(table) else None
