"""Scores: each declared once, with the words that pages and docs use for it.

The properties on models and authors, what a run of `graph/scores` writes, the columns and the JSON
of lists, the orders they can be sorted by and the table in `docs/influence.md` follow from here. A
new score takes its declaration and the module that computes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, partial
from typing import Any

from graph.schema.parts import Index, Property, Source, Type
from graph.schema.relations import RELATION

_computed = partial(Property, source=Source.INFLUENCE)


class Direction(StrEnum):
    """Which values of a score rank first."""

    MORE = "more"
    LESS = "less"


@dataclass(frozen=True)
class Score:
    """A number that is computed for models or authors."""

    name: str  # the property that holds it
    label: str  # of the nodes that have it
    computed_in: str  # module of `graph.scores`
    words: str  # what a sentence calls it: "Models by influence"
    description: str  # for the docs
    type: Type = Type.FLOAT
    unit: str = ""
    heading: str = ""  # of its column in lists
    tip: str = ""  # explains the heading when it is pointed at
    direction: Direction = Direction.MORE
    decimals: int = 12  # that are stored; the ones after depend on the order of additions
    ranked: bool = False  # whether `<name>_rank` holds its rank; equal scores share one
    read_as: Property | None = None  # what people read in its place
    listed: bool = False  # whether lists of such nodes show it
    sortable: bool = False
    why_missing: str = "nothing is known to be made from them"  # continues "not in this list: …"

    @property
    def rank(self) -> str | None:
        """The property that holds its rank."""
        return f"{self.name}_rank" if self.ranked else None

    @property
    def shown(self) -> Property:
        """The property that people read."""
        return self.read_as or self.properties[0]

    @cached_property
    def properties(self) -> tuple[Property, ...]:
        """What it puts on a node: its value, its rank, how it is read."""
        by_value = Index.RANGE if self.listed or self.sortable else None
        found = [_computed(self.name, self.type, self.description, self.unit, index=by_value)]
        if self.rank:
            by = self.read_as.name if self.read_as else self.name
            words = f"Rank by `{by}`; equal scores share a rank."
            by_rank = Index.RANGE if self.listed else None
            found.append(_computed(self.rank, Type.INTEGER, words, index=by_rank))
        if self.read_as:
            found.append(self.read_as)
        return tuple(found)

    def to_json(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """Its values on a node, given the node's properties, under the names that JSON uses."""
        found = {"value": node.get(self.name)}
        if self.rank:
            found["rank"] = node.get(self.rank)
        if self.read_as:
            found[self.read_as.name] = node.get(self.read_as.name)
        return found

    def read(self, row: Mapping[str, Any]) -> float | None:
        """What people read of it, from the JSON row of a node."""
        shown = "value" if self.read_as is None else self.read_as.name
        found: float | None = row["scores"][self.name][shown] if self.ranked else row[self.name]
        return found


_effective = partial(_computed, "effective_descendants", Type.FLOAT, unit="models")


_count = partial(Score, type=Type.INTEGER, unit="models")

PARTS = {
    **{relation.word: relation.plural for relation in RELATION.values()},
    "gone": "models that are gone from the Hub",
}
"""Kinds of models that give to a score → words; each model with a base is of one kind."""

