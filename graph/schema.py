"""What the graph looks like, as data.

Everything that must know a label, a relationship type or a property reads it here: constraints and
indexes, the ingest statements, the influence projection, the docs' schema table, the legend of the
network view. A new property is one line.

Names are the field's own; see `docs/schema.md`, which is generated from this module.
"""

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """Types of property, as Neo4j stores them."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    STRINGS = "list of strings"
    INTEGERS = "list of integers"
    DATETIMES = "list of datetimes"


class Index(StrEnum):
    """How a property is found."""

    UNIQUE = "unique"
    RANGE = "range"


class Source(StrEnum):
    """Who writes a property."""

    RECORD = "record"
    """stated by a record from the Hub"""
    INGEST = "ingest"
    """kept by the loader"""
    INFLUENCE = "influence"
    """computed by `hubgraph influence`"""


@dataclass(frozen=True)
class Property:
    """One property of a node or relationship.

    Attributes:
        name: as stored.
        type: as stored.
        description: a sentence for the docs.
        unit: unit of a number, empty when it has none.
        source: who writes it.
        index: how it is found, if it is.
        values: the closed set of values, when there is one.
    """

    name: str
    type: Type
    description: str
    unit: str = ""
    source: Source = Source.RECORD
    index: Index | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class NodeType:
    """A label, the property that identifies it, and what else it carries.

    Attributes:
        label: the Neo4j label.
        key: the property people look a node up by; unique.
        fold: the lower-case twin of `key` that the loader merges on, so that two spellings of one
            name are one node; None where spelling is exact.
        description: a sentence for the docs.
        properties: every property, the key included.
        fulltext: properties in the full-text index named `<label>_text`, empty for none.
        sorted_by: properties that long lists are sorted by, ties by `key`; each has an index on
            both, so that any page of such a list is read without sorting.
        found_by: properties that are looked up together; each group has an index.
        scored_label: a second label, of those nodes that have scores; None without one. It is seen
            without reading a property.
    """

    label: str
    key: str
    description: str
    properties: tuple[Property, ...]
    fold: str | None = None
    fulltext: tuple[str, ...] = ()
    sorted_by: tuple[str, ...] = ()
    found_by: tuple[tuple[str, ...], ...] = ()
    scored_label: str | None = None

    def find(self, name: str) -> Property:
        """The property of that name.

        Raises:
            KeyError: there is none.
        """
        return _named(self.properties, name)

    def names(self, source: Source) -> tuple[str, ...]:
        """Names of the properties that `source` writes, in order."""
        return tuple(p.name for p in self.properties if p.source is source)

    @property
    def fulltext_index(self) -> str:
        """Name of the full-text index."""
        return f"{self.label.lower()}_text"


@dataclass(frozen=True)
class RelationshipType:
    """A relationship type between two labels.

    Attributes:
        type: the Neo4j type.
        start: label of its start node.
        end: label of its end node.
        description: a sentence for the docs.
        properties: what it carries.
        relation: the Hub's own word for a lineage relationship, None for all others.
        stated_by: property of the start node that holds the ids of the end nodes, where there is
            one; the relationships follow from it.
    """

    type: str
    start: str
    end: str
    description: str
    properties: tuple[Property, ...] = ()
    relation: str | None = None
    stated_by: str | None = None

    def find(self, name: str) -> Property:
        """The property of that name.

        Raises:
            KeyError: there is none.
        """
        return _named(self.properties, name)


def _named(properties: tuple[Property, ...], name: str) -> Property:
    for item in properties:
        if item.name == name:
            return item
    raise KeyError(name)


_SEEN = (
    Property(
        "first_seen",
        Type.DATETIME,
        "Start of the run that first saw it.",
        source=Source.INGEST,
    ),
    Property(
        "last_seen",
        Type.DATETIME,
        "Start of the run that last saw it.",
        source=Source.INGEST,
    ),
    Property(
        "gone_since",
        Type.DATETIME,
        "When it was first found to be gone; unset while it is there.",
        source=Source.INGEST,
        index=Index.RANGE,
    ),
)

_AWAY = Property(
    "away",
    Type.DATETIMES,
    "When it was gone before it came back: from, to, from, to, …; unset without such a time.",
    source=Source.INGEST,
)

_IDENTITY = (
    Property("id", Type.STRING, "What the Hub calls it: `owner/name`.", index=Index.RANGE),
    Property(
        "id_folded",
        Type.STRING,
        "`id` in lower case: two spellings of one id are one node.",
        source=Source.INGEST,
        index=Index.UNIQUE,
    ),
    Property("hub_id", Type.STRING, "The Hub's `_id`, which survives a rename.", index=Index.RANGE),
    Property("name", Type.STRING, "The part of `id` after the owner.", source=Source.INGEST),
    Property(
        "author",
        Type.STRING,
        "The owner in `id`; unset for old ids without one.",
        source=Source.INGEST,
        index=Index.RANGE,
    ),
)
"""What every repository is called."""

_TIMES = (
    Property("created_at", Type.DATETIME, "When the repository was created."),
    Property("last_modified", Type.DATETIME, "When the repository last changed."),
)

_OBSERVED = (
    Property("aliases", Type.STRINGS, "Other spellings and former names.", source=Source.INGEST),
    Property(
        "absent",
        Type.STRINGS,
        "Properties that its newest record states it does not have, so that no older record "
        "fills them in.",
        source=Source.INGEST,
    ),
    Property(
        "record_version",
        Type.STRING,
        "Orders the observations of one node, so that the newest wins in any order of loading.",
        source=Source.INGEST,
    ),
    *_SEEN,
)

_KNOWN = Property(
    "known",
    Type.BOOLEAN,
    "False for a placeholder: others name it and no record describes it.",
    source=Source.INGEST,
    index=Index.RANGE,
)

RELATIONS = ("finetune", "adapter", "merge", "quantized")
"""The Hub's words for how a model was made from its bases, in the order they are shown."""

