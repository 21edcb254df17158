"""What lists of models are narrowed by: each facet declared once, with its values and its Cypher.

The parameters of lists, their conditions, the counts beside the values and the panel of filters
follow from here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

from graph.schema import MODEL, RELATION, RELATIONS
from graph.scores.licences.table import LicenceTable

NOT_STATED = "not-stated"
"""The value of every facet that selects the models of which nothing states it."""


@dataclass(frozen=True)
class Group:
    """Values of a facet that go together."""

    words: str
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Facet:
    """Something that a model is, has or says, by which a list can be narrowed."""

    name: str  # the parameter
    words: str  # what a person calls it
    value: str  # Cypher: the value of `model`, or its list of values; null or empty: not stated
    choices: Mapping[str, str] = field(default_factory=dict)  # closed set → words; else any text
    index: str = ""  # the property whose index finds its values
    found: tuple[str, ...] = ()  # the values that the index finds; empty: all of them
    many: bool = False  # whether a model has several
    test: str = ""  # Cypher: `holds`, where that is quicker than by `value`
    through: str = ""  # pattern from `model` to what has the value
    is_stated: bool = False  # whether every model has a value
    is_counted: bool = True  # whether its values are counted and offered
    grouped_by: str = ""  # the parameter that selects whole groups of its values

    def word(self, value: str) -> str:
        """What a person calls a value."""
        return "not stated" if value == NOT_STATED else self.choices.get(value, value)

    @property
    def holds(self) -> str:
        """Cypher: whether a model has one of the values in the parameter of the facet's name."""
        if self.test:
            return self.test
        if self.many:
            return f"any(one IN {self.value} WHERE one IN ${self.name})"
        test = f"{self.value} IN ${self.name}"
        return f"EXISTS {{ {self.through} WHERE {test} }}" if self.through else test

    @property
    def is_missing(self) -> str:
        """Cypher: whether nothing states it of a model."""
        if self.many:
            return f"size({self.value}) = 0"
        if self.through:
            return f"NOT EXISTS {{ {self.through} WHERE {self.value} IS NOT NULL }}"
        return f"{self.value} IS NULL"

    def condition(self, values: Sequence[str]) -> str:
        """Cypher: whether a model has one of some values, `NOT_STATED` among them or not."""
        tests = [self.holds] if set(values) - {NOT_STATED} else []
        tests += [self.is_missing] if NOT_STATED in values else []
        return tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"

    def is_found(self, values: Sequence[str]) -> bool:
        """Whether the index finds every model with one of these values."""
        known = bool(self.index) and NOT_STATED not in values
        return known and (not self.found or set(values) <= set(self.found))


_BANDS = (1, 20, 40, 60, 80)
_BILLION = 10**9


def _sizes() -> dict[str, str]:
    """Name of each size band → words."""
    between = {f"{low}b-{high}b": f"{low}B to {high}B" for low, high in pairwise(_BANDS)}
    return {
        f"under-{_BANDS[0]}b": f"under {_BANDS[0]}B",
        **between,
        f"over-{_BANDS[-1]}b": f"{_BANDS[-1]}B and more",
    }


def _band() -> str:
    *names, last = SIZES
    tests = (
        f"WHEN count < {top * _BILLION} THEN '{name}'"
        for top, name in zip(_BANDS, names, strict=True)
    )
    band = f"CASE {' '.join(tests)} WHEN count IS NOT NULL THEN '{last}' END"
    return f"[count IN [model.parameters] | {band}][0]"


SIZES = _sizes()
PUBLISHERS = {
    "company": "company",
    "university": "university",
    "community": "community",
    "non-profit": "non-profit",
    "government": "government",
    "classroom": "classroom",
    "organization": "other organization",
    "user": "person",
}
MADE_AS = {
    **{name: RELATION[name].singular for name in RELATIONS},
    "declared": "base named, relation unknown",
    "root": "no base (root)",
}
FORMATS = {
    "safetensors": "Safetensors",
    "gguf": "GGUF",
    "pytorch": "PyTorch",
    "onnx": "ONNX",
    "mlx": "MLX",
    "tf": "TensorFlow",
    "jax": "JAX",
    "openvino": "OpenVINO",
    "coreml": "Core ML",
    "tflite": "TensorFlow Lite",
}
GATED = {"no": "open", "auto": "asked, granted at once", "manual": "asked, granted by hand"}
YES_NO = {"yes": "yes", "no": "no"}

