"""Lists of models as Cypher: in the order of a score or a count, filtered, page by page.

Two plans, both measured on three million models:

- *walk* the index of the order from the last row shown, and keep what the filters let through;
- *read whole* a narrow selection whole by the index of one filter or two, and sort it.

What a model lacks is found by reading all it has: a walk with filters that few models fit ends
after a bounded number of looks, and the page says so.
"""

from collections.abc import Sequence
from functools import cache

from graph.answers.facets import OWNER, PUBLISHER
from graph.answers.orders import ORDERS, Order
from graph.answers.query import Query
from graph.answers.row import MODEL_COLUMNS
from graph.schema import MODEL

_THERE = f"NOT model:{MODEL.gone_label}"


@cache
def walk(
    order: Order,
    conditions: Sequence[str] = (),
    *,
    bound: str = "",
    ascending: bool,
    continued: bool,
    skips: bool = False,
    more: tuple[str, ...] = (),
) -> Query:
    """A page of a list, by the index of its order.

    Of conditions the parameters are given beside; `bound` is one on the order itself. A continued
    page begins after the parameters `value` and `id`, another after `skip` models if it `skips`.
    `more` are properties that the rows have, too. With
    conditions, the walk ends after `looks` models, however few of them fit.
    """
    value = f"model.{order.key}"
    how = {"ascending": ascending, "continued": continued}
    text = _walked(order, bound, _THERE, looks=bool(conditions), **how)
    text += "".join(f"\n  AND {test}" for test in conditions)
    skip = "SKIP $skip " if skips else ""
    text += f"\nWITH model ORDER BY {_sorted(value, ascending=ascending)} {skip}LIMIT $limit"
    return _query(order, text + _rows(value, more, ascending=ascending))


@cache
def walk_end(order: Order, *, bound: str = "", ascending: bool, continued: bool) -> Query:
    """Value and id of the last model that such a walk looks at; none if it reaches the end."""
    value = f"model.{order.key}"
    how = {"ascending": ascending, "continued": continued}
    text = _walked(order, bound, "true", looks=True, **how)
    text += (
        f"\nWITH model ORDER BY {_sorted(value, ascending=ascending)} SKIP $looks - 1 LIMIT 1"
        f"\nRETURN {value} AS value, model.id AS id"
    )
    return Query("walk-end", "Where the search for models ended", text)


@cache
def read_whole(
    order: Order,
    by: Sequence[str],
    found: Sequence[str],
    conditions: Sequence[str] = (),
    *,
    ascending: bool,
    continued: bool,
    skips: bool = False,
    more: tuple[str, ...] = (),
) -> Query:
    """A page of a list, from a selection that is read whole.

    The selection is `found` by the index of the one or two properties in `by`; `conditions` narrow
    it. See `walk` for the rest.
    """
    text = _selection(by, found)
    if order.scored:  # a label is seen without reading any property
        text += f"\nWITH model WHERE model:{MODEL.scored_label}"
    text += f"\nWITH model, model.{order.key} AS value\nWHERE value IS NOT NULL"
    if continued:
        after = ">" if ascending else "<"
        text += (
            f"\n  AND CASE WHEN value = $value THEN model.id {after} $id"
            f" ELSE value {after} $value END"
        )
    text += "".join(f"\n  AND {test}" for test in (_THERE, *conditions))
    skip = "SKIP $skip " if skips else ""
    text += f"\nWITH model ORDER BY {_sorted('value', ascending=ascending)} {skip}LIMIT $limit"
    return _query(order, text + _rows(f"model.{order.key}", more, ascending=ascending))