MODEL = NodeType(
    label="Model",
    key="id",
    fold="id_folded",
    description="A model repository on the Hub.",
    fulltext=("id", "aliases"),
    sorted_by=("influence", "downloads", "likes", "descendants", "created_at"),
    found_by=(("task", "license"), ("task", "library"), ("license", "library")),
    scored_label="Base",
    properties=(
        *_IDENTITY,
        Property("task", Type.STRING, "The Hub's pipeline tag.", index=Index.RANGE),
        Property("library", Type.STRING, "Library it is used with.", index=Index.RANGE),
        Property("license", Type.STRING, "Licence as stated on the card.", index=Index.RANGE),
        Property("languages", Type.STRINGS, "Languages as stated on the card, ISO 639 codes."),
        Property("tags", Type.STRINGS, "Tags that no other property carries."),
        *_TIMES,
        Property("downloads", Type.INTEGER, "Downloads of the last 30 days.", "count"),
        Property("downloads_all_time", Type.INTEGER, "Downloads since its creation.", "count"),
        Property("likes", Type.INTEGER, "Likes.", "count"),
        Property("trending_score", Type.FLOAT, "The Hub's own trending score."),
        Property(
            "gated",
            Type.STRING,
            "Whether access must be asked for.",
            values=("no", "auto", "manual"),
        ),
        Property("parameters", Type.INTEGER, "Number of parameters.", "count"),
        Property(
            "parameters_source",
            Type.STRING,
            "Where `parameters` comes from; from the name it is a guess, and for a mixture "
            "(8x7B) the product.",
            values=("safetensors", "gguf", "name", "name_mixture"),
        ),
        Property("tensor_types", Type.STRINGS, "Number formats of its weights."),
        Property("quantization", Type.STRING, "Quantization method."),
        Property("architecture", Type.STRING, "Architecture named by its configuration."),
        Property("sha", Type.STRING, "Newest commit."),
        *(
            Property(
                f"children_{relation}",
                Type.INTEGER,
                f"{words} of it as the Hub counts them.",
                "models",
                index=Index.RANGE,
            )
            for relation, words in zip(
                RELATIONS, ("Fine-tunes", "Adapters", "Merges", "Quantizations"), strict=True
            )
        ),
        Property(
            "relation",
            Type.STRING,
            "How it was made from its bases; unset without one.",
            index=Index.RANGE,
            values=RELATIONS,
        ),
        Property(
            "base_count",
            Type.INTEGER,
            "How many usable bases its newest record declares; 0: declares none, unset: not "
            "stated.",
            "models",
            source=Source.INGEST,
        ),
        Property(
            "tagged_bases",
            Type.STRINGS,
            "Bases that its tags name and the Hub's own `baseModels` contradicts, as "
            "`relation:owner/name`; the relationships follow `baseModels`.",
        ),
        Property("datasets", Type.STRINGS, "Ids of the datasets that it was trained on."),
        Property("papers", Type.STRINGS, "arXiv ids of the papers that it names."),
        Property(
            "new_version", Type.STRING, "Id of the model that its card names as its successor."
        ),
        _KNOWN,
        Property(
            "renamed_at",
            Type.DATETIME,
            "When it was last found under another name than before; unset without a former name.",
            source=Source.INGEST,
            index=Index.RANGE,
        ),
        *_OBSERVED,
        Property(
            "appeared_at",
            Type.DATETIME,
            "Since when it is known to be there: its creation, else when it was first seen.",
            source=Source.INGEST,
        ),
        _AWAY,
        Property(
            "counted_at",
            Type.DATETIMES,
            "When `downloads_then` and `likes_then` were seen, in order; unset while they never "
            "changed.",
            source=Source.INGEST,
        ),
        Property(
            "downloads_then",
            Type.INTEGERS,
            "`downloads` at each time of `counted_at`; -1: not stated.",
            "count",
            source=Source.INGEST,
        ),
        Property(
            "likes_then",
            Type.INTEGERS,
            "`likes` at each time of `counted_at`; -1: not stated.",
            "count",
            source=Source.INGEST,
        ),
        Property(
            "influence",
            Type.FLOAT,
            "PageRank from child to base, each descendant counted by its kind (I). Only models "
            "with a derivative have it.",
            source=Source.INFLUENCE,
            index=Index.RANGE,
        ),
        Property(
            "influence_rank",
            Type.INTEGER,
            "Rank by `influence`; equal scores share a rank.",
            source=Source.INFLUENCE,
            index=Index.RANGE,
        ),
        Property(
            "effective_descendants",
            Type.FLOAT,
            "`influence` as it is shown: what its descendants count, damped by distance.",
            "models",
            source=Source.INFLUENCE,
        ),
        Property(
            "influence_raw",
            Type.FLOAT,
            "The same PageRank with every descendant counted as 1.",
            source=Source.INFLUENCE,
            index=Index.RANGE,
        ),
        Property(
            "influence_raw_rank",
            Type.INTEGER,
            "Rank by `influence_raw`.",
            source=Source.INFLUENCE,
        ),
        Property(
            "descendants",
            Type.INTEGER,
            "Distinct models made from it, directly or over others.",
            "models",
            source=Source.INFLUENCE,
            index=Index.RANGE,
        ),
        *(
            Property(
                f"descendants_{relation}",
                Type.INTEGER,
                f"Descendants that are themselves of relation `{relation}`.",
                "models",
                source=Source.INFLUENCE,
            )
            for relation in RELATIONS
        ),
        Property(
            "descendants_depth",
            Type.INTEGER,
            "Steps to its farthest descendant.",
            "steps",
            source=Source.INFLUENCE,
        ),
    ),
)

