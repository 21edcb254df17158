"""When the next request may go: use the whole quota and never exceed it.

The Hub counts requests in fixed windows, one counter per class of address, and says with every
answer what is left and when the window ends. A `Quota` goes as fast as its callers ask until
nothing is left, then waits for the reset.

The law it keeps: what may go is *what the server said was left* minus *every request that it may
not have counted when it said so*. Within a window what is left only falls, so the lowest statement
is the newest, and everything that has been answered with a statement is in it.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from spiders.hub.origin import of_hub, path_at_hub
from spiders.hub.rate_limit import Answer, RateLimit, RateLimitPolicy

WINDOW_S = 300
"""Length of a window of the Hub."""

DOCUMENTED: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "anonymous": {"api": 500, "pages": 100, "resolvers": 3_000, "avatars": 600},
        "free": {"api": 1_000, "pages": 200, "resolvers": 5_000, "avatars": 600},
        "pro": {"api": 2_500, "pages": 400, "resolvers": 12_000, "avatars": 600},
    }
)
"""Account → counter → requests in each window, as the Hub documents them.

It documents none for the server of avatars, which has a limit of ours: two a second.
"""

MARGIN_S = 1.0
"""The Hub tells times in whole seconds and does not say how it rounds."""

DRIFT = 0.001
"""How much faster or slower than the Hub's our clock may run."""

_MOST_COUNTERS = 8
_MOST_DOUBLINGS = 12


class Route(StrEnum):
    """Class of address. Each has a counter of its own, but for `LISTINGS`, which are pages."""

    API = "api"
    PAGES = "pages"
    RESOLVERS = "resolvers"
    LISTINGS = "listings"
    AVATARS = "avatars"


def route(url: str, hub: str) -> Route:
    """The class of an address of the Hub; any other server is the one of avatars."""
    if not of_hub(url, hub):
        return Route.AVATARS
    head, *rest = path_at_hub(url, hub).lstrip("/").split("/")
    if head == "api":
        return Route.API
    if "resolve" in rest[:-1]:
        return Route.RESOLVERS
    return Route.LISTINGS if head == "models-json" else Route.PAGES


@dataclass(frozen=True, slots=True, eq=False)
class Ticket:
    """One request that has been sent and not yet settled."""

    route: Route
    counter: "_Counter"
    number: int
    sent_at: float
    settled_before: int  # of the requests to its counter


class Quota:
    """The quotas of one program at one Hub.

    A caller asks `wait` until it says 0, then calls `spend`, sends, and calls `settle` with the
    answer. In between it must not ask for another request of the same class.

    A server that names its counters differently, or puts a class of address under another counter
    than expected, is believed; `limits` hold as long as it says nothing.
    """

    def __init__(self, limits: Mapping[str, int], clock: Callable[[], float]) -> None:
        self._clock = clock  # seconds; may jump, both ways
        self._read_at = clock()
        self._gone_back = 0.0
        self._number = 0
        self._counters = {name: _Counter(limit, WINDOW_S) for name, limit in limits.items()}
        self._counter_of = {sent_to: str(sent_to) for sent_to in Route}
        self._counter_of[Route.LISTINGS] = "pages"

    def wait(self, sent_to: Route) -> float:
        """Seconds until a request may go, as far as is known now: any answer may change it.

        0 when it may go; infinity when it depends on an answer that is not there yet.
        """
        return self._counters[self._counter_of[sent_to]].wait(self._now())

    def spend(self, sent_to: Route) -> Ticket:
        """Count a request that is sent now."""
        counter = self._counters[self._counter_of[sent_to]]
        ticket = Ticket(sent_to, counter, self._next(), self._now(), counter.settled)
        counter.spend(ticket)
        return ticket

    def settle(self, ticket: Ticket, answer: Answer | None) -> None:
        """Take in what an answer said, once for each ticket; None when there was no answer."""
        now, number = self._now(), self._next()
        counter = ticket.counter
        counter.end(ticket)
        rate = answer.rate if answer else None
        if rate and rate.name not in self._counters:
            if len(self._counters) < _MOST_COUNTERS:
                self._counters[rate.name] = _Counter(counter.limit, counter.period)
            else:
                rate = None
        if rate:
            counter = self._counters[rate.name]
            self._counter_of[ticket.route] = rate.name
        if answer and answer.policy:
            counter.learn(answer.policy)
        if rate:
            counter.hear(ticket, rate, number, now)
        else:
            counter.hear_nothing(number, now, answered=answer is not None)
        if answer:
            counter.obey(ticket, answer, number, now)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _now(self) -> float:
        """The time, which never goes back."""
        read = self._clock()
        self._gone_back += max(0.0, self._read_at - read)
        self._read_at = read
        return read + self._gone_back


