"""A network as a file for programs such as Gephi and networkx: GEXF 1.2 and GraphML.

What is not known is left out, never 0 or empty. No attribute is called as one that the programs
have themselves (`Id`, `Label`, `Weight`), in any case.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from webapp.network.picture import NetworkAnswer

NODE = {
    "author": "string", "role": "string", "steps": "long", "task": "string", "license": "string",
    "parameters": "long", "created_at": "string", "downloads": "long", "likes": "long",
    "influence_rank": "long", "effective_descendants": "double", "descendants": "long",
    "known": "boolean", "gone": "boolean", "suspected": "boolean",
    "not_drawn": "long",
}  # fmt: skip
"""Attributes of models and their types; `not_drawn` counts derivatives that the file leaves out."""
EDGE = {"relation": "string", "cut": "string"}
"""Attributes of links, from derivative to base."""
MIMETYPES = {"gexf": "application/gexf+xml", "graphml": "application/graphml+xml"}
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


FILES = {"gexf": gexf, "graphml": graphml}


def _about(network: NetworkAnswer) -> str:
    asked = network.query
    start = ", ".join(asked.models) or f"the {asked.top} most influential models"
    time = f" as of {asked.as_of}" if asked.as_of else ""
    left = sum(network.aggregates["count"])
    return (
        f"Lineage of {start}{time}: {', '.join(asked.relations) or 'no relation'}, "
        f"{asked.up} steps up, {asked.down} down. Edges point from a model to its base; "
        f"{left:,} derivatives are left out (not_drawn)."
    )


def _nodes(network: NetworkAnswer) -> Iterator[tuple[str, dict[str, Any]]]:
    left: dict[int, int] = {}
    for base, count in zip(network.aggregates["parent"], network.aggregates["count"], strict=True):
        left[base] = left.get(base, 0) + count
    for at, model in enumerate(network.nodes["id"]):
        values = {name: network.nodes[name][at] for name in NODE if name in network.nodes}
        values["author"] = model.rpartition("/")[0] or None
        values["not_drawn"] = left.get(at, 0)
        yield model, {name: values[name] for name in NODE if values[name] is not None}


def _edges(network: NetworkAnswer) -> Iterator[tuple[str, str, dict[str, Any]]]:
    ids, edges = network.nodes["id"], network.edges
    for child, base, relation, cut in zip(
        edges["s"], edges["t"], edges["relation"], edges["cut"], strict=True
    ):
        found = {"relation": relation, "cut": cut}
        yield ids[child], ids[base], {n: value for n, value in found.items() if value is not None}


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
