"""Labels and types by what they have in common."""

from graph.schema.hub import AUTHOR, DATASET, PAPER, SPACE
from graph.schema.kept import ANSWER, CHANGE, RUN
from graph.schema.model import MODEL
from graph.schema.relationships import (
    CONCERNS,
    DESCRIBED_IN,
    LINEAGE,
    PUBLISHED,
    PUBLISHED_DATASET,
    PUBLISHED_SPACE,
    SUPERSEDED_BY,
    TRAINED_ON,
    USES,
    USES_DATASET,
)

NODES = (MODEL, AUTHOR, DATASET, SPACE, PAPER, CHANGE, RUN, ANSWER)
REPOSITORIES = (MODEL, DATASET, SPACE)
"""What an account publishes: named `owner/name`, known or a placeholder."""
OWNERSHIP = (PUBLISHED, PUBLISHED_DATASET, PUBLISHED_SPACE)
"""Who holds what."""
REFERENCES = (TRAINED_ON, DESCRIBED_IN, SUPERSEDED_BY, USES, USES_DATASET)
"""What follows from a property that holds ids."""
RELATIONSHIPS = (*OWNERSHIP, *LINEAGE, *REFERENCES, CONCERNS)

NODE_OF_LABEL = {node.label: node for node in NODES}
