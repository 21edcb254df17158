"""What a model was made from, in two layers: what the Hub resolved, and what the card declares.

Resolved is `baseModels`, which is absent without any base, else the tags that name one relation.
Declared is what the card names, and what tags name and no resolved base is. Each layer is kept as
its source says it: none is guessed from the other.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from graph.observe.fields import LONGEST_ITEM
from graph.observe.hub.rules import Json, Raw, Rule
from graph.observe.hub.tags import distinct, tags_of
from graph.observe.ids import MODEL_PATTERN, id_from_address, is_model_id
from graph.observe.table import Table, every, field_type, filled
from graph.schema import RELATIONS

MOST_BASES = 500
"""Bases of one model; the most seen are 65."""
NO_BASE = frozenset({"", "-", "none", "null", "n/a", "na"})
"""What cards write in lower case for no base."""

_BREAK = re.compile(r"[\s,;]+")
_PLACE = re.compile(r"^hf://(?:models/)?|(?<=[^:/])(?:[@:][\w.-]+)?/?$")
"""What an id may stand between: a protocol, a revision, a slash."""


def _read(record: Raw, info: Json) -> None:
    tags = tags_of(info)
    said = info.get("baseModels")
    models = said.get("models") if isinstance(said, Mapping) else None
    related = list(_related(tags or []))
    bases: object
    if isinstance(models, list):
        relation: object = said.get("relation") if isinstance(said, Mapping) else None
        bases = [model.get("id") if isinstance(model, Mapping) else model for model in models]
        source = "base_models"
    elif _is_odd(said) and not related:
        relation, bases, source = None, {"baseModels": said}, "base_models"
    elif tags is not None:
        relations = {relation for relation, _ in related}
        relation = relations.pop() if len(relations) == 1 else None
        bases = [base for _, base in related] if relation else []
        source = "tags"
    else:
        return
    record["relation"], record["bases"] = relation, bases
    if bases:
        record["bases_source"] = source
    named = bases if isinstance(bases, list) else []
    resolved, rest = (named, []) if relation in RELATIONS else ([], named)
    if tags is not None or rest:
        others = _others([*(tags or ()), *(f"base_model:{base}" for base in rest)])
        known = {id_.lower() for base in (*resolved, record["id"]) for id_ in _ids_in(base)}
        record["tagged_bases"] = [base for base in others if base.lower() not in known]


def _is_odd(said: object) -> bool:
    """Whether `baseModels` says something in a form that is not known."""
    if isinstance(said, Mapping):
        return bool(said) and not said.keys() & {"relation", "models"}
    return said is not None


def _others(tags: Iterable[str]) -> list[str]:
    """What tags name as bases, with a relation, without or with one that is not known."""
    named = [tag.partition(":")[2] for tag in tags if tag.startswith("base_model:")]
    return distinct(base for name in named for base in _named_in(name))


def _named_in(tag: str) -> list[str]:
    bare = _HAS_RELATION.sub("", tag)
    relation, _, base = bare.partition(":")
    unknown = base if relation.isalpha() and "/" in base else ""
    return _ids_in(bare) or _ids_in(unknown) or [bare]


def _read_card(record: Raw, info: Json) -> None:
    card = info["cardData"]
    named = card.get("base_model") if isinstance(card, Mapping) else None
    found = [] if named is None else named if isinstance(named, list) else [named]
    ids: list[str] = []
    unusable: list[str] = []
    for item in found:
        if item is None or (isinstance(item, str) and item.strip().lower() in NO_BASE):
            continue
        bases = _ids_in(item)
        ids += bases
        if not bases:
            unusable.append((item if isinstance(item, str) else repr(item))[:LONGEST_ITEM])
    own = str(record["id"]).lower()
    record["card_bases"] = [base for base in distinct(ids) if base.lower() != own][:MOST_BASES]
    record["unusable_bases"] = unusable


def _ids_in(item: object) -> list[str]:
    """The ids of models in what a card names as a base; some cards list several in one text."""
    if not isinstance(item, str):
        return []
    text = item.strip()
    if is_model_id(text):
        return [text]
    bare = (_PLACE.sub("", part) for part in _BREAK.split(text))
    parts = [id_from_address(part) or part for part in bare]
    return parts if all(is_model_id(part) and "/" in part for part in parts) else []


def _related(tags: list[str]) -> Iterator[tuple[str, str]]:
    for tag in tags:
        kind, _, rest = tag.partition(":")
        relation, _, base = rest.partition(":")
        if kind == "base_model" and relation in RELATIONS and base:
            yield relation, base


def _select(table: Table) -> None:
    if table.has("baseModels"):
        table.let(0, _base_models(table.types["baseModels"]))
        table.checks.append("base_plain")
    if table.has("tags"):
        table.let(1, {"base_tags": _BASE_TAGS})
        table.let(2, {"base_pairs": _BASE_PAIRS})
    if not table.has("baseModels"):
        relation, bases = _TAG_RELATION, _TAG_BASES
        source = f"CASE WHEN len({bases}) > 0 THEN 'tags' END"
        table.checks.append(_TAGS_PLAIN)
    elif not table.has("tags"):
        relation, bases = "base_relation", "base_ids"
        source = "CASE WHEN len(base_ids) > 0 THEN 'base_models' END"
    else:
        relation = f"CASE WHEN base_ids IS NOT NULL THEN base_relation ELSE {_TAG_RELATION} END"
        bases = f"CASE WHEN base_ids IS NOT NULL THEN base_ids ELSE {_TAG_BASES} END"
        source = (
            "CASE WHEN len(base_ids) > 0 THEN 'base_models'"
            " WHEN base_ids IS NULL AND len(base_pairs) > 0 THEN 'tags' END"
        )
        table.checks.append(f"(base_ids IS NOT NULL OR {_TAGS_PLAIN})")
    if table.has("tags"):
        others = (
            f"[x FOR x IN {_TAG_IDS} IF lower(x) <> lower(id)"
            f" AND NOT list_contains([lower(y) FOR y IN ({bases})], lower(x))]"
        )
        table.let(3, {"base_others": f"CASE WHEN len(base_tags) > 0 THEN {others} ELSE [] END"})
        table.values["tagged_bases"] = filled("base_others")
        table.checks.append(_are_ids("base_others"))
    table.lineage |= {"relation": relation, "bases": bases, "bases_source": source}
    table.lineage["has_lineage"] = "true" if table.has("tags") else "base_ids IS NOT NULL"
    _check_bases(table, relation, bases)


def _are_ids(items: str) -> str:
    """Whether all items are ids, distinct without regard to case."""
    are_ids = every(items, f"regexp_full_match(x, '{MODEL_PATTERN}')")
    return (
        f"(CASE WHEN len({items}) > 0 THEN {are_ids} AND len({items}) <= {MOST_BASES}"
        f" AND list_unique([lower(x) FOR x IN ({items})]) = len({items}) ELSE true END)"
    )


def _select_card(table: Table) -> None:
    type_ = table.types["cardData"]
    if type_ == "VARCHAR":
        items = "json_extract(card, '$.base_model[*]')"
        named = (
            "CASE json_type(card, '$.base_model')"
            " WHEN 'VARCHAR' THEN [json_extract_string(card, '$.base_model')]"
            " WHEN 'ARRAY' THEN json_extract_string(card, '$.base_model[*]') END"
        )
        are_texts = every(items, "starts_with(CAST(x AS VARCHAR), '\"')")
        is_plain = (
            "CASE coalesce(json_type(card, '$.base_model'), 'NULL') WHEN 'NULL' THEN true"
            f" WHEN 'VARCHAR' THEN true WHEN 'ARRAY' THEN {are_texts} ELSE false END"
        )
    elif not type_.startswith("STRUCT("):
        named, is_plain = "NULL", "cardData IS NULL"
    else:
        field = field_type(type_, "base_model")
        known = {"VARCHAR": "[cardData.base_model]", "VARCHAR[]": "cardData.base_model"}
        named = known.get(str(field), "NULL")
        named = f"CASE WHEN cardData.base_model IS NOT NULL THEN {named} END" if field else "NULL"
        is_plain = "true" if field in (None, *known) else "cardData.base_model IS NULL"
    nothing = ", ".join(f"'{word}'" for word in sorted(NO_BASE))
    are_bases = every("card_named", f"lower(x) NOT IN ({nothing}, lower(id))")
    table.let(1, {"card_named": f"CAST({named} AS VARCHAR[])"})
    table.checks += [is_plain, _are_ids("card_named"), f"coalesce({are_bases}, true)"]
    table.values["card_bases"] = filled("card_named")
    table.values["unusable_bases"] = "NULL::VARCHAR[]"


_BASE_TAGS = (
    "CASE WHEN contains(array_to_string(tagged, ' '), 'base_model:') THEN"
    " [x[12:] FOR x IN tagged IF starts_with(x, 'base_model:')] ELSE [] END"
)
_BASE_PAIRS = (
    "CASE WHEN len(base_tags) > 0 THEN"
    f" [x FOR x IN base_tags IF regexp_full_match(x, '(?:{'|'.join(RELATIONS)}):.+')] ELSE [] END"
)
_HAS_RELATION = re.compile(f"(?:{'|'.join(RELATIONS)}):(?=.)")
_TAG_IDS = (
    "[CASE WHEN list_contains(base_pairs, z) THEN z[position(':' IN z) + 1:] ELSE z END"
    " FOR z IN base_tags]"
)
_TAG_RELATION = "nullif(split_part(base_pairs[1], ':', 1), '')"
_TAG_BASES = "[x[position(':' IN x) + 1:] FOR x IN base_pairs]"
_TAGS_PLAIN = (
    "(CASE WHEN len(base_pairs) = 0 THEN true ELSE"
    " list_unique([split_part(x, ':', 1) FOR x IN base_pairs]) = 1 END)"
)


def _check_bases(table: Table, relation: str, bases: str) -> None:
    words = ", ".join(f"'{word}'" for word in RELATIONS)
    table.checks.append(
        f"(CASE WHEN len({bases}) > 0 THEN coalesce({relation} IN ({words}), false)"
        f" AND {_are_ids(bases)} AND NOT list_contains([lower(x) FOR x IN ({bases})], lower(id))"
        f" ELSE {relation} IS NULL END)"
    )


def _base_models(type_: str) -> dict[str, str]:
    """What `baseModels` says, as a struct or, in older dumps, as JSON text; null ids: nothing."""
    if type_ == "VARCHAR":
        said = "(CASE WHEN json_valid(baseModels) THEN baseModels END)"
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


UNSTATED = {
    "relation": "NULL::VARCHAR",
    "bases": "NULL::VARCHAR[]",
    "bases_source": "NULL::VARCHAR",
    "has_lineage": "false",
}
"""The SQL of a lineage that a dump says nothing of."""

BASES = Rule(("baseModels", "tags"), _read, _select)
CARD_BASES = Rule(("cardData",), _read_card, _select_card)
