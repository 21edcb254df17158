"""Lists of models as Cypher: in the order of a score or a count, filtered, page by page.

Two plans, both measured on three million models:

- *walk* the index of the order from the last row shown, and keep what the filters let through;
- *read whole* a narrow selection whole by the index of one filter or two, and sort it.

What a model lacks is found by reading all it has, so both ask last whether it is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from graph.answers.query import Query
from graph.answers.row import MODEL_COLUMNS
from graph.schema import MODEL, MODEL_SCORES, Type

FILTERS = ("author", *dict.fromkeys(name for pair in MODEL.found_by for name in pair))
"""Properties that a list can be narrowed by: author, task, licence, library."""


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


@cache
def walk(order: Order, filters: Sequence[str], *, ascending: bool, continued: bool) -> Query:
    """A page of a list, by the index of its order.

    Each of the filters is a parameter of its own name. A continued page begins after the parameters
    `value` and `id`.
    """
    value, after = f"model.{order.key}", ">" if ascending else "<"
    fits = f"NOT model:{MODEL.gone_label}"
    if filters:
        fits = f"CASE WHEN {_equal(filters)}\n    THEN {fits} ELSE false END"
    found = f"MATCH (model:Model)\nUSING INDEX model:Model({order.key}, id)\nWHERE "
    sort = f"ORDER BY {_sorted(value, ascending=ascending)} LIMIT $limit"
    if not continued:
        text = (
            f"{found}{value} IS NOT NULL AND model.id IS NOT NULL\n  AND {fits}\nWITH model {sort}"
        )
    else:
        ties = f"{found}{value} = $value AND model.id {after} $id\n  AND {fits}"
        rest = f"{found}{value} {after} $value AND model.id IS NOT NULL\n  AND {fits}"
        returned = f"\nRETURN model {sort}"
        branches = _indented(f"{ties}{returned}\nUNION ALL\n{rest}{returned}")
        text = f"CALL () {{\n{branches}\n}}\nWITH model {sort}"
    return _query(order, text + _rows(value, ascending=ascending))


@cache
def read_whole(
    order: Order, by: Sequence[str], filters: Sequence[str], *, ascending: bool, continued: bool
) -> Query:
    """A page of a list, from a selection that is read whole.

    The selection is found by the index of the one or two filters in `by`; see `walk` for the rest.
    """
    text = _selection(by)
    if order.scored:  # a label is seen without reading any property
        text += f"\nWITH model WHERE model:{MODEL.scored_label}"
    text += _narrowed(by, filters)
    text += f"\nWITH model, model.{order.key} AS value\nWHERE value IS NOT NULL"
    if continued:
        after = ">" if ascending else "<"
        text += (
            f"\n  AND CASE WHEN value = $value THEN model.id {after} $id"
            f" ELSE value {after} $value END"
        )
    text += f"\n  AND NOT model:{MODEL.gone_label}"
    text += f"\nWITH model ORDER BY {_sorted('value', ascending=ascending)} LIMIT $limit"
    return _query(order, text + _rows(f"model.{order.key}", ascending=ascending))


@cache
def selection_sizes(candidates: Sequence[Sequence[str]]) -> Query:
    """How many models each of some filters, or pairs of them, selects; counted up to `most`."""
    names = ["_".join(by) for by in candidates]
    parts = [
        f"CALL () {{\n{_indented(_selection(by))}\n  WITH model LIMIT $most\n"
        f"  RETURN count(model) AS {name}\n}}"
        for name, by in zip(names, candidates, strict=True)
    ]
    text = "\n".join([*parts, f"RETURN {', '.join(names)}"])
    return Query("selection-sizes", "How many models a filter selects", text)


@cache
def is_used(name: str) -> Query:
    """Whether any model has a value of a filter in exactly this spelling."""
    text = f"RETURN EXISTS {{ MATCH (:Model {{{name}: $value}}) }} AS used"
    return Query(f"{name}-is-used", "Whether a filter's value is spelled so", text)


@cache
def selection_total(order: Order, by: Sequence[str], filters: Sequence[str]) -> Query:
    """How many selected models are in a list, and how many lack its value; up to `most`."""
    text = (
        f"{_selection(by)}{_narrowed(by, filters)}\n"
        f"WITH model WHERE NOT model:{MODEL.gone_label}\nWITH model LIMIT $most\n"
        f"RETURN count(model.{order.key}) AS models,\n"
        f"       count(CASE WHEN model.{order.key} IS NULL AND model.known THEN 1 END)"
        " AS without,\n"
        "       count(model) AS counted"
    )
    return Query("selection-total", "How long the list is", text)


def _totals() -> str:
    """How many models are there, how many are in each list, and how many of those there are not.

    A list holds what has its value and is not gone, also what no record describes.
    """
    keys = [order.key for order in ORDERS.values()]
    parts = ["CALL () { MATCH (model:Model) RETURN count(model) AS nodes }"]
    parts += [
        f"CALL () {{\n  MATCH (model:Model) WHERE model.{key} IS NOT NULL\n"
        f"  RETURN count(model) AS {key}\n}}"
        for key in keys
    ]
    for name, which in (
        ("gone", "(model:Model) WHERE model.gone_since IS NOT NULL"),
        ("named", "(model:Model {known: false}) WHERE model.gone_since IS NULL"),
    ):
        counts = ",\n    ".join(f"count(model.{key}) AS {name}_{key}" for key in keys)
        parts.append(
            f"CALL () {{\n  MATCH {which}\n  RETURN\n    count(model) AS {name},\n    {counts}\n}}"
        )
    parts.append("WITH *, nodes - gone - named AS models")
    listed = [f"{key} - gone_{key} AS {key}" for key in keys]
    others = [f"models - ({key} - gone_{key} - named_{key}) AS without_{key}" for key in keys]
    return "\n".join([*parts, "RETURN models,\n  " + ",\n  ".join([*listed, *others])])


def _values(name: str) -> str:
    keys = [order.key for order in ORDERS.values()]
    counts = ", ".join(f"count(model.{key}) AS {key}" for key in keys)
    shown = ", ".join(f"{key}: {key}" for key in ("value", "models", *keys))
    return f"""
