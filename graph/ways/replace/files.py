"""The import files: Parquet tables of nodes and relationships in the form of `neo4j-admin`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from graph import schema
from graph.observe import fields
from graph.observe.digests import select_version
from graph.schema import NodeType
from graph.ways.replace.contents import NAMED, linked
from graph.ways.replace.staging import Part, Staging

MAY_STATE_SIZE = "[0-9][BbMm]([^A-Za-z0-9]|$)"
"""What an id must hold for `parameter_count` to find anything in it, as a regular expression."""


@dataclass(frozen=True)
class ImportFile:
    """One import file.

    Attributes:
        path: the file.
        name: label of its nodes or type of its relationships.
        is_nodes: which of the two.
        rows: how many.
    """

    path: Path
    name: str
    is_nodes: bool
    rows: int


FileWritten = Callable[[ImportFile], object]


def write(staging: Staging, folder: Path, now_ms: int, written: FileWritten) -> list[ImportFile]:
    """Write every import file.

    Args:
        staging: after `contents.work_out`.
        folder: where to.
        now_ms: start of the run, in milliseconds since 1970.
        written: called after each file.
    """
    writer = _Writer(staging, folder, now_ms, written)
    for part in staging.parts:
        writer.described(part)
    for node in NAMED:
        writer.placeholders(node)
    writer.relationships()
    return writer.files


class _Writer:
    def __init__(self, staging: Staging, folder: Path, now_ms: int, written: FileWritten) -> None:
        self.files: list[ImportFile] = []
        self._staging = staging
        self._folder = folder
        self._now_ms = now_ms
        now = f"make_timestamptz({now_ms} * 1000)"
        self._seen = {"first_seen": now, "last_seen": now}
        self._written = written

    def described(self, part: Part) -> None:
        """Nodes that the records of a part describe."""
        node = part.node
        values = _named(node, is_placeholder=False)
        for name in node.stated:
            values[name] = fields.of(node.find(name)).stored.format(part.value(name))
        if node.guesses_size:
            values |= _size(part.value("parameters"), part.value("parameters_source"))
        if node.has_lineage:
            values["relation"] = "relation"
            values["base_count"] = "CASE WHEN has_lineage THEN coalesce(len(bases), 0) END"
        if node.has_history:
            values["appeared_at"] = part.appeared(self._now_ms)
        values |= {"absent": _absent(part), "record_version": _version(part)}
        aliases = f"LEFT JOIN alias_{node.label} USING (node)"
        self._write(f"{node.slug}-{part.table}", node.label, values, f"{_guessed(part)} {aliases}")

    def placeholders(self, node: NodeType) -> None:
        """Nodes that are only named."""
        values = _named(node, is_placeholder=True)
        if node.guesses_size:
            values |= _size("NULL::BIGINT", "NULL::VARCHAR")
        if node.has_history:
            values["appeared_at"] = self._seen["first_seen"]
        guess = ", guessed(id) AS guess" if node.guesses_size else ""
        rows = f"(SELECT *{guess} FROM placeholder_{node.label})"
        self._write(f"{node.label}s-only-named".lower(), node.label, values, rows)

    def relationships(self) -> None:
        """Every relationship."""
        for made in schema.LINEAGE:
            ends = {":START_ID": "child", ":END_ID": "base", "since": "since", "source": "source"}
            chosen = f"(SELECT * FROM lineage WHERE relation = '{made.relation}')"
            self._write(made.type.lower(), made.type, ends, chosen, is_nodes=False)
        for owned in schema.OWNERSHIP:
            ends = {":START_ID": "author", ":END_ID": "node"}
            chosen = f"(SELECT * FROM published WHERE label = '{owned.end}')"
            name = f"{owned.type}-{owned.end}s".lower()
            self._write(name, owned.type, ends, chosen, is_nodes=False)
        for reference in schema.REFERENCES:
            ends = {":START_ID": "start", ":END_ID": '"end"'}
            name = f"{reference.type}-{reference.end}".lower()
            self._write(name, reference.type, ends, linked(reference), is_nodes=False)

    def _write(
        self, name: str, kind: str, values: dict[str, str], source: str, *, is_nodes: bool = True
    ) -> None:
        rows = self._staging.one(f"SELECT count(*) FROM {source}")
        if not rows:
            return
        path = self._folder / f"{name}.parquet"
        columns = (values | self._seen).items()
        listed = ", ".join(f'{value} AS "{column}"' for column, value in columns)
        quoted = str(path).replace("'", "''")
        self._staging.run(
            f"COPY (SELECT {listed} FROM {source}) TO '{quoted}'"
            " (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 50000)"
        )
        file = ImportFile(path, kind, is_nodes, rows)
        self.files.append(file)
        self._written(file)


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
    unknown = f"{part.value('parameters')} IS NULL AND regexp_matches(id, '{MAY_STATE_SIZE}')"
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
