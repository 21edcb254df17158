"""Influence in a real Neo4j with GDS: known values, a second opinion, laws, and what is stored."""

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph import schema
from graph.errors import DataError, HubgraphError, QueryError, ServerError
from graph.schema import Source
from graph.scores import EngineName, InfluenceSummary, compute, gds
from graph.scores.engine import Links
from graph.settings import Settings
from graph.store.connection import Graph
from tests import reference_influence as reference
from tests.progress import Seen
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
KNOWN: dict[str, dict[str, float]] = {
    "star/b": {"influence_raw": 0.7875, "effective_descendants": 4.25, "descendants": 5},
    "c2/b": {"influence_raw": 0.2775}, "c3/c": {"influence_raw": 0.385875},
    "c4/d": {
        "influence_raw": 0.47799375, "effective_descendants": 2.186625,
        "descendants": 3, "descendants_depth": 3,
    },
    "d4/r": {"influence_raw": 0.513375, "descendants": 3, "descendants_merge": 1},
    "d1/l": {"influence_raw": 0.21375}, "d2/m": {"influence_raw": 0.21375},
    "s3/g": {"influence_raw": 0.3954375, "descendants": 2, "descendants_depth": 1},
    "s1/p": {"influence_raw": 0.21375}, "y/a": {"influence_raw": 0.2775, "descendants": 1},
    "t/a": {"influence_raw": 0.2775}, "t/b": {"influence_raw": 0.385875},
    "t/c": {"influence_raw": 0.47799375}, "ob/b": {"influence_raw": 0.2775},
    "k/b": {
        "influence_raw": 0.640875, "influence": 0.475125, "effective_descendants": 2.1675,
        "descendants": 4, "descendants_finetune": 2, "descendants_adapter": 1,
        "descendants_quantized": 1, "descendants_merge": 0,
    },
    "k3/q": {"influence": 0.1575}, "mc/C": {"influence_raw": 0.62175, "influence": 0.51975},
    "mx/X": {"influence_raw": 0.405}, "e/b": {"influence_raw": 0.768375, "influence": 0.577125},
    "g3/g": {"influence_raw": 0.385875, "influence": 0.258375}, "g2/p": {"influence": 0.1275},
}  # fmt: skip
BOTH = ("influence", "influence_raw")
LEAVES = ["star0/c", "c1/a", "d3/k", "y/b", "y/c", "o/a", "k2/d", "g1/c"]


def scores(graph: Graph) -> dict[str, dict[str, Any]]:
    return _stored(graph, "MATCH (n:Model) WHERE n.influence IS NOT NULL RETURN n.id AS key, n")


def author_scores(graph: Graph) -> dict[str, dict[str, Any]]:
    return _stored(graph, "MATCH (n:Author) WHERE n.influence IS NOT NULL RETURN n.name AS key, n")


def _stored(graph: Graph, cypher: str) -> dict[str, dict[str, Any]]:
    return {row["key"]: row["n"] for row in graph.read(cypher, row_limit=100_000).rows}


def marks(graph: Graph) -> dict[str, int]:
    rows = graph.read("MATCH ()-[r]->() WHERE r.cut IS NOT NULL RETURN r.cut AS cut, count(*) AS n")
    return {row["cut"]: row["n"] for row in rows.rows}


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


def own_weights(one: Family, name: str) -> dict[str, float]:
    """b of every model for one of `BOTH`."""
    return reference.weights(one) if name == "influence" else dict.fromkeys(one.models, 1.0)


def ranked(
    graph: Graph, settings: Settings, *families: Family, **changed: object
) -> InfluenceSummary:
    plant(graph, union(families))
    return compute(graph, settings.model_copy(update=changed))


def scored(graph: Graph, settings: Settings, families: list[Family]) -> Callable[..., float]:
    """Plant the families, compute, and give a function (family, model, name) -> I of any model."""
    ranked(graph, settings, *families)
    stored = scores(graph)

    def value(one: Family, model: str, name: str) -> float:
        if model in stored:
            return float(stored[model][name])
        return (1 - DAMPING) * own_weights(one, name)[model]

    return value


