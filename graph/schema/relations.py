"""The four lineage relations: how each is called, drawn and weighed.

Everything that shows a relation follows from here: relationship types, words on pages, the legend,
`style.grass`, the colours of the web app, the constants of its scripts. To change a colour, change
it here and run `make generate`.
"""

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """The shape of a model, by how it was made.

    A polygon of `points` in radii from the centre, y downwards; without any, a circle.
    """

    name: str
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Stroke:
    """The line of a relationship; lengths are in pixels."""

    name: str
    dash: tuple[float, ...] = ()  # strokes and gaps; none for an unbroken line
    double: bool = False
    width: float = 1.5  # in the drawing of an ancestry


@dataclass(frozen=True)
class Colour:
    """One colour on both themes: 4.5 : 1 against the ground of each."""

    name: str
    light: str  # also in Neo4j Browser and in pictures
    dark: str


@dataclass(frozen=True)
class Relation:
    """How a model was made from its base."""

    type: str  # of the relationship, from the child to its base
    word: str  # the Hub's own; names the relation in records, JSON and CSS classes
    singular: str
    plural: str
    phrase: str  # joins child and base to a sentence
    description: str  # a sentence for the docs
    letter: str  # in addresses
    shape: Shape
    line: Stroke
    colour: Colour
    weight: str  # the setting that says what such a child counts in `influence`
    precedence: int  # where two were seen at the same time, the highest wins

    def words(self, count: int) -> str:
        """What `count` such children are called."""
        return self.singular if count == 1 else self.plural


_DECLARED = (
    Relation(
        type="FINETUNE",
        word="finetune",
        singular="fine-tune",
        plural="fine-tunes",
        phrase="is a fine-tune of",
        description="The child was fine-tuned from the base.",
        letter="F",
        shape=Shape("circle"),
        line=Stroke("solid"),
        colour=Colour("green", "#00875f", "#2fc496"),
        weight="weight_finetune",
        precedence=0,
    ),
    Relation(
        type="ADAPTER",
        word="adapter",
        singular="adapter",
        plural="adapters",
        phrase="is an adapter for",
        description="The child is an adapter (such as a LoRA) for the base.",
        letter="A",
        shape=Shape("square", ((-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89))),
        line=Stroke("dashed", dash=(6, 3)),
        colour=Colour("blue", "#1a6fb8", "#5aa9f0"),
        weight="weight_adapter",
        precedence=1,
    ),
    Relation(
        type="MERGE",
        word="merge",
        singular="merge",
        plural="merges",
        phrase="is a merge of",
        description="The child was merged from the base and others.",
        letter="M",
        shape=Shape("diamond", ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0))),
        line=Stroke("double", double=True, width=4),
        colour=Colour("orange", "#c8480a", "#ff8a4c"),
        weight="weight_merge",
        precedence=3,
    ),
    Relation(
        type="QUANTIZE",
        word="quantized",
        singular="quantization",
        plural="quantizations",
        phrase="is a quantization of",
        description="The child holds the base's weights in a smaller number format.",
        letter="Q",
        shape=Shape("triangle", ((0, -1.25), (1.2, 0.9), (-1.2, 0.9))),
        line=Stroke("dotted", dash=(1.5, 3), width=2),
        colour=Colour("purple", "#a6458a", "#e08cc4"),
        weight="weight_quantize",
        precedence=2,
    ),
)

RELATION = {relation.word: relation for relation in _DECLARED}
"""The Hub's word → the relation, in the order they are shown."""
RELATIONS = tuple(RELATION)
"""The Hub's words for how a model was made from its bases, in the order they are shown."""
TYPE_OF_RELATION = {relation.word: relation.type for relation in _DECLARED}
"""The Hub's word → relationship type: `quantized` → `QUANTIZE`."""
RELATION_OF_TYPE = {relation.type: relation.word for relation in _DECLARED}
"""Relationship type → the Hub's word."""
LINEAGE_PATTERN = "|".join(RELATION_OF_TYPE)
"""`FINETUNE|ADAPTER|MERGE|QUANTIZE`, for generated statements."""
