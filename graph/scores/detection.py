"""What names say of the models of a graph: swarms and mirrors, found anew in every run.

`Model.swarm` and `MIRROR_OF` are derived: what models declare stays as it is.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graph.schema import MIRROR_OF, MODEL
from graph.scores.lineage import IntArray, Models, RawLineage
from graph.scores.mirrors import Mirror, Named, author_of, mirrors
from graph.scores.rules import MirrorRules, Rules
from graph.scores.swarms import swarms
from graph.store.connection import Graph, Statement

_SWARM = f"MATCH (m:{MODEL.label}) WHERE id(m) = row[0] SET m.swarm = row[1]"
_MIRRORS = f"""
MATCH (m:{MODEL.label})-[r:{MIRROR_OF.type}]->(o:{MODEL.label})
RETURN id(m) AS model, id(o) AS original, r.tier AS tier, r.name AS name
"""
_UNMIRROR = f"MATCH (m:{MODEL.label})-[r:{MIRROR_OF.type}]->() WHERE id(m) = row[0] DELETE r"
_MIRROR = f"""MATCH (m:{MODEL.label}) WHERE id(m) = row[0]
MATCH (o:{MODEL.label}) WHERE id(o) = row[1]
CREATE (m)-[:{MIRROR_OF.type} {{tier: row[2], name: row[3]}}]->(o)"""

Row = tuple[object, ...]


@dataclass(frozen=True)
class Detected:
    """What was found."""

    swarm: dict[str, int]  # id of a rule → models that it finds
    muted: IntArray  # internal ids of those that do not count without swarms
    mirrors: dict[str, int]  # tier → mirrors
    mirror: IntArray  # internal ids of the models whose derivatives count for another
    original: IntArray  # of each of these, the other


def detect(
    graph: Graph,
    rules: Rules,
    lineage: RawLineage,
    models: Models,
    batch_size: int,
) -> Detected:
    """Find the swarms and mirrors of a graph, and write what differs from what is stored."""
    found = swarms(models.id, rules.swarm)
    nodes = models.node.tolist()
    every = zip(nodes, models.id, models.swarm, strict=True)
    changed = [(n, found.get(id_)) for n, id_, held in every if found.get(id_, "") != held]
    _write(graph, _SWARM, changed, batch_size)
    alike = mirrors(_candidates(models, lineage, rules.mirror), rules.mirror)
    wanted = {mirror.id for mirror in alike} | {mirror.original for mirror in alike} | found.keys()
    node_of = {id_: n for n, id_ in zip(nodes, models.id, strict=True) if id_ in wanted}
    _write_mirrors(graph, alike, node_of, batch_size)
    moved = [mirror for mirror in alike if mirror.tier == "A"]
    return Detected(
        swarm=dict(Counter(found.values())),
        muted=_nodes([node_of[id_] for id_, rule in found.items() if rule in rules.muted]),
        mirrors=dict(Counter(mirror.tier for mirror in alike)),
        mirror=_nodes([node_of[mirror.id] for mirror in moved]),
        original=_nodes([node_of[mirror.original] for mirror in moved]),
    )


def _candidates(models: Models, lineage: RawLineage, rules: MirrorRules) -> Iterator[Named]:
    """The models that can be a mirror or an original."""
    linked = [models.id[i] for i in np.searchsorted(models.node, lineage.node).tolist()]
    bases: dict[str, set[str]] = {}
    used_by: dict[str, set[str]] = {}
    for child, base in zip(lineage.child.tolist(), lineage.base.tolist(), strict=True):
        if child != base:
            bases.setdefault(linked[child], set()).add(linked[base])
            used_by.setdefault(linked[base], set()).add(author_of(linked[child]))
    listed = {name.lower() for name in (*rules.repackagers, *rules.families.values())}
    for id_, likes in zip(models.id, np.nan_to_num(models.likes).tolist(), strict=True):
        if likes >= rules.likes or id_ in used_by or author_of(id_) in listed:
            stated, users = bases.get(id_, ()), used_by.get(id_, ())
            yield Named(id_, int(likes), frozenset(stated), frozenset(users))


def _write_mirrors(
    graph: Graph, found: Sequence[Mirror], node_of: dict[str, int], batch_size: int
) -> None:
    """Make `MIRROR_OF` what was found."""
    right = {
        node_of[mirror.id]: (node_of[mirror.original], mirror.tier, mirror.name) for mirror in found
    }
    rows = graph.command(_MIRRORS).rows
    held = {row["model"]: (row["original"], row["tier"], row["name"]) for row in rows}
    stale = [(model,) for model, stated in held.items() if right.get(model) != stated]
    missing = [(model, *stated) for model, stated in right.items() if held.get(model) != stated]
    _write(graph, _UNMIRROR, stale, batch_size)
    _write(graph, _MIRROR, missing, batch_size)


def _write(graph: Graph, statement: str, rows: Sequence[Row], batch_size: int) -> None:
    for low in range(0, len(rows), batch_size):
        batch = [list(row) for row in rows[low : low + batch_size]]
        graph.write(Statement(f"UNWIND $rows AS row {statement}", {"rows": batch}))


def _nodes(found: Sequence[int]) -> IntArray:
    return np.array(found, dtype=np.int64)
