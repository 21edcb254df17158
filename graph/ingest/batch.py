"""One batch of records as the transactions that write it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from graph.connection import Graph
from graph.ingest import changes
from graph.ingest.connecting import connect, newest_lineage, refer
from graph.ingest.describing import DESCRIBED, describe
from graph.ingest.renames import FormerNames, join, release
from graph.ingest.steps import Row, mentions, ownership, write
from graph.ingest.summary import Tally
from graph.records import Record
from graph.schema import AUTHOR, CHANGE, MODEL


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
    for node in DESCRIBED:
        if same := of.get(node.label):
            written.nodes[node.label], stale, known = describe(graph, node, same, now)
            stated = [r for r in same if (r.spelling, r.version) not in stale]
            if node is AUTHOR:
                continue
            newest = newest_lineage(stated)
            connect(graph, same, newest, now, names)
            refer(graph, same, known, now, names)
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
        steps = mentions(MODEL, [*present, *(change.spelling for change in renamed)])
        steps += ownership(MODEL, present)
        write(graph, steps, now)
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
    steps = mentions(MODEL, [change.spelling for change in told])
    write(graph, [*steps, (changes.lose(), gone), (changes.note(), rows)], now)
