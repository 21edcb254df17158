"""What a schema is made of: types of nodes and relationships, their properties, indexes."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, partial

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
    MEASURE = "number, also as text"
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
    EXPERIMENT = "experiment"
    """`hubgraph experiment`"""


@dataclass(frozen=True)
class Property:
    """One property of a node or relationship."""

    name: str
    type: Type
    description: str  # a sentence for the docs
    unit: str = ""  # of a number
    source: Source = Source.RECORD
    index: Index | None = None
    values: tuple[str, ...] = ()  # the closed set, if there is one
    hub: str = ""  # the Hub's key whose value it takes as it is; else some `HubKey` fills it
    unseen: str = ""  # why no page, answer or report shows it
    is_counted: bool = False  # by the Hub: it changes without the node being changed


by_loader = partial(Property, source=Source.INGEST)


@dataclass(frozen=True)
class HubKey:
    """A key of the Hub's answers about a kind, which is a column of its dumps too."""

    name: str  # as the Hub spells it
    shape: KeyShape
    fills: tuple[str, ...]  # the properties, and fields of a record's lineage, that follow from it
    asked: Availability = Availability.LISTED


class _Described:
    """What has properties."""

    properties: tuple[Property, ...]

    def find(self, name: str) -> Property:
        """The property of that name; raises `KeyError` if there is none."""
        return {p.name: p for p in self.properties}[name]

    def has(self, name: str) -> bool:
        """Whether it has a property of that name."""
        return any(p.name == name for p in self.properties)


@dataclass(frozen=True, eq=False)
class NodeType(_Described):
    """A kind of node: its label, the property that identifies it, and where the rest comes from.

    Readers, loaders, exports, dumps, listings and the docs follow from this declaration. `fold` is
    the lower-case twin of `key` that the loader merges on, so that two spellings of one name are
    one node. Each of `sorted_by` has an index together with `key`, which breaks ties, so that any
    page of such a list is read without sorting.
    """

    label: str
    key: str
    description: str  # a sentence for the docs
    properties: tuple[Property, ...]  # the key included
    fold: str | None = None
    singular: str = ""  # in a sentence; empty for what no record describes
    plural: str = ""
    form: str = ""  # the `record` key of its records; empty when no record describes it
    derived: tuple[HubKey, ...] = ()  # from which properties follow other than as they are
    marks: tuple[str, ...] = ()  # columns that only its dumps have; needed to read it from dumps
    has_lineage: bool = False  # whether records state what it was made from
    is_account: bool = False  # whether its name is the owner in the names of repositories
    fulltext: tuple[str, ...] = ()  # properties in the full-text index
    sorted_by: tuple[str, ...] = ()
    found_by: tuple[tuple[str, ...], ...] = ()  # groups of properties with an index on all
    look: Look = PLAIN
    scored_label: str | None = None  # second label of scored nodes, seen without any property
    gone_label: str | None = None  # the same of nodes with `gone_since`

    def names(self, source: Source) -> tuple[str, ...]:
        """Names of the properties that `source` writes, in order."""
        return tuple(p.name for p in self.properties if p.source is source)

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
        found = {}
        for p in self.properties:
            if p.hub:
                asked = Availability.UNASKED if p.hub.startswith("_") else Availability.LISTED
                found[p.hub] = HubKey(p.hub, KEY_SHAPES[p.type], (p.name,), asked)
        return found | {key.name: key for key in self.derived}

    def asked(self, *when: Availability) -> tuple[str, ...]:
        """The keys that a request asks for; by default those that a listing gives."""
        chosen = when or (Availability.LISTED,)
        return tuple(name for name, key in self.hub_keys.items() if key.asked in chosen)

    @property
    def fulltext_index(self) -> str:
        """Name of the full-text index."""
        return f"{self.label.lower()}_text"


@dataclass(frozen=True)
class RelationshipType(_Described):
    """A relationship type between two labels."""

    type: str
    start: str  # label
    end: str  # label
    description: str  # a sentence for the docs
    properties: tuple[Property, ...] = ()
    relation: str | None = None  # the Hub's own word for a lineage relationship
    stated_by: str | None = None  # the property of the start node that holds ids of end nodes

    def states_many(self, start: NodeType) -> bool:
        """Whether `stated_by` of the start node is a list of ids."""
        return start.find(str(self.stated_by)).type is Type.STRINGS
