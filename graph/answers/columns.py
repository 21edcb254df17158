"""The columns that a list of models can show, and common choices of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.schema import MODEL_SCORES

_SCORES = {score.name: score for score in MODEL_SCORES}


@dataclass(frozen=True)
class ListColumn:
    """A column of a list."""

    name: str  # in addresses
    heading: str
    tip: str = ""  # explains the heading when it is pointed at
    sort: str = ""  # the order that goes by it
    reads: tuple[str, ...] = ()  # properties that only this column needs
    form: str = "text"  # how its values are written: see `parts.html`

    @property
    def is_number(self) -> bool:
        """Whether it is set to the right."""
        return self.form not in ("text", "relation")

    def of(self, row: Mapping[str, Any]) -> Any:
        """Its value in a row, as `graph.answers.row` makes them."""
        if self.name == "rank":
            return row["scores"]["influence"]["rank"]
        if self.name == "influence":
            return row["scores"]["influence"]["effective_descendants"]
        if self.name == "shift":
            rank, other = row["scores"]["influence"]["rank"], row["more"]["influence_mirror_rank"]
            return None if rank is None or other is None else rank - other
        if self.form in ("result", "sourced"):
            return row["more"]["results"][self.name]
        if self.name in _FACTS:
            return row[_FACTS[self.name]]
        return row["more"][self.name]


_FACTS = {
    "descendants": "descendants",
    "downloads": "downloads",
    "likes": "likes",
    "task": "task",
    "size": "parameters",
    "license": "license",
    "library": "library",
    "relation": "relation",
    "gated": "gated",
    "created": "created_at",
}
"""Column → what every row has anyway."""


def _score(name: str, heading: str, *, form: str = "score") -> ListColumn:
    score = _SCORES[name]
    return ListColumn(name, heading, score.description, score.name * score.sortable, (name,), form)


COLUMNS = {
    column.name: column
    for column in (
        ListColumn("rank", "Rank among all", "By influence, among all models", form="rank"),
        ListColumn(
            "influence",
            _SCORES["influence"].heading,
            _SCORES["influence"].tip,
            "influence",
            form="score",
        ),
        ListColumn(
            "descendants",
            _SCORES["descendants"].heading,
            _SCORES["descendants"].tip,
            "descendants",
            form="score",
        ),
        ListColumn(
            "downloads", "Downloads", "Downloads of the last 30 days", "downloads", form="count"
        ),
        ListColumn("likes", "Likes", sort="likes", form="count"),
        ListColumn("task", "Task"),
        ListColumn("size", "Size", "Number of parameters", form="size"),
        ListColumn("license", "Licence"),
        ListColumn("created", "Created", sort="created", form="created"),
        ListColumn("publisher", "Publisher", "Kind of author", reads=("publisher",)),
        ListColumn("library", "Library"),
        ListColumn("relation", "Made as", form="relation"),
        ListColumn("gated", "Access", "Whether access must be asked for"),
        ListColumn("languages", "Languages", reads=("languages",)),
        _score("modelrank", "ModelRank"),
        _score("modelrank_change", "ModelRank change"),
        _score("influence_recent", "Recent influence"),
        _score("reach", "Reach"),
        _score("reach_clean", "Reach without swarms"),
        _score("self_ratio", "Self-citation", form="share"),
        _score("concentration", "Concentration"),
        ListColumn(
            "influence_mirror_rank",
            "Rank without mirrors",
            "By influence, with copies counted as their originals",
            reads=("influence_mirror_rank",),
            form="rank",
        ),
        ListColumn(
            "shift",
            "Rank shift",
            "How many places it gains when copies count as their originals",
            reads=("influence_mirror_rank",),
            form="shift",
        ),
    )
}
"""Every column by its name."""

DEFAULT = (
    "rank", "influence", "descendants", "downloads", "likes", "task", "size", "license", "created",
)  # fmt: skip
PRESETS = {
    "Influence": DEFAULT,
    "Popularity": ("downloads", "likes", "rank", "task", "library", "size", "created"),
    "Provenance": ("publisher", "relation", "license", "gated", "library", "languages", "created"),
    "Fairness of ranking": (
        "rank", "influence_mirror_rank", "shift", "reach", "reach_clean", "self_ratio",
        "concentration",
    ),
}  # fmt: skip
"""What to look at for one question."""


def columns_to_show(asked: Sequence[str], sort: str) -> list[ListColumn]:
    """The columns to show: as asked, else the default, and what the list is sorted by."""
    chosen = [COLUMNS[name] for name in dict.fromkeys(asked or DEFAULT)]
    if not any(column.sort == sort for column in chosen):
        chosen[:0] = [column for column in COLUMNS.values() if column.sort == sort]
    return chosen
