"""Labels and types by what they have in common."""

from graph.schema.evaluations import BENCHMARK, EVALUATED, EVALUATION
from graph.schema.hub import AUTHOR, HUB
from graph.schema.kept import ANSWER, CHANGE, GRAPH, LEASE, RUN
from graph.schema.model import MODEL
from graph.schema.parts import RelationshipType
from graph.schema.relationships import (
    CONCERNS,
    DECLARED,
    DESCRIBED_IN,
    LINEAGE,
    MIRROR_OF,
    SUPERSEDED_BY,
    TRAINED_ON,
    USES,
    USES_DATASET,
)
from graph.schema.shared import HELD

NODES = (MODEL, *HUB, BENCHMARK, CHANGE, RUN, ANSWER, GRAPH, LEASE)
REPOSITORIES = tuple(node for node in NODES if node.is_repository)
"""What an account publishes: named `owner/name`, known or a placeholder."""
DESCRIBED = (AUTHOR, *REPOSITORIES)
"""What records describe, in the order in which a batch writes it."""
DUMPED = tuple(node for node in NODES if node.marks)
"""What the Hub publishes dumps of."""
OWNERSHIP = tuple(
    RelationshipType(
        "PUBLISHED",
        AUTHOR.label,
        node.label,
        f"The author's account holds the {node.singular}.",
        HELD,
    )
    for node in REPOSITORIES
)
"""Who holds what."""
PUBLISHED = OWNERSHIP[0]
REFERENCES = (*DECLARED, TRAINED_ON, DESCRIBED_IN, SUPERSEDED_BY, USES, USES_DATASET)
"""What follows from a property that holds ids."""
RELATIONSHIPS = (*OWNERSHIP, *LINEAGE, *REFERENCES, MIRROR_OF, EVALUATED, CONCERNS)

NODE_OF_LABEL = {node.label: node for node in NODES}
NODE_OF_FORM = {node.form: node for node in (*NODES, EVALUATION) if node.form}
"""The value of a record's `record` key → what it describes."""