AUTHOR = NodeType(
    label="Author",
    key="name",
    fold="name_folded",
    description="A user or an organization that publishes models, datasets or Spaces.",
    fulltext=("name", "full_name"),
    properties=(
        Property("name", Type.STRING, "Account name.", index=Index.RANGE),
        Property(
            "name_folded",
            Type.STRING,
            "`name` in lower case: two spellings of one name are one author.",
            source=Source.INGEST,
            index=Index.UNIQUE,
        ),
        Property("kind", Type.STRING, "What kind of account.", values=("user", "organization")),
        Property("full_name", Type.STRING, "Name as displayed."),
        Property(
            "organization_type",
            Type.STRING,
            "Kind of organization: company, university, community, non-profit, classroom, "
            "government.",
            index=Index.RANGE,
        ),
        Property("verified", Type.BOOLEAN, "Whether the Hub has verified the organization."),
        Property("enterprise", Type.BOOLEAN, "Whether it is an enterprise account."),
        Property("followers", Type.INTEGER, "Followers.", "accounts"),
        Property("avatar_url", Type.STRING, "Where the Hub keeps its picture; never fetched."),
        *_OBSERVED,
        Property(
            "influence",
            Type.FLOAT,
            "Inflow from models of other authors to its models (I).",
            source=Source.INFLUENCE,
            index=Index.RANGE,
        ),
        Property(
            "influence_rank",
            Type.INTEGER,
            "Rank by `influence`.",
            source=Source.INFLUENCE,
            index=Index.RANGE,
        ),
        Property(
            "effective_descendants",
            Type.FLOAT,
            "`influence` as it is shown.",
            "models",
            source=Source.INFLUENCE,
        ),
        Property(
            "outside_models",
            Type.INTEGER,
            "Distinct models of other authors that descend from its models.",
            "models",
            source=Source.INFLUENCE,
        ),
        Property(
            "outside_publishers",
            Type.INTEGER,
            "Distinct other authors of those models.",
            "authors",
            source=Source.INFLUENCE,
        ),
    ),
)

