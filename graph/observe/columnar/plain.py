"""Whole columns of a dump: the rows that need no repair, which are nearly all, read by DuckDB.

What a row becomes is what `observe.dumps.rows`, `observe.hub` and `observe.normalise` make of it
one by one; only where all of that is plain (no value to drop, repair or note) is it done here.
Every other row has `plain = false` and goes through those. A test compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph import schema
from graph.observe import fields
from graph.observe.columnar import objects
from graph.observe.columnar.sql import every, filled, quoted
from graph.observe.dumps import Dump, Kind
from graph.observe.hub.models import CARRIED, LANGUAGES, PLAIN
from graph.observe.hub.repositories import DATASET, SPACE
from graph.observe.normalise import MOST_BASES

_ID = "(?:[A-Za-z0-9][A-Za-z0-9._-]{0,95}/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,95}"
_PAPER = r"[0-9]{4}\.[0-9]{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/[0-9]{7}"
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?Z"

SQL_TYPES = {
    schema.Type.STRING: "VARCHAR",
    schema.Type.INTEGER: "BIGINT",
    schema.Type.FLOAT: "DOUBLE",
    schema.Type.BOOLEAN: "BOOLEAN",
    schema.Type.DATETIME: "BIGINT",
    schema.Type.STRINGS: "VARCHAR[]",
}
"""How a property lies in DuckDB; times are milliseconds since 1970."""


@dataclass
class _Row:
    """The SQL of a row.

    Attributes:
        values: property → expression over the columns of the dump.
        checks: what must hold for the row to be plain; never null.
        texts: expressions whose characters must all be printable ASCII.
    """

    values: dict[str, str] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def select(dump: Dump, types: Mapping[str, str], latest_ms: int) -> str:
    """A SELECT over the view `dump` that gives the plain rows' properties, and which are plain.

    Args:
        dump: a dump of models, datasets or Spaces.
        types: its columns' types as DuckDB names them.
        latest_ms: times later than this are not believed, in milliseconds since 1970.

    Returns:
        SQL of a query with the columns `row`, `id`, `plain`, those of `stated`, and for models
        `relation`, `bases` and `bases_source`.
    """
    row = _Row()
    names = {Kind.MODELS: PLAIN, Kind.DATASETS: DATASET, Kind.SPACES: SPACE}[dump.kind]
    node = NODES[dump.kind]
    row.texts.append("id")
    row.checks.append(f"regexp_full_match(id, '{_ID}')")
    for column, name in names.items():
        if column in dump.columns:
            _add(row, node.find(name), quoted(column), types[column], latest_ms)
    if dump.kind is Kind.MODELS:
        return _models(dump, types, row)
    for name in ("tags", "models", "datasets"):
        if name in dump.columns:
            _add_list(row, name)
            if name != "tags":
                row.checks.append(every(name, f"regexp_full_match(x, '{_ID}')"))
    values = ", ".join(f"{value} AS {name}" for name, value in row.values.items())
    return f"SELECT file_row_number + 1 AS row, id, {_plain(row)} AS plain, {values} FROM dump"


NODES = {Kind.MODELS: schema.MODEL, Kind.DATASETS: schema.DATASET, Kind.SPACES: schema.SPACE}
"""Kind of dump → what its rows describe."""


def stated(dump: Dump) -> list[str]:
    """The properties that every row of a dump states, sorted, besides its lineage."""
    has = dump.columns.keys()
    names = {Kind.MODELS: PLAIN, Kind.DATASETS: DATASET, Kind.SPACES: SPACE}[dump.kind]
    found = {name for column, name in names.items() if column in has}
    if dump.kind is not Kind.MODELS:
        return sorted(found | ({"tags", "models", "datasets"} & has))
    if "gated" in has:
        found.add("gated")
    if "tags" in has:
        found |= {"license", "languages", "datasets", "papers", "tags", "tagged_bases"}
    if {"safetensors", "gguf"} & has:
        found |= {"parameters", "parameters_source"}
    if "safetensors" in has:
        found.add("tensor_types")
    if "config" in has:
        found.add("architecture")
    if "cardData" in has:
        found.add("new_version")
    return sorted(found)


def _models(dump: Dump, types: Mapping[str, str], row: _Row) -> str:
    has = dump.columns.keys()
    if "gated" in has:
        gated = "CAST(gated AS VARCHAR)"
        row.values["gated"] = (
            f"CASE WHEN coalesce(lower(trim({gated})), '') IN ('', 'false') THEN 'no'"
            f" ELSE {gated} END"
        )
        row.checks.append(f"coalesce(lower(trim({gated})), '') IN ('', 'false', 'auto', 'manual')")
        row.checks.append(f"coalesce({gated} NOT IN ('Auto', 'Manual', 'AUTO', 'MANUAL'), true)")
        row.checks.append(f"coalesce({gated} = trim({gated}), true)")
    first = _first_step(dump, types)
    _add_weights(row, dump)
    if "tags" in has:
        _add_tags(row)
    _add_lineage(row, dump)
    if "cardData" in has:
        row.values["new_version"] = "NULL::VARCHAR"
        row.checks.append("(card IS NULL OR NOT contains(card, 'new_version'))")
    if "config" in has:
        row.values["architecture"] = "NULL::VARCHAR"
    row.checks += [
        f"{quoted(name)} IS NULL" for name in ("config", "childrenModelCount") if name in has
    ]
    values = ", ".join(f"{value} AS {name}" for name, value in row.values.items())
    return f"""SELECT row, id, {_plain(row)} AS plain, {values}