_SAID = "coalesce(model.tags, []) + [model.library, model.parameters_source]"
"""What may name a format. A property is read once and named: reading it costs most."""
_FORMAT = f"[said IN [{_SAID}] | [form IN {list(FORMATS)} WHERE form IN said]][0]"
_RELATION = (
    "coalesce(model.relation, CASE WHEN model.base_count = 0 THEN 'root'"
    " WHEN model.base_count > 0 THEN 'declared' END)"
)
_HAS_LINEAGE = (
    f"CASE WHEN model:{MODEL.scored_label} OR model.base_count > 0 THEN 'yes' ELSE 'no' END"
)
_MIRROR = "CASE WHEN EXISTS { (model)-[:MIRROR_OF]->() } THEN 'yes' ELSE 'no' END"
_SWARM = "CASE WHEN model.swarm IS NULL THEN 'no' ELSE 'yes' END"
OWNER = "(model)<-[held:PUBLISHED WHERE owns(held, model)]-(author:Author)"
"""Cypher: from a model to the account that publishes it."""

PUBLISHER = "coalesce(author.organization_type, author.kind)"
"""Cypher: the kind of that account."""

FACETS = {
    facet.name: facet
    for facet in (
        Facet("author", "author", "model.author", index="author", is_counted=False),
        Facet("task", "task", "model.task", index="task", grouped_by="modality"),
        Facet("license", "licence", "model.license", index="license", grouped_by="license_family"),
        Facet("library", "library", "model.library", index="library"),
        Facet("language", "language", "coalesce(model.languages, [])", many=True),
        Facet("size", "size", _band(), SIZES),
        Facet(
            "publisher",
            "publisher",
            PUBLISHER,
            PUBLISHERS,
            through=OWNER,
        ),
        Facet("relation", "made as", _RELATION, MADE_AS, index="relation", found=RELATIONS),
        Facet(
            "files",
            "files",
            _FORMAT,
            FORMATS,
            many=True,
            test=f"any(said IN {_SAID} WHERE said IN $files)",
        ),
        Facet("gated", "access", "model.gated", GATED),
        Facet("lineage", "has lineage", _HAS_LINEAGE, YES_NO, is_stated=True),
        Facet("mirror", "copy of another model", _MIRROR, YES_NO, is_stated=True),
        Facet("swarm", "automatic upload", _SWARM, YES_NO, is_stated=True),
    )
}
"""Every facet by its name, in the order of the panel."""
FEW = tuple(f for f in FACETS.values() if f.choices and not f.many)
"""Facets of few values, of which a model has one at most: they are counted together."""
COMMON = tuple(f for f in FACETS.values() if f.is_counted and f not in FEW)
"""The other facets whose values are counted, each by itself."""


@cache
def groups(facet: str) -> dict[str, Group]:
    """The groups of a facet's values by name: tasks by modality, licences by family."""
    found: dict[str, list[str]] = {}
    if facet == "task":
        hub = json.loads(Path(__file__).with_name("tasks.json").read_text("utf-8"))
        for task, said in hub["tasks"].items():
            found.setdefault(said["modality"], []).append(task)
        return {name: Group(hub["modalities"][name], tuple(tasks)) for name, tasks in found.items()}
    if facet == "license":
        for row in LicenceTable.bundled().rows.values():
            found.setdefault(row.family, []).append(row.id)
        return {name: Group(name.replace("-", " "), tuple(ids)) for name, ids in found.items()}
    return {}


def group_of(facet: str, value: str) -> str | None:
    """The group that a value is in."""
    return next((name for name, group in groups(facet).items() if value in group.values), None)
