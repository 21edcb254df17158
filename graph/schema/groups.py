"""Labels and types by what they have in common."""

from graph.schema.hub import AUTHOR, DATASET, PAPER, SPACE
from graph.schema.kept import ANSWER, CHANGE, RUN
from graph.schema.model import MODEL
from graph.schema.relationships import (
    ADAPTER,
    CONCERNS,
    DESCRIBED_IN,
    FINETUNE,
    MERGE,
    PUBLISHED,
    PUBLISHED_DATASET,
    PUBLISHED_SPACE,
    QUANTIZE,
    SUPERSEDED_BY,
    TRAINED_ON,
    USES,
    USES_DATASET,
)

NODES = (MODEL, AUTHOR, DATASET, SPACE, PAPER, CHANGE, RUN, ANSWER)
REPOSITORIES = (MODEL, DATASET, SPACE)
"""What an account publishes: named `owner/name`, known or a placeholder."""
LINEAGE = (FINETUNE, ADAPTER, MERGE, QUANTIZE)
"""The relationship types that say what a model was made from: (child)-[…]->(base)."""
OWNERSHIP = (PUBLISHED, PUBLISHED_DATASET, PUBLISHED_SPACE)
"""Who holds what."""
REFERENCES = (TRAINED_ON, DESCRIBED_IN, SUPERSEDED_BY, USES, USES_DATASET)
"""What follows from a property that holds ids."""
RELATIONSHIPS = (*OWNERSHIP, *LINEAGE, *REFERENCES, CONCERNS)

NODE_OF_LABEL = {node.label: node for node in NODES}

TYPE_OF_RELATION = {t.relation: t.type for t in LINEAGE if t.relation}
"""The Hub's word → relationship type: `quantized` → `QUANTIZE`."""
RELATION_OF_TYPE = {relation: word for word, relation in TYPE_OF_RELATION.items()}
"""Relationship type → the Hub's word."""
LINEAGE_PATTERN = "|".join(t.type for t in LINEAGE)
"""`FINETUNE|ADAPTER|MERGE|QUANTIZE`, for generated statements."""
