"""Write what follows from the code: tables of the docs, styles, scripts, pictures.

`make generate` runs it. A part of a file stands between `begin NAME` and `end NAME` in the file's
own comments; a test fails when what stands there is not what the code says.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from pydantic_core import PydanticUndefined

from docs import declared, drawn
from graph import schema
from graph.answers.facets import groups
from graph.answers.parameters import Parameters, accepted, properties
from graph.answers.reports import catalogue
from graph.schema import NodeType, Property, RelationshipType
from graph.settings import Settings, variable
from webapp import pages
from webapp.network.parameters import NetworkParameters
from webapp.page import API

HERE = Path(__file__).parent
ROOT = HERE.parent


def settings_table() -> str:
    """Every setting: its variable, its default, its sentence."""
    rows = []
    for name, field in Settings.model_fields.items():
        if field.default_factory is not None:
            default = "depends on the machine"
        elif field.default is None or field.default is PydanticUndefined:
            default = "unset"
        else:
            default = f"`{field.default}`"
        rows.append((f"`{variable(name)}`", default, field.description or ""))
    return _table(("Variable", "Default", "What it does"), rows)


def schema_tables() -> str:
    """Every label and relationship type with its properties."""
    parts = []
    for node in schema.NODES:
        parts += [f"## `(:{node.label})`", _about(node), _properties(node.properties)]
    parts.append("## Relationships")
    parts.append(
        _table(
            ("Pattern", "What it says", "The Hub's word"),
            [
                (
                    f"`(:{r.start})-[:{r.type}]->(:{r.end})`",
                    r.description,
                    f"`{r.relation}`" if r.relation else "",
                )
                for r in schema.RELATIONSHIPS
            ],
        )
    )
    parts.append("### What a lineage relationship carries")
    parts.append(_properties(schema.LINEAGE[0].properties))
    return "\n\n".join(parts)


def scores_table() -> str:
    """Every score: where it stands, what it is, what it counts in."""
    return _table(
        ("Of", "Property", "What it is", "Unit", "Rank"),
        [
            (
                score.label,
                f"`{score.name}`" + (f", read as `{score.read_as.name}`" if score.read_as else ""),
                score.description,
                score.unit,
                f"`{score.rank}`" if score.rank else "",
            )
            for score in (*schema.MODEL_SCORES, *schema.AUTHOR_SCORES)
        ],
    )


def legend_table() -> str:
    """How the web app draws each relation."""
    return _table(
        ("Relation", "Colour", "Line", "Shape", "Letter"),
        [
            (r.singular, r.colour.name, r.line.name, r.shape.name, f"`{r.letter}`")
            for r in schema.RELATION.values()
        ],
    )


def weights_table() -> str:
    """What a model counts itself, by how it was made."""
    rows = [("root, without a base", _default("weight_root"), f"`{variable('weight_root')}`")]
    rows += [
        (r.singular, _default(r.weight), f"`{variable(r.weight)}`")
        for r in schema.RELATION.values()
    ]
    return _table(("Kind", "`b`", "Setting"), rows)


def _default(name: str) -> str:
    return f"{Settings.model_fields[name].default:g}"


def record_table(node: NodeType) -> str:
    """The fields of the records of a kind."""
    return _table(("Field", "Type", "What it states"), declared.record_rows(node))


def columns_table() -> str:
    """The columns of dumps."""
    return _table(("Column", "Of", "What it may be", "What it states"), declared.column_rows())


def reports_tables() -> str:
    """Every report, by subject: its question, its parameters and its columns."""
    parts = []
    for subject, group in groupby(catalogue().values(), key=lambda report: report.subject):
        parts.append(f"### {subject}")
        parts.append(
            _table(
                ("Report", "What it answers", "Parameters", "Columns"),
                [
                    (
                        f"`{report.name}`",
                        report.question,
                        ", ".join(f"`{p.name}`" for p in report.parameters),
                        ", ".join(f"`{c.name}`" for c in report.data_columns),
                    )
                    for report in group
                ],
            )
        )
    return "\n\n".join(parts)


def tasks_table() -> str:
    """Every task that the Hub lists, by modality."""
    rows = [
        (group.words, ", ".join(f"`{t}`" for t in group.values))
        for group in groups("task").values()
    ]
    return _table(("Group", "Tasks"), rows)


def pages_table() -> str:
    """Every page of the web app with its twin and its parameters."""
    return _table(
        ("Page", "JSON", "What it shows", "Parameters"),
        [
            (f"`{made.rule}`", f"`{API}{made.rule}`", made.words, _parameters(made.parameters))
            for made in pages.declared()
            if made.template
        ],
    )


def routes_table() -> str:
    """Every route of the API that is no page's twin."""
    return _table(
        ("Address", "What it answers", "Parameters"),
        [
            (f"`{API}{made.rule}`", made.words, _parameters(made.parameters))
            for made in pages.declared()
            if not made.template
        ],
    )