DATASET = NodeType(
    label="Dataset",
    key="id",
    fold="id_folded",
    description="A dataset on the Hub.",
    properties=(
        *_IDENTITY,
        Property("tags", Type.STRINGS, "Its tags."),
        *_TIMES,
        Property("downloads", Type.INTEGER, "Downloads of the last 30 days.", "count"),
        Property("downloads_all_time", Type.INTEGER, "Downloads since its creation.", "count"),
        Property("likes", Type.INTEGER, "Likes.", "count"),
        _KNOWN,
        *_OBSERVED,
    ),
)

SPACE = NodeType(
    label="Space",
    key="id",
    fold="id_folded",
    description="A Space: an application that runs on the Hub.",
    properties=(
        *_IDENTITY,
        Property("sdk", Type.STRING, "What it is made with: gradio, docker, static, streamlit."),
        Property("models", Type.STRINGS, "Ids of the models that it uses."),
        Property("datasets", Type.STRINGS, "Ids of the datasets that it uses."),
        Property("tags", Type.STRINGS, "Its tags."),
        *_TIMES,
        Property("likes", Type.INTEGER, "Likes.", "count"),
        _KNOWN,
        *_OBSERVED,
    ),
)

PAPER = NodeType(
    label="Paper",
    key="arxiv_id",
    description="A paper on arXiv that models name.",
    properties=(
        Property(
            "arxiv_id", Type.STRING, "Its id on arXiv, without a version.", index=Index.UNIQUE
        ),
        *_SEEN,
    ),
)

CHANGE = NodeType(
    label="Change",
    key="id",
    description="What happened to a model, and when that was seen.",
    found_by=(("kind", "at"),),
    properties=(
        Property(
            "id",
            Type.STRING,
            "Model, kind and time: the same change is one node however often it is told.",
            source=Source.INGEST,
            index=Index.UNIQUE,
        ),
        Property("model", Type.STRING, "What the model was called.", source=Source.INGEST),
        Property(
            "kind",
            Type.STRING,
            "What happened.",
            values=(
                "appeared",
                "gone",
                "returned",
                "renamed",
                "taken_over",
                "bases",
                "relation",
                "license",
                "gated",
                "parameters",
            ),
        ),
        Property("before", Type.STRING, "What it was before; unset where there was nothing."),
        Property(
            "after",
            Type.STRING,
            "What it was then: the new name, `_id`, bases, relation, licence, gating or number of "
            "parameters; of what is gone, why.",
        ),
        Property(
            "at",
            Type.DATETIME,
            "When it was seen; it happened some time before.",
            source=Source.INGEST,
            index=Index.RANGE,
        ),
    ),
)

