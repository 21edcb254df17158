"""What is asked of the local Hub and what it answers."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came in.

    Attributes:
        method: `GET` or `HEAD`.
        target: path and query, letter by letter.
        headers: names in lower case.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(self.raw_path, errors="replace")

    @cached_property
    def raw_path(self) -> str:
        """The path, letter by letter."""
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The parameters in their order, decoded."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True, errors="replace")

    def values(self, *names: str) -> list[str]:
        """Every value of the parameters of these names that is not empty."""
        return [value for name, value in self.query if name in names and value]

    def value(self, name: str) -> str | None:
        """The last value of a parameter, None without one."""
        return next(reversed(self.values(name)), None)

    @property
    def token(self) -> str | None:
        """The access token that came with it."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" and token.strip() else None


@dataclass
class Answer:
    """One answer, and how it is sent.

    Attributes:
        status: the HTTP status; 0 to hang up instead.
        body: all of it, or the pieces that are sent one by one as they come.
        headers: besides those that every answer has.
        quota_headers: whether it tells of the quota.
        gzip: whether it is packed for whoever accepts that.
        delay: seconds before the first byte.
        pause: seconds in the middle of the body.
        cut: share of the (packed) body after which the connection is cut.
        cut_unseen: the cut answer announces no more than what is sent.
    """

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)
    quota_headers: bool = True
    gzip: bool = True
    delay: float = 0.0
    pause: float = 0.0
    cut: float | None = None
    cut_unseen: bool = False

    @property
    def json(self) -> object:
        """The value that the body holds."""
        if not isinstance(self.body, bytes):
            raise TypeError("The body is sent in pieces.")
        return json.loads(self.body)


def json_answer(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer in JSON, written as the Hub writes it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    head = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    return Answer(status, text.encode("utf-8", "surrogatepass"), head)


def html_answer(text: str, status: int = 200) -> Answer:
    """An answer that is a web page."""
    head = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(status, text.encode("utf-8", "replace"), head)


def error_answer(status: int, message: str, code: str | None = None) -> Answer:
    """An error as the interfaces for programs tell it: in the body and in a header."""
    headers = {"X-Error-Message": message}
    if code is not None:
        headers["X-Error-Code"] = code
    return json_answer({"error": message}, status, headers)
