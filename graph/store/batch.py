"""One batch of records as the transactions that write it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from graph.observe import Record
from graph.schema import AUTHOR, CHANGE, MODEL
from graph.store import changes, presence
from graph.store.connecting import connect, refer
from graph.store.connection import Graph
from graph.store.describing import DESCRIBED, describe, rounds
from graph.store.load_summary import Tally
from graph.store.renames import FormerNames, join, release
from graph.store.steps import Row, mentions, ownership, write
from graph.times import iso

_CHANGE = ("kind", "before", "after")
_PRESENCE = frozenset({"gone", "appeared", "returned"})
_SETTLE = presence.settle()


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
    graph: Graph,
    records: Sequence[Record],
    now: datetime,
    names: FormerNames,
    *,
    after_snapshot: bool = False,
) -> Written:
    """Write records: changes, then authors, repositories, who published them, their bases.

    Each step is a transaction that may be repeated. A load that dies between two of them is made
    whole by loading the same records again. What is told to be gone is told before the records,
    which bring it back if they are newer.

    Args:
        graph: where to.
        records: of any kind, in any order.
        now: start of the run.
        names: that models once had; learns of more.
        after_snapshot: whether the graph held every model of the Hub before this run.

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
    _note(graph, [*told, *shown], now, names)
    written = Written(changes=len(told) + len(shown))
    for node in DESCRIBED:
        described = of.get(node.label, [])
        tally = Tally()
        for same in rounds(described):
            done = describe(graph, node, same, now, after_snapshot=after_snapshot)
            tally += done.tally
            if done.lost:
                _bring_back(graph, [record for record in same if record.spelling in done.lost], now)
            if node is AUTHOR:
                continue
            stated = [
                (record, record.lineage)
                for record in same
                if record.lineage and (record.spelling, record.version) not in done.stale
            ]
            connect(graph, same, stated, now, names)
            refer(graph, same, done.known, now, names)
            written.lineage += sum(len(lineage.bases) for _, lineage in stated)
        if described:
            tally.unchanged += len(described) - tally.total
            written.nodes[node.label] = tally
    return written


def _rename(
    graph: Graph, changes_told: Sequence[Record], now: datetime, names: FormerNames
) -> None:
    """Join models that are renamed, and let go of names that were taken over."""
    renamed = [change for change in changes_told if change.properties["kind"] == "renamed"]
    if renamed:
        names_told = [str(change.properties["after"]) for change in renamed]
        names_told += [change.spelling for change in renamed]
        steps = mentions(MODEL, names_told) + ownership(MODEL, names_told)
        write(graph, steps, now)
        join(graph, renamed, names)
    release(graph, [c for c in changes_told if "holder" in c.properties], names)


def _note(graph: Graph, changes_told: Sequence[Record], now: datetime, names: FormerNames) -> None:
    """Keep changes, and what follows from them: since when models are there, or gone."""
    noted = [change for change in changes_told if change.properties["kind"] != "renamed"]
    moved = names.among(change.spelling for change in noted)
    rows: list[Row] = []
    settled: dict[str, Row] = {}
    for change in sorted(noted, key=lambda change: change.version):
        kind = change.properties["kind"]
        model = moved.get(change.key, change.spelling)
        at = change.observed_at or iso(now)
        row: Row = {"model": model, "called": change.spelling, "at": at}
        rows.append(row | {name: change.properties.get(name) for name in _CHANGE})
        if kind in _PRESENCE:
            told = settled.setdefault(model.lower(), {"model": model, "appeared": None, "seen": []})
            if kind == "appeared":
                told["appeared"] = told["appeared"] or change.observed_at
    steps = mentions(MODEL, [change.spelling for change in noted if change.key not in moved])
    write(graph, [*steps, (changes.told(), rows), (_SETTLE, list(settled.values()))], now)


def _bring_back(graph: Graph, records: Sequence[Record], now: datetime) -> None:
    """Take in that records saw models that were gone at some time."""
    rows: list[Row] = [
        {"model": record.spelling, "appeared": None, "seen": [record.observed_at or iso(now)]}
        for record in records
    ]
    write(graph, [(_SETTLE, rows)], now)
