"""A network as a file for other programs: GEXF 1.2, GraphML, CSV and OpenGraph JSON.

What is not known is left out, never 0 or empty. No attribute is called as one that the programs
have themselves (`Id`, `Label`, `Weight`), in any case. An author is called `@name`, so that no
model has the same id.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from graph.answers.reports.export import csv_lines
from graph.schema import TYPE_OF_RELATION
from webapp.network.picture import NetworkAnswer

NODE = {
    "stands_for": "string", "author": "string", "role": "string", "steps": "long",
    "task": "string", "license": "string", "parameters": "long", "created_at": "string",
    "downloads": "long", "likes": "long", "influence_rank": "long",
    "effective_descendants": "double", "descendants": "long", "known": "boolean",
    "gone": "boolean", "suspected": "boolean", "models": "long", "not_drawn": "long",
}  # fmt: skip
"""Attributes of models and their types; `not_drawn` counts derivatives that the file leaves out."""
EDGE = {
    "relation": "string",
    "cut": "string",
    "verdict": "string",
    "links": "long",
    "through": "long",
}
"""Attributes of links, from derivative to base: of authors, how many `links` of models that is, and
how many other accounts it leads through."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def gexf(network: NetworkAnswer) -> bytes:
    """The network as GEXF."""

    def declared(of: str, names: dict[str, str]) -> str:
        rows = (f'<attribute id="{n}" title="{n}" type="{t}"/>' for n, t in names.items())
        return f'<attributes class="{of}">{"".join(rows)}</attributes>'

    def values(found: dict[str, Any]) -> str:
        rows = (f"<attvalue for={_quoted(n)} value={_quoted(v)}/>" for n, v in found.items())
        return f"<attvalues>{''.join(rows)}</attvalues>"

    lines = [
        '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">',
        f"<meta><creator>hubgraph</creator><description>{_text(_about(network))}</description></meta>",
        '<graph mode="static" defaultedgetype="directed">',
        declared("node", NODE),
        declared("edge", EDGE),
        "<nodes>",
        *(
            f"<node id={_quoted(i)} label={_quoted(i)}>{values(v)}</node>"
            for i, v in _nodes(network)
        ),
        "</nodes><edges>",
        *(
            f'<edge id="{n}" source={_quoted(child)} target={_quoted(base)} '
            f"label={_quoted(found['relation'])}>{values(found)}</edge>"
            for n, (child, base, found) in enumerate(_edges(network))
        ),
        "</edges></graph></gexf>",
    ]
    return _document(lines)


def graphml(network: NetworkAnswer) -> bytes:
    """The network as GraphML."""

    def declared(of: str, names: dict[str, str]) -> Iterator[str]:
        for name, kind in names.items():
            yield f'<key id="{of}-{name}" for="{of}" attr.name="{name}" attr.type="{kind}"/>'

    def values(of: str, found: dict[str, Any]) -> str:
        return "".join(f'<data key="{of}-{n}">{_text(v)}</data>' for n, v in found.items())

    lines = [
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        f"<desc>{_text(_about(network))}</desc>",
        *declared("node", NODE),
        *declared("edge", EDGE),
        '<graph edgedefault="directed">',
        *(f"<node id={_quoted(i)}>{values('node', found)}</node>" for i, found in _nodes(network)),
        *(
            f'<edge id="e{n}" source={_quoted(child)} target={_quoted(base)}>'
            f"{values('edge', found)}</edge>"
            for n, (child, base, found) in enumerate(_edges(network))
        ),
        "</graph></graphml>",
    ]
    return _document(lines)


def node_lines(network: NetworkAnswer) -> bytes:
    """The models, or authors, as CSV."""
    names = ["id", *NODE]
    rows = ({"id": i, **v} for i, v in _nodes(network))
    return _csv(names, rows)


def link_lines(network: NetworkAnswer) -> bytes:
    """The links as CSV."""
    names = ["child", "base", *EDGE]
    rows = ({"child": child, "base": base, **v} for child, base, v in _edges(network))
    return _csv(names, rows)


