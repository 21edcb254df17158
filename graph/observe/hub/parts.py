"""The smaller rules: gating, what cards, configurations and GGUF files name, counts by relation."""

from collections.abc import Mapping
from hashlib import sha256

from graph.observe.hub.rules import Json, Raw, Rule
from graph.observe.ids import is_model_id
from graph.observe.table import Table, field_type
from graph.schema import RELATIONS


def _read_gated(record: Raw, info: Json) -> None:
    record["gated"] = "no" if info["gated"] in (False, None) else info["gated"]


def _select_gated(table: Table) -> None:
    gated = "CAST(gated AS VARCHAR)"
    table.values["gated"] = (
        f"CASE WHEN coalesce(lower(trim({gated})), '') IN ('', 'false') THEN 'no' ELSE {gated} END"
    )
    table.checks += [
        f"coalesce(lower(trim({gated})), '') IN ('', 'false', 'auto', 'manual')",
        f"coalesce({gated} NOT IN ('Auto', 'Manual', 'AUTO', 'MANUAL'), true)",
        f"coalesce({gated} = trim({gated}), true)",
    ]


def _read_card(record: Raw, info: Json) -> None:
    record["new_version"] = new_version(info["cardData"], str(record["id"]))


def new_version(card: object, model_id: str) -> str | None:
    """Id of the successor that a card names, which no tag carries; never the model itself."""
    named = card.get("new_version") if isinstance(card, Mapping) else None
    if not isinstance(named, str) or not is_model_id(named):
        return None
    return None if named.lower() == model_id.lower() else named


def _select_card(table: Table) -> None:
    table.values["new_version"] = "NULL::VARCHAR"
    if table.types["cardData"] == "VARCHAR":
        table.let(0, {"card": "CASE WHEN json_valid(cardData) THEN cardData END"})
        names_none = "coalesce(json_type(card, '$.new_version'), 'NULL') = 'NULL'"
        says_none = f"coalesce(json_type(card) = 'OBJECT', false) AND {names_none}"
        table.checks.append(f"(cardData IS NULL OR ({says_none}))")
    elif field_type(table.types["cardData"], "new_version"):
        table.checks.append("cardData.new_version IS NULL")


def _read_configuration(record: Raw, info: Json) -> None:
    config = info.get("config")
    config = config if isinstance(config, Mapping) else {}
    classes = info.get("architectures") or config.get("architectures")
    record["architecture"] = classes[0] if isinstance(classes, list) and classes else None
    method = config.get("quantization_config")
    if isinstance(method, Mapping) and method.get("quant_method"):
        record["quantization"] = method["quant_method"]


def _select_configuration(table: Table) -> None:
    if table.has("config"):
        table.values["architecture"] = "NULL::VARCHAR"
        table.checks.append("config IS NULL")


_DIGITS = 16
_BLANK = " \t\r\n"


def _read_template(record: Raw, info: Json) -> None:
    gguf = info["gguf"]
    text = gguf.get("chat_template") if isinstance(gguf, Mapping) else None
    bare = text.strip(_BLANK).encode("utf-8", "surrogatepass") if isinstance(text, str) else b""
    record["chat_template"] = sha256(bare).hexdigest()[:_DIGITS] if bare else None


def _select_template(table: Table) -> None:
    type_, text = table.types["gguf"], "NULL"
    if type_ == "VARCHAR":
        said = "(CASE WHEN json_valid(gguf) THEN gguf END)"
        text = f"json_extract_string({said}, '$.chat_template')"
        is_text = f"json_type({said}, '$.chat_template') IN ('VARCHAR', 'NULL')"
        table.checks.append(f"coalesce({is_text}, true)")
    elif field_type(type_, "chat_template") == "VARCHAR":
        text = "gguf.chat_template"
    elif field_type(type_, "chat_template"):
        table.checks.append("gguf.chat_template IS NULL")
    bare = f"nullif(trim({text}, chr(32) || chr(9) || chr(13) || chr(10)), '')"
    table.values["chat_template"] = f"left(sha256({bare}), {_DIGITS})"


def _read_children(record: Raw, info: Json) -> None:
    counts = info["childrenModelCount"]
    if isinstance(counts, Mapping):
        record |= {f"children_{name}": counts[name] for name in RELATIONS if name in counts}


def _select_children(table: Table) -> None:
    table.checks.append('"childrenModelCount" IS NULL')


GATED = Rule(("gated",), _read_gated, _select_gated)
CARD = Rule(("cardData",), _read_card, _select_card)
OTHERS = (
    Rule(("config", "architectures"), _read_configuration, _select_configuration),
    Rule(("gguf",), _read_template, _select_template),
    Rule(("childrenModelCount",), _read_children, _select_children),
)
