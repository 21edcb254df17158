"""What the tags of a model say: its languages, datasets and papers; the rest are tags."""

import re
from collections.abc import Iterable, Iterator, Sequence

from graph.observe import fields
from graph.observe.hub.rules import Json, Raw, Rule
from graph.observe.ids import MODEL_PATTERN, PAPER_PATTERN, is_model_id, is_paper_id
from graph.observe.table import Table, filled, quoted

CARRIED = ("base_model:", "license:", "region:", "dataset:", "arxiv:")
"""Beginnings of tags that other fields carry, or that say nothing of the model."""

_VERSION = re.compile(r"v[0-9]{1,3}$")
_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr
ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
LANGUAGES = frozenset(_CODES.split())
"""ISO 639-1. Three-letter codes look like other tags (`moe`, `dpo`, `sft`)."""


def tags_of(info: Json) -> list[str] | None:
    """The tags of an answer that are text; None where it does not say."""
    tags = info.get("tags")
    if tags is None:
        return [] if "tags" in info else None
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else None


def _read(record: Raw, info: Json) -> None:
    tags = tags_of(info)
    if tags is None:
        return
    languages = [tag for tag in tags if tag in LANGUAGES]
    others = (record.get("task"), record.get("library"))
    named = {*languages, *(name for name in others if isinstance(name, str))}
    record["datasets"] = _datasets(tags)
    record["papers"] = _papers(tags)
    record["languages"] = languages
    record["tags"] = [tag for tag in tags if tag not in named and not tag.startswith(CARRIED)]


def _datasets(tags: Sequence[str]) -> list[str]:
    """Ids of the datasets that tags say it was trained on, distinct without regard to case.

    Old datasets have no owner. What is not an id is left out; some well-formed ids are not those of
    a dataset (`generator`, `imagefolder`: the way a script read its files).
    """
    return distinct(tag for tag in _tagged(tags, "dataset:") if is_model_id(tag))


def _papers(tags: Sequence[str]) -> list[str]:
    """Ids on arXiv of the papers that tags name, without a version, distinct."""
    named = (_VERSION.sub("", tag) for tag in _tagged(tags, "arxiv:"))
    return distinct(paper for paper in named if is_paper_id(paper))


def _tagged(tags: Sequence[str], beginning: str) -> Iterator[str]:
    return (tag[len(beginning) :] for tag in tags if tag.startswith(beginning))


def distinct(names: Iterable[str]) -> list[str]:
    """The names without those that differ in case only from an earlier one."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.lower(), name)
    return list(first.values())


def _select(table: Table) -> None:
    table.let(0, {"tagged": "coalesce(tags, [])"})
    fields.check_texts(table, "tagged")
    codes = "\n".join(sorted(LANGUAGES))  # no tag of a plain row holds the end of a line
    is_language = f"(CASE WHEN strlen(x) = 2 THEN contains('{codes}', x) ELSE false END)"
    carried = " OR ".join(f"starts_with(x, '{beginning}')" for beginning in CARRIED)
    others = [
        f"coalesce(x = {quoted(column)}, false)"
        for column in ("pipeline_tag", "library_name")
        if table.has(column)
    ]
    named = " OR ".join(others) or "false"
    papers = r"regexp_replace(x, 'v[0-9]{1,3}$', '')"
    table.let(
        1,
        {
            "language_tags": f"[x FOR x IN tagged IF {is_language}]",
            "other_tags": f"[x FOR x IN tagged IF NOT ({is_language} OR {carried} OR {named})]",
            "named_datasets": _named("dataset:", MODEL_PATTERN),
            "named_papers": _named("arxiv:", PAPER_PATTERN, papers),
        },
    )
    table.values["languages"] = filled("language_tags")
    table.values["tags"] = filled("other_tags")
    for name in ("datasets", "papers"):
        found = f"named_{name}"
        table.values[name] = filled(found)
        table.checks.append(
            f"(CASE WHEN len({found}) > 1 THEN"
            f" list_unique(list_transform({found}, lambda x: lower(x))) = len({found})"
            " ELSE true END)"
        )


def _named(beginning: str, pattern: str, cleaned: str = "x") -> str:
    """SQL: what follows a beginning in the tags and matches a pattern."""
    items = f"[x[{len(beginning) + 1}:] FOR x IN tagged IF starts_with(x, '{beginning}')]"
    if cleaned != "x":
        items = f"list_transform({items}, lambda x: {cleaned})"
    return f"list_filter({items}, lambda x: regexp_full_match(x, '{pattern}'))"


TAGS = Rule(("tags",), _read, _select)
