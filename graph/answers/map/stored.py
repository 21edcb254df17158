"""The map of a graph: drawn when it is asked for while the graph is small, else stored in a file.

Everything is in one Arrow file, replaced in one step and read where it lies: the dots as columns,
the rest in the metadata of its schema.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from graph.answers.map.hub_map import HubMap, MapFacts, draw_map
from graph.answers.map.reading import read_map_models
from graph.answers.precomputing import SMALL
from graph.server.files import FRESH
from graph.settings import Settings
from graph.store.connection import Graph

log = logging.getLogger(__name__)

_FORM = "1"
"""Changes when files of before can no longer be read."""
_MODELS = "MATCH (m:Model) RETURN count(m) AS models"
_IDENTITY = "OPTIONAL MATCH (graph:Graph) RETURN graph.identity AS identity"


def stored_at(settings: Settings) -> Path:
    """Where the map of a large graph is."""
    return settings.data_dir / "map.arrow"


def stamp(settings: Settings) -> int:
    """Differs when another map is stored; 0 without one."""
    try:
        return stored_at(settings).stat().st_mtime_ns
    except OSError:
        return 0


def is_small(graph: Graph) -> bool:
    """Whether the map is drawn when it is asked for."""
    return bool(graph.read(_MODELS).one()["models"] < SMALL)


def current_map(graph: Graph, settings: Settings) -> HubMap | None:
    """The map of a graph; None if it has to be made first, with `make_map`."""
    return _draw(graph) if is_small(graph) else load_map(settings, _identity(graph))


def make_map(
    graph: Graph, settings: Settings, advance: Callable[[float], object] = lambda _: None
) -> HubMap:
    """Draw the map and, of a large graph, store it."""
    found = _draw(graph, advance)
    if is_small(graph):
        stored_at(settings).unlink(missing_ok=True)
    else:
        save_map(settings, found)
    return found


def refresh_map(
    graph: Graph, settings: Settings, advance: Callable[[float], object] = lambda _: None
) -> None:
    """After the graph has changed: of a large graph draw and store it anew."""
    if not is_small(graph):
        make_map(graph, settings, advance)


def save_map(settings: Settings, found: HubMap) -> None:
    """Store a map in the place of any other."""
    path = stored_at(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}{FRESH}")
    metadata = {
        b"form": _FORM.encode(),
        b"facts": json.dumps(asdict(found.facts)).encode(),
        b"points": found.points,
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
        found = HubMap(facts, batch, metadata[b"points"], pictures)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, pa.ArrowException) as error:
        log.warning("%s cannot be read (%s); `hubgraph map` draws the map anew.", path, error)
        return None
    return found if facts.graph == graph else None


def _draw(graph: Graph, advance: Callable[[float], object] = lambda _: None) -> HubMap:
    at = datetime.now(UTC)
    return draw_map(read_map_models(graph, advance), _identity(graph), at)


def _identity(graph: Graph) -> str:
    return str(graph.read(_IDENTITY).one()["identity"] or "")
