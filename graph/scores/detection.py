"""What names say of the models of a graph: swarms, mirrors and findings, anew in every run.

`Model.swarm`, `MIRROR_OF` and `findings` are derived: what models declare stays as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graph.schema import AUTHOR, MIRROR_OF, MODEL, RELATIONS
from graph.scores.findings import Findings, Made, findings
from graph.scores.lineage import IntArray, Models, RawLineage
from graph.scores.mirrors import Alike, Mirror, Named, author_of, mirrors
from graph.scores.names import ModelNames
from graph.scores.rules import MirrorRules, Rules
from graph.scores.swarms import swarms
from graph.scores.writing import write_rows
from graph.store.connection import Graph

_SWARMS = f"""MATCH (m:{MODEL.label}) WHERE m.swarm IS NOT NULL
RETURN m.swarm AS rule, collect(id(m)) AS models"""
_SWARM = f"MATCH (m:{MODEL.label}) WHERE id(m) = row[0] SET m.swarm = row[1]"
_MIRRORS = f"""
MATCH (m:{MODEL.label})-[r:{MIRROR_OF.type}]->(o:{MODEL.label})
RETURN id(m) AS model, id(o) AS original, r.tier AS tier, r.name AS name
"""
_UNMIRROR = f"MATCH (m:{MODEL.label})-[r:{MIRROR_OF.type}]->() WHERE id(m) = row[0] DELETE r"
_MIRROR = f"""MATCH (m:{MODEL.label}) WHERE id(m) = row[0]
MATCH (o:{MODEL.label}) WHERE id(o) = row[1]
CREATE (m)-[:{MIRROR_OF.type} {{tier: row[2], name: row[3]}}]->(o)"""

_FINDINGS = """MATCH (n:{label}) WHERE n.findings IS NOT NULL
RETURN n.findings AS held, collect({key}) AS keys"""
_FOUND = "MATCH (n:{label}) WHERE {key} = row[0] SET n.findings = row[1]"


@dataclass(frozen=True)
class Detected:
    """What was found."""

    swarm_of: dict[str, str]  # id of a model → id of the rule that finds it
    alike: list[Mirror]
    findings: Findings
    muted: IntArray  # internal ids of the models that do not count without swarms
    mirror: IntArray  # internal ids of the models whose derivatives count for another
    original: IntArray  # of each of these, the other

    @property
    def swarm(self) -> dict[str, int]:
        """Id of a rule → models that it finds."""
        return dict(Counter(self.swarm_of.values()))

    @property
    def mirrors(self) -> dict[str, int]:
        """Tier → mirrors."""
        return dict(Counter(mirror.tier for mirror in self.alike))


def detect(rules: Rules, lineage: RawLineage, models: Models) -> Detected:
    """Find the swarms and mirrors among models, and what else is worth a look."""
    made = _made(models, lineage)
    names = ModelNames(models.id)
    swarm_of = swarms(names, rules.swarm)
    alike = mirrors(_candidates(models, names, made, rules.mirror), rules.mirror)
    moved = [mirror for mirror in alike if mirror.tier == "A"]
    wanted = {m.id for m in moved} | {m.original for m in moved} | swarm_of.keys()
    node_of = _nodes_of(models, wanted)
    return Detected(
        swarm_of,
        alike,
        findings(names, made, rules.finding, Alike(rules.mirror)),
        muted=_nodes([node_of[id_] for id_, rule in swarm_of.items() if rule in rules.muted]),
        mirror=_nodes([node_of[mirror.id] for mirror in moved]),
        original=_nodes([node_of[mirror.original] for mirror in moved]),
    )


def write_detected(graph: Graph, found: Detected, models: Models, batch_size: int) -> None:
    """Write what differs from what is stored."""
    right = {node: found.swarm_of[id_] for id_, node in _nodes_of(models, found.swarm_of).items()}
    rows = graph.command(_SWARMS).rows
    held = {node: row["rule"] for row in rows for node in row["models"]}
    changed = [(n, right.get(n)) for n in {*held, *right} if held.get(n) != right.get(n)]
    write_rows(graph, _SWARM, changed, batch_size)
    ends = {mirror.id for mirror in found.alike} | {mirror.original for mirror in found.alike}
    _write_mirrors(graph, found.alike, _nodes_of(models, ends), batch_size)
    _write_findings(graph, found.findings, models, batch_size)


def _nodes_of(models: Models, wanted: Collection[str]) -> dict[str, int]:
    every = zip(models.id, models.node.tolist(), strict=True)
    return {id_: node for id_, node in every if id_ in wanted}


def _made(models: Models, lineage: RawLineage) -> list[Made]:
    """The models that declare bases, in the order of their numbers."""
    linked = [models.id[i] for i in np.searchsorted(models.node, lineage.node).tolist()]
    bases: dict[int, list[str]] = defaultdict(list)
    kinds: dict[int, int] = defaultdict(int)  # of its relationships, as bits
    ends = (lineage.child.tolist(), lineage.base.tolist(), lineage.type.tolist())
    for child, base, type_ in zip(*ends, strict=True):
        kinds[child] |= 1 << type_
        if child != base:
            bases[child].append(linked[base])
    words = {
        bits: frozenset(word for i, word in enumerate(RELATIONS) if bits >> i & 1)
        for bits in set(kinds.values())
    }
    template = [models.template.get(node) for node in lineage.node.tolist()]
    return [
        Made(linked[n], words[kinds[n]], frozenset(bases.get(n, ())), template[n])
        for n in sorted(kinds)
    ]


def _candidates(
    models: Models, names: ModelNames, made: Iterable[Made], rules: MirrorRules
) -> Iterator[Named]:
    """The models that can be a mirror or an original."""
    bases = {one.id: one.bases for one in made}
    used_by: dict[str, set[str]] = {}
    for one in made:
        author = author_of(one.id)
        for base in one.bases:
            used_by.setdefault(base, set()).add(author)
    listed = [name.lower() for name in (*rules.repackagers, *rules.families.values())]
    likes = np.nan_to_num(models.likes)
    places = set(np.flatnonzero(likes >= rules.likes).tolist())
    for column, values in (("author", listed), ("id", list(used_by))):
        query = f"SELECT place FROM named WHERE {column} IN (SELECT value FROM wanted)"  # noqa: S608
        places.update(place for (place,) in names.ask(query, wanted=values))
    for place in sorted(places):
        id_ = models.id[place]
        authors = frozenset(used_by.get(id_, ()))
        yield Named(id_, int(likes[place]), bases.get(id_, frozenset()), authors)


def _write_findings(graph: Graph, found: Findings, models: Models, batch_size: int) -> None:
    """Make `findings` of models and authors what was found."""
    node_of = _nodes_of(models, found.models)
    of_models = {node_of[id_]: told for id_, told in found.models.items()}
    for node, key, right in ((MODEL, "id(n)", of_models), (AUTHOR, "n.name_folded", found.authors)):
        names = {"label": node.label, "key": key}
        rows = graph.command(_FINDINGS.format(**names)).rows
        held = {one: row["held"] for row in rows for one in row["keys"]}
        changed = [(k, right.get(k)) for k in {*held, *right} if held.get(k) != right.get(k)]
        write_rows(graph, _FOUND.format(**names), changed, batch_size)


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
    write_rows(graph, _UNMIRROR, stale, batch_size, at_once=1)  # many lead to the same original
    write_rows(graph, _MIRROR, missing, batch_size, at_once=1)


def _nodes(found: Sequence[int]) -> IntArray:
    return np.array(found, dtype=np.int64)
