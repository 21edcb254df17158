"""The version of a record: orders the observations of a node, and shows whether two say the same.

It has three parts, separated by a space, which sorts before every digit, so that a missing time is
the oldest: `last_modified`, `observed_at`, and a digest of the content.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import md5

from graph.observe import fields
from graph.schema import NodeType, Type

DIGEST = 8
"""Characters of a digest, at the end of a version."""
VERSION_PARTS = 3
"""Words of a version, the first two of which may be empty."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a model was made from."""

    relation: str | None
    bases: tuple[str, ...]  # ids as the record spells them, distinct without regard to case
    source: str | None = None  # where the bases are from, as in the relationships' `source`


def version(modified: object, observed_at: str | None, digest: str) -> str:
    """The version of a record, from times as ISO text."""
    return f"{modified or ''} {observed_at or ''} {digest}"


def select_version(node: NodeType, stated: Iterable[str], observed_ms: int) -> str:
    """SQL: the same for a row of a dump; arguments as for `select_digest`."""
    written = fields.WAYS[Type.DATETIME].written
    modified = written.format("last_modified") if "last_modified" in stated else "NULL"
    observed = written.format(observed_ms)
    return f"concat({modified}, ' ', {observed}, ' ', {select_digest(node, stated)})"


def digest_of(name: str, properties: Mapping[str, object], lineage: Lineage | None) -> str:
    """The digest of what a record says."""
    text = content(name, properties, lineage).encode("utf-8", "replace")
    return md5(text, usedforsecurity=False).hexdigest()[:DIGEST]


def content(name: str, properties: Mapping[str, object], lineage: Lineage | None) -> str:
    r"""What a record says, as one text: two records say the same if and only if their texts agree.

    Each part is a name, `\x1f`, its value and `\x1d`; items of a list are each followed by `\x1e`.
    No cleaned value holds such characters.
    """
    parts = [f"id\x1f{name}\x1d"]
    parts += [f"{key}\x1f{_as_text(properties[key])}\x1d" for key in sorted(properties)]
    if lineage is not None:
        parts.append(f"relation\x1f{lineage.relation or ''}\x1d")
        parts.append(f"bases\x1f{_as_text(lineage.bases)}\x1d")
        parts.append(f"source\x1f{lineage.source or ''}\x1d")
    return "".join(parts)


def select_digest(node: NodeType, stated: Iterable[str]) -> str:
    """SQL: the digest of a row of a dump that states some properties, which are sorted."""
    texts = ["'id' || chr(31)", "id"]
    for name in stated:
        written = fields.of(node.find(name)).written.format(f'"{name}"')
        texts += [f"chr(29) || '{name}' || chr(31)", written]
    content = f"concat({', '.join(texts)}, chr(29))"
    if node.has_lineage:
        lineage = (
            "concat('relation', chr(31), relation, chr(29), 'bases', chr(31),"
            " array_to_string(bases, chr(30)) || CASE WHEN len(bases) > 0 THEN chr(30) ELSE '' END,"
            " chr(29), 'source', chr(31), bases_source, chr(29))"
        )
        content = f"concat({content}, CASE WHEN has_lineage THEN {lineage} ELSE '' END)"
    return f"left(md5({content}), {DIGEST})"


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "".join(f"{item}\x1e" for item in value)
    if isinstance(value, float):
        return f"{value:.6f}"
    return str(value)
