"""Bad answers on demand: each fault turns the answer that would be given into another."""

import json
import re
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import count

from tests.hub import cursors
from tests.hub.messages import Answer, Request, error_answer, html_answer, json_answer

Fault = Callable[[Request, Answer], Answer]
When = Callable[[Request], bool]

_CURSOR = re.compile(r"[?&]cursor=[^&]*")
_PIECE = 64 * 1024


@dataclass
class _Rule:
    fault: Fault
    when: When
    nth: Collection[int] | None
    times: int | None
    seen: int = 0
    done: int = 0

    def holds(self, request: Request) -> bool:
        if not self.when(request):
            return False
        self.seen += 1
        if self.nth is not None and self.seen not in self.nth:
            return False
        if self.times is not None and self.done >= self.times:
            return False
        self.done += 1
        return True


class Faults:
    """The faults that a Hub has just now, and how many answers had one."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self.done = 0

    def add(
        self,
        fault: Fault,
        when: str | When = "/",
        *,
        nth: Collection[int] | None = None,
        times: int | None = None,
    ) -> None:
        """Have a fault from now on.

        It is for requests whose path begins so, or that a predicate accepts: for the `nth` of them,
        counted from 1 since now, and no more often than `times`.
        """
        begins = when if isinstance(when, str) else ""
        test = (lambda request: request.path.startswith(begins)) if isinstance(when, str) else when
        self._rules.append(_Rule(fault, test, nth, times))

    def clear(self) -> None:
        self._rules.clear()

    def apply(self, request: Request, answer: Answer) -> Answer:
        with self._lock:
            rules = [rule for rule in self._rules if rule.holds(request)]
            self.done += len(rules)
        for rule in rules:
            answer = rule.fault(request, answer)
        return answer


def status(
    code: int,
    message: str = "Something is wrong.",
    *,
    retry_after: str | int | None = None,
    quota_headers: bool = True,
) -> Fault:
    def fault(_request: Request, _answer: Answer) -> Answer:
        answer = error_answer(code, message)
        if retry_after is not None:
            answer.headers["Retry-After"] = str(retry_after)
        answer.quota_headers = quota_headers
        return answer

    return fault


def redirect(location: str | None = None, code: int = 307) -> Fault:
    """A redirect, by default to what was asked. Two that name each other are a loop."""

    def fault(request: Request, _answer: Answer) -> Answer:
        return Answer(code, headers={"Location": location or request.target})

    return fault


def delay(before: float = 0.0, inside: float = 0.0) -> Fault:
    """Seconds without a byte, before the answer or in the middle of its body."""
    return lambda _request, answer: replace(answer, delay=before, pause=inside)


def cut(share: float = 0.5, *, unseen: bool = False) -> Fault:
    """The connection ends after this share of the (packed) body.

    If `unseen`, the announced length is that of the part: only the packing shows the cut.
    """
    return lambda _request, answer: replace(answer, cut=share, cut_unseen=unseen)


def hang_up() -> Fault:
    """The connection ends without an answer."""
    return lambda _request, _answer: Answer(0)


def html(text: str = "<html><body>Are you human?</body></html>", code: int = 200) -> Fault:
    return lambda _request, _answer: html_answer(text, code)


def value(other: object, code: int = 200) -> Fault:
    return lambda _request, _answer: json_answer(other, code)


def body(content: bytes, content_type: str = "application/json; charset=utf-8") -> Fault:
    """Another body, letter by letter, under the same status."""

    def fault(_request: Request, answer: Answer) -> Answer:
        return replace(
            answer, body=content, headers={**answer.headers, "Content-Type": content_type}
        )

    return fault


def broken_item(item: object, index: int = 0) -> Fault:
    """One item of a listing is something else."""

    def fault(_request: Request, answer: Answer) -> Answer:
        held = answer.json
        items = held.get("models") if isinstance(held, dict) else held
        if isinstance(items, list) and items:
            items[min(index, len(items) - 1)] = item
        return _changed(answer, held)

    return fault


def empty() -> Fault:
    """A listing without items, and without a next page."""

    def fault(_request: Request, answer: Answer) -> Answer:
        held = answer.json
        held = {**held, "models": [], "numTotalItems": 0} if isinstance(held, dict) else []
        return _without_next(_changed(answer, held))

    return fault


def repeated_cursor() -> Fault:
    """Each page but the first names itself as the next."""

    def fault(request: Request, answer: Answer) -> Answer:
        if request.value("cursor") is None:
            return answer
        return _with_next(answer, request.target)

    return fault


def endless_cursor() -> Fault:
    """The last page is given again and again, each time with a new cursor."""
    number = count(1)

    def fault(request: Request, answer: Answer) -> Answer:
        if "Link" in answer.headers:
            return answer
        cursor = cursors.again(request.value("cursor"), next(number))
        target = _CURSOR.sub("", request.target)
        return _with_next(answer, f"{target}{'&' if '?' in target else '?'}cursor={cursor}")

    return fault


def huge(size: int = 200_000_000, item: object = None, *, packed: bool = True) -> Fault:
    """A listing of so many bytes, sent in pieces of unknown number; packed, few bytes hold it."""
    one = json.dumps({"id": "acme/large"} if item is None else item).encode()

    def pieces() -> Iterator[bytes]:
        piece = (one + b",") * max(1, _PIECE // (len(one) + 1))
        yield b"["
        for _ in range(size // len(piece)):
            yield piece
        yield one + b"]"

    return lambda _request, answer: replace(answer, body=pieces(), gzip=packed)


def _changed(answer: Answer, held: object) -> Answer:
    return replace(answer, body=json_answer(held).body)


def _without_next(answer: Answer) -> Answer:
    headers = {name: text for name, text in answer.headers.items() if name != "Link"}
    return replace(answer, headers=headers)


def _with_next(answer: Answer, target: str) -> Answer:
    return replace(answer, headers={**answer.headers, "Link": f'<{target}>; rel="next"'})
