"""What a model was made from: from `baseModels`, which is absent without any base, else from tags.

Where both are there `baseModels` wins, and what the tags say against it goes to `tagged_bases`.
"""

from collections.abc import Iterator, Mapping

from graph.observe.hub.rules import Json, Raw, Rule
from graph.observe.hub.tags import tags_of
from graph.observe.ids import MODEL_PATTERN
from graph.observe.table import Table, every, filled
from graph.schema import RELATIONS

MOST_BASES = 500
"""Bases of one model; the most seen are 65."""


def _read(record: Raw, info: Json) -> None:
    tags = tags_of(info)
    said = info.get("baseModels")
    models = said.get("models") if isinstance(said, Mapping) else None
    related = list(_related(tags or []))
    if isinstance(said, Mapping) and isinstance(models, list):
        relation = said.get("relation")
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
    """The pairs of relation and base that are not among those, without regard to case."""
    known = {base.lower() for base in bases if isinstance(base, str)}
    others = (
        f"{kind}:{base}" for kind, base in related if kind != relation or base.lower() not in known
    )
    return list(dict.fromkeys(others))


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
        table.values["tagged_bases"] = "NULL::VARCHAR[]"
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
        table.values["tagged_bases"] = filled(_OTHERS)
    table.lineage |= {"relation": relation, "bases": bases, "bases_source": source}
    table.lineage["has_lineage"] = "true" if table.has("tags") else "base_ids IS NOT NULL"
    _check_bases(table, relation, bases)


_BASE_TAGS = (
    "CASE WHEN contains(array_to_string(tagged, ' '), 'base_model:') THEN"
    " [x[12:] FOR x IN tagged IF starts_with(x, 'base_model:')] ELSE [] END"
)
_BASE_PAIRS = (
    "CASE WHEN len(base_tags) > 0 THEN"
    f" [x FOR x IN base_tags IF regexp_full_match(x, '(?:{'|'.join(RELATIONS)}):.+')] ELSE [] END"
)
_TAG_RELATION = "nullif(split_part(base_pairs[1], ':', 1), '')"
_TAG_BASES = "[x[position(':' IN x) + 1:] FOR x IN base_pairs]"
_TAGS_PLAIN = (
    "(CASE WHEN len(base_tags) = 0 THEN true ELSE len(base_pairs) > 0 AND"
    " list_unique([split_part(x, ':', 1) FOR x IN base_pairs]) = 1 END)"
)
_OTHERS = (
    "CASE WHEN base_ids IS NULL OR len(base_tags) = 0 THEN [] ELSE [x FOR x IN base_pairs"
    " IF NOT (split_part(x, ':', 1) = coalesce(base_relation, '')"
    " AND list_contains([lower(y) FOR y IN base_ids], lower(x[position(':' IN x) + 1:])))] END"
)


def _check_bases(table: Table, relation: str, bases: str) -> None:
    words = ", ".join(f"'{word}'" for word in RELATIONS)
    are_ids = every(bases, f"regexp_full_match(x, '{MODEL_PATTERN}')")
    table.checks.append(
        f"(CASE WHEN len({bases}) > 0 THEN coalesce({relation} IN ({words}), false)"
        f" AND len({bases}) <= {MOST_BASES} AND {are_ids}"
        f" AND list_unique([lower(x) FOR x IN ({bases})]) = len({bases})"
        f" AND NOT list_contains([lower(x) FOR x IN ({bases})], lower(id))"
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