RUN = NodeType(
    label="Run",
    key="id",
    description="Whatever wrote to the graph: a load, a crawl, a computation of influence.",
    properties=(
        Property("id", Type.STRING, "Unique id.", source=Source.INGEST, index=Index.UNIQUE),
        Property(
            "kind",
            Type.STRING,
            "What it did.",
            source=Source.INGEST,
            values=("load", "crawl", "import", "update", "influence"),
        ),
        Property("source", Type.STRING, "What it read.", source=Source.INGEST),
        Property(
            "scope",
            Type.STRING,
            "What the graph is up to date on when the crawl is complete, such as `Model of` and "
            "the Hub's address; unset for a crawl that promises nothing of the kind.",
            source=Source.INGEST,
            index=Index.RANGE,
        ),
        Property(
            "status",
            Type.STRING,
            "How it ended; `running` with no end after a crash, `capped` where the Hub shows no "
            "more.",
            source=Source.INGEST,
            values=("running", "complete", "capped", "failed", "interrupted"),
        ),
        Property(
            "started_at",
            Type.DATETIME,
            "Start; the `first_seen`/`last_seen` of what it wrote.",
            source=Source.INGEST,
            index=Index.RANGE,
        ),
        Property("ended_at", Type.DATETIME, "End.", source=Source.INGEST),
        Property(
            "counts",
            Type.STRING,
            "What it read and wrote, by name, as JSON.",
            source=Source.INGEST,
        ),
        Property(
            "settings",
            Type.STRING,
            "The settings that shaped its result, as JSON.",
            source=Source.INGEST,
        ),
        Property(
            "observed_to",
            Type.DATETIME,
            "Newest observation among the records it read.",
            source=Source.INGEST,
        ),
        Property(
            "message",
            Type.STRING,
            "Why it failed, or what it could not reach.",
            source=Source.INGEST,
        ),
    ),
)

ANSWER = NodeType(
    label="Answer",
    key="report",
    description="The answer to a report that takes long, kept until the data is worked out anew.",
    properties=(
        Property(
            "report", Type.STRING, "Name of the report.", source=Source.INGEST, index=Index.UNIQUE
        ),
        Property("columns", Type.STRINGS, "Names of its columns.", source=Source.INGEST),
        Property("rows", Type.STRING, "Its rows, as JSON.", source=Source.INGEST),
        Property("computed_at", Type.DATETIME, "When it was asked.", source=Source.INGEST),
    ),
)

_LINEAGE_PROPERTIES = (
    *_SEEN,
    Property(
        "since",
        Type.DATETIME,
        "Since when it is known to hold: the child's `appeared_at` if it was stated as soon as any "
        "lineage of the child was, else when it was first stated.",
        source=Source.INGEST,
    ),
    _AWAY,
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
)

PUBLISHED = RelationshipType(
    "PUBLISHED", "Author", "Model", "The author's account holds the model.", _SEEN
)
PUBLISHED_DATASET = RelationshipType(
    "PUBLISHED", "Author", "Dataset", "The author's account holds the dataset.", _SEEN
)
PUBLISHED_SPACE = RelationshipType(
    "PUBLISHED", "Author", "Space", "The author's account holds the Space.", _SEEN
)

FINETUNE = RelationshipType(
    "FINETUNE",
    "Model",
    "Model",
    "The child was fine-tuned from the base.",
    _LINEAGE_PROPERTIES,
    "finetune",
)
ADAPTER = RelationshipType(
    "ADAPTER",
    "Model",
    "Model",
    "The child is an adapter (such as a LoRA) for the base.",
    _LINEAGE_PROPERTIES,
    "adapter",
)
MERGE = RelationshipType(
    "MERGE",
    "Model",
    "Model",
    "The child was merged from the base and others.",
    _LINEAGE_PROPERTIES,
    "merge",
)
QUANTIZE = RelationshipType(
    "QUANTIZE",
    "Model",
    "Model",
    "The child holds the base's weights in a smaller number format.",
    _LINEAGE_PROPERTIES,
    "quantized",
)