def network_parameters() -> str:
    """What the network page accepts."""
    rows = []
    for name, field in properties(NetworkParameters).items():
        default = field.get("default")
        shown = ",".join(default) if isinstance(default, list) else default
        default = "" if shown is None else f"`{shown}`"
        rows.append((f"`{name}`", field["description"], accepted(field), default))
    return _table(("Name", "Meaning", "Accepted", "Default"), rows)


def _parameters(model: type[Parameters]) -> str:
    """Parameters with what they accept, where that is a closed set or a range."""
    shown = []
    for name, field in properties(model).items():
        words = accepted(field)
        is_open = field.get("type") in ("string", "array") and "enum" not in field
        shown.append(f"`{name}`" if is_open else f"`{name}` ({words})")
    return ", ".join(shown)


@dataclass(frozen=True)
class Part:
    """A file, or a part of one, that is generated.

    Attributes:
        file: where it stands, from the repository's root.
        write: writes it.
        marked: whether it stands between marks; else it is the whole file.
    """

    file: str
    write: Callable[[], str]
    marked: bool = True


PARTS = {
    "settings": Part("docs/settings.md", settings_table),
    "schema": Part("docs/schema.md", schema_tables),
    "scores": Part("docs/influence.md", scores_table),
    "weights": Part("docs/influence.md", weights_table),
    **{
        node.slug: Part("docs/records.md", partial(record_table, node))
        for node in schema.NODE_OF_FORM.values()
    },
    "columns": Part("docs/dumps.md", columns_table),
    "reports": Part("docs/cypher.md", reports_tables),
    "tasks": Part("docs/tasks.md", tasks_table),
    "pages": Part("docs/web.md", pages_table),
    "routes": Part("docs/web.md", routes_table),
    "network": Part("docs/network.md", network_parameters),
    "legend": Part("docs/network.md", legend_table),
    "relations": Part("webapp/static/app.css", drawn.style_tokens),
    "types": Part("docs/images/architecture.svg", drawn.picture_legend),
    "icon": Part("webapp/static/icon.svg", drawn.icon, marked=False),
    "constants": Part("webapp/static/network/relations.js", drawn.script_constants, marked=False),
    "browser": Part("cypher/browser/style.grass", drawn.browser_style, marked=False),
}
"""What is generated, by name; the marks carry the name."""

_COMMENTS = {".md": "<!-- {} -->", ".svg": "<!-- {} -->", ".css": "/* {} */"}


def rendered(name: str) -> str:
    """The text of a part's whole file, as it should be."""
    part = PARTS[name]
    if not part.marked:
        return part.write()
    text = (ROOT / part.file).read_text(encoding="utf-8")
    comment = _COMMENTS[Path(part.file).suffix]
    begin, end = comment.format(f"begin {name}"), comment.format(f"end {name}")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    indent = before[before.rindex("\n") + 1 :]
    return f"{before}{begin}\n{part.write()}\n{indent}{end}{after}"


def _about(item: NodeType | RelationshipType) -> str:
    if isinstance(item, NodeType):
        return f"{item.description} Looked up by `{item.key}`."
    return item.description


def _properties(properties: tuple[Property, ...]) -> str:
    return _table(
        ("Property", "Type", "What it is", "Written by"),
        [(f"`{p.name}`", p.type.value, _meaning(p), p.source.value) for p in properties],
    )


def _meaning(prop: Property) -> str:
    unit = f" In {prop.unit}." if prop.unit not in ("", "count") else ""
    values = f" One of {', '.join(f'`{v}`' for v in prop.values)}." if prop.values else ""
    index = f" *{prop.index.value.capitalize()} index.*" if prop.index else ""
    return f"{prop.description}{unit}{values}{index}"


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "\n".join(
        "| " + " | ".join(c.replace("|", r"\|") for c in line) + " |" for line in lines
    )


if __name__ == "__main__":
    for name, part in PARTS.items():
        (ROOT / part.file).write_text(rendered(name), encoding="utf-8")
