"""What the graph looks like, as data.

Everything that must know a label, a relationship type or a property reads it here: constraints and
indexes, the ingest statements, the influence projection, the docs' schema table, the legend of the
network view. A new property is one line.

Names are the field's own; see `docs/schema.md`, which is generated from this folder.
"""

from graph.schema.as_data import to_dict
from graph.schema.groups import (
    DESCRIBED,
    DUMPED,
    NODE_OF_FORM,
    NODE_OF_LABEL,
    NODES,
    OWNERSHIP,
    PUBLISHED,
    REFERENCES,
    RELATIONSHIPS,
    REPOSITORIES,
)
from graph.schema.hub import AUTHOR, DATASET, PAPER, SPACE
from graph.schema.indexes import constraint_statements, secondary_indexes
from graph.schema.kept import ANSWER, CHANGE, LEASE, RUN
from graph.schema.looks import PLAIN, Look
from graph.schema.model import MODEL
from graph.schema.parts import (
    KEY_SHAPES,
    Availability,
    HubKey,
    Index,
    KeyShape,
    NodeType,
    Property,
    RelationshipType,
    Source,
    Type,
)
from graph.schema.relations import (
    LINEAGE_PATTERN,
    RELATION,
    RELATION_OF_TYPE,
    RELATIONS,
    TYPE_OF_RELATION,
    Relation,
)
from graph.schema.relationships import (
    ADAPTER,
    CONCERNS,
    DESCRIBED_IN,
    FINETUNE,
    LINEAGE,
    MERGE,
    QUANTIZE,
    SUPERSEDED_BY,
    TRAINED_ON,
    USES,
    USES_DATASET,
)
from graph.schema.scores import (
    AUTHOR_SCORES,
    MODEL_SCORES,
    Direction,
    Score,
    listed_properties,
    score_properties,
    scores_to_json,
)

__all__ = [
    "ADAPTER",
    "ANSWER",
    "AUTHOR",
    "AUTHOR_SCORES",
    "CHANGE",
    "CONCERNS",
    "DATASET",
    "DESCRIBED",
    "DESCRIBED_IN",
    "DUMPED",
    "FINETUNE",
    "KEY_SHAPES",
    "LEASE",
    "LINEAGE",
    "LINEAGE_PATTERN",
    "MERGE",
    "MODEL",
    "MODEL_SCORES",
    "NODES",
    "NODE_OF_FORM",
    "NODE_OF_LABEL",
    "OWNERSHIP",
    "PAPER",
    "PLAIN",
    "PUBLISHED",
    "QUANTIZE",
    "REFERENCES",
    "RELATION",
    "RELATIONS",
    "RELATIONSHIPS",
    "RELATION_OF_TYPE",
    "REPOSITORIES",
    "RUN",
    "SPACE",
    "SUPERSEDED_BY",
    "TRAINED_ON",
    "TYPE_OF_RELATION",
    "USES",
    "USES_DATASET",
    "Availability",
    "Direction",
    "HubKey",
    "Index",
    "KeyShape",
    "Look",
    "NodeType",
    "Property",
    "Relation",
    "RelationshipType",
    "Score",
    "Source",
    "Type",
    "constraint_statements",
    "listed_properties",
    "score_properties",
    "scores_to_json",
    "secondary_indexes",
    "to_dict",
]
