"""What a schema is made of: types of nodes and relationships, their properties, indexes."""

from dataclasses import dataclass
from enum import StrEnum

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
        look: how it is drawn in Neo4j Browser.
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
