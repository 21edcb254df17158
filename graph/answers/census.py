"""Every model's facets and measures as columns, read once; questions about all of them count there.

Questions that count every model by what it is would each read the same properties again. Those with
`Query.counted` are answered from these columns by DuckDB instead, to the same rows as their Cypher.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa

from graph.answers.cypher_text import expanded
from graph.answers.facets import FACETS, OWNER
from graph.answers.orders import ORDERS
from graph.schema import MODEL
from graph.store.connection import Graph, Result
from graph.store.paging import by_number

PAGE = 10_000
"""Numbers of models that one query looks at."""
_NEVER = -(2**62)
"""Stands for an unknown number in lists of Cypher, which hold no null."""

_WORDS = tuple(facet for facet in FACETS.values() if not facet.many)
_LISTS = tuple(facet for facet in FACETS.values() if facet.many)
_NUMBERS = {order.key: order.type for order in ORDERS.values()}
_COLUMNS = (
    {"known": "model.known", "before_dates": "coalesce(before_dates(model), false)"}
    | {facet.name: f"coalesce({facet.value}, '')" for facet in _WORDS}
    | {facet.name: facet.value for facet in _LISTS}
    | {
        key: f"coalesce(model.{key}{'.epochMillis' * (type_ is datetime)}, {_NEVER})"
        for key, type_ in _NUMBERS.items()
    }
)
"""Column → Cypher: the facets and the orders of lists, and what `before_dates` says."""


def _read() -> str:
    """Reads a page of models: what needs the node first, then its properties all at once."""
    columns = {name: expanded(value) for name, value in _COLUMNS.items()}
    of_node = [name for name, value in columns.items() if _NODE.search(value)]
    rest = columns.keys() - of_node
    read = sorted(
        {found for name in rest for found in re.findall(r"\bmodel\.(\w+)", columns[name])}
    )
    first = [f"{columns[name]} AS {name}" for name in of_node]
    then = [f"{value} AS {name}" for name, value in columns.items() if name in rest]
    text = f"""
MATCH (model:{MODEL.label}) WHERE id(model) = number AND NOT model:{MODEL.gone_label}
OPTIONAL MATCH {OWNER}
WITH {", ".join(first)}, model {{{", ".join(f".{name}" for name in read)}}} AS model
WITH {", ".join([*of_node, *then])}
RETURN [{", ".join(f"collect({name})" for name in columns)}] AS found
"""
    return expanded(text)


_NODE = re.compile(r"\bmodel\b(?!\.)|\bauthor\.")
"""Cypher that needs the model itself or its author, and not only the model's properties."""
_PROPERTY = re.compile(r"\bmodel\.(\w+)")
_READ = _read()


class Census:
    """The table `model`: one row for each model that is not gone.

    Its columns are the facets by their names (text, or lists of text where there are many), the
    properties that lists are sorted by (numbers, `created_at` in milliseconds), `known` and
    `before_dates`. What is not known is null.
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self._sql = duckdb.connect()
        self._sql.register("model", table)
        self._lock = threading.Lock()

    @classmethod
    def read(cls, graph: Graph, advance: Callable[[float], object] = lambda _: None) -> Self:
        """Read a graph's, within no limit of time: 3.1 million models take about 100 seconds."""
        pages = by_number(graph, MODEL, _READ, PAGE, advance)
        parts = [pa.table(list(_arrays(page)), names=list(_COLUMNS)) for page in pages]
        nothing = pa.table(list(_arrays([[] for _ in _COLUMNS])), names=list(_COLUMNS))
        return cls(pa.concat_tables([nothing, *parts]).unify_dictionaries())

    @staticmethod
    def fits(table: pa.Table) -> bool:
        """Whether a table has the columns of a census of this version."""
        return bool(list(_COLUMNS) == table.column_names)

    def answer(self, counted: str, parameters: Mapping[str, object]) -> Result:
        """The rows of a question in SQL."""
        started = time.perf_counter()
        with self._lock:
            found = self._sql.execute(counted, _named(counted, parameters))
            columns = [item[0] for item in found.description or ()]
            rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        return Result(columns, rows, elapsed_ms=(time.perf_counter() - started) * 1000)


def _named(counted: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters that a question names: DuckDB takes no others."""
    return {name: value for name, value in parameters.items() if f"${name}" in counted}


def _arrays(page: list[list[Any]]) -> Iterator[pa.Array]:
    """A page's columns, in the order of `_COLUMNS`."""
    for name, values in zip(_COLUMNS, page, strict=True):
        if name in _NUMBERS:
            numbers = np.array(values, dtype=np.float64 if _NUMBERS[name] is float else np.int64)
            yield pa.array(numbers, mask=numbers == _NEVER)
        elif name in FACETS and FACETS[name].many:
            yield pa.array(values, pa.list_(pa.string()))
        elif name in FACETS:
            yield pa.array([v or None for v in values], pa.string()).dictionary_encode()
        else:
            yield pa.array(values, pa.bool_())
