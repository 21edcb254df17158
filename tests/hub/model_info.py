"""From a model's record to the Hub's object for it: the way back of `graph.observe.hub.models`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from tests.hub.repository import Raw, Repository, author_of, digits, iso, texts_of


class Surroundings(NamedTuple):
    """What an object says that is not of the model alone."""

    children: Callable[[Repository], dict[str, int]]  # by relation
    id_of: Callable[[str], str]
    spaces: Callable[[Repository], list[str]]  # that use it


class _Absent:
    """Marks a key that an object does not have."""


_ABSENT: Final = _Absent()


def keys(record: Raw) -> Mapping[str, Sequence[str]]:
    task, library = record.get("task"), record.get("library")
    return {
        "tag": tags(record),
        "pipeline_tag": (task,) if isinstance(task, str) else (),
        "library": (library,) if isinstance(library, str) else (),
    }


def tags(record: Raw) -> list[str]:
    """All tags, each once: those that the record's other fields carry come back as tags too."""
    task, library, license_ = record.get("task"), record.get("library"), record.get("license")
    found: list[object] = [library, *texts_of(record, "tags"), task, *texts_of(record, "languages")]
    bases, relation = texts_of(record, "bases"), record.get("relation")
    found += [f"base_model:{base}" for base in bases]
    if relation:
        found += [f"base_model:{relation}:{base}" for base in bases]
    found += [f"dataset:{dataset}" for dataset in texts_of(record, "datasets")]
    found += [f"arxiv:{paper}" for paper in texts_of(record, "papers")]
    if license_:
        found.append(f"license:{license_}")
    if record.get("eval_results"):
        found.append("eval-results")
    if record.get("model_index"):
        found.append("model-index")
    found.append("region:us")
    return list(dict.fromkeys(tag for tag in found if isinstance(tag, str) and tag))


def info(model: Repository, surroundings: Surroundings, fields: Iterable[str]) -> dict[str, object]:
    """The object with `_id`, `id` and the fields asked for that the model has."""
    found: dict[str, object] = {"_id": model.hub_id, "id": model.id}
    for field in fields:
        value = FIELDS[field](model, surroundings)
        if value is not _ABSENT:
            found[field] = value
    return found


def numbers(model: Repository) -> int | None:
    """The parameter count that listings of the website show."""
    stated = model.count("parameters")
    return stated if stated and model.text("parameters_source") in ("safetensors", "gguf") else None


def card(model: Repository) -> dict[str, object]:
    """What the model's card says at its head."""
    bases = model.texts("bases")
    found: dict[str, object] = {
        "language": model.texts("languages"), "license": model.text("license"),
        "library_name": model.text("library"), "pipeline_tag": model.text("task"),
        "base_model": bases[0] if len(bases) == 1 else bases, "datasets": model.texts("datasets"),
        "new_version": model.text("new_version"),
    }  # fmt: skip
    return {key: value for key, value in found.items() if value}


def _present(value: object) -> object:
    return _ABSENT if value is None else value


def _base_models(model: Repository, surroundings: Surroundings) -> object:
    bases, relation = model.texts("bases"), model.text("relation")
    if not bases or relation is None:
        return _ABSENT
    models = [{"_id": surroundings.id_of(base), "id": base} for base in bases]
    return {"relation": relation, "models": models}


def _safetensors(model: Repository, _: Surroundings) -> object:
    formats = model.texts("tensor_types")
    source = model.text("parameters_source")
    total = model.count("parameters") if source == "safetensors" else 0
    if not formats:
        return {"parameters": {}, "total": total} if total else _ABSENT
    return {"parameters": {**dict.fromkeys(formats, 0), formats[0]: total}, "total": total}


def _gguf(model: Repository, _: Surroundings) -> object:
    if model.text("parameters_source") != "gguf" or not model.count("parameters"):
        return _ABSENT
    return {"total": model.count("parameters"), "context_length": 4096}


def _config(model: Repository, _: Surroundings) -> object:
    architecture, method = model.text("architecture"), model.text("quantization")
    found: dict[str, object] = {}
    if architecture is not None:
        found |= {"architectures": [architecture], "model_type": architecture.lower()[:20]}
    if method is not None:
        found["quantization_config"] = {"quant_method": method}
    return found or _ABSENT


def _gated(model: Repository, _: Surroundings) -> object:
    gated = model.text("gated")
    return False if gated in (None, "no") else gated


def _siblings(model: Repository, _: Surroundings) -> object:
    weights = "model.gguf" if "gguf" in model.texts("tags") else "model.safetensors"
    return [{"rfilename": name} for name in (".gitattributes", "README.md", weights)]


def _trending(model: Repository, _: Surroundings) -> object:
    value = model.record.get("trending_score")
    return value if isinstance(value, int | float) else 0


def _all_time(model: Repository, _: Surroundings) -> object:
    return max(model.count("downloads_all_time"), model.count("downloads"))


FIELDS: dict[str, Callable[[Repository, Surroundings], object]] = {
    "author": lambda model, _: _present(author_of(model.id)),
    "baseModels": _base_models,
    "cardData": lambda model, _: card(model),
    "childrenModelCount": lambda model, around: around.children(model),
    "config": _config,
    "createdAt": lambda model, _: iso(model.created),
    "disabled": lambda *_: False,
    "downloads": lambda model, _: model.count("downloads"),
    "downloadsAllTime": _all_time,
    "evalResults": lambda model, _: model.record.get("eval_results") or _ABSENT,
    "gated": _gated,
    "gguf": _gguf,
    "inference": lambda *_: _ABSENT,
    "lastModified": lambda model, _: iso(model.modified),
    "library_name": lambda model, _: _present(model.text("library")),
    "likes": lambda model, _: model.count("likes"),
    "model-index": lambda model, _: model.record.get("model_index") or _ABSENT,
    "pipeline_tag": lambda model, _: _present(model.text("task")),
    "private": lambda *_: False,
    "safetensors": _safetensors,
    "sha": lambda model, _: model.text("sha") or digits(f"sha of {model.hub_id}", 40),
    "siblings": _siblings,
    "spaces": lambda model, around: around.spaces(model),
    "tags": lambda model, _: tags(model.record),
    "transformersInfo": lambda *_: _ABSENT,
    "trendingScore": _trending,
    "usedStorage": lambda model, _: 2 * model.count("parameters"),
}
"""Field of the object → its value for a model."""

DETAIL = tuple(FIELDS)
"""What may be asked for of one model."""
LISTED = tuple(field for field in FIELDS if field != "childrenModelCount")
"""What may be asked for in a listing."""
LISTED_UNASKED = (
    "likes", "private", "downloads", "tags", "pipeline_tag", "library_name", "createdAt",
)  # fmt: skip
LISTED_FULL = ("author", "gated", "lastModified", "sha", *LISTED_UNASKED, "siblings")
DETAIL_UNASKED = (
    "private", "pipeline_tag", "library_name", "tags", "downloads", "likes", "author", "sha",
    "lastModified", "gated", "disabled", "config", "cardData", "siblings", "spaces", "createdAt",
    "safetensors", "gguf", "usedStorage",
)  # fmt: skip