def random_family(rng: random.Random, name: str, *, gone: bool = True) -> Family:
    """A few models of a few authors with loops, duplicates, cycles, dates and deleted ones."""
    models = [f"{name}{rng.choice('abcd')}/m{i}" for i in range(rng.randint(2, 12))]
    types = ("FINETUNE", "ADAPTER", "MERGE", "QUANTIZE")
    edges = [
        Edge(rng.choice(models), rng.choice(models), rng.choice(types), rng.randint(0, 2))
        for _ in range(rng.randint(1, 18))
    ]
    created = {m: rng.randint(0, 5) for m in models if rng.random() < 0.7}
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
    shown_scores = {m: score.get(m, 0) / (1 - damping) - own.get(m, 0) for m in stored}
    check_ranks({m: f["influence_rank"] for m, f in stored.items()}, shown_scores)
    raw_ranks = {m: f["influence_raw_rank"] for m, f in stored.items()}
    check_ranks(raw_ranks, {m: f["influence_raw"] for m, f in stored.items()})
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


def test_known_values(empty_graph: Graph, settings: Settings) -> None:
    whole = union(FAMILIES.values())
    summary = ranked(empty_graph, settings, whole)
    stored = scores(empty_graph)
    for model, expected in KNOWN.items():
        for name, value in expected.items():
            assert stored[model][name] == pytest.approx(value, abs=1e-9), (model, name)
    assert not set(LEAVES) & set(stored)
    assert (summary.cut, summary.scored_models) == ({"loop": 1, "dup": 0, "cycle": 4}, len(stored))
    assert summary.warnings == []
    check_against_reference(empty_graph, whole)