TRAINED_ON = RelationshipType(
    "TRAINED_ON",
    "Model",
    "Dataset",
    "The model's card says that it was trained on the dataset.",
    _SEEN,
    stated_by="datasets",
)
DESCRIBED_IN = RelationshipType(
    "DESCRIBED_IN", "Model", "Paper", "The model's card names the paper.", _SEEN, stated_by="papers"
)
SUPERSEDED_BY = RelationshipType(
    "SUPERSEDED_BY",
    "Model",
    "Model",
    "The model's card names the other as its new version.",
    _SEEN,
    stated_by="new_version",
)
USES = RelationshipType(
    "USES", "Space", "Model", "The Space uses the model.", _SEEN, stated_by="models"
)
USES_DATASET = RelationshipType(
    "USES", "Space", "Dataset", "The Space uses the dataset.", _SEEN, stated_by="datasets"
)
CONCERNS = RelationshipType("CONCERNS", "Change", "Model", "It happened to the model.")

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


def constraint_statements() -> dict[str, str]:
    """Name of every constraint and index → what creates it; each may be run again to no effect."""
    statements = {}
    for node in NODES:
        for item in node.properties:
            name = f"{node.label.lower()}_{item.name}"
            if item.index is Index.UNIQUE:
                statements[name] = (
                    f"CREATE CONSTRAINT {name} IF NOT EXISTS "
                    f"FOR (n:{node.label}) REQUIRE n.{item.name} IS UNIQUE"
                )
            elif item.index is Index.RANGE:
                statements[name] = (
                    f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{node.label}) ON (n.{item.name})"
                )
        for group in node.found_by:
            name = "_".join((node.label.lower(), *group))
            statements[name] = (
                f"CREATE INDEX {name} IF NOT EXISTS "
                f"FOR (n:{node.label}) ON ({', '.join(f'n.{item}' for item in group)})"
            )
        for sorted_by in node.sorted_by:
            name = f"{node.label.lower()}_{sorted_by}_{node.key}"
            statements[name] = (
                f"CREATE INDEX {name} IF NOT EXISTS "
                f"FOR (n:{node.label}) ON (n.{sorted_by}, n.{node.key})"
            )
        if node.fulltext:
            fields = ", ".join(f"n.{name}" for name in node.fulltext)
            statements[node.fulltext_index] = (
                f"CREATE FULLTEXT INDEX {node.fulltext_index} IF NOT EXISTS "
                f"FOR (n:{node.label}) ON EACH [{fields}]"
            )
    return statements


def secondary_indexes() -> frozenset[str]:
    """Names of the indexes that a large graph, just imported, can be used without for a minute.

    Full-text search, the orders of lists other than by downloads, pairs of filters, who was
    renamed, and placeholders.
    """
    found = set()
    for node in NODES:
        label = node.label.lower()
        found |= {f"{label}_hub_id", f"{label}_known"}
        found |= {"_".join((label, *group)) for group in node.found_by}
        found |= {f"{label}_{name}_{node.key}" for name in node.sorted_by if name != "downloads"}
        if node.fulltext:
            found.add(node.fulltext_index)
    return frozenset(found & constraint_statements().keys())


def to_dict() -> dict[str, object]:
    """The whole schema as plain data, for `hubgraph schema --json` and the API."""

    def properties(items: tuple[Property, ...]) -> list[dict[str, object]]:
        return [
            {
                "name": p.name,
                "type": p.type.value,
                "unit": p.unit or None,
                "description": p.description,
                "source": p.source.value,
                "index": p.index.value if p.index else None,
                "values": list(p.values) or None,
            }
            for p in items
        ]

    return {
        "nodes": [
            {
                "label": n.label,
                "key": n.key,
                "description": n.description,
                "fulltext": list(n.fulltext),
                "properties": properties(n.properties),
            }
            for n in NODES
        ],
        "relationships": [
            {
                "type": r.type,
                "start": r.start,
                "end": r.end,
                "relation": r.relation,
                "description": r.description,
                "properties": properties(r.properties),
            }
            for r in RELATIONSHIPS
        ],
    }