def opengraph(network: NetworkAnswer) -> bytes:
    """The network as BloodHound's OpenGraph JSON."""
    nodes = [
        {"id": i, "kinds": [v["stands_for"].capitalize()], "properties": {"name": i, **v}}
        for i, v in _nodes(network)
    ]
    edges = [
        {
            "kind": TYPE_OF_RELATION[found["relation"]],
            "start": {"value": child, "match_by": "id"},
            "end": {"value": base, "match_by": "id"},
            "properties": found,
        }
        for child, base, found in _edges(network)
    ]
    document = {"metadata": {"source_kind": "Hub"}, "graph": {"nodes": nodes, "edges": edges}}
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


@dataclass(frozen=True)
class Form:
    """A form that a network can be written in."""

    words: str
    mimetype: str
    write: Callable[[NetworkAnswer], bytes]


FORMS = {
    "gexf": Form("GEXF, for Gephi", "application/gexf+xml", gexf),
    "graphml": Form("GraphML, for networkx and others", "application/graphml+xml", graphml),
    "nodes.csv": Form("CSV of the nodes", "text/csv", node_lines),
    "links.csv": Form("CSV of the links", "text/csv", link_lines),
    "opengraph.json": Form("OpenGraph JSON, for BloodHound", "application/json", opengraph),
}
"""How the answer is written → the form; also the end of the file's name."""


def _about(network: NetworkAnswer) -> str:
    asked = network.query
    start = ", ".join(asked.models) or f"the {asked.top} most influential models"
    if asked.listed:
        start = f"the first {asked.top} models of the list {', '.join(asked.listed)}"
    time = f" as of {asked.as_of.removesuffix('T00:00:00+00:00')}" if asked.as_of else ""
    then = " Facts and scores are those of now." if asked.as_of else ""
    if network.undated:
        words = "no date of creation and were first seen later"
        then += f" That is the least there was: {network.undated:,} models have {words}."
    left = sum(network.aggregates["count"])
    return (
        f"Lineage of {start}{time}: {', '.join(asked.relations) or 'no relation'}, "
        f"{asked.up} steps up, {asked.down} down. Edges point from a model to its base; "
        f"{left:,} {'derivatives' if asked.view in ('top', 'full') else 'accounts'} are left out "
        f"(not_drawn).{then}"
    )


def _nodes(network: NetworkAnswer) -> Iterator[tuple[str, dict[str, Any]]]:
    left: dict[int, int] = {}
    for base, count in zip(network.aggregates["parent"], network.aggregates["count"], strict=True):
        left[base] = left.get(base, 0) + count
    for at, model in enumerate(network.nodes["id"]):
        values = {name: network.nodes[name][at] for name in NODE if name in network.nodes}
        values["stands_for"] = network.nodes["kind"][at]
        is_author = values["stands_for"] == "author"
        values["author"] = model if is_author else model.rpartition("/")[0] or None
        values["not_drawn"] = left.get(at, 0)
        yield (
            f"@{model}" if is_author else model,
            {name: values[name] for name in NODE if values[name] is not None},
        )


def _edges(network: NetworkAnswer) -> Iterator[tuple[str, str, dict[str, Any]]]:
    nodes, edges = network.nodes, network.edges
    authors = [kind == "author" for kind in nodes["kind"]]
    ids = [f"@{i}" if own else i for i, own in zip(nodes["id"], authors, strict=True)]
    columns = {**edges, "links": edges["count"]}
    for at, (child, base) in enumerate(zip(edges["s"], edges["t"], strict=True)):
        found = {name: columns[name][at] for name in EDGE}
        yield ids[child], ids[base], {n: value for n, value in found.items() if value is not None}


def _csv(names: list[str], rows: Iterable[dict[str, Any]]) -> bytes:
    whole = ({name: row.get(name) for name in names} for row in rows)
    return "".join(csv_lines(names, whole)).encode()


def _written(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(value: object) -> str:
    return escape(_written(value))


def _quoted(value: object) -> str:
    return quoteattr(_written(value))


def _document(lines: Iterable[str]) -> bytes:
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(lines) + "\n"
    return text.encode("utf-8", "replace")