def test_random_families_agree_with_the_reference(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(20251)
    whole = union(random_family(rng, f"r{i}-") for i in range(60))
    ranked(empty_graph, settings, whole)
    assert set(marks(empty_graph)) == {"loop", "dup", "cycle"}
    check_against_reference(empty_graph, whole)


def test_order_and_repetition_change_nothing(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(7)
    families = [random_family(rng, f"p{i}-") for i in range(25)]
    shuffled = []
    for one in families:
        copy = one.renamed("s")
        copy.edges += rng.sample(copy.edges, k=len(copy.edges) // 2)
        rng.shuffle(copy.edges)
        shuffled.append(copy)
    value = scored(empty_graph, settings, [*families, *shuffled])
    for one, copy in zip(families, shuffled, strict=True):
        for model, twin in zip(one.models, copy.models, strict=True):
            for name in BOTH:
                assert value(one, model, name) == pytest.approx(value(copy, twin, name), abs=1e-12)


def test_a_new_leaf_lifts_only_its_base(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(8)
    families = [random_family(rng, f"p{i}-", gone=False) for i in range(25)]
    grown = []
    for one in families:
        copy = one.renamed("g")
        base = rng.choice(copy.models)
        copy.edges.append(Edge("zz-leaf/" + base.replace("/", "-"), base))
        grown.append((copy, base))
    value = scored(empty_graph, settings, [*families, *(copy for copy, _ in grown)])
    for one, (copy, base) in zip(families, grown, strict=True):
        for model, twin in zip(one.models, copy.models[:-1], strict=True):
            for name in BOTH:
                gain = value(copy, twin, name) - value(one, model, name)
                assert gain >= -1e-12
                if twin == base:
                    assert gain == pytest.approx(DAMPING * (1 - DAMPING), abs=1e-12)


def test_a_deleted_model_raises_nobody(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(9)
    families = [random_family(rng, f"p{i}-", gone=False) for i in range(25)]
    thinned = []
    for one in families:
        copy = one.renamed("d")
        copy.gone.add(rng.choice(copy.models))
        thinned.append(copy)
    value = scored(empty_graph, settings, [*families, *thinned])
    for one, copy in zip(families, thinned, strict=True):
        for model, twin in zip(one.models, copy.models, strict=True):
            lost = value(one, model, "influence") - value(copy, twin, "influence")
            assert lost >= -1e-12
            if twin in copy.gone:
                own = (1 - DAMPING) * reference.weights(one)[model]
                assert lost == pytest.approx(own, abs=1e-12)
            raw = value(one, model, "influence_raw")
            assert value(copy, twin, "influence_raw") == pytest.approx(raw, abs=1e-12)


def test_no_mass_appears_or_vanishes(empty_graph: Graph, settings: Settings) -> None:
    """What models count themselves stays somewhere or ends in a model without a base."""
    rng = seeded(10)
    families = [random_family(rng, f"p{i}-") for i in range(25)]
    value = scored(empty_graph, settings, families)
    for one in families:
        children = {e.child for e in reference.kept(one)}
        for name in BOTH:
            total = sum(value(one, m, name) for m in one.models)
            ended = sum(value(one, m, name) for m in one.models if m not in children)
            mass = total + DAMPING / (1 - DAMPING) * ended
            assert mass == pytest.approx(sum(own_weights(one, name).values()), rel=1e-9, abs=1e-12)


def test_tripled_weights_triple_influence(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(3)
    ranked(empty_graph, settings, *(random_family(rng, f"w{i}-") for i in range(10)))
    before = scores(empty_graph)
    weights = [name for name in Settings.model_fields if name.startswith("weight_")]
    tripled = {name: 3 * getattr(settings, name) for name in weights}
    compute(empty_graph, settings.model_copy(update=tripled))
    after = scores(empty_graph)
    assert len(tripled) == 5
    for model, found in before.items():
        assert after[model]["influence"] == pytest.approx(3 * found["influence"], abs=1e-12)
        assert after[model]["influence_raw"] == found["influence_raw"]


@pytest.mark.parametrize("damping", [0.5, 0.95])
def test_other_damping(empty_graph: Graph, settings: Settings, damping: float) -> None:
    rng = seeded(11)
    whole = union(random_family(rng, f"f{i}-") for i in range(10))
    ranked(empty_graph, settings, whole, damping=damping)
    check_against_reference(empty_graph, whole, damping)


def test_a_second_run_changes_only_runs(empty_graph: Graph, settings: Settings) -> None:
    rng = seeded(5)
    ranked(empty_graph, settings, *(random_family(rng, f"i{i}-") for i in range(20)))
    before = everything(empty_graph)
    compute(empty_graph, settings)
    assert everything(empty_graph) == before
    runs = empty_graph.read("MATCH (r:Run) RETURN r.status AS status").rows
    assert runs == [{"status": "complete"}] * 2


def test_marks_are_decided_anew(empty_graph: Graph, settings: Settings) -> None:
    ranked(empty_graph, settings, FAMILIES["cycle3"])
    assert marks(empty_graph) == {"cycle": 3}
    assert set(scores(empty_graph)) == {"y/a"}
    empty_graph.write(
        "UNWIND [['y/c', 1], ['y/b', 2], ['y/a', 3]] AS row MATCH (m:Model {id: row[0]}) "
        "SET m.created_at = datetime('2025-01-01') + duration({days: row[1]})"
    )
    compute(empty_graph, settings)
    assert marks(empty_graph) == {"cycle": 1}
    assert scores(empty_graph)["y/c"]["influence_raw"] == pytest.approx(0.47799375, abs=1e-12)
    empty_graph.write("MATCH (m:Model) REMOVE m.created_at")
    compute(empty_graph, settings)
    assert marks(empty_graph) == {"cycle": 3}
    assert set(scores(empty_graph)) == {"y/a"}


def test_what_no_longer_qualifies_loses_its_scores(empty_graph: Graph, settings: Settings) -> None:
    ranked(empty_graph, settings, FAMILIES["chain4"], FAMILIES["kinds"])
    assert {"c4/d", "k/b"} <= set(scores(empty_graph))
    assert "c4" in author_scores(empty_graph)
    empty_graph.write("MATCH (:Model {id: 'c3/c'})-[r:FINETUNE]->() SET r.gone_since = datetime()")
    compute(empty_graph, settings)
    check_against_reference(empty_graph, union([family("c1/a c2/b; c2/b c3/c"), FAMILIES["kinds"]]))
    leftover = empty_graph.read("MATCH (m:Model {id: 'c4/d'}) RETURN m").one()["m"]
    assert not set(schema.MODEL.names(Source.INFLUENCE)) & set(leftover)
    leftover = empty_graph.read("MATCH (a:Author {name: 'c4'}) RETURN a").one()["a"]
    assert not set(schema.AUTHOR.names(Source.INFLUENCE)) & set(leftover)


def test_when_the_last_lineage_is_history(empty_graph: Graph, settings: Settings) -> None:
    ranked(empty_graph, settings, FAMILIES["chain4"])
    empty_graph.write("MATCH ()-[r:FINETUNE]->() SET r.gone_since = datetime()")
    summary = compute(empty_graph, settings)
    assert (summary.relationships, summary.scored_models) == (0, 0)
    assert scores(empty_graph) == {}
    assert author_scores(empty_graph) == {}


def test_every_property_of_the_schema_is_written(empty_graph: Graph, settings: Settings) -> None:
    ranked(empty_graph, settings, FAMILIES["kinds"])
    types = {"float": float, "integer": int}
    model, author = scores(empty_graph)["k/b"], author_scores(empty_graph)["k"]
    for node, found in ((schema.MODEL, model), (schema.AUTHOR, author)):
        for prop in node.properties:
            if prop.source is Source.INFLUENCE and prop.name != "swarm":
                assert type(found[prop.name]) is types[prop.type.value], prop.name


def test_authors_of_either_spelling_are_one(empty_graph: Graph, settings: Settings) -> None:
    ranked(empty_graph, settings, family("ACME/small acme/big; other/x acme/big"))
    found = empty_graph.read(
        "MATCH (a:Author {name_folded: 'acme'}) RETURN a.outside_models AS models, "
        "a.influence AS influence"
    ).one()
    assert found == {"models": 1, "influence": pytest.approx(0.1275, abs=1e-12)}


def test_models_without_an_owner(empty_graph: Graph, settings: Settings) -> None:
    whole = family("gpt2 acme/big; other/x gpt2")
    summary = ranked(empty_graph, settings, whole)
    check_against_reference(empty_graph, whole)
    found = author_scores(empty_graph)["acme"]
    assert (found["outside_models"], found["outside_publishers"]) == (2, 1)
    assert summary.scored_authors == 1


def test_an_author_without_a_node_is_said(empty_graph: Graph, settings: Settings) -> None:
    plant(empty_graph, FAMILIES["chain4"])
    empty_graph.write("MATCH (a:Author {name: 'c4'}) DETACH DELETE a")
    summary = compute(empty_graph, settings)
    assert summary.scored_authors == 2
    assert len(summary.warnings) == 1
    assert "1 authors" in summary.warnings[0]


def test_small_batches_write_the_same(empty_graph: Graph, settings: Settings) -> None:
    whole = union(FAMILIES.values())
    ranked(empty_graph, settings, whole, batch_size=2)
    check_against_reference(empty_graph, whole)


def test_too_few_iterations_are_said(empty_graph: Graph, settings: Settings) -> None:
    summary = ranked(empty_graph, settings, FAMILIES["chain4"], max_iterations=2)
    assert not summary.converged
    assert "HUBGRAPH_MAX_ITERATIONS" in summary.warnings[0]
    assert json.loads(run_of(empty_graph, summary)["counts"])["converged"] is False


def test_long_chains_converge(empty_graph: Graph, settings: Settings) -> None:
    whole = family("\n".join(f"l{i}/m l{i + 1}/m" for i in range(45)))
    summary = ranked(empty_graph, settings, whole)
    assert summary.converged
    assert summary.iterations == 46
    check_against_reference(empty_graph, whole)


def test_the_run_is_recorded(empty_graph: Graph, settings: Settings) -> None:
    summary = ranked(empty_graph, settings, FAMILIES["loop"])
    run = run_of(empty_graph, summary)
    assert (run["kind"], run["status"]) == ("influence", "complete")
    assert run["started_at"] <= run["ended_at"]
    used = json.loads(run["settings"])
    assert (used["damping"], used["weight_adapter"]) == (0.85, 0.5)
    assert used["layers"] == "resolved"
    assert used["gds"] == empty_graph.gds_version()
    counts = json.loads(run["counts"])
    assert counts["cut"] == {"loop": 1, "dup": 0, "cycle": 0}
    assert set(counts["seconds"]) == {
        *(
            "read",
            "detect",
            "clean",
            "rank",
            "without mirrors",
            "count",
            "reach",
            "authors",
            "write",
        )
    }
    assert (counts["models"], counts["relationships"], counts["scored_models"]) == (2, 2, 1)


def test_progress_covers_every_stage(empty_graph: Graph, settings: Settings) -> None:
    plant(empty_graph, FAMILIES["star5"])
    seen = Seen()
    summary = compute(empty_graph, settings, seen)
    assert seen.stages == [f"Influence: {stage}" for stage in summary.seconds]
    for shares in seen.shares.values():
        assert shares == sorted(shares)
        assert shares[-1] == 1


def test_a_graph_without_lineage_says_so(empty_graph: Graph, settings: Settings) -> None:
    with pytest.raises(DataError, match=r"no lineage.*hubgraph load"):
        compute(empty_graph, settings)
    empty_graph.write("CREATE (:Model {id: 'a/b', id_folded: 'a/b'})")
    with pytest.raises(DataError, match="no lineage"):
        compute(empty_graph, settings)
    assert empty_graph.read("MATCH (r:Run) RETURN count(r) AS runs").one() == {"runs": 0}


def test_gds_is_needed(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Graph, "gds_version", lambda _: None)
    plant(empty_graph, FAMILIES["kinds"])
    with pytest.raises(ServerError, match=r"no Graph Data Science.*--engine duckdb"):
        compute(empty_graph, settings)
    with pytest.raises(ServerError, match="no Graph Data Science"):
        compute(empty_graph, settings, engine=EngineName.DUCKDB, check=True)
    summary = compute(empty_graph, settings, engine=EngineName.DUCKDB)
    assert (summary.engine, summary.largest_difference) == ("duckdb", None)
    check_against_reference(empty_graph, FAMILIES["kinds"])


@pytest.mark.parametrize("engine", EngineName)
def test_both_engines_agree(empty_graph: Graph, settings: Settings, engine: EngineName) -> None:
    rng = seeded(77)
    whole = union([*FAMILIES.values(), *(random_family(rng, f"e{i}-") for i in range(30))])
    plant(empty_graph, whole)
    summary = compute(empty_graph, settings, engine=engine, check=True)
    assert summary.engine == engine
    assert summary.largest_difference is not None
    assert summary.largest_difference <= 1e-9
    check_against_reference(empty_graph, whole)
    assert json.loads(run_of(empty_graph, summary)["settings"])["engine"] == engine


def test_what_does_not_fit_into_the_database_is_ranked_outside(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise QueryError("The memory pool limit was exceeded.")

    monkeypatch.setattr(gds.Gds, "rank", refuses)
    summary = ranked(empty_graph, settings, FAMILIES["kinds"])
    assert summary.engine == "duckdb"
    assert "does not fit into the memory of the database" in summary.warnings[0]
    check_against_reference(empty_graph, FAMILIES["kinds"])


def mirror_links(graph: Graph) -> dict[str, tuple[str, str]]:
    rows = graph.read(
        "MATCH (m:Model)-[r:MIRROR_OF]->(o:Model) RETURN m.id AS m, o.id AS o, r.tier AS tier"
    ).rows
    return {row["m"]: (row["o"], row["tier"]) for row in rows}


def test_swarms_and_mirrors_are_marked_and_their_share_is_taken_out(
    empty_graph: Graph, settings: Settings
) -> None:
    swarm = "s{0}/Qwen-Gensyn-Swarm-bold_jumping_ibis"
    lines = [f"{swarm.format(i)} google/gemma-3-4b-it" for i in range(3)]
    lines += ["ann/a unsloth/gemma-3-4b-it", "bob/b unsloth/gemma-3-4b-it", "cleo/c lab/big"]
    lines += ["dan/d eve/big", "fay/f unsloth/phi-4", "unsloth/gemma-3-4b-it google/gemma-3-4b-it"]
    whole = family("\n".join(lines), likes={"lab/big": 30})
    plant(empty_graph, whole)
    empty_graph.write("CREATE (:Model {id: 'microsoft/phi-4', id_folded: 'microsoft/phi-4'})")
    summary = compute(empty_graph, settings)
    assert summary.swarm == {"gensyn": 3}
    assert summary.mirrors == {"A": 2, "B": 1}
    assert mirror_links(empty_graph) == {
        "unsloth/gemma-3-4b-it": ("google/gemma-3-4b-it", "A"),
        "unsloth/phi-4": ("microsoft/phi-4", "A"),
        "eve/big": ("lab/big", "B"),
    }
    marked = empty_graph.read("MATCH (m:Model) WHERE m.swarm IS NOT NULL RETURN m.swarm AS s").rows
    assert [row["s"] for row in marked] == ["gensyn"] * 3
    stored = scores(empty_graph)
    leaf, own = 0.85 * 0.15, 0.15
    gemma = stored["google/gemma-3-4b-it"]
    assert gemma["influence_mirror"] == pytest.approx(own + 5 * leaf)
    assert gemma["influence_noswarm"] == pytest.approx(own + 2 * leaf)
    assert (gemma["reach"], gemma["reach_clean"]) == (6, 2)
    assert gemma["influence_mirror_rank"] == 1
    assert "influence_mirror" not in stored["unsloth/gemma-3-4b-it"]
    assert stored["unsloth/gemma-3-4b-it"]["influence_raw"] == pytest.approx(own + 2 * leaf)
    original = stored["microsoft/phi-4"]
    assert (original["descendants"], original["effective_descendants"]) == (0, 0)
    assert original["influence_mirror"] == pytest.approx(own + leaf)
    assert stored["eve/big"]["influence_mirror"] == pytest.approx(own + leaf)

    before = everything(empty_graph)
    compute(empty_graph, settings)
    assert everything(empty_graph) == before
    empty_graph.write("MATCH (m:Model {id: 'eve/big'}) SET m.likes = 99")
    compute(empty_graph, settings)
    assert mirror_links(empty_graph)["lab/big"] == ("eve/big", "B")
    assert "eve/big" not in mirror_links(empty_graph)


def test_rules_of_ones_own_switch_a_rule_off(
    empty_graph: Graph, settings: Settings, tmp_path: Path
) -> None:
    plant(empty_graph, family("s/Qwen-Gensyn-Swarm-bold_jumping_ibis a/b"))
    assert compute(empty_graph, settings).swarm == {"gensyn": 1}
    own = tmp_path / "rules.toml"
    own.write_text("swarm = [{id = 'gensyn', pattern = '^$', reason = '-', counts = true}]")
    changed = settings.model_copy(update={"rules_file": own})
    assert compute(empty_graph, changed).swarm == {}
    marked = empty_graph.read("MATCH (m:Model) WHERE m.swarm IS NOT NULL RETURN count(m) AS n")
    assert marked.one() == {"n": 0}


class Killed(BaseException):
    """Ends a run as abruptly as a test can."""


@pytest.mark.parametrize(
    ("error", "status"), [(Killed(), "interrupted"), (HubgraphError("the disk is full"), "failed")]
)
def test_a_broken_run_is_repaired_by_the_next(
    empty_graph: Graph,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    status: str,
) -> None:
    whole = union(FAMILIES.values())
    plant(empty_graph, whole)

    def breaks(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("graph.scores.writing._clear", breaks)
        with pytest.raises(type(error)):
            compute(empty_graph, settings)
    run = empty_graph.read("MATCH (r:Run) RETURN r").one()["r"]
    assert (run["status"], run["message"]) == (status, str(error) or "Killed")
    compute(empty_graph, settings)
    check_against_reference(empty_graph, whole)


def test_projections_go(
    empty_graph: Graph, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def projections() -> list[str]:
        rows = empty_graph.read("CALL gds.graph.list() YIELD graphName RETURN graphName AS n").rows
        return [row["n"] for row in rows if row["n"].startswith(gds.PREFIX)]

    plant(empty_graph, FAMILIES["star5"])
    stale = gds.PREFIX + "left-by-a-killed-run"
    empty_graph.command(
        "UNWIND [[1, 2]] AS row WITH gds.graph.project($name, row[0], row[1]) AS g RETURN 1 AS one",
        {"name": stale},
    )
    assert projections() == [stale]
    compute(empty_graph, settings)
    assert projections() == []

    def breaks(*_: object) -> None:
        assert len(projections()) == 1
        raise Killed

    monkeypatch.setattr(gds, "_teleport", breaks)
    with pytest.raises(Killed):
        compute(empty_graph, settings)
    assert projections() == []


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([(0, 1), (1, 2), (2, 0), (3, 0)], [1.330418, 1.280855, 1.238727]),
        ([(0, 0), (0, 1)], [0.260870, 0.260870]),
    ],
    ids=["cycle3", "loop"],
)
def test_what_cleaning_prevents(
    empty_graph: Graph, settings: Settings, edges: list[tuple[int, int]], expected: list[float]
) -> None:
    """Uncleaned, a cycle and a loop are worth fake rank: why `cut` exists."""
    child, base = np.array(edges, dtype=np.int64).T
    size = int(np.max([child, base])) + 1
    longer = settings.model_copy(update={"max_iterations": 500, "tolerance": 1e-12})
    ranking = gds.Gds(empty_graph).rank(Links(child, base, size), [np.ones(size)], longer)
    assert ranking.scores[0] == pytest.approx(expected, abs=1e-6)
