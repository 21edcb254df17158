"""What the Hub's objects in a dump say, in SQL: `baseModels`, `safetensors` and `gguf`.

Newer dumps hold them as structs, older ones as JSON text. Each function gives names and the SQL of
their values; a value `…_plain` says whether a row's object is of the usual form, and is never null.
"""

import re
from collections.abc import Sequence

from graph.observe import fields
from graph.observe.columnar.sql import every, quoted
from graph.observe.hub.models import PACKED

_WHOLE = "[0-9]{1,15}"
"""A count in JSON, as a regular expression."""


def base_models(type_: str) -> dict[str, str]:
    """What `baseModels` says: null `base_ids` where it says nothing."""
    if type_ == "VARCHAR":
        said = _valid("baseModels")
        ids = f"json_extract({said}, '$.models[*].id')"
        return {
            "base_relation": f"json_extract_string({said}, '$.relation')",
            "base_ids": f"CASE WHEN json_type({said}, '$.models') = 'ARRAY'"
            f" THEN json_extract_string({said}, '$.models[*].id') END",
            "base_plain": f"(baseModels IS NULL OR coalesce(json_type({said}, '$.models') = 'ARRAY'"
            f" AND coalesce(json_type({said}, '$.relation'), 'VARCHAR') IN ('VARCHAR', 'NULL')"
            f" AND len({ids}) = json_array_length({said}, '$.models')"
            f" AND len([x FOR x IN ({ids}) IF NOT starts_with(CAST(x AS VARCHAR), '\"')]) = 0,"
            " false))",
        }
    shape = type_.replace(" ", "")
    if "relationVARCHAR" not in shape or not shape.endswith("[])") or "idVARCHAR" not in shape:
        return {"base_relation": "NULL", "base_ids": "NULL", "base_plain": "baseModels IS NULL"}
    return {
        "base_relation": "baseModels.relation",
        "base_ids": "[x.id FOR x IN baseModels.models]",
        "base_plain": "(baseModels IS NULL OR (baseModels.relation IS NULL AND"
        " baseModels.models IS NULL) OR coalesce(list_count([x.id FOR x IN baseModels.models])"
        " = len(baseModels.models), false))",
    }


def safetensors(type_: str) -> dict[str, str]:
    """Formats, and the total unless most of it are packed integers."""
    if type_ == "VARCHAR":
        said = _valid("safetensors")
        keys = f"json_keys({said}, '$.parameters')"
        values = f"json_extract({said}, '$.parameters.*')"
        total = f"json_extract({said}, '$.total')"
        packed = ", ".join(f"'{name}'" for name in sorted(PACKED))
        pairs = f"list_zip({keys}, {values})"
        most = (
            f"2 * coalesce(list_sum([try_cast(x[2] AS BIGINT) FOR x IN ({pairs})"
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
    names = _format_names(type_)
    if names is None:
        return {
            "weights_formats": "NULL",
            "weights_total": "NULL",
            "weights_plain": "safetensors IS NULL",
        }

    def count(name: str) -> str:
        return f"safetensors.parameters.{quoted(name)}"

    def summed(some: Sequence[str]) -> str:
        return " + ".join(f"coalesce({count(name)}, 0)" for name in some) or "0"

    formats = ", ".join(f"CASE WHEN {count(name)} IS NOT NULL THEN '{name}' END" for name in names)
    packed_names = [name for name in names if name in PACKED]
    return {
        "weights_formats": f"CASE WHEN safetensors.parameters IS NOT NULL THEN"
        f" [x FOR x IN [{formats}] IF x IS NOT NULL] END",
        "weights_total": f"CASE WHEN 2 * ({summed(packed_names)}) <= {summed(names)}"
        " THEN safetensors.total END",
        "weights_plain": f"coalesce(safetensors.total BETWEEN 0 AND {fields.LARGEST}, true)",
    }


def gguf(type_: str) -> dict[str, str]:
    """The number of parameters."""
    if type_ == "VARCHAR":
        total = f"json_extract({_valid('gguf')}, '$.total')"
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


def _valid(column: str) -> str:
    """A column of JSON text, null where it is none: the functions on JSON fail on that."""
    return f"(CASE WHEN json_valid({column}) THEN {column} END)"


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
