"""Changes as feeds: Atom (RFC 4287) and JSON Feed 1.1, the same bytes for the same changes."""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from flask import request, url_for

from graph.answers.json_values import json_value
from webapp.formats import CHANGE_WORDS

ATOM = "http://www.w3.org/2005/Atom"
ALWAYS = "1970-01-01T00:00:00Z"
"""When a feed without entries was updated."""
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMES = uuid.UUID("0f5b5d0e-5f0c-5a8e-9a53-6f1f3c1f7c11")

FED = ("kind", "model", "author", "family")
"""What a feed is narrowed by: it has no dates, since it goes on."""
Change = Mapping[str, Any]


def atom(found: Mapping[str, Any]) -> bytes:
    """The changes as an Atom feed."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", _id(_where(found)))
    _add(feed, "title", _title(found))
    _add(feed, "updated", max(map(_time, found["changes"]), default=ALWAYS))
    _add(_add(feed, "author"), "name", "hubgraph")
    _add(feed, "link", rel="self", type="application/atom+xml", href=request.url)
    _add(feed, "link", rel="alternate", type="text/html", href=_page(found))
    for change in found["changes"]:
        entry = _add(feed, "entry")
        _add(entry, "id", _entry_id(change))
        _add(entry, "title", _words(change))
        _add(entry, "updated", _time(change))
        _add(entry, "link", rel="alternate", type="text/html", href=_behind(change))
        _add(entry, "category", term=change["kind"])
        _add(entry, "summary", _details(change))
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def json_feed(found: Mapping[str, Any]) -> bytes:
    """The changes as a JSON Feed."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(found),
        "home_page_url": _page(found),
        "feed_url": request.url,
        "items": [
            {
                "id": _entry_id(change),
                "url": _behind(change),
                "title": _words(change),
                "content_text": _details(change),
                "date_published": _time(change),
                "tags": [change["kind"]],
            }
            for change in found["changes"]
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    clean = {key: _NO_XML.sub("\ufffd", value) for key, value in attributes.items()}
    made = ET.SubElement(parent, f"{{{ATOM}}}{name}", clean)
    made.text = _NO_XML.sub("\ufffd", text) or None
    return made


def _where(found: Mapping[str, Any]) -> str:
    more = (f"{name}={found[name]}" for name in ("author", "family") if found[name])
    return "|".join(("feed", found["kind"] or "", found["model"] or "", *more))


def _title(found: Mapping[str, Any]) -> str:
    what = f"Models: {CHANGE_WORDS[found['kind']]}" if found["kind"] else "Changes"
    if found["model"]:
        return f"{what} of {found['model']}"
    family = f" in the family of {found['family']}" if found["family"] else ""
    author = f" of models of {found['author']}" if found["author"] else ""
    return f"{what}{author}{family}" if author or family else f"{what} on the Hub"


def _page(found: Mapping[str, Any]) -> str:
    given = {name: found[name] for name in FED if found[name]}
    return url_for("history.changes", _external=True, **given)


def _behind(change: Change) -> str:
    if change["model"] is None:
        return url_for("history.changes", _external=True)
    return url_for("model.model", model_id=change["model"], _external=True)


def _words(change: Change) -> str:
    return f"{change['called']}: {CHANGE_WORDS[change['kind']]}"


def _details(change: Change) -> str:
    sides = [change[side] if change[side] is not None else "not stated" for side in _SIDES]
    now = change["model"]
    renamed = "" if now in (None, change["called"]) else f" It is now called {now}."
    if change["before"] is None and change["after"] is None:
        return f"Seen on {_time(change)[:10]}.{renamed}"
    return f"{sides[0]} → {sides[1]}. Seen on {_time(change)[:10]}.{renamed}"


def _entry_id(change: Change) -> str:
    parts = (_time(change), change["kind"], change["called"], *(change[side] for side in _SIDES))
    return _id("|".join("" if part is None else str(part) for part in parts))


def _id(text: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMES, text)}"


def _time(change: Change) -> str:
    return str(json_value(change["at"]))


_SIDES = ("before", "after")