class _Counter:
    """One counter of the server, as seen from here."""

    def __init__(self, limit: int, period: float) -> None:
        self.limit = limit  # requests in each window
        self.period = period  # length of a window in seconds
        self.settled = 0  # requests that have ended
        self._left = limit
        self._reset: tuple[float, float] | None = None
        """When the window ends: not before, not after. None while the server has not said."""
        self._known_since = 0
        """Statements on requests from before this one may be about the window before."""
        self._turned_at = -math.inf  # when the last window was over at the latest
        self._newest = 0
        self._in_flight = 0
        self._silent: deque[tuple[float, int]] = deque()
        """When requests ended that may count in this window but in no statement of it."""
        self._scout: Ticket | None = None  # sent alone at the start of a window, to see its state
        self._is_mute = False
        self._used = 0  # at the newest statement on this window
        self._first_used = 0
        """At the first one; not told by what is left, as a limit may be lowered."""
        self._own = 0  # requests of ours that may have been counted since
        self._is_shared = False
        self._closed_until = -math.inf
        self._closed_at = 0
        self._refusals = 0

    def wait(self, now: float) -> float:
        self._turn(now)
        if now < self._closed_until:
            return self._closed_until - now
        if self._reset is None and not self._is_mute:
            return 0.0 if self._scout is None else math.inf
        if self._left - self._in_flight - len(self._silent) > self._reserve():
            return 0.0
        if self._reset is not None:
            return self._reset[1] - now
        return self._silent[0][0] + self._slide() - now if self._silent else math.inf

    def spend(self, ticket: Ticket) -> None:
        self._newest = ticket.number
        self._in_flight += 1
        self._own += 1
        if self._reset is None and not self._is_mute:
            self._scout = ticket

    def end(self, ticket: Ticket) -> None:
        self.settled += 1
        self._in_flight -= 1
        if ticket is self._scout:
            self._scout = None

    def learn(self, policy: RateLimitPolicy) -> None:
        """Take over the server's own limits."""
        self.limit, self.period = policy.limit, float(policy.window_s)
        if self._reset is None:
            self._left = self.limit

    def hear(self, ticket: Ticket, rate: RateLimit, number: int, now: float) -> None:
        """Take in a statement.

        It was made between sending and now, which bounds the end of the window it is about. Where
        that cannot be the end that is known, it is about another window: the next, one that the
        server has shortened, or, for an older request, the one before.
        """
        self._turn(now)
        seconds = min(float(rate.resets_in_s), self.period)
        margin = MARGIN_S + seconds * DRIFT
        earliest, latest = ticket.sent_at + seconds - margin, now + seconds + margin
        known = self._reset
        is_same = known is not None and earliest <= known[1] and latest >= known[0]
        may_be_old = known is not None or earliest <= self._turned_at
        if not is_same and may_be_old and ticket.number <= self._known_since:
            self.hear_nothing(number, now, answered=False)
            return
        if known and is_same:
            self._reset = max(earliest, known[0]), min(latest, known[1])
        else:
            self._reset = earliest, latest
            self._known_since = number
            self._first_used = self.limit - rate.left
            self._own = self._in_flight + self.settled - ticket.settled_before
        if not is_same or rate.left <= self._left:
            self._left, self._used = rate.left, self.limit - rate.left
            self._silent = deque(item for item in self._silent if item[1] > ticket.number)
        self._is_mute = False

    def hear_nothing(self, number: int, now: float, *, answered: bool) -> None:
        """A request ended without a statement: the server may have counted it."""
        self._silent.append((now, number))
        if answered and self._reset is None:
            self._is_mute = True

    def obey(self, ticket: Ticket, answer: Answer, number: int, now: float) -> None:
        """Stop for as long as the server asks, for longer each time it has to ask again."""
        seconds = answer.retry_after_s
        if answer.refused:
            if ticket.number > self._closed_at:
                self._refusals += 1
            self._closed_at = number
            if seconds is None:
                seconds = answer.rate.resets_in_s + MARGIN_S if answer.rate else self.period
            doubled = 2.0 ** min(self._refusals - 1, _MOST_DOUBLINGS)
            seconds = max(seconds, min(doubled, self.period))
        elif ticket.number > self._closed_at:
            self._refusals = 0
        if seconds is not None:
            self._closed_until = max(self._closed_until, now + seconds)

    def _turn(self, now: float) -> None:
        """Forget what is over; what may already count in the new window is not."""
        if self._reset is not None and now >= self._reset[1]:
            earliest, self._turned_at = self._reset
            self._silent = deque(item for item in self._silent if item[0] >= earliest)
            self._reset, self._left = None, self.limit
            self._known_since = self._newest
            self._is_mute, self._scout = False, None
        while self._silent and self._silent[0][0] + self._slide() <= now:
            self._silent.popleft()

    def _slide(self) -> float:
        """How long an uncounted request may matter, whenever the server's windows begin."""
        return self.period + MARGIN_S

    def _reserve(self) -> int:
        """Requests left alone once others were seen to use the same quota: theirs may be coming."""
        if self._reset is not None and self._used - self._first_used > self._own:
            self._is_shared = True
        return max(min(2, self.limit // 20), self.limit // 25) if self._is_shared else 0
