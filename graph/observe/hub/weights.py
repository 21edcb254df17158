"""Parameter count and number formats of a model, as the Hub reads them from its files."""

import re
from collections.abc import Mapping, Sequence

from graph.observe import fields
from graph.observe.hub.rules import Json, Raw, Rule
from graph.observe.table import Table, every, filled, quoted

PACKED = frozenset({"U8", "I32", "U32"})
"""Number formats that hold several quantized weights in one element."""

_WHOLE = "[0-9]{1,15}"
"""A count in JSON, as a regular expression."""


def _read(record: Raw, info: Json) -> None:
    totals = {
        "safetensors": _safetensors_total(info.get("safetensors")),
        "gguf": _total(info.get("gguf")),
    }
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


def _select(table: Table) -> None:
    totals = []
    if table.has("safetensors"):
        table.let(0, _select_safetensors(table.types["safetensors"]))
        table.checks.append("weights_plain")
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


def _select_safetensors(type_: str) -> dict[str, str]:
    if type_ == "VARCHAR":
        return _safetensors_in_json()
    names = _format_names(type_)
    if names is None:
        unreadable = dict.fromkeys(("weights_formats", "weights_total"), "NULL")
        return unreadable | {"weights_plain": "safetensors IS NULL"}

    def count(name: str) -> str:
        return f"safetensors.parameters.{quoted(name)}"

    def summed(some: Sequence[str]) -> str:
        return " + ".join(f"coalesce({count(name)}, 0)" for name in some) or "0"

    formats = ", ".join(f"CASE WHEN {count(name)} IS NOT NULL THEN '{name}' END" for name in names)
    packed = [name for name in names if name in PACKED]
    return {
        "weights_formats": f"CASE WHEN safetensors.parameters IS NOT NULL THEN"
        f" [x FOR x IN [{formats}] IF x IS NOT NULL] END",
        "weights_total": f"CASE WHEN 2 * ({summed(packed)}) <= {summed(names)}"
        " THEN safetensors.total END",
        "weights_plain": f"coalesce(safetensors.total BETWEEN 0 AND {fields.LARGEST}, true)",
    }


def _safetensors_in_json() -> dict[str, str]:
    said = "(CASE WHEN json_valid(safetensors) THEN safetensors END)"
    keys = f"json_keys({said}, '$.parameters')"
    values = f"json_extract({said}, '$.parameters.*')"
    total = f"json_extract({said}, '$.total')"
    packed = ", ".join(f"'{name}'" for name in sorted(PACKED))
    most = (
        f"2 * coalesce(list_sum([try_cast(x[2] AS BIGINT) FOR x IN (list_zip({keys}, {values}))"
        f" IF x[1] IN ({packed})]), 0)"
        f" > coalesce(list_sum([try_cast(x AS BIGINT) FOR x IN ({values})]), 0)"
    )
    is_printable = "regexp_full_match(x, '[ -~]{1,200}')"
    is_whole = f"regexp_full_match(CAST(x AS VARCHAR), '{_WHOLE}')"
    return {
        "weights_formats": f"list_sort({keys})",
        "weights_total": f"CASE WHEN NOT ({most}) THEN try_cast({total} AS BIGINT) END",
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
