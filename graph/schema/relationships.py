"""Relationship types."""

from graph.schema.parts import Property, RelationshipType, Source, Type, by_loader
from graph.schema.relations import RELATION
from graph.schema.shared import AWAY, HELD

_LINEAGE_PROPERTIES = (
    *HELD,
    by_loader(
        "since",
        Type.DATETIME,
        "Since when it is known to hold: the child's `appeared_at` if it was stated as soon as any "
        "lineage of the child was, else when it was first stated.",
    ),
    AWAY,
    Property(
        "source",
        Type.STRING,
        "Where it is stated: in the Hub's `baseModels`, or in tags alone; unset: not said.",
        values=("base_models", "tags"),
    ),
    Property(
        "cut",
        Type.STRING,
        "Why scores leave this relationship out; unset when they count it.",
        source=Source.INFLUENCE,
        values=("loop", "dup", "cycle"),
    ),
    Property(
        "licence_verdict",
        Type.STRING,
        "How the declared licence of the child differs from that of the base; no legal advice.",
        source=Source.INFLUENCE,
        values=(
            "same",
            "compatible",
            "more_restrictive",
            "relaxed",
            "undecidable",
            "undeclared_base",
            "undeclared_child",
            "not_crawled",
        ),
    ),
    Property(
        "licence_rules",
        Type.STRINGS,
        "The [rules](licences.md#verdicts) that led to `licence_verdict`, then flags.",
        source=Source.INFLUENCE,
    ),
)

LINEAGE = tuple(
    RelationshipType(
        relation.type, "Model", "Model", relation.description, _LINEAGE_PROPERTIES, relation.word
    )
    for relation in RELATION.values()
)
"""The relationship types that say what a model was made from: (child)-[…]->(base)."""
FINETUNE, ADAPTER, MERGE, QUANTIZE = LINEAGE

CARD_NAMES = RelationshipType(
    "CARD_NAMES",
    "Model",
    "Model",
    "The model's card names the other as its base.",
    HELD,
    stated_by="card_bases",
)
TAG_NAMES = RelationshipType(
    "TAG_NAMES",
    "Model",
    "Model",
    "The model's tags name the other as its base, and the Hub resolves no relation between them.",
    HELD,
    stated_by="tagged_bases",
)
DECLARED = (CARD_NAMES, TAG_NAMES)
"""The relationship types by which a model declares its bases: (child)-[…]->(base)."""
LAYERS = {"resolved": tuple(r.type for r in LINEAGE), "declared": tuple(r.type for r in DECLARED)}
"""Layers of lineage: what the Hub resolved, and what cards and tags declare → their types."""
SCORED_LAYER = "resolved"
"""The layer that scores are computed from."""
TRAINED_ON = RelationshipType(
    "TRAINED_ON",
    "Model",
    "Dataset",
    "The model's card says that it was trained on the dataset.",
    HELD,
    stated_by="datasets",
)
DESCRIBED_IN = RelationshipType(
    "DESCRIBED_IN", "Model", "Paper", "The model's card names the paper.", HELD, stated_by="papers"
)
SUPERSEDED_BY = RelationshipType(
    "SUPERSEDED_BY",
    "Model",
    "Model",
    "The model's card names the other as its new version.",
    HELD,
    stated_by="new_version",
)
USES = RelationshipType(
    "USES", "Space", "Model", "The Space uses the model.", HELD, stated_by="models"
)
USES_DATASET = RelationshipType(
    "USES", "Space", "Dataset", "The Space uses the dataset.", HELD, stated_by="datasets"
)
CONCERNS = RelationshipType("CONCERNS", "Change", "Model", "It happened to the model.")
MIRROR_OF = RelationshipType(
    "MIRROR_OF",
    "Model",
    "Model",
    "By its name it is the other model, uploaded again by another publisher.",
    (
        Property(
            "tier",
            Type.STRING,
            "How sure that is. A: its publisher is known to re-package models, and "
            "`influence_mirror` counts its derivatives for the other. B: a suggestion.",
            source=Source.INFLUENCE,
            values=("A", "B"),
        ),
        Property("name", Type.STRING, "What the two names share.", source=Source.INFLUENCE),
    ),
)
