"""The import files: Parquet tables of nodes and relationships in the form of `neo4j-admin`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from graph import schema
from graph.observe import fields
from graph.observe.digests import select_version
from graph.observe.parameters import IS_ADAPTER, MAY_STATE_SIZE
from graph.schema import NodeType
from graph.ways.replace.contents import NAMED, linked
from graph.ways.replace.staging import Part, Staging


@dataclass(frozen=True)
class ImportFile:
    """One import file."""

    path: Path
    name: str  # label of its nodes or type of its relationships
    is_nodes: bool
    rows: int


class _Content(NamedTuple):
    """What goes into a file: SQL of its columns, and of the rows that they are from."""

    file: str
    name: str
    columns: dict[str, str]
    rows: str
    is_nodes: bool = True


def write(staging: Staging, folder: Path, now_ms: int) -> Iterator[ImportFile]:
    """Write the import files, each when it is asked for; `contents.work_out` comes before.

    Args:
        staging: the parts.
        folder: where to.
        now_ms: start of the run, in milliseconds since 1970.
    """
    now = f"make_timestamptz({now_ms} * 1000)"
    contents = (
        *(_described(part, now_ms) for part in staging.parts),
        *(_placeholders(node, now) for node in NAMED),
        *_relationships(),
    )
    for file, name, columns, rows, is_nodes in contents:
        if not (count := staging.one(f"SELECT count(*) FROM {rows}")):
            continue
        path = folder / f"{file}.parquet"
        columns["first_seen"] = now
        if is_nodes:
            columns["last_seen"] = now
        listed = ", ".join(f'{value} AS "{column}"' for column, value in columns.items())
        quoted = str(path).replace("'", "''")
        staging.run(
            f"COPY (SELECT {listed} FROM {rows}) TO '{quoted}'"
            " (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 50000)"
        )
        yield ImportFile(path, name, is_nodes, count)


def _described(part: Part, now_ms: int) -> _Content:
    """Nodes that the records of a part describe."""
    node = part.node
    values = _named(node, is_placeholder=False)
    for name in node.stated:
        values[name] = fields.of(node.find(name)).stored.format(part.value(name))
    if node.guesses_size:
        values |= _size(part.value("parameters"), part.value("parameters_source"))
    if node.has_lineage:
        values["relation"] = "relation"
        values["base_count"] = f"CASE WHEN has_lineage THEN {_base_count(part)} END"
    if node.has_history:
        values["appeared_at"] = part.appeared(now_ms)
    values |= {"absent": _absent(part), "record_version": _version(part)}
    rows = f"{_guessed(part)} LEFT JOIN alias_{node.label} USING (node)"
    return _Content(f"{node.slug}-{part.table}", node.label, values, rows)


def _base_count(part: Part) -> str:
    """SQL: how many bases a row has, in every layer."""
    layers = ["bases", *(part.value(str(reference.stated_by)) for reference in schema.DECLARED)]
    named = f"list_concat({', '.join(f'coalesce({layer}, [])' for layer in layers)})"
    unusable = f"coalesce(len({part.value('unusable_bases')}), 0)"
    return f"coalesce(list_unique([lower(x) FOR x IN {named}]), 0) + {unusable}"


def _placeholders(node: NodeType, now: str) -> _Content:
    """Nodes that are only named."""
    values = _named(node, is_placeholder=True)
    if node.guesses_size:
        values |= _size("NULL::BIGINT", "NULL::VARCHAR")
    if node.has_history:
        values["appeared_at"] = now
    guess = ", guessed(id) AS guess" if node.guesses_size else ""
    rows = f"(SELECT *{guess} FROM placeholder_{node.label})"
    return _Content(f"{node.label}s-only-named".lower(), node.label, values, rows)


def _relationships() -> Iterator[_Content]:
    for made in schema.LINEAGE:
        ends = {":START_ID": "child", ":END_ID": "base", "since": "since", "source": "source"}
        chosen = f"(SELECT * FROM lineage WHERE relation = '{made.relation}')"
        yield _Content(made.type.lower(), made.type, ends, chosen, is_nodes=False)
    for owned in schema.OWNERSHIP:
        ends = {":START_ID": "author", ":END_ID": "node"}
        chosen = f"(SELECT * FROM published WHERE label = '{owned.end}')"
        file = f"{owned.type}-{owned.end}s".lower()
        yield _Content(file, owned.type, ends, chosen, is_nodes=False)
    for reference in schema.REFERENCES:
        ends = {":START_ID": "start", ":END_ID": '"end"'}
        file = f"{reference.type}-{reference.end}".lower()
        yield _Content(file, reference.type, ends, linked(reference), is_nodes=False)


def _named(node: NodeType, *, is_placeholder: bool) -> dict[str, str]:
    """What follows from an id, and from whether anything else is known."""
    values = {":ID": "node", node.key: "id"}
    if node.fold:
        values |= {node.fold: "lower(id)", "aliases": "aliases"}
    if node.is_repository:
        values["name"] = "split_part(id, '/', -1)"
        values["author"] = "CASE WHEN contains(id, '/') THEN split_part(id, '/', 1) END"
    if node.can_be_placeholder:
        values["known"] = "false" if is_placeholder else "true"
    return values


def _size(count: str, source: str) -> dict[str, str]:
    """The number of parameters: as stated, else guessed from the name."""
    return {
        "parameters": f"coalesce({count}, try_cast(split_part(guess, ' ', 1) AS BIGINT))",
        "parameters_source": f"coalesce({source}, nullif(split_part(guess, ' ', 2), ''))",
    }


def _guessed(part: Part) -> str:
    """SQL: the rows of a part, with what their names say of their size as `guess`."""
    if not part.node.guesses_size:
        return part.imported
    is_adapter = IS_ADAPTER.format(library=part.value("library"))
    may_state = f"regexp_matches(id, '{MAY_STATE_SIZE}') AND NOT ({is_adapter})"
    unknown = f"{part.value('parameters')} IS NULL AND {may_state}"
    guess = f"CASE WHEN {unknown} THEN guessed(id) END AS guess"
    return f"(SELECT *, {guess} FROM {part.imported})"


def _absent(part: Part) -> str:
    """The properties that a row states it does not have."""
    if part.stated is None:
        return "absent"
    cases = ", ".join(f"CASE WHEN \"{name}\" IS NULL THEN '{name}' END" for name in part.stated)
    found = f"[x FOR x IN [{cases}] IF x IS NOT NULL]"
    return f"CASE WHEN len({found}) > 0 THEN {found} END"


def _version(part: Part) -> str:
    if part.stated is None or part.observed_ms is None:
        return "version"
    return select_version(part.node, part.stated, part.observed_ms)
