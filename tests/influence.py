"""Small lineages in a real graph, and what was stored there compared with the second opinion."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from graph import schema
from graph.scores.pipeline import InfluenceSummary, compute
from graph.settings import Settings
from graph.store.connection import Graph
from tests import reference_influence as reference
from tests.reference_influence import DAMPING, Edge, Family, family, plant, union

FAMILIES = {
    "star5": family("\n".join(f"star{i}/c star/b" for i in range(5))),
    "chain4": family("c1/a c2/b; c2/b c3/c; c3/c c4/d"),
    "diamond": family("d1/l d4/r; d2/m d4/r; d3/k d1/l MERGE; d3/k d2/m MERGE"),
    "skip": family("s1/p s3/g; s2/c s1/p MERGE; s2/c s3/g MERGE"),
    "cycle3": family("y/a y/b MERGE; y/b y/c MERGE; y/c y/a MERGE; yu/u y/a"),
    "dated3": family(
        "t/a t/b MERGE; t/b t/c MERGE; t/c t/a MERGE; tu/u t/a",
        created={"t/c": 1, "t/b": 2, "t/a": 3},
    ),
    "loop": family("o/a o/a; o/a ob/b"),
    "kinds": family("k1/f k/b; k2/d k/b ADAPTER; k3/q k/b QUANTIZE; k4/t k3/q"),
    "mirror": family("mx/X mc/C QUANTIZE; mu/u mx/X; mv/v mx/X; mw/w mc/C"),
    "selfcite": family("e/i e/b; eu/u e/i; z/1 e/b ADAPTER; z/2 e/b ADAPTER; z/3 e/b ADAPTER"),
    "dead": family("g1/c g2/p; g2/p g3/g", gone={"g2/p"}),
}


def scores(graph: Graph) -> dict[str, dict[str, Any]]:
    return _stored(graph, "MATCH (n:Model) WHERE n.influence IS NOT NULL RETURN n.id AS key, n")


def author_scores(graph: Graph) -> dict[str, dict[str, Any]]:
    return _stored(graph, "MATCH (n:Author) WHERE n.influence IS NOT NULL RETURN n.name AS key, n")


def _stored(graph: Graph, cypher: str) -> dict[str, dict[str, Any]]:
    return {row["key"]: row["n"] for row in graph.read(cypher, row_limit=100_000).rows}


def marks(graph: Graph) -> dict[str, int]:
    rows = graph.read("MATCH ()-[r]->() WHERE r.cut IS NOT NULL RETURN r.cut AS cut, count(*) AS n")
    return {row["cut"]: row["n"] for row in rows.rows}


def mirror_links(graph: Graph) -> dict[str, tuple[str, str]]:
    rows = graph.read(
        "MATCH (m:Model)-[r:MIRROR_OF]->(o:Model) RETURN m.id AS m, o.id AS o, r.tier AS tier"
    ).rows
    return {row["m"]: (row["o"], row["tier"]) for row in rows}


def run_of(graph: Graph, summary: InfluenceSummary) -> dict[str, Any]:
    return dict(graph.read("MATCH (r:Run {id: $id}) RETURN r", {"id": summary.run}).one()["r"])


def everything(graph: Graph) -> list[str]:
    """All nodes and relationships but runs, as sorted text."""
    nodes = graph.read(
        "MATCH (n) WHERE NOT n:Run RETURN labels(n) AS l, properties(n) AS p", row_limit=100_000
    )
    links = graph.read(
        "MATCH (a)-[r]->(b) RETURN coalesce(a.id, a.name) AS a, type(r) AS t, b.id AS b, "
        "properties(r) AS p",
        row_limit=100_000,
    )
    return sorted(str({**row, "p": sorted(row["p"].items())}) for row in [*nodes.rows, *links.rows])


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 (the same families in every run, no secret)


def ranked(
    graph: Graph, settings: Settings, *families: Family, **changed: object
) -> InfluenceSummary:
    plant(graph, union(families))
    return compute(graph, settings.model_copy(update=changed))


def random_family(rng: random.Random, name: str, *, gone: bool = True) -> Family:
    """A few models of a few authors with loops, duplicates, cycles, dates and deleted ones."""
    models = [f"{name}{rng.choice('abcd')}/m{i}" for i in range(rng.randint(2, 12))]
    types = ("FINETUNE", "ADAPTER", "MERGE", "QUANTIZE")
    edges = [
        Edge(rng.choice(models), rng.choice(models), rng.choice(types), rng.randint(0, 2))
        for _ in range(rng.randint(1, 18))
    ]
    created = {m: 20 * rng.randint(0, 5) for m in models if rng.random() < 0.7}
    gone_ones = {m for m in models if gone and rng.random() < 0.15}
    downloads = {m: int(10 ** (6 * rng.random())) for m in models if rng.random() < 0.8}
    likes = {m: rng.randint(0, 500) for m in models if rng.random() < 0.8}
    return Family(edges, created, gone_ones, downloads, likes)


def check_against_reference(graph: Graph, whole: Family, damping: float = DAMPING) -> None:
    """Everything stored equals the second opinion: scores, counts, ranks, authors, marks."""
    stored, edges = scores(graph), reference.kept(whole)
    below = reference.descendants(edges)
    kind, own = reference.kinds(edges), reference.weights(whole)
    score = reference.influence(whole, damping)
    raw = reference.influence_raw(whole, damping)
    popular = reference.solve(edges, reference.popular(whole), damping)
    recent = reference.solve(edges, reference.recent(whole), damping)
    flowed = reference.flowed(whole)
    monthly = reference.flows(whole, damping)
    originals = {original for original, _ in mirror_links(graph).values()}
    assert set(below) <= set(stored) <= set(below) | originals
    labelled = graph.read("MATCH (m:Base) RETURN m.id AS id", row_limit=100_000).rows
    assert {row["id"] for row in labelled} == set(stored)
    for model, found in stored.items():
        if model not in below:  # made from mirrors of it alone
            assert (found["descendants"], found["effective_descendants"]) == (0, 0)
            continue
        assert found["influence"] == pytest.approx(score[model], abs=1e-9), model
        assert found["influence_raw"] == pytest.approx(raw[model], abs=1e-9), model
        parts = {part: found[f"influence_by_{part}"] for part in schema.PARTS}
        of_root = (1 - damping) * (model not in kind and model not in whole.gone)
        assert sum(parts.values()) + of_root == pytest.approx(raw[model], abs=1e-9), model
        weighed = sum(
            reference.WEIGHTS[type_] * parts[word]
            for word, type_ in schema.TYPE_OF_RELATION.items()
        )
        assert weighed + of_root == pytest.approx(score[model], abs=1e-9), model
        assert found["influence_popular"] == pytest.approx(popular[model], rel=1e-9, abs=1e-8), (
            model
        )
        assert found["influence_recent"] == pytest.approx(recent[model], abs=1e-9), model
        risen = (found["modelrank"], found["modelrank_change"])
        assert risen == pytest.approx(reference.modelrank(monthly[model]), abs=1e-9), model
        assert found["downloads_attributed"] == pytest.approx(flowed[model], abs=1e-5), model
        effective = score[model] / (1 - damping) - own[model]
        assert found["effective_descendants"] == pytest.approx(effective, abs=1e-8), model
        there = {name: steps for name, steps in below[model].items() if name not in whole.gone}
        known = [whole.downloads[m] for m in there if m in whole.downloads]
        assert found["downloads_below"] == sum(known), model
        assert found["downloads_unknown"] == len(there) - len(known), model
        assert found["descendants"] == len(there), model
        assert found["descendants_gone"] == len(below[model]) - len(there), model
        assert found["descendants_depth"] == max(there.values(), default=0), model
        for relation, type_ in schema.TYPE_OF_RELATION.items():
            expected = sum(kind[d] == type_ for d in there)
            assert found[f"descendants_{relation}"] == expected, model
    ranked = {m: f for m, f in stored.items() if m not in whole.gone}
    assert all(stored[m].get("influence_rank") is None for m in stored.keys() - ranked.keys())
    shown_scores = {m: score.get(m, 0) / (1 - damping) - own.get(m, 0) for m in stored}
    check_ranks({m: f["influence_rank"] for m, f in ranked.items()}, shown_scores)
    raw_ranks = {m: f["influence_raw_rank"] for m, f in ranked.items()}
    check_ranks(raw_ranks, {m: f["influence_raw"] for m, f in ranked.items()})
    check_authors(graph, whole, damping)
    expected_marks = [m for m in reference.clean(whole) if m]
    assert marks(graph) == {m: expected_marks.count(m) for m in set(expected_marks)}


def check_authors(graph: Graph, whole: Family, damping: float) -> None:
    totals = {a: t for a, t in reference.authors(whole, damping).items() if t.models}
    accounts = author_scores(graph)
    assert set(accounts) == set(totals)
    for name, found in accounts.items():
        assert found["influence"] == pytest.approx(totals[name].inflow, abs=1e-9), name
        shown = totals[name].inflow / (1 - damping)
        assert found["effective_descendants"] == pytest.approx(shown, abs=1e-8), name
        assert found["outside_models"] == len(totals[name].models), name
        assert found["outside_publishers"] == len(totals[name].publishers), name
    inflows = {a: t.inflow for a, t in totals.items()}
    check_ranks({a: f["influence_rank"] for a, f in accounts.items()}, inflows)


def check_ranks(ranks: Mapping[str, int], score: Mapping[str, float]) -> None:
    values = np.array([score[key] for key in ranks])
    for key, rank in ranks.items():
        assert rank == 1 + int((values > score[key] + 1e-7).sum()), key
