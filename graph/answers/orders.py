"""What lists of models are sorted by: each order declared once."""

from dataclasses import dataclass
from datetime import datetime

from graph.schema import MODEL, MODEL_SCORES, Type


@dataclass(frozen=True)
class Order:
    """An order of models; those that share a value are ordered by id."""

    name: str  # what an address calls it
    key: str  # the property
    words: str  # what a person calls it
    why_missing: str  # why a model has no value
    scored: bool = False  # whether only models with a derivative have one

    @property
    def type(self) -> type[float] | type[int] | type[datetime]:
        """Python's type of its values."""
        known = {Type.FLOAT: float, Type.DATETIME: datetime}
        return known.get(MODEL.find(self.key).type, int)

    @property
    def directions(self) -> dict[str, str]:
        """The words for each direction."""
        if self.type is datetime:
            return {"desc": "newest first", "asc": "oldest first"}
        return {"desc": "most first", "asc": "least first"}


_SCORES = {
    score.shown.name: Order(
        score.name, score.shown.name, score.words, score.why_missing, scored=True
    )
    for score in MODEL_SCORES
    if score.sortable
}
_FACTS = {
    "downloads": Order("downloads", "downloads", "downloads", "their downloads are unknown"),
    "likes": Order("likes", "likes", "likes", "their likes are unknown"),
    "created_at": Order(
        "created", "created_at", "date of creation", "their date of creation is unknown"
    ),
}
ORDERS = {order.name: order for order in map((_SCORES | _FACTS).__getitem__, MODEL.sorted_by)}
"""Every order by its name, as the schema declares what lists are sorted by."""
