"""How many requests the Hub grants: fixed windows, one bucket per class of address."""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.hub.messages import Request

ANONYMOUS = {"api": 500, "pages": 100, "resolvers": 3_000, "avatars": 600}
"""Bucket → requests a window without a token."""
ACCOUNT = {"api": 1_000, "pages": 200, "resolvers": 5_000, "avatars": 600}
"""The same with the token of a free account."""
WINDOW = 300.0
"""Seconds."""


def bucket(request: Request) -> str:
    if "/resolve/" in request.path:
        return "resolvers"
    if request.path.startswith("/v1/production/"):
        return "avatars"
    return "api" if request.path.startswith("/api/") else "pages"


@dataclass(slots=True)
class Window:
    limit: int  # the greatest that held within it
    granted: int = 0
    refused: int = 0

    @property
    def share(self) -> float:
        return self.granted / self.limit if self.limit else 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    bucket: str
    limit: int
    left: int
    seconds: int  # until the next window
    window: int  # its length in seconds
    granted: bool

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit": f'"{self.bucket}";r={self.left};t={self.seconds}',
            "RateLimit-Policy": f'"fixed window";"{self.bucket}";q={self.limit};w={self.window}',
        }


@dataclass
class Quota:
    """Counts requests and refuses what is too much. Everything may be changed while it serves.

    Each token is counted by itself.
    """

    anonymous: Mapping[str, int] = field(default_factory=lambda: dict(ANONYMOUS))
    account: Mapping[str, int] = field(default_factory=lambda: dict(ACCOUNT))
    window: float = WINDOW  # seconds of the Hub's time
    clock: Callable[[], float] = time.monotonic
    speed: float = 1.0  # seconds of the Hub's time in one of the clock's
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)  # of bucket and status
    windows: dict[tuple[str | None, str, int], Window] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._begin = self.clock()
        self._lock = threading.Lock()

    def take(self, request: Request) -> Standing:
        kind = bucket(request)
        limit = (self.anonymous if request.token is None else self.account)[kind]
        passed = (self.clock() - self._begin) * self.speed
        number = math.floor(passed / self.window)
        with self._lock:
            window = self.windows.setdefault((request.token, kind, number), Window(limit))
            window.limit = max(limit, window.limit)
            granted = window.granted < limit
            if granted:
                window.granted += 1
            else:
                window.refused += 1
            left = max(0, limit - window.granted)
        seconds = math.ceil((number + 1) * self.window - passed)
        return Standing(kind, limit, left, seconds, round(self.window), granted)

    def answered(self, standing: Standing, status: int) -> None:
        with self._lock:
            self.answers[standing.bucket, status] += 1

    @property
    def refused(self) -> int:
        return sum(window.refused for window in self.windows.values())

    def requests(self, kind: str) -> int:
        return sum(n for (counted, _), n in self.answers.items() if counted == kind)

    def shares(self, kind: str, token: str | None = None) -> list[float]:
        """How much of each window was used, in their order; windows without a request left out."""
        found = {
            number: window.share
            for (whose, counted, number), window in self.windows.items()
            if (whose, counted) == (token, kind)
        }
        return [found[number] for number in sorted(found)]