CALL () {{
  MATCH (model:Model) WHERE model.{name} IS NOT NULL AND model.gone_since IS NULL
  WITH model.{name} AS value, count(*) AS models, {counts}
  ORDER BY models DESC, value
  WITH collect({{{shown}}}) AS found
  RETURN found[..$top] AS {name},
         reduce(sum = 0, item IN found | sum + item.models) AS with_{name}
}}"""


TOTALS = Query("list-totals", "How long the lists of models are", _totals(), precomputed=True)
VALUES = Query(
    "filter-values",
    "The most common tasks, licences and libraries",
    "".join(map(_values, FILTERS[1:]))
    + f"\nRETURN {', '.join(f'{name}, with_{name}' for name in FILTERS[1:])}",
    {"top": 60},
    precomputed=True,
)
"""What lists can be filtered by: how many models have each value, and how many of these are in each
list; and how many models have any."""


def _query(order: Order, cypher: str) -> Query:
    return Query(f"models-by-{order.name}", f"Models by {order.words}", cypher)


def _selection(by: Sequence[str]) -> str:
    return f"MATCH (model:Model)\nUSING INDEX model:Model({', '.join(by)})\nWHERE {_equal(by)}"


def _narrowed(by: Sequence[str], filters: Sequence[str]) -> str:
    """What the index found is not read again."""
    left = [name for name in filters if name not in by]
    return f"\nWITH model WHERE {_equal(left)}" if left else ""


def _rows(value: str, *, ascending: bool) -> str:
    return f"""
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE owns(held, model)]-(author:Author)
WITH model, author.kind AS author_kind ORDER BY {_sorted(value, ascending=ascending)}
RETURN model {MODEL_COLUMNS} AS model, author_kind"""


def _equal(filters: Sequence[str]) -> str:
    return " AND ".join(f"model.{name} = ${name}" for name in filters)


def _sorted(value: str, *, ascending: bool) -> str:
    return f"{value}, model.id" if ascending else f"{value} DESC, model.id DESC"


def _indented(text: str) -> str:
    return "  " + text.replace("\n", "\n  ")
