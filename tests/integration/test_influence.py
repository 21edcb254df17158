"""Influence in a real Neo4j with GDS: known values, a second opinion, and laws."""

from collections.abc import Callable

import numpy as np
import pytest

from graph import schema
from graph.schema import Source
from graph.scores import gds
from graph.scores.engine import Links
from graph.scores.pipeline import compute
from graph.settings import Settings
from graph.store.connection import Graph
from tests import reference_influence as reference
from tests.influence import (
    FAMILIES,
    author_scores,
    check_against_reference,
    marks,
    random_family,
    ranked,
    scores,
    seeded,
)
from tests.reference_influence import DAMPING, Edge, Family, family, plant, union

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


def own_weights(one: Family, name: str) -> dict[str, float]:
    """b of every model for one of `BOTH`."""
    return reference.weights(one) if name == "influence" else dict.fromkeys(one.models, 1.0)


def scored(graph: Graph, settings: Settings, families: list[Family]) -> Callable[..., float]:
    """Plant the families, compute, and give a function (family, model, name) -> I of any model."""
    ranked(graph, settings, *families)
    stored = scores(graph)

    def value(one: Family, model: str, name: str) -> float:
        if model in stored:
            return float(stored[model][name])
        return (1 - DAMPING) * own_weights(one, name)[model]

    return value


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
    for scored, found in ((schema.MODEL_SCORES, model), (schema.AUTHOR_SCORES, author)):
        for prop in schema.score_properties(scored):
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


def test_long_chains_converge(empty_graph: Graph, settings: Settings) -> None:
    whole = family("\n".join(f"l{i}/m l{i + 1}/m" for i in range(45)))
    summary = ranked(empty_graph, settings, whole)
    assert summary.converged
    assert summary.iterations == 45  # the newest of the 46 models passes on itself alone
    check_against_reference(empty_graph, whole)


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
