"""How many models of a selection have each value of each facet.

A facet is counted within what the other filters let through, so that a further value of it can be
chosen: its own filter does not count for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.answers.census import Census
from graph.answers.facet_counts import TOP, FacetCount, ValueCount
from graph.answers.facets import FACETS, NOT_STATED, Facet
from graph.answers.filters import Filters
from graph.scores.lineage import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class _Coded:
    """Values of a facet as numbers: positions in `values`, -1 where nothing states it.

    Of a facet of which a model may have several, `owner` is the model that each belongs to.
    """

    values: pa.Array
    code: IntArray
    owner: IntArray | None = None

    def having(self, wanted: Sequence[str], models: int) -> BoolArray:
        """Which models have one of some values, `NOT_STATED` among them or not."""
        asked = pa.array([*wanted], self.values.type)
        codes = pc.drop_null(pc.index_in(asked, value_set=self.values)).to_pylist()
        is_wanted = np.zeros(len(self.values) + 1, dtype=np.bool_)
        is_wanted[codes] = True
        is_wanted[-1] = NOT_STATED in wanted
        has = is_wanted[self.code]  # whose last is also that of -1
        if self.owner is None:
            return has
        found = np.zeros(models, dtype=np.bool_)
        found[self.owner[has]] = True
        return found

    def counts(self, selected: BoolArray, places: IntArray) -> IntArray:
        """How many of the selected models state nothing, and how many have each value.

        `places` are those of the models that are selected, so that each facet need not find them.
        """
        chosen = self.code[places if self.owner is None else selected[self.owner]]
        return np.bincount(chosen.astype(np.int64) + 1, minlength=len(self.values) + 1)


class Selection:
    """The facets of all models as numbers, read once; each question about a part looks at these."""

    def __init__(self, census: Census) -> None:
        table = census.table
        self._known: BoolArray = _plain(table["known"], fill=False)
        self._created: FloatArray = _plain(table["created_at"].cast(pa.float64()), fill=np.nan)
        self._coded = {
            name: _several(table[name]) if facet.many else _one(table[name])
            for name, facet in FACETS.items()
        }

    def counts(self, filters: Filters) -> list[FacetCount] | None:
        """Every facet that is counted, of known models; None with a filter that has no column."""
        if filters.q:
            return None
        here = self._known.copy()
        if filters.created_from:
            here &= self._created >= filters.created_from.timestamp() * 1000
        if filters.created_to:
            here &= self._created < filters.created_to.timestamp() * 1000
        fits = {
            name: self._coded[name].having(values, here.size)
            for name, values in filters.facets.items()
        }
        missed = np.zeros(here.size, dtype=np.uint8)
        for each in fits.values():
            missed += ~each
        chosen = here & (missed == 0)
        places = np.flatnonzero(chosen)
        found = []
        for name, facet in FACETS.items():
            if facet.is_counted:
                coded = self._coded[name]
                if name in fits:
                    free = here & (missed == ~fits[name])
                    counted = coded.counts(free, np.flatnonzero(free)).tolist()
                else:
                    counted = coded.counts(chosen, places).tolist()
                found.append(_count(facet, coded.values.to_pylist(), counted))
        return found


def _plain(column: pa.ChunkedArray, *, fill: float) -> np.ndarray:
    return np.asarray(column.fill_null(fill).to_numpy())


def _one(column: pa.ChunkedArray) -> _Coded:
    parts = column.chunks  # a census has one dictionary for all
    values = parts[0].dictionary if parts else pa.array([], pa.string())
    codes = [part.indices.fill_null(-1).to_numpy(zero_copy_only=False) for part in parts]
    return _Coded(values, _narrow(np.concatenate([np.empty(0, np.int32), *codes]), len(values)))


def _several(column: pa.ChunkedArray) -> _Coded:
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy()
    flat = pc.list_flatten(column).combine_chunks().dictionary_encode()
    values = flat.dictionary
    none = np.flatnonzero(lengths == 0)
    code = np.concatenate([flat.indices.to_numpy(), np.full(none.size, -1)])
    owner = np.concatenate([np.repeat(np.arange(lengths.size), lengths), none])
    return _Coded(values, _narrow(code, len(values)), owner.astype(np.int32))


def _narrow(code: IntArray, values: int) -> IntArray:
    """In as few bytes as its values need: every process of the web app holds these."""
    return code.astype(np.int8 if values < 127 else np.int16 if values < 2**15 else np.int32)


def _count(facet: Facet, values: Sequence[str], counted: Sequence[int]) -> FacetCount:
    """From how many state nothing, and how many have each of the values."""
    missing = None if facet.is_stated else counted[0]
    of = {value: models for value, models in zip(values, counted[1:], strict=True) if models}
    if facet.choices and not facet.many:
        listed = [ValueCount(value, of.get(value, 0)) for value in facet.choices]
        return FacetCount(facet.name, listed, len(listed), missing)
    first = sorted(of.items(), key=lambda item: (-item[1], item[0]))
    listed = [ValueCount(*item) for item in first[:TOP]]
    return FacetCount(facet.name, listed, len(first), missing)
