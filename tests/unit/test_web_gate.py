"""Under which hosts and paths the app answers."""

from functools import cache

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from parsel import Selector

from graph.errors import ConfigurationError
from graph.settings import Settings, load_settings
from webapp import create_app
from webapp.gate import forwarded, host_name, is_own, is_private

STILL = "/nowhere"
"""A page that asks nothing of the database."""


@cache
def client(**settings: object) -> FlaskClient:
    return create_app(Settings(**settings)).test_client()  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "name"), [
    ("localhost", "localhost"), ("LOCALHOST:8000", "localhost"), ("localhost.", "localhost"),
    ("127.0.0.1:80", "127.0.0.1"), ("[::1]:8000", "::1"), ("::1", "::1"), ("[::1]", "::1"),
    (" a.example ", "a.example"), ("a.example:port", ""), ("user@localhost", ""), ("a b", ""),
    ("localhost/evil.example", ""), ("", ""), ("[::1", ""), ("localhost:80:80", ""),
])  # fmt: skip
def test_the_name_in_a_host_header(text: str, name: str) -> None:
    assert host_name(text) == name


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LocalHost"])
def test_loopback_names_are_answered(host: str) -> None:
    assert client().get(STILL, headers={"Host": host}).status_code == 404


@pytest.mark.parametrize("path", [STILL, "/healthz", "/api/v1/models", "/static/app.css", "/"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.nip.io", "x"]
)
def test_any_other_name_is_refused(path: str, host: str) -> None:
    answer = client().get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "HUBGRAPH_WEB_HOSTS" in answer.text


def test_hosts_are_a_setting() -> None:
    named = client(web_hosts=" hub.example ,localhost", web_host="192.0.2.7")
    for host, status in (("hub.example", 404), ("192.0.2.7:80", 404), ("127.0.0.1", 421)):
        assert named.get(STILL, headers={"Host": host}).status_code == status
    assert client(web_hosts="*").get(STILL, headers={"Host": "a.b"}).status_code == 404


@pytest.mark.parametrize(("header", "prefix"), [
    ("/hubgraph", "/hubgraph"), ("/a/b/", "/a/b"), ("/a, /b", "/a"), ("", ""), ("/", ""),
    ("//evil.example", ""), ("/../x", ""), ("/a b", ""), ("https://x", ""), ('/"><script>', ""),
    ("/a\\b", ""), ("hubgraph", ""),
])  # fmt: skip
def test_a_prefix_that_is_forwarded(header: str, prefix: str) -> None:
    assert forwarded(header) == prefix


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("by_setting", [True, False])
def test_every_link_has_the_prefix(by_setting: bool, keeps: bool) -> None:
    app = client(web_prefix="/hub/graph/") if by_setting else client()
    headers = {} if by_setting else {"X-Forwarded-Prefix": "/hub/graph"}
    page = app.get(("/hub/graph" if keeps else "") + STILL, headers=headers)
    assert page.status_code == 404
    links = Selector(page.text).css("a, link, script, form, input, body")
    names = ("href", "src", "action", "data-suggest", "data-home")
    found = [link.attrib[name] for link in links for name in names if name in link.attrib]
    ours = [link for link in found if link.startswith("/")]
    assert len(ours) > 10
    assert all(link.startswith("/hub/graph/") for link in ours)
    static = next(link for link in ours if "app.css" in link)
    with app.get(static if keeps else static.removeprefix("/hub/graph"), headers=headers) as file:
        assert file.status_code == 200


@pytest.mark.parametrize("prefix", ["hub", "/a b", "/..", "//x", "/a?b"])
def test_a_prefix_that_no_path_has_is_refused(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBGRAPH_WEB_PREFIX", prefix)
    with pytest.raises(ConfigurationError, match="HUBGRAPH_WEB_PREFIX"):
        load_settings()


@pytest.mark.parametrize(("settings", "private"), [
    ({}, True), ({"web_host": "::1"}, True), ({"web_host": "192.0.2.7"}, False),
    ({"web_hosts": "localhost, hub.example"}, False), ({"web_hosts": "*"}, False),
])  # fmt: skip
def test_who_can_reach_the_app(settings: dict[str, object], private: bool) -> None:
    assert is_private(Settings(**settings)) == private  # type: ignore[arg-type]


@pytest.mark.parametrize(("headers", "own"), [
    ({}, True), ({"Origin": "http://hub.example"}, False), ({"Origin": "null"}, False),
    ({"Origin": "https://localhost"}, True), ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://hub.example"}, True),
])  # fmt: skip
def test_which_pages_may_send_something(headers: dict[str, str], own: bool) -> None:
    with Flask("any").test_request_context("/", method="POST", headers=headers):
        assert is_own(request) == own
