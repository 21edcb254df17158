"""The licences of a model, by its tags, else by its card; the name of one of the card's own.

Identifiers of licences are in lower case on the Hub; what is written otherwise is the same one.
"""

from collections.abc import Iterable, Mapping

from graph.observe.hub.rules import Json, Raw, Rule
from graph.observe.hub.tags import tags_of
from graph.observe.table import Table, field_type

_TAG = "license:"
_OWN = ("license_name", "license_link")


def _read(record: Raw, info: Json) -> None:
    card, tags = info.get("cardData"), tags_of(info)
    said = card if isinstance(card, Mapping) else {}
    if tags is None and "cardData" not in info:
        return
    tagged = [tag.removeprefix(_TAG) for tag in tags or () if tag.startswith(_TAG)]
    named = _ids(tagged) or _ids(_texts(said.get("license")))
    record["license"] = named[0] if named else None
    record["licenses"] = named if len(named) > 1 else []
    if "cardData" in info:
        for name in _OWN:
            record[name] = next(iter(_texts(said.get(name))), None)


def _ids(names: Iterable[str]) -> list[str]:
    cleaned = (name.strip().lower() for name in names)
    return list(dict.fromkeys(name for name in cleaned if name))


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str) and item]


def _select(table: Table) -> None:
    table.values["licenses"] = "NULL::VARCHAR[]"
    if table.has("tags"):
        tags = f"[x[{len(_TAG) + 1}:] FOR x IN tagged IF starts_with(x, '{_TAG}')]"
        table.let(1, {"license_tags": tags})
        table.values["license"] = "license_tags[1]"
        is_id = "license_tags[1] = lower(trim(license_tags[1])) AND license_tags[1] <> ''"
        table.checks += ["len(license_tags) <= 1", f"coalesce({is_id}, true)"]
    if table.has("cardData"):
        table.values |= dict.fromkeys(_OWN, "NULL::VARCHAR")
        table.checks += [_is_unsaid(table, key) for key in _OWN]
        unsaid = _is_unsaid(table, "license")
        if table.has("tags"):
            table.checks.append(f"(len(license_tags) = 1 OR {unsaid})")
        else:
            table.values["license"] = "NULL::VARCHAR"
            table.checks.append(unsaid)


def _is_unsaid(table: Table, key: str) -> str:
    """SQL: whether the card of a row does not have a key; null or empty cards have none."""
    type_ = table.types["cardData"]
    if type_ == "VARCHAR":
        table.let(0, {"card": "CASE WHEN json_valid(cardData) THEN cardData END"})
        return f"coalesce(json_type(card, '$.{key}'), 'NULL') = 'NULL'"
    return f"cardData.{key} IS NULL" if field_type(type_, key) else "true"


LICENCES = Rule(("tags", "cardData"), _read, _select)
