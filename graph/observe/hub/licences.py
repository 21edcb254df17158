"""What a card says of licences beyond the first: all of several, the name of one of its own."""

from collections.abc import Mapping

from graph.observe.hub.rules import Json, Raw, Rule
from graph.observe.hub.tags import tags_of
from graph.observe.table import Table, field_type

_TAG = "license:"
_OWN = ("license_name", "license_link")


def _read(record: Raw, info: Json) -> None:
    card, tags = info.get("cardData"), tags_of(info)
    said = card if isinstance(card, Mapping) else {}
    if tags is not None:
        named = [tag.removeprefix(_TAG) for tag in tags if tag.startswith(_TAG)]
    elif "cardData" in info:
        named = _texts(said.get("license"))
        record["license"] = named[0] if named else None
    else:
        return
    named = list(dict.fromkeys(named))
    record["licenses"] = named if len(named) > 1 else []
    if "cardData" in info:
        for name in _OWN:
            record[name] = next(iter(_texts(said.get(name))), None)


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str) and item]


def _select(table: Table) -> None:
    table.values["licenses"] = "NULL::VARCHAR[]"
    if table.has("tags"):
        table.let(1, {"license_tags": f"[x FOR x IN tagged IF starts_with(x, '{_TAG}')]"})
        table.checks.append("len(license_tags) <= 1")
    if table.has("cardData"):
        keys = _OWN if table.has("tags") else ("license", *_OWN)
        table.values |= dict.fromkeys(keys, "NULL::VARCHAR")
        table.checks += [_is_unsaid(table, key) for key in keys]


def _is_unsaid(table: Table, key: str) -> str:
    """SQL: whether the card of a row does not have a key; null or empty cards have none."""
    type_ = table.types["cardData"]
    if type_ == "VARCHAR":
        table.let(0, {"card": "CASE WHEN json_valid(cardData) THEN cardData END"})
        return f"coalesce(json_type(card, '$.{key}'), 'NULL') = 'NULL'"
    return f"cardData.{key} IS NULL" if field_type(type_, key) else "true"


LICENCES = Rule(("tags", "cardData"), _read, _select)
