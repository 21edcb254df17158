"""The part of a batch that describes nodes."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph import schema
from graph.observe import Record, parameter_count
from graph.schema import MODEL
from graph.store import statements
from graph.store.connection import Graph, Statement
from graph.store.fragments import TIMES
from graph.store.load_summary import Tally
from graph.store.steps import Row

DESCRIBED = (schema.AUTHOR, *schema.REPOSITORIES)
"""What records describe."""

WRITERS = 2
"""Transactions at a time where rows touch no node in common; more gain nothing on two cores."""

_DESCRIBE = {node.label: statements.describe(node) for node in DESCRIBED}
_RECONCILE = {node.label: statements.reconcile(node) for node in DESCRIBED}


@dataclass
class Described:
    """What describing nodes did.

    Attributes:
        tally: how the records compared with the graph.
        stale: id and version of records with stale lineage.
        known: spellings of nodes that were described before.
        lost: spellings of models that are gone, or once were.
    """

    tally: Tally = field(default_factory=Tally)
    stale: set[tuple[str, str]] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)


def describe(
    graph: Graph,
    node: schema.NodeType,
    records: Sequence[Record],
    now: datetime,
    *,
    after_snapshot: bool,
) -> Described:
    """Write nodes; no two of the records describe the same one."""
    rows = [_described(record) for record in records]
    done = Described()
    rest: set[str] = set()
    given = {"now": now, "after_snapshot": after_snapshot}
    for counts in _write_apart(graph, _DESCRIBE[node.label], rows, given):
        rest.update(counts.pop("rest"))
        done.known.update(counts.pop("known"))
        done.lost.update(counts.pop("lost", ()))
        done.tally += Tally(**counts)
    if left := [row for row in rows if row[node.key] in rest]:
        counts = graph.write(Statement(_RECONCILE[node.label], {"rows": left, **given}))[0]
        done.stale.update((model_id, version) for model_id, version in counts.pop("stale", ()))
        done.tally += Tally(**counts)
    done.known |= rest
    return done


def rounds(records: Sequence[Record]) -> Iterator[list[Record]]:
    """Records in steps that hold a node once at most, its older records first, each once.

    So a batch does what its records would do one by one in the order of time.
    """
    of: dict[str, dict[str, Record]] = {}
    for record in records:
        of.setdefault(record.key, {}).setdefault(record.version, record)
    step = [[same[version] for version in sorted(same)] for same in of.values()]
    place = 0
    while step:
        yield [same[place] for same in step]
        place += 1
        step = [same for same in step if len(same) > place]


def _write_apart(
    graph: Graph, text: str, rows: list[Row], given: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Write rows that touch no node in common, in several transactions at a time.

    Returns:
        The row that each of them returns.
    """
    parts = [part for start in range(WRITERS) if (part := rows[start::WRITERS])]

    def write(part: list[Row]) -> dict[str, Any]:
        return graph.write(Statement(text, {"rows": part, **given}))[0]

    with ThreadPoolExecutor(WRITERS, "hubgraph-part") as pool:
        return list(pool.map(write, parts))


def _described(record: Record) -> Row:
    """The row of a record for `statements.describe`."""
    values = dict(record.properties)
    row: Row = {record.node.key: record.spelling, "version": record.version, "set": values}
    for name in TIMES[record.node.label]:
        if values.get(name) is not None:
            row[name] = values.pop(name)
    if None in values.values():
        row["absent"] = sorted(name for name, value in values.items() if value is None)
    if record.node is MODEL and values.get("parameters") is None:
        guess = parameter_count(record.spelling)
        if guess is not None:
            row["guess"] = guess
            if "parameters" in values:
                values["parameters"], values["parameters_source"] = guess
    return row