MODEL_SCORES = (
    Score(
        name="influence",
        label="Model",
        computed_in="pagerank",
        words="influence",
        description="PageRank from child to base, each descendant counted by its kind (I). Only "
        "models with a derivative have it.",
        heading="Effective desc.",
        tip="Effective descendants: what its descendants count, weighed by kind and damped by "
        "distance",
        ranked=True,
        read_as=_effective(
            "`influence` as it is shown: what its descendants count, weighed by kind and damped by "
            "distance."
        ),
        listed=True,
        sortable=True,
    ),
    Score(
        name="influence_raw",
        label="Model",
        computed_in="pagerank",
        words="unweighted influence",
        description="The same PageRank with every descendant counted as 1.",
        ranked=True,
    ),
    Score(
        name="influence_popular",
        label="Model",
        computed_in="pagerank",
        words="popular influence",
        description="The same with every model counted by its downloads and likes: 0.1 + "
        "log10(1 + downloads) / 2 + log10(1 + likes).",
        ranked=True,
    ),
    Score(
        name="influence_recent",
        label="Model",
        computed_in="pagerank",
        words="recent influence",
        description="`influence` with each model counted less the older it is: by 1/e in 180 days.",
        ranked=True,
    ),
    Score(
        name="modelrank",
        label="Model",
        computed_in="modelrank",
        words="ModelRank",
        description="What its descendants count, each month's for half, and less by 57.5 % with "
        "each month since. A family that nobody builds on any more fades.",
        unit="models",
        ranked=True,
        sortable=True,
    ),
    Score(
        name="modelrank_change",
        label="Model",
        computed_in="modelrank",
        words="rise of ModelRank",
        description="`modelrank` less that of the month before: above 0 it rises, below it fades.",
        unit="models",
        sortable=True,
    ),
    *(
        Score(
            name=name,
            label="Model",
            computed_in="collapsed",
            words=words,
            description=description,
            ranked=True,
            why_missing="they are mirrors, and their originals have it",
        )
        for name, words, description in (
            (
                "influence_mirror",
                "influence without mirrors",
                "`influence` where what was made from a mirror counts for its original; a mirror "
                "has none.",
            ),
            (
                "influence_noswarm",
                "influence without swarms",
                "`influence_mirror` without what swarms upload.",
            ),
            (
                "influence_clean",
                "clean influence",
                "`influence_noswarm` where a series of s models by one author, made alike from one "
                "base, counts as 1 + ln s, and models made only from their author's own count "
                "nothing.",
            ),
        )
    ),
    *(
        Score(
            name=f"influence_by_{part}",
            label="Model",
            computed_in="pagerank",
            words=f"influence by {words}",
            description=f"What {words} give to `influence_raw`, itself included if it is one.",
        )
        for part, words in PARTS.items()
    ),
    _count(
        name="descendants",
        label="Model",
        computed_in="descendants",
        words="descendants",
        description="Distinct models on the Hub that were made from it, directly or over others.",
        heading="Descendants",
        tip="Models on the Hub that were made from it, directly or over others",
        listed=True,
        sortable=True,
    ),
    *(
        _count(
            name=f"descendants_{relation.word}",
            label="Model",
            computed_in="descendants",
            words=f"descendants that are {relation.plural}",
            description=f"Descendants that are themselves of relation `{relation.word}`.",
        )
        for relation in RELATION.values()
    ),
    _count(
        name="descendants_gone",
        label="Model",
        computed_in="descendants",
        words="descendants that are gone",
        description="Distinct models made from it that are gone from the Hub; no other count of "
        "descendants holds them.",
    ),
    _count(
        name="descendants_depth",
        label="Model",
        computed_in="descendants",
        words="depth",
        description="Steps to its farthest descendant.",
        unit="steps",
    ),
    _count(
        name="reach",
        label="Model",
        computed_in="reach",
        words="reach",
        description="Distinct authors of its descendants, without its own.",
        unit="authors",
        ranked=True,
    ),
    _count(
        name="reach_clean",
        label="Model",
        computed_in="collapsed",
        words="reach without swarms",
        description="`reach` without mirrors and without what swarms upload.",
        unit="authors",
        ranked=True,
        why_missing="they are mirrors, and their originals have it",
    ),
    Score(
        name="self_ratio",
        label="Model",
        computed_in="reach",
        words="self-citation",
        description="Share of its descendants that its own author published.",
        unit="0 to 1",
    ),
    Score(
        name="concentration",
        label="Model",
        computed_in="reach",
        words="concentration",
        description="How few authors its descendants are by: the sum of the squared shares of "
        "authors, 1 if all are by one (Herfindahl-Hirschman index).",
        unit="0 to 1",
    ),
    _count(
        name="downloads_below",
        label="Model",
        computed_in="reach",
        words="downloads below",
        description="Downloads of its descendants in 30 days. A merge counts for each of its "
        "bases, so totals over models count it more than once.",
        unit="downloads",
        ranked=True,
    ),
    Score(
        name="downloads_attributed",
        label="Model",
        computed_in="reach",
        words="attributed downloads",
        description="Its own downloads and those of its descendants, shared by the bases of "
        "merges: over all models without a base they add up to all downloads.",
        unit="downloads",
        decimals=6,
        ranked=True,
    ),
    _count(
        name="downloads_unknown",
        label="Model",
        computed_in="reach",
        words="descendants of unknown downloads",
        description="Descendants whose downloads are not known; they count as none.",
    ),
)
AUTHOR_SCORES = (
    Score(
        name="influence",
        label="Author",
        computed_in="authors",
        words="influence",
        description="Inflow from models of other authors to its models (I).",
        heading="Effective desc.",
        ranked=True,
        read_as=_effective("`influence` as it is shown."),
        listed=True,
    ),
    Score(
        name="modelrank",
        label="Author",
        computed_in="authors",
        words="ModelRank",
        description="`influence` of what others made, each month's for half, and less by 57.5 % "
        "with each month since, as effective descendants.",
        unit="models",
        ranked=True,
    ),
    Score(
        name="modelrank_change",
        label="Author",
        computed_in="authors",
        words="rise of ModelRank",
        description="`modelrank` less that of the month before: above 0 it rises, below it fades.",
        unit="models",
    ),
    _count(
        name="outside_models",
        label="Author",
        computed_in="authors",
        words="models by others",
        description="Distinct models of other authors that descend from its models.",
    ),
    _count(
        name="outside_publishers",
        label="Author",
        computed_in="authors",
        words="other authors",
        description="Distinct other authors of those models.",
        unit="authors",
    ),
)


def score_properties(scores: tuple[Score, ...]) -> tuple[Property, ...]:
    """What `scores` put on a node."""
    return tuple(item for score in scores for item in score.properties)


def listed_properties(scores: tuple[Score, ...]) -> tuple[str, ...]:
    """Names of the properties that a list of such nodes has to read."""
    return tuple(item.name for score in scores if score.listed for item in score.properties)


def scores_to_json(scores: tuple[Score, ...], node: Mapping[str, Any]) -> dict[str, Any]:
    """The listed scores of a node as its JSON row holds them.

    A score that is ranked stands under `scores` with its rank; a plain count stands by itself.
    """
    listed = [score for score in scores if score.listed]
    return {
        "scores": {score.name: score.to_json(node) for score in listed if score.ranked},
        **{score.name: node.get(score.name) for score in listed if not score.ranked},
    }
