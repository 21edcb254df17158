"""The part of a batch that connects repositories: to owners, bases, and what they refer to."""

from collections.abc import Sequence
from datetime import datetime

from graph import schema
from graph.observe import Lineage, Record, parameter_count
from graph.schema import MODEL, SPACE
from graph.store import links
from graph.store.connection import Graph
from graph.store.renames import FormerNames
from graph.store.steps import Row, Step, mentions, ownership, write

_LINEAGE = {t.relation: links.lineage(t) for t in schema.LINEAGE} | {None: links.lineage(None)}
_REFERENCES = {
    (node.label, r.stated_by): (links.mention_stated(r), links.refer(r))
    for node in schema.REPOSITORIES
    for r in schema.REFERENCES
    if r.start == node.label
}
_SETTLE_REFERENCES = {node.label: links.settle_references(node) for node in (MODEL, SPACE)}


def connect(
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
    by_relation: dict[str | None, list[Row]] = {}
    for record, lineage in stated:
        keys = dict.fromkeys(moved.get(base.lower(), base.lower()) for base in lineage.bases)
        row: Row = {
            "id": record.spelling,
            "version": record.version,
            "bases": list(keys),
            "count": len(lineage.bases),
            "relation": lineage.relation,
            "source": lineage.source,
            "at": record.observed_at,
        }
        by_relation.setdefault(lineage.relation, []).append(row)
    steps = mentions(MODEL, present)
    steps += ownership(node, {*(record.spelling for record in records), *present})
    steps += [(_LINEAGE[relation], rows) for relation, rows in by_relation.items()]
    write(graph, steps, now)


def refer(
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
    write(graph, steps, now, moved=names.among(named), guess=guess)