FROM ({first})"""


def _first_step(dump: Dump, types: Mapping[str, str]) -> str:
    """The dump's rows with what several properties are made of, worked out once.

    DuckDB works an expression out anew wherever a CASE names it; not so a column.
    """
    has = dump.columns.keys()
    extra = {"row": "file_row_number + 1"}
    for name, parts in (("baseModels", objects.base_models), ("safetensors", objects.safetensors)):
        if name in has:
            extra |= parts(types[name])
    if "gguf" in has:
        extra |= objects.gguf(types["gguf"])
    if "cardData" in has:
        extra["card"] = "CAST(cardData AS VARCHAR)"
    if "tags" in has:
        extra["tagged"] = "coalesce(tags, [])"
    first = f"SELECT *, {_listed(extra)} FROM dump"
    if "tags" not in has:
        return first
    relations = "|".join(schema.RELATIONS)
    pairs = f"[x FOR x IN base_tags IF regexp_full_match(x, '(?:{relations}):.+')]"
    second = f"SELECT *, {_listed(_found_in_tags(dump))} FROM ({first})"
    return (
        f"SELECT *, CASE WHEN len(base_tags) > 0 THEN {pairs} ELSE [] END AS base_pairs"
        f" FROM ({second})"
    )


def _listed(values: Mapping[str, str]) -> str:
    return ", ".join(f"{value} AS {name}" for name, value in values.items())


def _found_in_tags(dump: Dump) -> dict[str, str]:
    """What the tags are about, before it is known whether they are plain."""
    codes = "\n".join(sorted(LANGUAGES))  # no tag of a plain row holds the end of a line
    is_language = f"(CASE WHEN strlen(x) = 2 THEN contains('{codes}', x) ELSE false END)"
    carried = " OR ".join(f"starts_with(x, '{beginning}')" for beginning in CARRIED)
    named = [
        f"x = {quoted(column)}"
        for column, name in PLAIN.items()
        if name in ("task", "library") and column in dump.columns
    ]
    names = " OR ".join(f"coalesce({name}, false)" for name in named) or "false"
    found = {
        "base_tags": "CASE WHEN contains(array_to_string(tagged, ' '), 'base_model:') THEN"
        " [x[12:] FOR x IN tagged IF starts_with(x, 'base_model:')] ELSE [] END",
        "first_license": "[x[9:] FOR x IN tagged IF starts_with(x, 'license:')][1]",
        "language_tags": f"[x FOR x IN tagged IF {is_language}]",
        "other_tags": f"[x FOR x IN tagged IF NOT ({is_language} OR {carried} OR {names})]",
    }
    for name, start, pattern in (("datasets", "dataset:", _ID), ("papers", "arxiv:", _PAPER)):
        items = f"[x[{len(start) + 1}:] FOR x IN tagged IF starts_with(x, '{start}')]"
        if name == "papers":
            items = rf"list_transform({items}, lambda x: regexp_replace(x, 'v[0-9]{{1,3}}$', ''))"
        found[f"named_{name}"] = (
            f"list_filter({items}, lambda x: regexp_full_match(x, '{pattern}'))"
        )
    return found


def _add(row: _Row, item: schema.Property, column: str, type_: str, latest_ms: int) -> None:
    name, kind = item.name, item.type
    if kind is schema.Type.STRING:
        row.values[name] = f"CASE WHEN trim({column}) <> '' THEN {column} END"
        row.checks.append(f"coalesce(len({column}) <= {fields.LONGEST_TEXT}, true)")
        row.texts.append(column)
    elif kind is schema.Type.DATETIME:
        time = f"try_cast({column} AS TIMESTAMPTZ)"
        since = f"epoch_ms({time})"
        row.values[name] = since
        fits = f"{since} BETWEEN 0 AND {latest_ms}"
        if type_ == "VARCHAR":
            fits = f"regexp_full_match({column}, '{_ISO}') AND {fits}"
        row.checks.append(f"({column} IS NULL OR coalesce({fits}, false))")
    elif kind is schema.Type.INTEGER:
        row.values[name] = f"try_cast({column} AS BIGINT)"
        whole = "" if _is_integer(type_) else f" AND {column} = floor({column})"
        row.checks.append(f"({column} IS NULL OR ({column} BETWEEN 0 AND {fields.LARGEST}{whole}))")
    else:
        row.values[name] = f"CAST({column} AS DOUBLE)"
        row.checks.append(
            f"({column} IS NULL OR abs(CAST({column} AS DOUBLE)) <= {fields.LARGEST})"
        )


def _add_list(row: _Row, name: str, column: str | None = None) -> None:
    """A list of texts as it is; nothing where it is empty."""
    column = column or name
    row.values[name] = f"CASE WHEN len({column}) > 0 THEN {column} END"
    _check_list(row, column)


def _check_list(row: _Row, column: str) -> None:
    joined = f"array_to_string({column}, '')"
    row.texts.append(joined)
    row.checks += [
        f"coalesce(list_unique({column}) = len({column}), true)",
        f"coalesce(NOT list_contains({column}, ''), true)",
        f"coalesce(len({column}) <= {fields.MOST_ITEMS}, true)",
        f"(CASE WHEN len({joined}) > {fields.LONGEST_ITEM} THEN "
        f"{every(column, f'len(x) <= {fields.LONGEST_ITEM}')} ELSE true END)",
    ]


def _add_tags(row: _Row) -> None:
    _check_list(row, "tagged")
    row.values["license"] = "nullif(trim(first_license), '')"
    row.checks.append("coalesce(first_license NOT LIKE ' %', true)")
    row.values["languages"] = filled("language_tags")
    row.values["tags"] = filled("other_tags")
    for name in ("datasets", "papers"):
        found = f"named_{name}"
        row.values[name] = filled(found)
        row.checks.append(
            f"(CASE WHEN len({found}) > 1 THEN"
            f" list_unique(list_transform({found}, lambda x: lower(x))) = len({found})"
            " ELSE true END)"
        )


def _add_lineage(row: _Row, dump: Dump) -> None:
    """Relation, bases, where they are stated, and what the tags say besides."""
    has = dump.columns.keys()
    if not {"baseModels", "tags"} & has:
        row.values |= {
            "relation": "NULL::VARCHAR",
            "bases": "NULL::VARCHAR[]",
            "bases_source": "NULL::VARCHAR",
            "has_lineage": "false",
        }
        return
    words = ", ".join(f"'{word}'" for word in schema.RELATIONS)
    pairs = "base_pairs"
    tag_relation = f"split_part(({pairs})[1], ':', 1)"
    tag_bases = f"[x[position(':' IN x) + 1:] FOR x IN ({pairs})]"
    tags_plain = (
        f"(CASE WHEN len(base_tags) = 0 THEN true ELSE len({pairs}) > 0 AND"
        f" list_unique([split_part(x, ':', 1) FOR x IN ({pairs})]) = 1 END)"
    )
    if "baseModels" not in has:
        relation, bases = f"nullif({tag_relation}, '')", tag_bases
        source = f"CASE WHEN len({bases}) > 0 THEN 'tags' END"
        row.checks.append(tags_plain)
        row.values["tagged_bases"] = "NULL::VARCHAR[]"
    else:
        relation, bases = "base_relation", "base_ids"
        source = "CASE WHEN len(base_ids) > 0 THEN 'base_models' END"
        row.checks.append("base_plain")
        if "tags" in has:
            relation = (
                "CASE WHEN base_ids IS NOT NULL THEN base_relation"
                f" ELSE nullif({tag_relation}, '') END"
            )
            bases = f"CASE WHEN base_ids IS NOT NULL THEN base_ids ELSE {tag_bases} END"
            source = (
                "CASE WHEN len(base_ids) > 0 THEN 'base_models'"
                f" WHEN base_ids IS NULL AND len({pairs}) > 0 THEN 'tags' END"
            )
            row.checks.append(f"(base_ids IS NOT NULL OR {tags_plain})")
            row.values["tagged_bases"] = filled(
                "CASE WHEN base_ids IS NULL OR len(base_tags) = 0 THEN []"
                f" ELSE [x FOR x IN ({pairs})"
                " IF NOT (split_part(x, ':', 1) = coalesce(base_relation, '')"
                " AND list_contains([lower(y) FOR y IN base_ids],"
                " lower(x[position(':' IN x) + 1:])))] END"
            )
    row.values |= {"relation": relation, "bases": bases, "bases_source": source}
    row.values["has_lineage"] = "true" if "tags" in has else "base_ids IS NOT NULL"
    are_ids = every(bases, f"regexp_full_match(x, '{_ID}')")
    row.checks.append(
        f"(CASE WHEN len({bases}) > 0 THEN coalesce({relation} IN ({words}), false)"
        f" AND len({bases}) <= {MOST_BASES} AND {are_ids}"
        f" AND list_unique([lower(x) FOR x IN ({bases})]) = len({bases})"
        f" AND NOT list_contains([lower(x) FOR x IN ({bases})], lower(id))"
        f" ELSE {relation} IS NULL END)"
    )


def _add_weights(row: _Row, dump: Dump) -> None:
    has = dump.columns.keys()
    totals = []
    if "safetensors" in has:
        row.checks.append("weights_plain")
        row.values["tensor_types"] = filled("weights_formats")
        totals.append(("safetensors", "weights_total"))
    if "gguf" in has:
        row.checks.append("gguf_plain")
        totals.append(("gguf", "gguf_total"))
    if not totals:
        return
    cases = " ".join(f"WHEN {total} > 0 THEN {total}" for _, total in totals)
    sources = " ".join(f"WHEN {total} > 0 THEN '{source}'" for source, total in totals)
    row.values["parameters"] = f"CASE {cases} END"
    row.values["parameters_source"] = f"CASE {sources} END"


def _plain(row: _Row) -> str:
    joined = ", ".join(f"{text}" for text in row.texts)
    printable = f"regexp_full_match(concat({joined}), '[ -~]*')"
    return f"coalesce({' AND '.join([printable, *row.checks])}, false)"


def _is_integer(type_: str) -> bool:
    return "INT" in type_
