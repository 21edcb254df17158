"""What is asked of the local Hub and what it answers."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came in; the names of headers are in lower case."""

    method: str
    target: str  # path and query, letter by letter
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
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" and token.strip() else None


@dataclass
class Answer:
    status: int = 200  # 0 to hang up instead
    body: bytes | Iterable[bytes] = b""  # whole, or in pieces as they come
    headers: dict[str, str] = field(default_factory=dict)
    quota_headers: bool = True
    gzip: bool = True  # for whoever accepts that
    delay: float = 0.0  # seconds before the first byte
    pause: float = 0.0  # seconds in the middle of the body
    cut: float | None = None  # share of the (packed) body that is sent
    cut_unseen: bool = False  # no more is announced than is sent

    @property
    def json(self) -> object:
        if not isinstance(self.body, bytes):
            raise TypeError("The body is sent in pieces.")
        return json.loads(self.body)


def json_answer(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    head = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    return Answer(status, text.encode("utf-8", "surrogatepass"), head)


def html_answer(text: str, status: int = 200) -> Answer:
    head = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(status, text.encode("utf-8", "replace"), head)


def error_answer(status: int, message: str, code: str | None = None) -> Answer:
    """An error as the interfaces for programs tell it: in the body and in a header."""
    headers = {"X-Error-Message": message}
    if code is not None:
        headers["X-Error-Code"] = code
    return json_answer({"error": message}, status, headers)
