"""What names say of the models of a graph: swarms, mirrors and findings, anew in every run.

`Model.swarm`, `MIRROR_OF` and `findings` are derived: what models declare stays as it is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graph.schema import AUTHOR, MIRROR_OF, MODEL, RELATIONS
from graph.scores.findings import Findings, Made, findings
from graph.scores.lineage import IntArray, Models, RawLineage
from graph.scores.mirrors import Alike, Mirror, Named, author_of, mirrors
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

_FINDINGS = "MATCH (n:{label}) WHERE n.findings IS NOT NULL RETURN {key} AS key, n.findings AS held"
_FOUND = "MATCH (n:{label}) WHERE {key} = row[0] SET n.findings = row[1]"

Row = tuple[object, ...]


@dataclass(frozen=True)
class Detected:
    """What was found."""

    swarm: dict[str, int]  # id of a rule → models that it finds
    muted: IntArray  # internal ids of those that do not count without swarms
    mirrors: dict[str, int]  # tier → mirrors
    findings: dict[str, int]  # id of a rule → models or authors
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
    made = _made(models, lineage)
    alike = mirrors(_candidates(models, made, rules.mirror), rules.mirror)
    wanted = {mirror.id for mirror in alike} | {mirror.original for mirror in alike} | found.keys()
    node_of = {id_: n for n, id_ in zip(nodes, models.id, strict=True) if id_ in wanted}
    _write_mirrors(graph, alike, node_of, batch_size)
    worth_a_look = findings(models.id, made, rules.finding, Alike(rules.mirror))
    _write_findings(graph, worth_a_look, models, batch_size)
    moved = [mirror for mirror in alike if mirror.tier == "A"]
    return Detected(
        swarm=dict(Counter(found.values())),
        muted=_nodes([node_of[id_] for id_, rule in found.items() if rule in rules.muted]),
        mirrors=dict(Counter(mirror.tier for mirror in alike)),
        findings=worth_a_look.counts,
        mirror=_nodes([node_of[mirror.id] for mirror in moved]),
        original=_nodes([node_of[mirror.original] for mirror in moved]),
    )


def _made(models: Models, lineage: RawLineage) -> list[Made]:
    """The models that declare bases, in the order of their numbers."""
    linked = [models.id[i] for i in np.searchsorted(models.node, lineage.node).tolist()]
    bases: dict[int, set[str]] = {}
    words: dict[int, set[str]] = {}
    ends = (lineage.child.tolist(), lineage.base.tolist(), lineage.type.tolist())
    for child, base, type_ in zip(*ends, strict=True):
        words.setdefault(child, set()).add(RELATIONS[type_])
        bases.setdefault(child, set())
        if child != base:
            bases[child].add(linked[base])
    return [Made(linked[n], frozenset(words[n]), frozenset(bases[n])) for n in sorted(bases)]


def _candidates(models: Models, made: Iterable[Made], rules: MirrorRules) -> Iterator[Named]:
    """The models that can be a mirror or an original."""
    bases = {one.id: one.bases for one in made}
    used_by: dict[str, set[str]] = {}
    for one in made:
        for base in one.bases:
            used_by.setdefault(base, set()).add(one.author)
    listed = {name.lower() for name in (*rules.repackagers, *rules.families.values())}
    for id_, likes in zip(models.id, np.nan_to_num(models.likes).tolist(), strict=True):
        if likes >= rules.likes or id_ in used_by or author_of(id_) in listed:
            yield Named(
                id_, int(likes), bases.get(id_, frozenset()), frozenset(used_by.get(id_, ()))
            )


def _write_findings(graph: Graph, found: Findings, models: Models, batch_size: int) -> None:
    """Make `findings` of models and authors what was found."""
    node_of = dict(zip(models.id, models.node.tolist(), strict=True))
    of_models = {node_of[id_]: told for id_, told in found.models.items()}
    for node, key, right in ((MODEL, "id(n)", of_models), (AUTHOR, "n.name_folded", found.authors)):
        names = {"label": node.label, "key": key}
        rows = graph.command(_FINDINGS.format(**names)).rows
        held = {row["key"]: row["held"] for row in rows}
        changed = [(k, right.get(k)) for k in {*held, *right} if held.get(k) != right.get(k)]
        _write(graph, _FOUND.format(**names), changed, batch_size)


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
