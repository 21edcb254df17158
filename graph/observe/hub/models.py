"""From the Hub's object for one model to a record.

Knows both spellings of the answer's keys: the interface's own (`lastModified`) and the one of its
Python client (`last_modified`). Only what an answer carries is stated: a key that was not asked for
is left out of the record, one that is there and empty is stated as absent.
"""

from collections.abc import Iterator, Mapping

from graph.errors import DataError
from graph.observe.hub import references
from graph.observe.normalise import MODEL_FORM
from graph.schema import RELATIONS

Json = Mapping[str, object]

PLAIN = {
    "_id": "hub_id",
    "sha": "sha",
    "likes": "likes",
    "downloads": "downloads",
    "downloadsAllTime": "downloads_all_time",
    "downloads_all_time": "downloads_all_time",
    "trendingScore": "trending_score",
    "trending_score": "trending_score",
    "createdAt": "created_at",
    "created_at": "created_at",
    "lastModified": "last_modified",
    "last_modified": "last_modified",
    "pipeline_tag": "task",
    "library_name": "library",
}
"""Key of an answer → field of a record, where the value is taken as it is."""

CARRIED = ("base_model:", "license:", "region:", "dataset:", "arxiv:")
"""Beginnings of tags that other fields carry, or that say nothing of the model."""

PACKED = frozenset({"U8", "I32", "U32"})
"""Number formats that hold several quantized weights in one element."""

_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr
ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
LANGUAGES = frozenset(_CODES.split())
"""ISO 639-1. Three-letter codes cannot be told from other tags (`moe`, `dpo`, `sft`)."""


def model_record(info: Json, observed_at: str | None = None) -> dict[str, object]:
    """The record of one model.

    Args:
        info: the answer's object, from the detail or the list route.
        observed_at: when it was given, ISO 8601.

    Raises:
        DataError: it is no answer about a model.
    """
    if not isinstance(info, Mapping) or not isinstance(info.get("id"), str):
        raise DataError("This is not the Hub's answer about a model: it has no id.")
    record: dict[str, object] = {"record": MODEL_FORM, "id": info["id"]}
    for key, name in PLAIN.items():
        if key in info:
            record[name] = info[key]
    if "gated" in info:
        record["gated"] = "no" if info["gated"] in (False, None) else info["gated"]
    tags = _tags(info)
    if tags is not None:
        _add_tags(record, tags)
    if "cardData" in info:
        record["new_version"] = references.new_version(info["cardData"], str(info["id"]))
    _add_lineage(record, info, tags)
    _add_weights(record, info)
    _add_configuration(record, info)
    _add_children(record, info)
    if observed_at is not None:
        record["observed_at"] = observed_at
    return record


def _add_children(record: dict[str, object], info: Json) -> None:
    counts = info.get("childrenModelCount")
    if isinstance(counts, Mapping):
        record |= {f"children_{name}": counts[name] for name in RELATIONS if name in counts}


def _tags(info: Json) -> list[str] | None:
    tags = info.get("tags")
    if tags is None:
        return [] if "tags" in info else None
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else None


def _add_tags(record: dict[str, object], tags: list[str]) -> None:
    licenses = [tag.partition(":")[2] for tag in tags if tag.startswith("license:")]
    languages = [tag for tag in tags if tag in LANGUAGES]
    others = (record.get("task"), record.get("library"))
    stated = {*languages, *(name for name in others if isinstance(name, str))}
    record["license"] = licenses[0] if licenses else None
    record["datasets"] = references.datasets(tags)
    record["papers"] = references.papers(tags)
    record["languages"] = languages
    record["tags"] = [tag for tag in tags if tag not in stated and not tag.startswith(CARRIED)]


def _add_lineage(record: dict[str, object], info: Json, tags: list[str] | None) -> None:
    """The bases: from `baseModels`, which is absent without any, else from the tags.

    Where both are there `baseModels` wins; what the tags say besides is kept in `tagged_bases`.
    """
    stated = info.get("baseModels")
    models = stated.get("models") if isinstance(stated, Mapping) else None
    related = list(_related(tags or []))
    if isinstance(stated, Mapping) and isinstance(models, list):
        relation = stated.get("relation")
        bases: list[object] = [
            model.get("id") if isinstance(model, Mapping) else model for model in models
        ]
        source, others = "base_models", _others(related, relation, bases)
    elif tags is not None:
        relations = {relation for relation, _ in related}
        unrelated = [tag.partition(":")[2] for tag in tags if tag.startswith("base_model:")]
        relation = relations.pop() if len(relations) == 1 else None
        bases = [*([base for _, base in related] or unrelated)]
        source, others = "tags", []
    else:
        return
    record["relation"], record["bases"] = relation, bases
    if bases:
        record["bases_source"] = source
    if tags is not None:
        record["tagged_bases"] = others


def _others(related: list[tuple[str, str]], relation: object, bases: list[object]) -> list[str]:
    """Which pairs of relation and base are none of those, without regard to case."""
    stated = {base.lower() for base in bases if isinstance(base, str)}
    others = (
        f"{kind}:{base}" for kind, base in related if kind != relation or base.lower() not in stated
    )
    return list(dict.fromkeys(others))


def _related(tags: list[str]) -> Iterator[tuple[str, str]]:
    for tag in tags:
        kind, _, rest = tag.partition(":")
        relation, _, base = rest.partition(":")
        if kind == "base_model" and relation in RELATIONS and base:
            yield relation, base


def _add_weights(record: dict[str, object], info: Json) -> None:
    """Parameter count and number formats, as the Hub reads them from the files."""
    totals = {
        "safetensors": _safetensors_total(info.get("safetensors")),
        "gguf": _total(info.get("gguf")),
    }
    if totals.keys() & info.keys():
        source = next((source for source, total in totals.items() if total), None)
        record["parameters"] = totals[source] if source else None
        record["parameters_source"] = source
    if "safetensors" in info:
        formats = _formats(info["safetensors"])
        record["tensor_types"] = sorted(map(str, formats)) if formats else None


def _safetensors_total(weights: object) -> object:
    """The total, unless most of it are packed integers: each holds several parameters."""
    formats = _formats(weights)
    counts = {name: count for name, count in formats.items() if isinstance(count, int)}
    packed = sum(count for name, count in counts.items() if name in PACKED)
    return None if 2 * packed > sum(counts.values()) else _total(weights)


def _total(weights: object) -> object:
    return weights.get("total") if isinstance(weights, Mapping) else None


def _formats(weights: object) -> Json:
    formats = weights.get("parameters") if isinstance(weights, Mapping) else None
    return formats if isinstance(formats, Mapping) else {}


def _add_configuration(record: dict[str, object], info: Json) -> None:
    config = info.get("config")
    config = config if isinstance(config, Mapping) else {}
    classes = info.get("architectures") or config.get("architectures")
    if isinstance(classes, list) and classes:
        record["architecture"] = classes[0]
    elif any(key in info for key in ("architectures", "config")):
        record["architecture"] = None
    method = config.get("quantization_config")
    if isinstance(method, Mapping) and method.get("quant_method"):
        record["quantization"] = method["quant_method"]
