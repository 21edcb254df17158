"""Feeds of changes, whatever models are called."""

import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from graph.settings import Settings
from webapp import create_app, feeds

APP = create_app(Settings())
ATOM = f"{{{feeds.ATOM}}}"
HOSTILE = 'a/<b>&amp;"]]><script>\x00\x1b \ufffe'


def _found(*changes: dict[str, Any], model: str | None = None) -> dict[str, Any]:
    of = {"kind": "license", "model": model, "author": None, "family": None}
    return {"changes": list(changes), **of, "weeks": []}


def _change(**more: Any) -> dict[str, Any]:
    at = datetime(2025, 5, 1, tzinfo=UTC)
    kind = {"kind": "license", "model": "a/b", "called": "a/b", "before": None, "after": "mit"}
    return {"at": at, **kind, **more}


def test_hostile_names_are_text_in_both() -> None:
    change = _change(model=None, called=HOSTILE, before=HOSTILE)
    with APP.test_request_context("/api/v1/changes?format=atom"):
        feed = ET.fromstring(feeds.atom(_found(change, model=HOSTILE)))  # noqa: S314 (our own)
        other = json.loads(feeds.json_feed(_found(change, model=HOSTILE)))
    title = str(feed.findtext(f"{ATOM}entry/{ATOM}title"))
    assert title.startswith('a/<b>&amp;"]]><script>\ufffd\ufffd \ufffd')
    assert other["items"][0]["title"].startswith('a/<b>&amp;"]]><script>')


def test_entries_are_told_apart_by_what_happened_and_nothing_else() -> None:
    changes = [_change(), _change(after="apache-2.0"), _change(called="a/c"), _change(kind="gone")]
    with APP.test_request_context("/api/v1/changes"):
        items = json.loads(feeds.json_feed(_found(*changes)))["items"]
    with APP.test_request_context("/api/v1/changes?limit=25", base_url="https://hub.example"):
        elsewhere = json.loads(feeds.json_feed(_found(*changes)))["items"]
    assert len({item["id"] for item in items}) == 4
    assert [item["id"] for item in items] == [item["id"] for item in elsewhere]
    assert elsewhere[0]["url"] == "https://hub.example/model/a/b"
    assert items[0]["content_text"] == "not stated → mit. Seen on 2025-05-01."


@pytest.mark.parametrize("write", [feeds.atom, feeds.json_feed])
def test_a_feed_of_nothing_is_one(write: Any) -> None:
    with APP.test_request_context("/api/v1/changes"):
        assert write(_found()) == write(_found())
