"""Parameter count and number formats of a model, as the Hub reads them from its files.

The Hub gives a total, and how many numbers there are of each format. They need not agree:

- A number may hold several quantized weights. For many methods the Hub unpacks them, in the total
  or in the parts as well; then the total is the greater.
- A total below the sum of its parts is what the model's author wrote into the files.
- Where the parts are packed and nobody unpacked them, neither counts parameters. The name shows it,
  which states more; without a name, the scales that belong to packed weights and are counted too.
"""

import re
from collections.abc import Mapping, Sequence

from graph.observe import fields
from graph.observe.hub.rules import Json, Raw, Rule
from graph.observe.parameters import parameter_count
from graph.observe.table import Table, every, filled, quoted

CONTAINERS = frozenset({"U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64"})
"""Number formats that may hold several quantized weights in one number."""
PACKED = frozenset({"U8", "I32", "U32"})
"""Those that usually do."""
_DENSEST = 16
"""Most weights in one number: of 2 bits in 32."""
_SCALES = 16
"""Packed numbers to one scale, at the least, where the packed weights themselves are counted."""
_LESS = 1.3
"""How many times a count the size in the name may be, without showing that weights are packed."""

_WHOLE = "[0-9]{1,15}"
"""A count in JSON, as a regular expression."""


def _read(record: Raw, info: Json) -> None:
    totals = {
        "safetensors": _counted(info.get("safetensors"), str(record["id"])),
        "gguf": _total(info.get("gguf")),
    }
    source = next((source for source, total in totals.items() if total), None)
    record["parameters"] = totals[source] if source else _odd(info.get("safetensors"))
    record["parameters_source"] = source
    if "safetensors" in info:
        formats = _formats(info["safetensors"])
        names = [str(name) for name, said in formats.items() if not isinstance(said, dict | list)]
        record["tensor_types"] = sorted(names) or None


def _counted(weights: object, model_id: str) -> object:
    """The number of parameters; None where the evidence conflicts."""
    counts = {name: n for name, said in _formats(weights).items() if (n := _whole(said) or 0) > 0}
    total, held = _total(weights), sum(counts.values())
    stated = _whole(total)
    if not held or (stated is None and total is not None):
        return total
    packed = sum(count for name, count in counts.items() if name in PACKED)
    containers = sum(count for name, count in counts.items() if name in CONTAINERS)
    is_unpacked = stated is not None and held < stated <= held + (_DENSEST - 1) * containers
    counted = stated if stated is not None and is_unpacked else held
    named = parameter_count(model_id) if packed else None
    if named:
        is_whole = _LESS * counted >= named[0]
    else:
        is_whole = is_unpacked or 2 * packed <= held or _SCALES * (held - packed) < packed
    return counted if is_whole else None


def _whole(value: object) -> int | None:
    """A count as a whole number; tools that lack a value somewhere write them all with a point."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(_WHOLE, value):
        return int(value)
    return value if type(value) is int else None


def _odd(weights: object) -> object:
    """Counts in a form that is not known, which the normaliser drops and notes; else None."""
    if not isinstance(weights, Mapping) or weights.keys() & {"parameters", "total"}:
        return None
    return weights if any(_whole(value) for value in weights.values()) else None


def _total(weights: object) -> object:
    return weights.get("total") if isinstance(weights, Mapping) else None


def _formats(weights: object) -> Json:
    formats = weights.get("parameters") if isinstance(weights, Mapping) else None
    return formats if isinstance(formats, Mapping) else {}


def _select(table: Table) -> None:
    totals = []
    if table.has("safetensors"):
        table.let(0, _select_safetensors(table.types["safetensors"]))
        table.let(1, {"weights_named": _NAMED, "weights_unpacked": _UNPACKED})
        table.let(2, {"weights_total": _COUNTED})
        table.checks.append(f"weights_plain AND coalesce(weights_held <= {fields.LARGEST}, true)")
        table.values["tensor_types"] = filled("weights_formats")
        totals.append(("safetensors", "weights_total"))
    if table.has("gguf"):
        table.let(0, _select_gguf(table.types["gguf"]))
        table.checks.append("gguf_plain")
        totals.append(("gguf", "gguf_total"))
    cases = " ".join(f"WHEN {total} > 0 THEN {total}" for _, total in totals)
    sources = " ".join(f"WHEN {total} > 0 THEN '{source}'" for source, total in totals)
    table.values["parameters"] = f"CASE {cases} END"
    table.values["parameters_source"] = f"CASE {sources} END"


_NAMED = "CASE WHEN weights_packed > 0 THEN CAST(split_part(guessed(id), ' ', 1) AS DOUBLE) END"
_UNPACKED = f"""CASE
  WHEN weights_stated > weights_held
    AND weights_stated <= weights_held + {_DENSEST - 1} * weights_containers THEN weights_stated
