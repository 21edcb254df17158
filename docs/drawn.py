"""What styles, scripts and pictures take from the schema: colours, shapes and words."""

import json
from collections.abc import Mapping

from graph.schema import NODES, PLAIN, RELATION, Look, Relation

MADE = "Generated from graph/schema by `make generate`."


def style_tokens() -> str:
    """The colours of the relations on both themes, and the lines and shapes that wear them."""
    light = _tokens({r.word: r.colour.light for r in RELATION.values()})
    dark = _tokens({r.word: r.colour.dark for r in RELATION.values()})
    return "\n".join(
        [
            f":root {{ {light} }}",
            f':root[data-theme="dark"] {{ {dark} }}',
            "@media (prefers-color-scheme: dark) {",
            f"  :root:not([data-theme]) {{ {dark} }}",
            "}",
            *(f".{r.word} {{ fill: var(--{r.word}); }}" for r in RELATION.values()),
            *map(_line_style, RELATION.values()),
            ".declared { fill: var(--muted); }",
            ".link.declared { stroke: var(--muted); stroke-dasharray: 1 4; }",
        ]
    )


def script_constants() -> str:
    """The module that the network's scripts read."""
    values: dict[str, object] = {
        "RELATIONS": list(RELATION),
        "WORDS": {r.word: [r.singular, r.plural] for r in RELATION.values()},
        "DASH": {r.word: r.line.dash for r in RELATION.values()},
        "DOUBLE": {r.word: r.line.double for r in RELATION.values()},
        "CORNERS": {r.word: r.shape.points for r in RELATION.values()},
    }
    lines = [f"export const {name} = {json.dumps(value)};" for name, value in values.items()]
    return "\n".join([f"// {MADE}", "", *lines]) + "\n"


def browser_style() -> str:
    """The style file for Neo4j Browser, which knows no comments."""
    rules = [_rule("node", _node(Look("#6b7280", "#4b5563", "#ffffff", "<id>", diameter=50)))]
    rules += [_rule(f"node.{node.label}", _node(node.look)) for node in NODES if node.look != PLAIN]
    rules.append(
        _rule(
            "relationship",
            _relationship("#6b7280", "#1f2937", 1) | {"font-size": "8px", "padding": "3px"},
        )
    )
    rules += [
        _rule(f"relationship.{r.type}", _relationship(r.colour.light, r.colour.light, 3))
        for r in RELATION.values()
    ]
    rules.append(_rule("relationship.PUBLISHED", _relationship("#8a8f98", "#5b616b", 1)))
    return "\n\n".join(rules) + "\n"


def picture_legend() -> str:
    """The relationship types in the picture of how hubgraph is built."""
    return "\n".join(
        f'    <text x="573" y="{178 + 20 * row}" fill="{r.colour.light}">{r.type}</text>'
        for row, r in enumerate(RELATION.values())
    )


def icon() -> str:
    """The icon: a model and what was made from it."""
    finetune, adapter, merge = (
        RELATION[word].colour.light for word in ("finetune", "adapter", "merge")
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        '<path d="M16 11v5M16 16 7 21.5M16 16v6M16 16l9 5.5" fill="none" stroke="#77839a"'
        ' stroke-width="1.8"/><circle cx="16" cy="8" r="5.2" fill="#0b57c2"/>'
        f'<circle cx="6.2" cy="24" r="3.4" fill="{finetune}"/>'
        f'<path d="m16 20.6 4 4-4 4-4-4Z" fill="{merge}"/>'
        f'<path d="M22.6 20.8h6.6v6.6h-6.6z" fill="{adapter}"/></svg>\n'
    )


def _tokens(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def _line_style(relation: Relation) -> str:
    dash = f" stroke-dasharray: {' '.join(map(str, relation.line.dash))};"
    return (
        f".link.{relation.word}, .sample.{relation.word} {{ stroke: var(--{relation.word}); "
        f"stroke-width: {relation.line.width};{dash if relation.line.dash else ''} }}"
    )


def _node(look: Look) -> dict[str, str]:
    return {
        "diameter": f"{look.diameter}px",
        "color": look.fill,
        "border-color": look.border,
        "border-width": "2px",
        "text-color-internal": look.text,
        "font-size": f"{look.font_size}px",
        "caption": f'"{look.caption}"',
    }


def _relationship(colour: str, text: str, width: int) -> dict[str, str]:
    return {
        "color": colour,
        "shaft-width": f"{width}px",
        "text-color-external": text,
        "text-color-internal": "#ffffff",
        "caption": '"<type>"',
    }


def _rule(selector: str, values: Mapping[str, str]) -> str:
    lines = [f"  {name}: {value};" for name, value in values.items()]
    return "\n".join([f"{selector} {{", *lines, "}"])
