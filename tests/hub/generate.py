"""A made-up Hub with the proportions of the real one, made record by record when it is asked for.

28 % of the models have a base; the relations and how many of each kind have derivatives of their
own are those of the whole Hub, and the largest family grows to about 1 % of all models.
"""

from array import array
from collections.abc import Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from graph.observe import MODEL_FORM
from tests.hub.repository import Raw, iso

_WITH_BASE = 0.28
_RELATIONS = ("adapter", "finetune", "quantized", "merge")
_SHARES = (0.426, 0.359, 0.192, 0.023)
_PARENTS = (0.005, 0.07, 0.006, 0.51)
"""How many of each relation have derivatives."""
_STEEPNESS = 4
"""How much the oldest bases are preferred."""

_TASKS = ("text-generation", None, "text-classification", "text-to-image", "image-classification")
_LIBRARIES = ("transformers", None, "diffusers", "peft", "sentence-transformers")
_LICENSES = ("apache-2.0", None, "mit", "openrail", "llama3.1")
_LANGUAGES = ((), ("en",), (), ("zh", "en"), ("de",))
_FIRST = 1_646_092_800_000
"""March 2022, since when the Hub knows when models were created."""
_LAST = 1_790_985_600_000
_NOW = "2026-10-03T00:00:00.000Z"


class Generated(Sequence[Raw]):
    """Records of made-up models, the oldest first.

    Args:
        count: how many.
        seed: the same one always gives the same records.
    """

    def __init__(self, count: int, seed: int = 1) -> None:
        random = np.random.default_rng(seed)
        self._count = count
        self._step = (_LAST - _FIRST) // max(count, 1)
        accounts = max(1, count // 4)
        self._owner = _whole((random.random(count) ** 3 * accounts).astype(np.int64))
        self._downloads = _whole(np.minimum(random.pareto(0.7, count) * 2, 3e8).astype(np.int64))
        self._likes = _whole(np.minimum(random.pareto(1.1, count), 20_000).astype(np.int64))
        self._kind = _whole(random.integers(0, 5**4, count))
        self._base, self._second, self._relation = _lineage(random, count)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, row: int) -> Raw: ...

    @overload
    def __getitem__(self, row: slice) -> Sequence[Raw]: ...

    def __getitem__(self, row: int | slice) -> Raw | Sequence[Raw]:
        if isinstance(row, slice):
            return [self[number] for number in range(*row.indices(self._count))]
        if not 0 <= row < self._count:
            raise IndexError(row)
        kind = self._kind[row]
        created = iso(_FIRST + row * self._step)
        record: dict[str, object] = {
            "record": MODEL_FORM,
            "id": self._name(row),
            "hub_id": f"{(_FIRST + row * self._step) // 1000:08x}{row:016x}",
            "task": _TASKS[kind % 5],
            "library": _LIBRARIES[kind // 5 % 5],
            "license": _LICENSES[kind // 25 % 5],
            "languages": list(_LANGUAGES[kind // 125]),
            "tags": ["safetensors", "llama"] if kind % 2 else ["gguf"],
            "created_at": created,
            "last_modified": created,
            "downloads": self._downloads[row],
            "likes": self._likes[row],
            "gated": "no",
            "observed_at": _NOW,
            "bases": [],
            "relation": None,
        }
        if kind % 4 == 1:
            record["parameters"] = 1_000_000_000 + row
            record["parameters_source"] = "safetensors"
            record["tensor_types"] = ["BF16"]
        if self._base[row] >= 0:
            bases = [self._name(self._base[row])]
            if self._second[row] >= 0:
                bases.append(self._name(self._second[row]))
            record["bases"] = bases
            record["relation"] = _RELATIONS[self._relation[row]]
        return record

    def _name(self, row: int) -> str:
        return f"account-{self._owner[row]}/model-{row}"


def _lineage(
    random: np.random.Generator, count: int
) -> tuple["array[int]", "array[int]", "array[int]"]:
    """The base of each model, the second one of merges (-1 without one), and the relation."""
    relation = random.choice(len(_RELATIONS), count, p=_SHARES)
    derived = random.random(count) < _WITH_BASE
    may_be_base = ~derived | (random.random(count) < np.array(_PARENTS)[relation])
    pool = np.flatnonzero(may_be_base)
    older = np.searchsorted(pool, np.arange(count))
    derived &= older > 0
    base, second = (
        np.where(derived, pool[_preferring_oldest(random, older)], -1) for _ in range(2)
    )
    second = np.where((relation == _RELATIONS.index("merge")) & (second != base), second, -1)
    return _whole(base), _whole(second), _whole(relation)


def _preferring_oldest(
    random: np.random.Generator, older: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    return (random.random(len(older)) ** _STEEPNESS * older).astype(np.int64)


def _whole(values: npt.NDArray[np.int64]) -> "array[int]":
    return array("q", values.astype(np.int64).tobytes())
