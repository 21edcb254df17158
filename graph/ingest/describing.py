"""The part of a batch that describes nodes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from graph import schema
from graph.connection import Graph, Statement
from graph.ingest import statements
from graph.ingest.fragments import TIMES
from graph.ingest.steps import Row
from graph.ingest.summary import Tally
from graph.records import Record, parameter_count
from graph.schema import MODEL

DESCRIBED = (schema.AUTHOR, *schema.REPOSITORIES)
"""What records describe."""

WRITERS = 2
"""Transactions at a time where rows touch no node in common; more gain nothing on two cores."""

_DESCRIBE = {node.label: statements.describe(node) for node in DESCRIBED}
_RECONCILE = {node.label: statements.reconcile(node) for node in DESCRIBED}


def describe(
    graph: Graph, node: schema.NodeType, records: list[Record], now: datetime
) -> tuple[Tally, set[tuple[str, str]], set[str]]:
    """Write nodes.

    Returns:
        What was done; id and version of records with stale lineage; spellings of nodes that were
        described before.
    """
    newest, older = _newest_first(records)
    rows = [_described(record) for record in newest]
    tally = Tally()
    rest: set[str] = set()
    known: set[str] = set()
    for counts in _write_apart(graph, _DESCRIBE[node.label], rows, now):
        rest.update(counts.pop("rest"))
        known.update(counts.pop("known"))
        tally += Tally(**counts)
    stale: set[tuple[str, str]] = set()
    left = [row for row in rows if row[node.key] in rest]
    for step in (left, *_one_of_each_node(older)):
        if step:
            statement = Statement(_RECONCILE[node.label], {"rows": step, "now": now})
            counts = graph.write(statement)[0]
            stale.update((model_id, version) for model_id, version in counts.pop("stale", ()))
            tally += Tally(**counts)
    tally.older += len(records) - len(newest) - len(older)
    return tally, stale, known | rest


def _write_apart(graph: Graph, text: str, rows: list[Row], now: datetime) -> list[dict[str, Any]]:
    """Write rows that touch no node in common, in several transactions at a time.

    Returns:
        The row that each of them returns.
    """
    parts = [part for start in range(WRITERS) if (part := rows[start::WRITERS])]

    def write(part: list[Row]) -> dict[str, Any]:
        return graph.write(Statement(text, {"rows": part, "now": now}))[0]

    with ThreadPoolExecutor(WRITERS, "hubgraph-part") as pool:
        return list(pool.map(write, parts))


def _newest_first(records: Iterable[Record]) -> tuple[list[Record], list[Record]]:
    """The newest record of each node, and its older ones as one; each spelling is kept.

    The rule is the graph's: an older record only fills what no newer one carries.
    """
    newest: dict[str, Record] = {}
    repeated: dict[str, list[Record]] = {}
    for record in records:
        first = newest.setdefault(record.key, record)
        if first is not record:
            repeated.setdefault(record.key, [first]).append(record)
    older: list[Record] = []
    for key, same in repeated.items():
        same.sort(key=lambda record: record.version, reverse=True)
        newest[key] = same[0]
        spelled: dict[str, list[Record]] = {}
        for record in same[1:]:
            if record.version != same[0].version:
                spelled.setdefault(record.spelling, []).append(record)
        older += [_as_one(group) for group in spelled.values()]
    return list(newest.values()), older


def _one_of_each_node(records: Iterable[Record]) -> Iterator[list[Row]]:
    """Rows in their order, in steps that hold a node once at most.

    A clause reads all its rows before the next clause writes, so within one statement a row does
    not see what another row does to its node.
    """
    steps: list[list[Row]] = []
    met: Counter[str] = Counter()
    for record in records:
        if met[record.key] == len(steps):
            steps.append([])
        steps[met[record.key]].append(_described(record))
        met[record.key] += 1
    yield from steps


def _as_one(records: Sequence[Record]) -> Record:
    """Records of one node, newest first, as one."""
    first = records[0]
    properties: dict[str, object] = {}
    for record in records:
        for name, value in record.properties.items():
            properties.setdefault(name, value)
    return Record(first.node, first.spelling, first.version, properties)


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