@cache
def selection_sizes(candidates: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Query:
    """How many models each of some selections holds; counted up to `most`.

    A selection is what an index is on, and what it finds: see `read_whole`.
    """
    names = ["_".join(by) for by, _ in candidates]
    parts = [
        f"CALL () {{\n{_indented(_selection(by, found))}\n  WITH model LIMIT $most\n"
        f"  RETURN count(model) AS {name}\n}}"
        for name, (by, found) in zip(names, candidates, strict=True)
    ]
    text = "\n".join([*parts, f"RETURN {', '.join(names)}"])
    return Query("selection-sizes", "How many models a filter selects", text)


@cache
def is_used(name: str) -> Query:
    """Whether any model has a value of a filter in exactly this spelling."""
    text = f"RETURN EXISTS {{ MATCH (:Model {{{name}: $value}}) }} AS used"
    return Query(f"{name}-is-used", "Whether a filter's value is spelled so", text)


@cache
def selection_total(
    order: Order, by: Sequence[str], found: Sequence[str], conditions: Sequence[str]
) -> Query:
    """How many selected models are in a list, and how many lack its value.

    At most `most` of the selection are looked at, as `looked` says.
    """
    fits = " AND ".join((_THERE, *conditions))
    text = (
        f"{_selection(by, found)}\nWITH model LIMIT $most\n"
        f"WITH model, {fits} AS fits\n"
        f"RETURN count(CASE WHEN fits THEN model.{order.key} END) AS models,\n"
        f"       count(CASE WHEN fits AND model.{order.key} IS NULL AND model.known THEN 1 END)"
        " AS without,\n"
        "       count(model) AS looked"
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


TOTALS = Query("list-totals", "How long the lists of models are", _totals(), precomputed=True)


def _query(order: Order, cypher: str) -> Query:
    return Query(f"models-by-{order.name}", f"Models by {order.words}", cypher)


def _walked(
    order: Order, bound: str, there: str, *, looks: bool, ascending: bool, continued: bool
) -> str:
    """The models of an order from a place on, one after the other, which nothing sorts.

    They are `there`; of those that are not, too, at most `$looks` are seen if it `looks`.
    """
    value, after = f"model.{order.key}", ">" if ascending else "<"
    found = f"MATCH (model:Model)\nUSING INDEX model:Model({order.key}, id)\nWHERE "
    sort = f"ORDER BY {_sorted(value, ascending=ascending)}"
    until = " LIMIT $looks" if looks else ""
    if not continued:
        start = f"{found}{bound or f'{value} IS NOT NULL'} AND model.id IS NOT NULL"
        return f"{start}\nWITH model {sort}{until}\nWHERE {there}"
    limit = until or " LIMIT $limit"
    ties = f"{found}{value} = $value AND model.id {after} $id"
    rest = f"{found}{value} {after} $value AND model.id IS NOT NULL"
    if bound:
        rest += f" AND {bound}"
    if not looks:
        ties, rest = f"{ties}\n  AND {there}", f"{rest}\n  AND {there}"
    returned = f"\nRETURN model {sort}{limit}"
    branches = _indented(f"{ties}{returned}\nUNION ALL\n{rest}{returned}")
    # the branches follow each other in order, so the limit cuts the last ones
    return f"CALL () {{\n{branches}\n}}\nWITH model{until}\nWHERE {there}"


def _selection(by: Sequence[str], found: Sequence[str]) -> str:
    on = ", ".join(by)
    where = " AND ".join(found)
    if by[0] in MODEL.sorted_by:  # its index holds what has an id, too
        on, where = f"{on}, id", f"{where} AND model.id IS NOT NULL"
    return f"MATCH (model:Model)\nUSING INDEX model:Model({on})\nWHERE {where}"


def _rows(value: str, more: tuple[str, ...], *, ascending: bool) -> str:
    own = {"publisher": "publisher"}
    columns = ", ".join(f"{name}: {own.get(name, f'model.{name}')}" for name in more)
    return f"""
OPTIONAL MATCH {OWNER}
WITH model, author.kind AS author_kind, {PUBLISHER} AS publisher
ORDER BY {_sorted(value, ascending=ascending)}
RETURN model {MODEL_COLUMNS} AS model, author_kind, {value} AS value, {{{columns}}} AS more"""


def _sorted(value: str, *, ascending: bool) -> str:
    return f"{value}, model.id" if ascending else f"{value} DESC, model.id DESC"


def _indented(text: str) -> str:
    return "  " + text.replace("\n", "\n  ")
