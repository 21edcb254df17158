"""From numbers to rows of `models.parquet`."""

import json

import numpy as np
import pyarrow as pa

from bench.hub import vocabulary as words
from bench.hub.facts import GATED, LIBRARIES, Facts
from bench.hub.others import moments
from bench.hub.tags import tags
from bench.hub.text import Column, Whole, chosen, hexadecimal, mixed
from bench.hub.universe import Universe

BASE_MODELS = pa.struct(
    [
        ("relation", pa.string()),
        ("models", pa.list_(pa.struct([("_id", pa.string()), ("id", pa.string())]))),
    ]
)
SAFETENSORS = pa.struct(
    [
        ("parameters", pa.struct([(name, pa.int64()) for name in words.TENSOR_TYPES])),
        ("total", pa.int64()),
    ]
)
SCHEMA = pa.schema(
    [
        ("_id", pa.string()),
        ("id", pa.string()),
        ("author", pa.string()),
        ("gated", pa.string()),
        ("lastModified", pa.timestamp("ms", "UTC")),
        ("likes", pa.int64()),
        ("trendingScore", pa.int64()),
        ("sha", pa.string()),
        ("downloads", pa.int64()),
        ("downloadsAllTime", pa.int64()),
        ("tags", pa.list_(pa.string())),
        ("pipeline_tag", pa.string()),
        ("library_name", pa.string()),
        ("createdAt", pa.timestamp("ms", "UTC")),
        ("safetensors", SAFETENSORS),
        ("baseModels", BASE_MODELS),
    ]
)


def schema(*, json_structs: bool) -> pa.Schema:
    """The columns; with `json_structs` the last two are JSON text, as in older dumps."""
    if not json_structs:
        return SCHEMA
    return pa.schema(
        [*list(SCHEMA)[:-2], ("safetensors", pa.string()), ("baseModels", pa.string())]
    )


def table(hub: Universe, known: Facts, *, json_structs: bool) -> pa.Table:
    """The rows of those models of a chunk that are in the dump."""
    rows = known.rows
    columns = [
        hub.hub_ids(rows),
        hub.ids(rows),
        hub.authors(rows),
        chosen(GATED, known.gated),
        moments(known.modified),
        known.likes,
        known.trending,
        _sha(known),
        known.downloads,
        known.all_time,
        tags(hub, known),
        chosen(words.TASKS, known.task),
        chosen(LIBRARIES, known.library),
        moments(hub.created[rows]),
        _safetensors(known),
        _base_models(hub, rows),
    ]
    if json_structs:
        columns[-2:] = (_json(column) for column in columns[-2:])
    made = pa.Table.from_arrays(
        [pa.array(column) if isinstance(column, np.ndarray) else column for column in columns],
        schema=schema(json_structs=json_structs),
    )
    present = hub.present[rows]
    return made if present.all() else made.filter(pa.array(present))


def _sha(known: Facts) -> Column:
    key = known.rows * 1_000 + known.revision
    return hexadecimal(mixed(key, 11), mixed(key, 12), mixed(key, 13).astype(np.uint32))


def _safetensors(known: Facts) -> Column:
    """Nearly all weights of one type; a tenth of packed ones are of another."""
    missing = known.parameters < 0
    total = np.maximum(known.parameters, 0)
    packed = np.isin(known.tensor_type, [words.TENSOR_TYPES.index(n) for n in ("I32", "U8", "U32")])
    second = words.TENSOR_TYPES.index("F16")
    rest = np.where(packed, total // 10, 0)
    children = []
    for number in range(len(words.TENSOR_TYPES)):
        held = known.tensor_type == number
        value = np.where(held, total - rest, rest if number == second else 0)
        children.append(pa.array(value, mask=missing | (value == 0)))
    parameters = pa.StructArray.from_arrays(
        children, fields=list(SAFETENSORS.field("parameters").type), mask=pa.array(missing)
    )
    return pa.StructArray.from_arrays(
        [parameters, pa.array(total, mask=missing)],
        fields=list(SAFETENSORS),
        mask=pa.array(missing),
    )


def _base_models(hub: Universe, rows: Whole) -> Column:
    """One relation for all bases; one that is gone has no `_id`."""
    drawn = hub.lineage
    stated = drawn.relation[rows] >= 0
    sizes = np.where(stated, drawn.start[rows + 1] - drawn.start[rows], 0)
    edges = drawn.edges(rows[stated])
    base = drawn.base[edges].astype(np.int64)
    known_as = hub.hub_ids(base)
    index = pa.array(np.arange(len(base)), mask=hub.gone[base])
    models = pa.StructArray.from_arrays(
        [known_as.take(index), hub.references(edges)], names=["_id", "id"]
    )
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(offsets), models)
    relation = chosen(words.RELATIONS, drawn.relation[rows])
    return pa.StructArray.from_arrays(
        [relation, lists], fields=list(BASE_MODELS), mask=pa.array(~stated)
    )


def _json(column: Column) -> Column:
    """Structs as text without their empty fields."""
    return pa.array(
        [None if item is None else json.dumps(_filled(item)) for item in column.to_pylist()],
        pa.string(),
    )


def _filled(item: dict[str, object]) -> dict[str, object]:
    return {
        key: _filled(value) if isinstance(value, dict) else value
        for key, value in item.items()
        if value is not None
    }
