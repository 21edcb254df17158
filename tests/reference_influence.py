"""A second opinion on influence, written without looking at `graph.scores`.

Names instead of numbers, sets and breadth-first search instead of arrays, a linear solve instead of
iterations. Slow and plain on purpose; only tests use it.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import exp, log, log10
from typing import Any

import networkx as nx
import numpy as np
from scipy.sparse import csr_array, identity
from scipy.sparse.linalg import spsolve

from graph.store.connection import Graph, Statement

DAMPING = 0.85
WEIGHTS = {"ROOT": 1.0, "FINETUNE": 1.0, "MERGE": 1.0, "ADAPTER": 0.5, "QUANTIZE": 0.2}
PRECEDENCE = ("FINETUNE", "ADAPTER", "QUANTIZE", "MERGE")
START = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Edge:
    """`child` was made from `base`; `seen` is in days."""

    child: str
    base: str
    type: str = "FINETUNE"
    seen: int = 0


@dataclass
class Family:
    """A small lineage: what a test plants, and what the reference computes from."""

    edges: list[Edge]
    created: dict[str, Any] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    downloads: dict[str, int] = field(default_factory=dict)
    likes: dict[str, int] = field(default_factory=dict)

    @property
    def models(self) -> list[str]:
        return sorted({m for e in self.edges for m in (e.child, e.base)})

    def renamed(self, suffix: str) -> "Family":
        """The same lineage under other names and other authors."""

        def name(model: str) -> str:
            owner, _, rest = model.rpartition("/")
            return f"{owner}{suffix}/{rest}" if owner else f"{rest}{suffix}"

        return Family(
            [Edge(name(e.child), name(e.base), e.type, e.seen) for e in self.edges],
            {name(m): day for m, day in self.created.items()},
            {name(m) for m in self.gone},
            {name(m): count for m, count in self.downloads.items()},
            {name(m): count for m, count in self.likes.items()},
        )


def family(text: str, **more: object) -> Family:
    """Read `child base [TYPE [seen]]`, one edge per line or separated by `;`."""
    edges = []
    for line in text.replace(";", "\n").splitlines():
        parts = line.split()
        if parts:
            edges.append(Edge(*parts[:3], *map(int, parts[3:])))  # type: ignore[arg-type]
    return Family(edges, **more)  # type: ignore[arg-type]


def union(families: Iterable[Family]) -> Family:
    whole = Family([])
    for one in families:
        whole.edges += one.edges
        whole.created |= one.created
        whole.gone |= one.gone
        whole.downloads |= one.downloads
        whole.likes |= one.likes
    return whole


def author(model: str) -> str | None:
    return model.split("/", maxsplit=1)[0] if "/" in model else None


def clean(one: Family) -> list[str | None]:
    """The mark of each edge: None where it counts."""
    marks: list[str | None] = ["loop" if e.child == e.base else None for e in one.edges]
    best: dict[tuple[str, str], int] = {}
    for i, edge in enumerate(one.edges):
        if marks[i]:
            continue
        other = best.get((edge.child, edge.base))
        if other is None:
            best[edge.child, edge.base] = i
            continue
        old = one.edges[other]
        newer = (edge.seen, PRECEDENCE.index(edge.type)) > (old.seen, PRECEDENCE.index(old.type))
        loser = other if newer else i
        marks[loser] = "dup"
        best[edge.child, edge.base] = i if newer else other
    directed = nx.DiGraph(
        [(e.child, e.base) for e, m in zip(one.edges, marks, strict=True) if not m]
    )
    component = {
        model: number
        for number, members in enumerate(nx.strongly_connected_components(directed))
        for model in members
    }
    for i, edge in enumerate(one.edges):
        if marks[i] or component[edge.child] != component[edge.base]:
            continue
        child, base = one.created.get(edge.child), one.created.get(edge.base)
        if child is None or base is None or child <= base:
            marks[i] = "cycle"
    return marks


def kept(one: Family) -> list[Edge]:
    return [e for e, mark in zip(one.edges, clean(one), strict=True) if mark is None]


def kinds(edges: Iterable[Edge]) -> dict[str, str]:
    found: dict[str, Edge] = {}
    for e in edges:
        old = found.get(e.child)
        if old is None or (e.seen, PRECEDENCE.index(e.type)) > (
            old.seen,
            PRECEDENCE.index(old.type),
        ):
            found[e.child] = e
    return {child: e.type for child, e in found.items()}


def weights(one: Family, by_kind: Mapping[str, float] = WEIGHTS) -> dict[str, float]:
    """b of every model, as `influence` counts it."""
    kind = kinds(kept(one))
    return {m: 0.0 if m in one.gone else by_kind[kind.get(m, "ROOT")] for m in one.models}


def solve(
    edges: Iterable[Edge], own: Mapping[str, float], damping: float = DAMPING
) -> dict[str, float]:
    """I of every model: (1 - d) b = (identity - d flow) I, solved at once."""
    edges = list(edges)
    index = {m: i for i, m in enumerate(own)}
    out: dict[str, int] = defaultdict(int)
    for e in edges:
        out[e.child] += 1
    rows = [index[e.base] for e in edges]
    columns = [index[e.child] for e in edges]
    values = [damping / out[e.child] for e in edges]
    size = len(own)
    flow = csr_array((values, (rows, columns)), shape=(size, size))
    right = (1 - damping) * np.array(list(own.values()))
    solution = spsolve((identity(size) - flow).tocsc(), right)
    return dict(zip(own, np.atleast_1d(solution).tolist(), strict=True))


def influence(one: Family, damping: float = DAMPING) -> dict[str, float]:
    return solve(kept(one), weights(one), damping)


def influence_raw(one: Family, damping: float = DAMPING) -> dict[str, float]:
    return solve(kept(one), dict.fromkeys(one.models, 1.0), damping)


def collapsed(one: Family, mirrors: Mapping[str, str]) -> Family:
    """The lineage between originals: mirrors are gone, and what was made from them moved."""
    edges = kept(one)
    declares = {e.child for e in edges}
    kind = kinds(edges)
    moved = []
    for e in edges:
        child, base = mirrors.get(e.child, e.child), mirrors.get(e.base, e.base)
        copied = child not in declares and child != base
        if e.child not in mirrors or copied:
            moved.append(Edge(child, base, kind[e.child]))
    return Family(kept(Family(moved, one.created)), one.created, one.gone)


def own_series(
    one: Family, counts: Mapping[str, float], by_kind: Mapping[str, str]
) -> dict[str, float]:
    """What share of itself each model counts, in a lineage of originals."""
    siblings = Counter(
        (e.base, author(e.child) or e.child, by_kind[e.child])
        for e in one.edges
        if counts[e.child] > 0
    )
    shares = {}
    for model in counts:
        bases = [e.base for e in one.edges if e.child == model]
        mine = author(model)
        if bases and mine and all(author(b) == mine for b in bases):
            shares[model] = 0.0
            continue
        key = mine or model
        most = max([1, *(siblings[b, key, by_kind[model]] for b in bases)])
        shares[model] = (1 + log(most)) / most
    return shares


def popular(one: Family) -> dict[str, float]:
    """b of every model by downloads and likes."""
    return {
        m: 0.0
        if m in one.gone
        else 0.1 + log10(1 + one.downloads.get(m, 0)) / 2 + log10(1 + one.likes.get(m, 0))
        for m in one.models
    }


def recent(one: Family) -> dict[str, float]:
    """b of every model by its age; `created` is in days."""
    youngest = max((one.created[m] for m in one.models if m in one.created), default=0)
    return {
        m: b * exp((one.created[m] - youngest) / 180) if m in one.created else 0.0
        for m, b in weights(one).items()
    }


def monthly(one: Family) -> Iterator[dict[str, float]]:
    """b of what was made in each month, 0 for all else, up to the last month that was over."""
    dated = {m: START + timedelta(days=day) for m, day in one.created.items() if m in one.models}
    months = {m: 12 * at.year + at.month for m, at in dated.items()}
    for month in range(min(months.values(), default=0), max(months.values(), default=0)):
        yield {m: b if months.get(m) == month else 0.0 for m, b in weights(one).items()}


def flows(one: Family, damping: float = DAMPING) -> dict[str, list[float]]:
    """What was made in each month gives to every model."""
    found: dict[str, list[float]] = {m: [] for m in one.models}
    for own in monthly(one):
        for m, worth in solve(kept(one), own, damping).items():
            found[m].append(worth / (1 - damping) - own[m])
    return found


def author_flows(one: Family, damping: float = DAMPING) -> dict[str, list[float]]:
    """What was made in each month gives to every author over models of others."""
    found: dict[str, list[float]] = {author(m) or "": [] for m in one.models}
    bases = Counter(e.child for e in kept(one))
    for own in monthly(one):
        score = solve(kept(one), own, damping)
        for flow in found.values():
            flow.append(0.0)
        for e in kept(one):
            if author(e.base) != author(e.child):
                arrives = damping * score[e.child] / bases[e.child]
                found[author(e.base) or ""][-1] += arrives / (1 - damping)
    return found


def modelrank(flow: Iterable[float]) -> tuple[float, float]:
    """ModelRank of one model after its flows, and by how much it rose in the last month."""
    before = now = 0.0
    for each in flow:
        before, now = now, 0.5 * each + 0.5 * 0.85 * now
    return now, now - before


def flowed(one: Family) -> dict[str, float]:
    """Downloads of every model and of what was made from it, shared by the bases of merges."""
    edges = kept(one)
    bases = Counter(e.child for e in edges)

    def of(model: str) -> float:
        below = (of(e.child) / bases[e.child] for e in edges if e.base == model)
        own = 0 if model in one.gone else one.downloads.get(model, 0)
        return own + sum(below)

    return {m: of(m) for m in one.models}


def descendants(edges: Iterable[Edge]) -> dict[str, dict[str, int]]:
    """For every base, its descendants with their shortest distance."""
    children = defaultdict(list)
    for e in edges:
        children[e.base].append(e.child)
    found = {}
    for start in list(children):
        depth = {start: 0}
        queue = deque([start])
        while queue:
            model = queue.popleft()
            for child in children.get(model, []):
                if child not in depth:
                    depth[child] = depth[model] + 1
                    queue.append(child)
        del depth[start]
        found[start] = depth
    return found


@dataclass
class AuthorTotals:
    inflow: float = 0.0
    models: set[str] = field(default_factory=set)
    publishers: set[str] = field(default_factory=set)


def authors(one: Family, damping: float = DAMPING) -> dict[str, AuthorTotals]:
    """The roll-up of every author that others build on."""
    edges, score = kept(one), influence(one, damping)
    totals: dict[str, AuthorTotals] = defaultdict(AuthorTotals)
    bases = Counter(e.child for e in edges)
    for e in edges:
        owner = author(e.base)
        if owner and owner != author(e.child):
            totals[owner].inflow += damping * score[e.child] / bases[e.child]
    for base, below in descendants(edges).items():
        owner = author(base)
        for model in below:
            if owner and owner != author(model) and model not in one.gone:
                totals[owner].models.add(model)
                totals[owner].publishers |= {author(model) or ""} - {""}
    return dict(totals)


def plant(graph: Graph, one: Family) -> None:
    models = [
        {
            "id": m,
            "author": author(m),
            "created": START + timedelta(days=one.created[m]) if m in one.created else None,
            "gone": START if m in one.gone else None,
            "downloads": one.downloads.get(m),
            "likes": one.likes.get(m),
        }
        for m in one.models
    ]
    edges = defaultdict(list)
    for e in one.edges:
        edges[e.type].append([e.child, e.base, START + timedelta(days=e.seen)])
    graph.write(
        Statement(
            "UNWIND $models AS m CREATE (:Model {id: m.id, id_folded: toLower(m.id), known: true, "
            "author: m.author, created_at: m.created, gone_since: m.gone, "
            "downloads: m.downloads, likes: m.likes})",
            {"models": models},
        ),
        Statement("MATCH (m:Model) WHERE m.gone_since IS NOT NULL SET m:Gone"),
        Statement(
            "MATCH (m:Model) WHERE m.author IS NOT NULL "
            "MERGE (a:Author {name_folded: toLower(m.author)}) SET a.name = m.author "
            "MERGE (a)-[:PUBLISHED]->(m)"
        ),
        *(
            Statement(
                "UNWIND $rows AS row MATCH (c:Model {id: row[0]}) MATCH (b:Model {id: row[1]}) "
                f"CREATE (c)-[:{type_} {{since: row[2]}}]->(b)",
                {"rows": rows},
            )
            for type_, rows in edges.items()
        ),
    )
