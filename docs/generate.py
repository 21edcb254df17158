"""Write the parts of the documentation that come from the code: `make docs`.

Each part stands between `<!-- begin NAME -->` and `<!-- end NAME -->` in a Markdown file; a test
fails when what stands there is not what the code says.
"""

import re
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

from pydantic_core import PydanticUndefined

from graph import schema
from graph.answers.reports import catalogue
from graph.schema import NodeType, Property, RelationshipType
from graph.settings import Settings, variable

HERE = Path(__file__).parent


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


def reports_tables() -> str:
    """Every listed report, by subject: its question, its parameters and its columns."""
    parts = []
    listed = [report for report in catalogue().values() if report.listed]
    for subject, group in groupby(listed, key=lambda report: report.subject):
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


PARTS: dict[str, tuple[str, Callable[[], str]]] = {
    "settings": ("settings.md", settings_table),
    "schema": ("schema.md", schema_tables),
    "reports": ("cypher.md", reports_tables),
}
"""Name of a part → the file it stands in and what writes it."""


def rendered(name: str) -> str:
    """The text of a part's whole file, as it should be."""
    file, write = PARTS[name]
    text = (HERE / file).read_text(encoding="utf-8")
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    return re.sub(
        f"{re.escape(begin)}.*{re.escape(end)}",
        lambda _: f"{begin}\n{write()}\n{end}",
        text,
        flags=re.DOTALL,
    )


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
    for part in PARTS:
        (HERE / PARTS[part][0]).write_text(rendered(part), encoding="utf-8")
