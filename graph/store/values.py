"""Values of the driver as plain Python."""

from typing import Any

import neo4j


def plain_row(record: neo4j.Record) -> dict[str, Any]:
    """A row as plain Python: times as `datetime`, nodes and relationships as dicts."""
    return {name: _plain(value) for name, value in dict(record).items()}


_SCALARS = frozenset({str, int, float, bool, type(None)})


def _plain(value: object) -> object:
    """Driver values as plain Python: times as `datetime`, nodes and relationships as dicts."""
    match value:
        case neo4j.time.DateTime():
            plain: object = value.to_native()
        case neo4j.graph.Path():
            plain = {"nodes": _plain(list(value.nodes)), "relationships": _plain(list(value))}
        case neo4j.graph.Node():
            plain = {"labels": sorted(value.labels), **{k: _plain(v) for k, v in value.items()}}
        case neo4j.graph.Relationship():
            plain = {"type": value.type, **{k: _plain(v) for k, v in value.items()}}
        case list():
            if {*map(type, value)} <= _SCALARS:  # ten times as fast, and lists may be long
                return value
            plain = [_plain(item) for item in value]
        case dict():
            plain = {key: _plain(item) for key, item in value.items()}
        case _:
            plain = value
    return plain
