"""What is checked of a request before anything else: under which host and path it was asked."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Request

from graph.settings import PATH_PREFIX, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANY = "*"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
FORWARDED = "X-Forwarded-Prefix"


def is_allowed(request: Request, settings: Settings) -> bool:
    """Whether the app answers under the host that the request names.

    A page of another site can make a browser ask 127.0.0.1 under a name of its own and read the
    answer; its name then stands in `Host`. A request without one is none of a browser.
    """
    asked = request.headers.get("Host")
    allowed = {host_name(name) for name in (*settings.web_hosts.split(","), settings.web_host)}
    return asked is None or ANY in allowed or host_name(asked) in allowed - {""}


def is_own(request: Request) -> bool:
    """Whether a request that is not a mere visit comes from a page of this app, or from a program.

    Browsers say which site's page sends it; the pages of other sites must not make them ask. The
    first of the two headers holds behind a proxy, too, that changes `Host`.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin.split("://", 1)[-1] == request.headers.get("Host")


def is_private(settings: Settings) -> bool:
    """Whether the app listens on this machine alone, and answers under no other name."""
    names = {host_name(name) for name in (*settings.web_hosts.split(","), settings.web_host)}
    return names - {""} <= LOOPBACK


def host_name(text: str) -> str:
    """The name or address in a `Host` header or a setting, without its port; empty if none."""
    text = text.strip().lower()
    if text.count(":") > 1 and not text.startswith("["):  # an address of IPv6, as settings have it
        text = f"[{text}]"
    found = re.fullmatch(r"(?:\[([0-9a-f:.]+)]|([^:\[\]/@\s]*))(?::\d*)?", text)
    return (found[1] or found[2] or "").rstrip(".") if found else ""


class Prefixed:
    """The app under a path: a setting, or what a proxy forwards; a WSGI application.

    Proxies hand the path on with the prefix or without it; both are understood.
    """

    def __init__(self, app: "WSGIApplication", prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        prefix = self._prefix or forwarded(environ.get("HTTP_X_FORWARDED_PREFIX", ""))
        if prefix:
            path = environ.get("PATH_INFO", "")
            if path == prefix or path.startswith(prefix + "/"):
                environ["PATH_INFO"] = path[len(prefix) :] or "/"
            environ["SCRIPT_NAME"] = prefix
        return self._app(environ, start_response)


def forwarded(header: str) -> str:
    """The prefix that a proxy forwards; empty if it is none that a path can have."""
    prefix = header.split(",", 1)[0].strip().rstrip("/")
    return prefix if re.fullmatch(PATH_PREFIX, prefix) else ""
