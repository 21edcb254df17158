"""What a schema is made of: types of nodes and relationships, their properties, indexes."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from graph.schema.looks import PLAIN, Look


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


class KeyShape(StrEnum):
    """What the values of a key of the Hub's answers and dumps are, in words."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "true or false"
    TIME = "timestamp, date or ISO 8601 text"
    TEXTS = "list of texts"
    OBJECT = "struct or JSON text"
    GATED = "true/false or text"


KEY_SHAPES = {
    Type.STRING: KeyShape.TEXT,
    Type.INTEGER: KeyShape.NUMBER,
    Type.FLOAT: KeyShape.NUMBER,
    Type.BOOLEAN: KeyShape.FLAG,
    Type.DATETIME: KeyShape.TIME,
    Type.STRINGS: KeyShape.TEXTS,
}
"""Type of a property → the shape of a key whose value it takes as it is."""


class Availability(StrEnum):
    """When the Hub's API gives a key."""

    LISTED = "in listings, when asked"
    ALONE = "of one repository only, when asked"
    UNASKED = "always"


class Index(StrEnum):
    """How a property is found."""

    UNIQUE = "unique"
    RANGE = "range"


class Source(StrEnum):
    """Who writes a property."""

    RECORD = "record"
    """a record from the Hub"""
    INGEST = "ingest"
    """the loader"""
    INFLUENCE = "influence"
    """`hubgraph influence`"""


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
        hub: the key of the Hub's answers and dumps whose value it takes as it is; empty when it
            follows from others, which the kind declares as `HubKey`.
        unseen: why no page, answer or report shows it; empty when one does.
    """

    name: str
    type: Type
    description: str
    unit: str = ""
    source: Source = Source.RECORD
    index: Index | None = None
    values: tuple[str, ...] = ()
    hub: str = ""
    unseen: str = ""


@dataclass(frozen=True)
class HubKey:
    """A key of the Hub's answers about a kind, which is a column of its dumps too.

    Attributes:
        name: as the Hub spells it.
        shape: what its values are.
        fills: the properties that follow from it, and the fields of a record's lineage.
        asked: when the API gives it.
    """

    name: str
    shape: KeyShape
    fills: tuple[str, ...]
    asked: Availability = Availability.LISTED


@dataclass(frozen=True, eq=False)
class NodeType:
    """A kind of node: its label, the property that identifies it, and where the rest comes from.

    Readers, loaders, exports, dumps, listings and the docs follow from this declaration.

    Attributes:
        label: the Neo4j label.
        key: the property people look a node up by; unique.
        fold: the lower-case twin of `key` that the loader merges on, so that two spellings of one
            name are one node; None where spelling is exact.
        description: a sentence for the docs.
        properties: every property, the key included.
        singular: what one is called in a sentence; empty for what no record describes.
        plural: what several are called.
        form: the `record` key of its records; empty when no record describes it.
        derived: keys of the Hub from which properties follow other than as they are.
        marks: columns that only dumps of this kind have; with them it can be read from dumps.
        has_lineage: whether records state what it was made from.
        is_account: whether it publishes repositories, and its name is their owner.
        fulltext: properties in the full-text index named `<label>_text`, empty for none.
        sorted_by: properties that long lists are sorted by, ties by `key`; each has an index on
            both, so that any page of such a list is read without sorting.
        found_by: properties that are looked up together; each group has an index.
        look: how it is drawn in Neo4j Browser.
        scored_label: a second label, of those nodes that have scores; None without one. It is seen
            without reading a property.
    """

    label: str
    key: str
    description: str
    properties: tuple[Property, ...]
    fold: str | None = None
    singular: str = ""
    plural: str = ""
    form: str = ""
    derived: tuple[HubKey, ...] = ()
    marks: tuple[str, ...] = ()
    has_lineage: bool = False
    is_account: bool = False
    fulltext: tuple[str, ...] = ()
    sorted_by: tuple[str, ...] = ()
    found_by: tuple[tuple[str, ...], ...] = ()
    look: Look = PLAIN
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

    def has(self, name: str) -> bool:
        """Whether it has a property of that name."""
        return any(p.name == name for p in self.properties)

    @property
    def slug(self) -> str:
        """The plural in lower case: its name in `--kind`, in summaries and in the Hub's routes."""
        return self.plural.lower()

    @cached_property
    def is_described(self) -> bool:
        """Whether records describe it, each newer one on top of the last."""
        return self.has("record_version")

    @cached_property
    def is_repository(self) -> bool:
        """Whether an account publishes it, under a name `owner/name`."""
        return self.has("hub_id")

    @cached_property
    def can_be_placeholder(self) -> bool:
        """Whether others may name it before any record describes it, and `known` says which."""
        return self.has("known")

    @cached_property
    def has_history(self) -> bool:
        """Whether it is known when it was there: its changes and its former names are kept."""
        return self.has("away")

    @cached_property
    def guesses_size(self) -> bool:
        """Whether its name is taken to say how many parameters it has, where nothing else does."""
        return self.has("parameters_source")

    @cached_property
    def stated(self) -> tuple[str, ...]:
        """The properties that records state, without the key and the lineage."""
        own = {self.key, "relation"}
        return tuple(name for name in self.names(Source.RECORD) if name not in own)

    @cached_property
    def hub_keys(self) -> dict[str, HubKey]:
        """Name → every key of the Hub that is read, those taken as they are first."""
        plain = (
            HubKey(
                p.hub,
                KEY_SHAPES[p.type],
                (p.name,),
                Availability.UNASKED if p.hub.startswith("_") else Availability.LISTED,
            )
            for p in self.properties
            if p.hub
        )
        return {key.name: key for key in (*plain, *self.derived)}

    def asked(self, *when: Availability) -> tuple[str, ...]:
        """The keys that a request asks for; by default those that a listing gives."""
        chosen = when or (Availability.LISTED,)
        return tuple(name for name, key in self.hub_keys.items() if key.asked in chosen)

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
        stated_by: the property of the start node that holds the ids of the end nodes, for
            relationships that follow from one.
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

    def states_many(self, start: NodeType) -> bool:
        """Whether `stated_by` of the start node is a list of ids."""
        return start.find(str(self.stated_by)).type is Type.STRINGS


def _named(properties: tuple[Property, ...], name: str) -> Property:
    for item in properties:
        if item.name == name:
            return item
    raise KeyError(name)
