"""One batch of records as the transactions that write it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph import schema
from graph.connection import Graph, Statement
from graph.ingest import changes, links, statements
from graph.ingest.fragments import TIMES
from graph.ingest.renames import FormerNames, join, release
from graph.ingest.summary import Tally
from graph.records import Lineage, Record, ids, parameter_count
from graph.schema import AUTHOR, CHANGE, MODEL

Row = dict[str, object]
Step = tuple[str, Sequence[object]]
"""A statement and its rows; without rows it is left out."""

WRITERS = 2
"""Transactions at a time where rows touch no node in common; more gain nothing on two cores."""

_DESCRIBED = (schema.AUTHOR, *schema.REPOSITORIES)
_DESCRIBE = {node.label: statements.describe(node) for node in _DESCRIBED}
_RECONCILE = {node.label: statements.reconcile(node) for node in _DESCRIBED}
_MENTION = {node.label: statements.mention(node) for node in _DESCRIBED}
_PUBLISH = {r.end: links.publish(r) for r in schema.OWNERSHIP}
_LINEAGE = {t.relation: links.lineage(t) for t in schema.LINEAGE}
_SETTLE = links.settle_lineage()
_REFERENCES = {
    (node.label, r.stated_by): (links.mention_stated(r), links.refer(r))
    for node in schema.REPOSITORIES
    for r in schema.REFERENCES
    if r.start == node.label
}
_SETTLE_REFERENCES = {node.label: links.settle_references(node) for node in (MODEL, schema.SPACE)}


@dataclass
class Written:
    """What writing a batch did.

    Attributes:
        nodes: label → how the records that describe such nodes compared with the graph.
        lineage: relationships to bases that the records state.
        changes: changes that records tell.
    """

    nodes: dict[str, Tally] = field(default_factory=dict)
    lineage: int = 0
    changes: int = 0


def write_batch(
    graph: Graph, records: Sequence[Record], now: datetime, names: FormerNames
) -> Written:
    """Write records: renames, authors, repositories, who published them, what they were made from.

    Each step is a transaction that may be repeated. A load that dies between two of them is made
    whole by loading the same records again.

    Args:
        graph: where to.
        records: of any kind, in any order.
        now: start of the run.
        names: that models once had; learns of more.

    Raises:
        ServerError: the database went away.
    """
    of: dict[str, list[Record]] = {}
    for record in records:
        of.setdefault(record.node.label, []).append(record)
    told = of.get(CHANGE.label, [])
    models = of.get(MODEL.label, [])
    _rename(graph, told, now, names)
    shown = [change for model in models if (change := names.place(model))]
    _rename(graph, shown, now, names)
    written = Written(changes=len(told) + len(shown))
    for node in _DESCRIBED:
        if same := of.get(node.label):
            written.nodes[node.label], stale, known = _describe(graph, node, same, now)
            stated = [r for r in same if (r.spelling, r.version) not in stale]
            if node is AUTHOR:
                continue
            newest = _newest_lineage(stated)
            _connect(graph, same, newest, now, names)
            _refer(graph, same, known, now, names)
            written.lineage += sum(len(lineage.bases) for _, lineage in newest)
    _note(graph, [change for change in told if change.properties["kind"] != "renamed"], now)
    _note(graph, [change for change in shown if change.properties["kind"] != "renamed"], now)
    return written


def _rename(
    graph: Graph, changes_told: Sequence[Record], now: datetime, names: FormerNames
) -> None:
    """Join models that are renamed, and let go of names that were taken over."""
    renamed = [change for change in changes_told if change.properties["kind"] == "renamed"]
    if renamed:
        present = [str(change.properties["after"]) for change in renamed]
        steps = _mentions(MODEL, [*present, *(change.spelling for change in renamed)])
        steps += _ownership(MODEL, present)
        _write(graph, steps, now)
        join(graph, renamed, names)
    release(graph, [c for c in changes_told if "holder" in c.properties], names)


def _note(graph: Graph, told: Sequence[Record], now: datetime) -> None:
    """Keep changes, and mark models that are gone."""
    rows: list[Row] = [
        {
            "model": change.spelling,
            "called": change.spelling,
            "at": change.observed_at,
            **{name: change.properties.get(name) for name in ("kind", "before", "after")},
        }
        for change in told
    ]
    gone = [row for row in rows if row["kind"] == "gone"]
    steps = _mentions(MODEL, [change.spelling for change in told])
    _write(graph, [*steps, (changes.lose(), gone), (changes.note(), rows)], now)


def _describe(
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


def _mentions(node: schema.NodeType, names: Iterable[str]) -> list[Step]:
    return [(_MENTION[node.label], _mentioned(node, names))]


def _ownership(node: schema.NodeType, names: Iterable[str]) -> list[Step]:
    """Who published repositories of these names."""
    published = sorted({name for name in names if "/" in name})
    owners = [owner for name in published if (owner := ids.owner(name))]
    return [
        (_MENTION[AUTHOR.label], _mentioned(AUTHOR, owners)),
        (_PUBLISH[node.label], published),
    ]


def _connect(
    graph: Graph,
    records: Sequence[Record],
    stated: Sequence[tuple[Record, Lineage]],
    now: datetime,
    names: FormerNames,
) -> None:
    """Write who published repositories of one kind, and what they were made from."""
    node = records[0].node
    bases = sorted({base for _, lineage in stated for base in lineage.bases})
    moved = names.among(bases)
    present = [base for base in bases if base.lower() not in moved]
    settled: list[Row] = []
    by_relation: dict[str, list[Row]] = {}
    for record, lineage in stated:
        keys = [moved.get(base.lower(), base.lower()) for base in lineage.bases]
        row: Row = {"id": record.spelling, "version": record.version, "bases": keys}
        relation = lineage.relation
        if relation is not None:
            by_relation.setdefault(relation, []).append(row)
        kind = schema.TYPE_OF_RELATION[relation] if relation else None
        settled.append({**row, "relation": relation, "type": kind})
    steps = _mentions(MODEL, present)
    steps += _ownership(node, {*(record.spelling for record in records), *present})
    steps += [(_LINEAGE[relation], rows) for relation, rows in by_relation.items()]
    _write(graph, [*steps, (_SETTLE, settled)], now)


def _refer(
    graph: Graph,
    records: Sequence[Record],
    known: set[str],
    now: datetime,
    names: FormerNames,
) -> None:
    """Write what follows from the ids that repositories of one kind state.

    What is stated no longer is looked for at those alone that were described before (`known`).
    """
    node = records[0].node
    starts: set[str] = set()
    steps: list[Step] = []
    named: set[str] = set()
    for (label, name), (mention, refer) in _REFERENCES.items():
        if label != node.label or name is None:
            continue
        stating = [record for record in records if name in record.properties]
        values = [value for record in stating if (value := record.properties[name])]
        starts.update(record.spelling for record in stating if record.spelling in known)
        rows = sorted({record.spelling for record in stating if record.properties[name]})
        for value in values:
            named.update(value if isinstance(value, list) else [str(value)])
        steps += [(mention, rows), (refer, rows)]
    if node.label in _SETTLE_REFERENCES:
        steps.append((_SETTLE_REFERENCES[node.label], sorted(starts)))
    guess = {name.lower(): parameter_count(name) for name in named}
    _write(graph, steps, now, moved=names.among(named), guess=guess)


def _write(graph: Graph, steps: Iterable[Step], now: datetime, **more: object) -> None:
    """Write steps that have rows, in one transaction."""
    some = [Statement(text, {"rows": rows, "now": now, **more}) for text, rows in steps if rows]
    if some:
        graph.write(*some)


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