END"""
_COUNTED = f"""CASE
  WHEN coalesce(weights_held, 0) = 0 THEN weights_stated
  WHEN weights_named > {_LESS} * CAST(coalesce(weights_unpacked, weights_held) AS DOUBLE) THEN NULL
  WHEN weights_unpacked IS NOT NULL THEN weights_unpacked
  WHEN weights_named IS NOT NULL OR 2 * weights_packed <= weights_held
    OR {_SCALES} * (weights_held - weights_packed) < weights_packed THEN weights_held
END"""


def _select_safetensors(type_: str) -> dict[str, str]:
    if type_ == "VARCHAR":
        return _safetensors_in_json()
    names = _format_names(type_)
    if names is None:
        sums = ("weights_stated", "weights_held", "weights_packed", "weights_containers")
        unreadable = dict.fromkeys(("weights_formats", *sums), "NULL")
        return unreadable | {"weights_plain": "safetensors IS NULL"}

    def count(name: str) -> str:
        return f"safetensors.parameters.{quoted(name)}"

    def summed(some: Sequence[str]) -> str:
        return " + ".join(f"coalesce({count(name)}, 0)::HUGEINT" for name in some) or "0"

    formats = ", ".join(f"CASE WHEN {count(name)} IS NOT NULL THEN '{name}' END" for name in names)
    return {
        "weights_formats": f"CASE WHEN safetensors.parameters IS NOT NULL THEN"
        f" [x FOR x IN [{formats}] IF x IS NOT NULL] END"
        if names
        else "NULL::VARCHAR[]",
        "weights_stated": "safetensors.total",
        "weights_held": summed(names),
        "weights_packed": summed([name for name in names if name in PACKED]),
        "weights_containers": summed([name for name in names if name in CONTAINERS]),
        "weights_plain": f"(coalesce(safetensors.total BETWEEN 0 AND {fields.LARGEST}, true)"
        + "".join(f" AND coalesce({count(name)} >= 0, true)" for name in names)
        + ")",
    }


def _safetensors_in_json() -> dict[str, str]:
    said = "(CASE WHEN json_valid(safetensors) THEN safetensors END)"
    keys = f"json_keys({said}, '$.parameters')"
    values = f"json_extract({said}, '$.parameters.*')"
    total = f"json_extract({said}, '$.total')"

    def summed(names: frozenset[str]) -> str:
        listed = ", ".join(f"'{name}'" for name in sorted(names))
        some = f"[try_cast(x[2] AS HUGEINT) FOR x IN (list_zip({keys}, {values}))"
        return f"coalesce(list_sum({some} IF x[1] IN ({listed})]), 0)"

    is_printable = "regexp_full_match(x, '[ -~]{1,200}')"
    is_whole = f"regexp_full_match(CAST(x AS VARCHAR), '{_WHOLE}')"
    return {
        "weights_formats": f"list_sort({keys})",
        "weights_stated": f"try_cast({total} AS BIGINT)",
        "weights_held": f"coalesce(list_sum([try_cast(x AS HUGEINT) FOR x IN ({values})]), 0)",
        "weights_packed": summed(PACKED),
        "weights_containers": summed(CONTAINERS),
        "weights_plain": "(safetensors IS NULL OR"
        f" coalesce(json_type({said}, '$.parameters') = 'OBJECT'"
        f" AND regexp_full_match(CAST({total} AS VARCHAR), '{_WHOLE}')"
        f" AND len({values}) = len({keys}) AND {every(values, is_whole)}"
        f" AND {every(keys, is_printable)}, false))",
    }


def _select_gguf(type_: str) -> dict[str, str]:
    if type_ == "VARCHAR":
        total = "json_extract(CASE WHEN json_valid(gguf) THEN gguf END, '$.total')"
        return {
            "gguf_total": f"try_cast({total} AS BIGINT)",
            "gguf_plain": "(gguf IS NULL OR"
            f" coalesce(regexp_full_match(CAST({total} AS VARCHAR), '{_WHOLE}'), false))",
        }
    if "total BIGINT" not in type_:
        return {"gguf_total": "NULL", "gguf_plain": "gguf IS NULL"}
    return {
        "gguf_total": "gguf.total",
        "gguf_plain": f"coalesce(gguf.total BETWEEN 0 AND {fields.LARGEST}, true)",
    }


def _format_names(type_: str) -> list[str] | None:
    """The fields of `safetensors.parameters`, sorted; None where they are not as expected."""
    if type_ == "STRUCT(total BIGINT)":
        return []
    found = re.fullmatch(r"STRUCT\(parameters STRUCT\(([^()]*)\), total BIGINT\)", type_)
    if not found:
        return None
    names = []
    for part in found[1].split(", "):
        name, _, kind = part.rpartition(" ")
        name = name.strip('"')
        if kind not in ("BIGINT", "INTEGER") or not re.fullmatch("[A-Za-z0-9_]{1,40}", name):
            return None
        names.append(name)
    return sorted(names)


WEIGHTS = Rule(("safetensors", "gguf"), _read, _select)
