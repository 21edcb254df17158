"""The import files: Parquet tables of nodes and relationships in the form of `neo4j-admin`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graph import schema
from graph.observe import fields
from graph.observe.digests import select_version
from graph.schema import AUTHOR, DATASET, MODEL, PAPER, SPACE, NodeType
from graph.ways.replace.contents import linked
from graph.ways.replace.staging import Part, Staging

MAY_STATE_SIZE = "[0-9][BbMm]([^A-Za-z0-9]|$)"
"""What an id must hold for `parameter_count` to find anything in it, as a regular expression."""


@dataclass(frozen=True)
class File:
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


Written = Callable[[File], object]


def write(staging: Staging, folder: Path, now: datetime, written: Written) -> list[File]:
    """Write every import file.

    Args:
        staging: after `contents.work_out`.
        folder: where to.
        now: start of the run.
        written: called after each file.
    """
    writer = _Writer(staging, folder, int(now.timestamp() * 1000), written)
    for part in staging.parts:
        writer.described(part)
    for node in (MODEL, DATASET):
        writer.placeholders(node, f"placeholder_{node.label.lower()}")
    writer.placeholders(AUTHOR, "placeholder_author")
    writer.papers()
    writer.relationships()
    return writer.files


class _Writer:
    def __init__(self, staging: Staging, folder: Path, now_ms: int, written: Written) -> None:
        self.files: list[File] = []
        self._staging = staging
        self._folder = folder
        self._now = f"make_timestamptz({now_ms} * 1000)"
        self._written = written

    def described(self, part: Part) -> None:
        """Nodes that the records of a part describe."""
        node, label = part.node, part.node.label.lower()
        values: dict[str, str] = {":ID": "node", **self._named(node, "id")}
        for name in node.stated:
            way = fields.of(node.find(name))
            values[name] = way.stored.format(
                f'"{name}"' if part.states(name) else f"NULL::{way.duckdb}"
            )
        if node is MODEL:
            values |= self._of_models(part)
        if node is not AUTHOR:
            values["known"] = "true"
        values["absent"] = _absent(part)
        values["record_version"] = _version(part)
        values["aliases"] = "aliases"
        values |= self._seen()
        aliases = f" LEFT JOIN {label}_alias USING (node)" if node is not SPACE else ""
        if node is SPACE:
            values["aliases"] = "NULL::VARCHAR[]"
        rows = _with_guess(part) if node is MODEL else part.imported
        self._write(f"{label}s-{part.table}", node.label, values, f"{rows}{aliases}")

    def _of_models(self, part: Part) -> dict[str, str]:
        """What follows for a model: its lineage, a guess at its size, when it appeared."""
        count = "parameters" if part.states("parameters") else "NULL::BIGINT"
        source = "parameters_source" if part.states("parameters_source") else "NULL::VARCHAR"
        created = "created_at" if part.states("created_at") else "NULL::BIGINT"
        return {
            "parameters": f"coalesce({count}, try_cast(split_part(guess, ' ', 1) AS BIGINT))",
            "parameters_source": f"coalesce({source}, nullif(split_part(guess, ' ', 2), ''))",
            "relation": "relation",
            "base_count": "CASE WHEN has_lineage THEN coalesce(len(bases), 0) END",
            "appeared_at": f"coalesce(make_timestamptz({created} * 1000),"
            f" make_timestamptz({part.observed} * 1000), {self._now})",
        }

    def placeholders(self, node: NodeType, table: str) -> None:
        """Nodes that are only named."""
        values = {":ID": "node", **self._named(node, "id"), "aliases": "aliases"}
        if node is not AUTHOR:
            values["known"] = "false"
        if node is MODEL:
            guess = "guessed(id)"
            values["parameters"] = f"try_cast(split_part({guess}, ' ', 1) AS BIGINT)"
            values["parameters_source"] = f"nullif(split_part({guess}, ' ', 2), '')"
            values["appeared_at"] = self._now
        values |= self._seen()
        self._write(f"{node.label.lower()}s-only-named", node.label, values, table)

    def papers(self) -> None:
        """Papers are only named."""
        values = {":ID": "node", PAPER.key: "key", **self._seen()}
        self._write("papers", PAPER.label, values, "paper_node")

    def relationships(self) -> None:
        """Every relationship."""
        for kind in schema.LINEAGE:
            values = {":START_ID": "child", ":END_ID": "base", **self._seen()}
            values |= {"since": "since", "source": "source"}
            chosen = (
                f"(SELECT l.*, s.since FROM lineage l JOIN since s ON s.node = l.child"
                f" WHERE l.relation = '{kind.relation}')"
            )
            self._write(kind.type.lower(), kind.type, values, chosen, is_nodes=False)
        for owned in schema.OWNERSHIP:
            values = {":START_ID": "author", ":END_ID": "node", **self._seen()}
            chosen = f"(SELECT * FROM published WHERE label = '{owned.end}')"
            name = f"{owned.type}-{owned.end}s".lower()
            self._write(name, owned.type, values, chosen, is_nodes=False)
        for reference in schema.REFERENCES:
            values = {":START_ID": "start", ":END_ID": '"end"', **self._seen()}
            name = f"{reference.type}-{reference.end}".lower()
            self._write(name, reference.type, values, linked(reference), is_nodes=False)

    def _named(self, node: NodeType, spelling: str) -> dict[str, str]:
        values = {node.key: spelling, str(node.fold): f"lower({spelling})"}
        if node is not AUTHOR:
            values["name"] = f"split_part({spelling}, '/', -1)"
            values["author"] = (
                f"CASE WHEN contains({spelling}, '/') THEN split_part({spelling}, '/', 1) END"
            )
        return values

    def _seen(self) -> dict[str, str]:
        return {"first_seen": self._now, "last_seen": self._now}

    def _write(
        self, name: str, kind: str, values: dict[str, str], source: str, *, is_nodes: bool = True
    ) -> None:
        rows = self._staging.one(f"SELECT count(*) FROM {source}")
        if not rows:
            return
        path = self._folder / f"{name}.parquet"
        listed = ", ".join(f'{value} AS "{column}"' for column, value in values.items())
        quoted = str(path).replace("'", "''")
        self._staging.run(
            f"COPY (SELECT {listed} FROM {source}) TO '{quoted}'"
            " (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 50000)"
        )
        file = File(path, kind, is_nodes, rows)
        self.files.append(file)
        self._written(file)


def _with_guess(part: Part) -> str:
    """SQL: the rows of a part of models with what their names tell of their size, as `guess`."""
    unknown = "parameters IS NULL" if part.states("parameters") else "true"
    return (
        f"(SELECT *, CASE WHEN {unknown} AND regexp_matches(id, '{MAY_STATE_SIZE}')"
        f" THEN guessed(id) END AS guess FROM {part.imported})"
    )


def _absent(part: Part) -> str:
    """The properties that a row states it does not have."""
    if part.stated is None:
        return "absent"
    cases = ", ".join(f"CASE WHEN \"{name}\" IS NULL THEN '{name}' END" for name in part.stated)
    found = f"[x FOR x IN [{cases}] IF x IS NOT NULL]"
    return f"CASE WHEN len({found}) > 0 THEN {found} END"


def _version(part: Part) -> str:
    if part.stated is None:
        return "version"
    return select_version(part.node, part.stated, part.observed_ms or 0)
