"""Tables of the docs that follow from the kinds of node: record files and columns of dumps."""

from collections.abc import Iterable

from graph import schema
from graph.observe.dumps.columns import COLUMNS
from graph.schema import NodeType, Property

Rows = list[tuple[str, ...]]

_DIGEST = (
    "Of the record that this one repeats: eight hexadecimal digits that [an export](export.md) "
    "writes."
)
_BASES: Rows = [
    ("`bases`", "list of strings", "Ids of the models it was made from; needs `relation`."),
    (
        "`bases_source`",
        "string",
        "Where the bases are from: `base_models` (the Hub's own `baseModels`) or `tags`; left out: "
        "not said.",
    ),
]
_CHANGED = "What the model was called when it happened."
_REQUIRED = {"kind", "benchmark", "value", "source"}
"""Fields without which a change or a result says nothing; other records need their key alone."""


def record_rows(node: NodeType) -> Rows:
    """The fields of a kind's records."""
    of_change = not node.is_described
    key = node.find(node.key)
    rows: Rows = [
        ("`record`", "string", f"Always `{node.form}`."),
        (
            f"`{key.name}`",
            "string",
            f"{_CHANGED if node is schema.CHANGE else key.description} Required.",
        ),
    ]
    names = [*node.stated, *(["relation"] if node.has_lineage else [])]
    for item in map(node.find, names):
        needed = " Required." if of_change and item.name in _REQUIRED else ""
        rows.append((f"`{item.name}`", item.type.value, meaning(item) + needed))
    rows += _BASES if node.has_lineage else []
    when = {schema.CHANGE.form: " Required.", schema.EVALUATION.form: " Required without `date`."}
    said = f"When this was seen on the Hub.{when.get(node.form, '')}"
    rows.append(("`observed_at`", "datetime", said))
    if node.is_described:
        rows.append(("`digest`", "string", _DIGEST))
    return rows


def meaning(item: Property) -> str:
    """A property's sentence with its closed set of values."""
    values = f" One of {', '.join(f'`{v}`' for v in item.values)}." if item.values else ""
    return f"{item.description}{values}"


def column_rows() -> Rows:
    """The columns of dumps, those of all kinds first."""
    found: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for node in schema.DUMPED:
        for name, shape in COLUMNS[node.slug].items():
            key = node.hub_keys.get(name)
            fills = key.fills if key else (name,)
            found.setdefault((name, shape.value), {})[node.plural] = fills
    order = sorted(found, key=lambda column: -len(found[column]))
    return [
        (f"`{name}`", _of(found[name, shape]), shape, _filled(found[name, shape]))
        for name, shape in order
    ]


def _of(kinds: Iterable[str]) -> str:
    named = list(kinds)
    return "all" if len(named) == len(schema.DUMPED) else ", ".join(named)


def _filled(by_kind: dict[str, tuple[str, ...]]) -> str:
    """What a column fills; where kinds differ, of the first and of the others."""
    first, *rest = dict.fromkeys(by_kind.values())
    if not rest:
        return _listed(first)
    return f"of {next(iter(by_kind))} {_listed(first)}; else {'; '.join(map(_listed, rest))}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
