"""One batch of records as the transactions that write it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph import schema
from graph.connection import Graph, Statement
from graph.ingest import statements
from graph.ingest.statements import TIMES
from graph.ingest.summary import Tally
from graph.records import Lineage, Record, ids, parameter_count
from graph.schema import AUTHOR, MODEL

Row = dict[str, object]

WRITERS = 2
"""Transactions at a time where rows touch no node in common; more gain nothing on two cores."""

_DESCRIBE = {node.label: statements.describe(node) for node in (MODEL, AUTHOR)}
_RECONCILE = {node.label: statements.reconcile(node) for node in (MODEL, AUTHOR)}
_MENTION = {node.label: statements.mention(node) for node in (MODEL, AUTHOR)}
_PUBLISH = statements.publish()
_LINEAGE = {t.relation: statements.lineage(t) for t in schema.LINEAGE}
_SETTLE = statements.settle_lineage()


@dataclass
class Written:
    """What writing a batch did.

    Attributes:
        models: model records.
        authors: author records.
        lineage: relationships that the records state.
    """

    models: Tally = field(default_factory=Tally)
    authors: Tally = field(default_factory=Tally)
    lineage: int = 0


def write_batch(graph: Graph, records: Sequence[Record], now: datetime) -> Written:
    """Write records: authors, then models, then who published them and what they were made from.

    Each step is a transaction that may be repeated. A load that dies between two of them is made
    whole by loading the same records again.

    Args:
        graph: where to.
        records: of any kind, in any order.
        now: start of the run.

    Raises:
        ServerError: the database went away.
    """
    authors = [record for record in records if record.node is AUTHOR]
    models = [record for record in records if record.node is MODEL]
    written = Written()
    if authors:
        written.authors, _ = _describe(graph, AUTHOR, authors, now)
    if models:
        written.models, stale = _describe(graph, MODEL, models, now)
        stated = [r for r in models if (r.spelling, r.version) not in stale]
        written.lineage = _connect(graph, models, _newest_lineage(stated), now)
    return written


def _describe(
    graph: Graph, node: schema.NodeType, records: list[Record], now: datetime
) -> tuple[Tally, set[tuple[str, str]]]:
    """Write nodes; returns what was done, and id and version of records with stale lineage."""
    newest, older = _newest_first(records)
    rows = [_described(record) for record in newest]
    tally = Tally()
    rest: set[str] = set()
    for counts in _write_apart(graph, _DESCRIBE[node.label], rows, now):
        rest.update(counts.pop("rest"))
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
    return tally, stale


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


def _mentioned(node: schema.NodeType, names: Iterable[str]) -> list[Row]:
    """The rows for `statements.mention`: each node once."""
    spelled: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        spelled.setdefault(name.lower(), []).append(name)
    rows: list[Row] = [{"spelling": first, "also": also} for first, *also in spelled.values()]
    if node is MODEL:
        for row in rows:
            row["guess"] = parameter_count(str(row["spelling"]))
    return rows


def _connect(
    graph: Graph,
    records: Sequence[Record],
    stated: Sequence[tuple[Record, Lineage]],
    now: datetime,
) -> int:
    """Write who published the models and what they were made from.

    Returns:
        How many relationships to bases they state.
    """
    bases = sorted({base for _, lineage in stated for base in lineage.bases})
    named = sorted({*(record.spelling for record in records), *bases})
    published = [model_id for model_id in named if "/" in model_id]
    owners = [owner for model_id in published if (owner := ids.owner(model_id))]
    settled: list[Row] = []
    by_relation: dict[str, list[Row]] = {}
    for record, lineage in stated:
        keys = [base.lower() for base in lineage.bases]
        row: Row = {"id": record.spelling, "version": record.version, "bases": keys}
        relation = lineage.relation
        if relation is not None:
            by_relation.setdefault(relation, []).append(row)
        kind = schema.TYPE_OF_RELATION[relation] if relation else None
        settled.append({**row, "relation": relation, "type": kind})
    steps = [
        (_MENTION["Author"], _mentioned(AUTHOR, owners)),
        (_MENTION["Model"], _mentioned(MODEL, bases)),
        (_PUBLISH, published),
        *((_LINEAGE[relation], rows) for relation, rows in by_relation.items()),
        (_SETTLE, settled),
    ]
    graph.write(*(Statement(text, {"rows": rows, "now": now}) for text, rows in steps if rows))
    return sum(len(lineage.bases) for _, lineage in stated)


def _newest_lineage(records: Iterable[Record]) -> list[tuple[Record, Lineage]]:
    """The newest lineage that is stated of each model."""
    newest: dict[str, tuple[Record, Lineage]] = {}
    for record in records:
        if record.lineage is None:
            continue
        other = newest.get(record.key)
        if other is None or other[0].version <= record.version:
            newest[record.key] = (record, record.lineage)
    return list(newest.values())
