"""A relation looks the same in styles, scripts, pictures and Neo4j Browser."""

import json
import re

import pytest

from docs.generate import PARTS, ROOT
from graph.schema import NODES, PLAIN, RELATION, Relation
from graph.settings import Settings

EVERY = pytest.mark.parametrize("relation", RELATION.values(), ids=list(RELATION))
DECLARED = "graph/schema/relations.py"
SHOWS = ("webapp", "cypher", "docs", "graph", "hubgraph", "spiders")


def _read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@EVERY
def test_its_colours_are_equal_everywhere(relation: Relation) -> None:
    css = _read("webapp/static/app.css")
    light, dark = relation.colour.light, relation.colour.dark
    assert re.findall(rf"--{relation.word}: (#\w+);", css) == [light, dark, dark]
    grass = _read("cypher/browser/style.grass").split(f"relationship.{relation.type} {{")[1]
    assert re.findall(r"color(?:-external)?: (#\w+);", grass.partition("}")[0]) == [light, light]
    assert f'fill="{light}">{relation.type}<' in _read("docs/images/architecture.svg")
    if relation.word != "quantized":
        assert light in _read("webapp/static/icon.svg")


@EVERY
def test_its_colour_is_written_only_where_it_is_declared_and_generated(relation: Relation) -> None:
    generated = {part.file for part in PARTS.values()} | {DECLARED}
    texts = [
        path
        for folder in SHOWS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".css", ".js", ".svg", ".html", ".grass", ".md")
    ]
    for colour in (relation.colour.light, relation.colour.dark):
        found = {
            str(path.relative_to(ROOT))
            for path in texts
            if colour in path.read_text(encoding="utf-8").lower()
        }
        assert found <= generated


@EVERY
def test_scripts_know_it(relation: Relation) -> None:
    constants = {
        name: json.loads(value)
        for name, value in re.findall(
            r"^export const (\w+) = (.*);$",
            _read("webapp/static/network/relations.js"),
            re.MULTILINE,
        )
    }
    assert relation.word in constants["RELATIONS"]
    assert constants["WORDS"][relation.word] == [relation.singular, relation.plural]
    assert constants["DASH"][relation.word] == list(relation.line.dash)
    assert constants["CORNERS"][relation.word] == [list(p) for p in relation.shape.points]


@EVERY
def test_it_has_a_weight(relation: Relation) -> None:
    assert relation.weight in Settings.model_fields


def test_no_two_relations_look_alike() -> None:
    for look in ("type", "word", "letter", "shape", "line", "colour", "precedence"):
        assert len({getattr(relation, look) for relation in RELATION.values()}) == len(RELATION)


def test_neo4j_browser_draws_every_kind_that_has_a_look_of_its_own() -> None:
    drawn = set(re.findall(r"(?m)^node\.(\w+) \{", _read("cypher/browser/style.grass")))
    assert drawn == {node.label for node in NODES if node.look != PLAIN}
