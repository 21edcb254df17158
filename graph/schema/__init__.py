"""What the graph looks like, as data.

Everything that must know a label, a relationship type or a property reads it here: constraints,
ingest statements, the influence projection, legends, `docs/schema.md`.
"""

from graph.schema.as_data import to_dict
from graph.schema.evaluations import BENCHMARK, EVALUATED, EVALUATION
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
from graph.schema.kept import CHANGE, GRAPH, LEASE
from graph.schema.looks import PLAIN, Look
from graph.schema.model import MODEL
from graph.schema.parts import (
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
    CONCERNS,
    DECLARED,
    FINETUNE,
    LAYERS,
    LINEAGE,
    MIRROR_OF,
    SCORED_LAYER,
)
from graph.schema.scores import (
    AUTHOR_SCORES,
    MODEL_SCORES,
    PARTS,
    Direction,
    Score,
    listed_properties,
    score_properties,
    scores_to_json,
)
