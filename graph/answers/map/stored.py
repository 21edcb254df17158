"""The map of a graph, stored in a file; while the graph is small it can be drawn at once.

Everything is in one Arrow file, replaced in one step and read where it lies: the dots as columns,
the rest in the metadata of its schema.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from graph.answers.map.hub_map import HubMap, MapFacts, draw_map
from graph.answers.map.reading import read_map_models
from graph.answers.precomputing import SMALL
from graph.server.files import FRESH
from graph.settings import Settings
from graph.store.connection import Graph, Row

log = logging.getLogger(__name__)

_FORM = "2"
"""Changes when files of before can no longer be read."""
_STATE = """
OPTIONAL MATCH (run:Run)
WITH max(coalesce(run.undone_at, run.ended_at, run.started_at)) AS changed_at
RETURN COUNT { (:Model) } AS models, changed_at,
  COLLECT { MATCH (graph:Graph) RETURN graph.identity }[0] AS identity
"""


def stored_at(settings: Settings) -> Path:
    """Where the map of a graph is."""
    return settings.data_dir / "map.arrow"


def stamp(settings: Settings) -> int:
    """Differs when another map is stored; 0 without one."""
    try:
        return stored_at(settings).stat().st_mtime_ns
    except OSError:
        return 0


def is_drawn_at_once(graph: Graph) -> bool:
    """Whether a graph is so small that its map is drawn when it is asked for."""
    return bool(_state(graph)["models"] < SMALL)


def current_map(graph: Graph, settings: Settings) -> HubMap | None:
    """The map of a graph; None if it has to be made first, with `make_map`.

    That of a large graph may be older than its data.
    """
    state = _state(graph)
    found = load_map(settings, state["identity"] or "")
    is_small, changed_at = state["models"] < SMALL, state["changed_at"]
    if found and not (is_small and changed_at and changed_at > found.facts.at):
        return found
    return _draw(graph) if is_small else None


def make_map(
    graph: Graph, settings: Settings, advance: Callable[[float], object] = lambda _: None
) -> HubMap:
    """Draw the map of a graph and store it."""
    found = _draw(graph, advance)
    save_map(settings, found)
    return found


def refresh_map(
    graph: Graph, settings: Settings, advance: Callable[[float], object] = lambda _: None
) -> None:
    """The same after the graph has changed; a map that cannot be stored stops nobody."""
    try:
        make_map(graph, settings, advance)
    except OSError as error:
        log.warning("The map could not be stored: %s.", error.strerror or error)


def save_map(settings: Settings, found: HubMap) -> None:
    """Store a map in the place of any other."""
    path = stored_at(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}{FRESH}")
    metadata = {
        b"form": _FORM.encode(),
        b"facts": json.dumps(asdict(found.facts)).encode(),
        b"points": found.points,
        b"bridges": found.bridges.astype("<i4").tobytes(),
        **{theme.encode(): picture for theme, picture in found.pictures.items()},
    }
    batch = found.dots.replace_schema_metadata(metadata)
    try:
        with pa.ipc.new_file(str(fresh), batch.schema) as writer:
            writer.write_batch(batch)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def load_map(settings: Settings, graph: str) -> HubMap | None:
    """The stored map of a graph; None if there is none, or it is damaged or of another graph."""
    path = stored_at(settings)
    try:
        file = pa.ipc.open_file(pa.memory_map(str(path)))
        metadata = file.schema.metadata
        if metadata[b"form"].decode() != _FORM:
            return None
        facts = MapFacts(**json.loads(metadata[b"facts"]))
        batch = file.get_batch(0)
        pictures = {theme: metadata[theme.encode()] for theme in ("light", "dark")}
        bridges = np.frombuffer(metadata[b"bridges"], "<i4").reshape(2, -1).astype(np.int64)
        found = HubMap(facts, batch, bridges, metadata[b"points"], pictures)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, pa.ArrowException) as error:
        log.warning("%s cannot be read (%s); `hubgraph map` draws the map anew.", path, error)
        return None
    return found if facts.graph == graph else None


def _draw(graph: Graph, advance: Callable[[float], object] = lambda _: None) -> HubMap:
    at = datetime.now(UTC)
    return draw_map(read_map_models(graph, advance), str(_state(graph)["identity"] or ""), at)


def _state(graph: Graph) -> Row:
    return graph.read(_STATE).one()
