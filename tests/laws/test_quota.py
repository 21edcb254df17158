"""The quota: what headers say, and the law that a window is used up and never exceeded."""

import heapq
import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spiders.hub.origin import is_private_way, of_hub
from spiders.hub.quota import DOCUMENTED, WINDOW_S, Quota, Route, Ticket, route
from spiders.hub.rate_limit import Answer, RateLimit, RateLimitPolicy, retry_after

HUB = "https://hub.example"
NOW = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)


@pytest.mark.parametrize(("path", "expected"), [
    ("/api/models?limit=1000", Route.API), ("/api/models/acme/resolve/x", Route.API),
    ("/api/users/jane/overview", Route.API),
    ("/acme/base/resolve/main/config.json", Route.RESOLVERS),
    ("/datasets/acme/set/resolve/main/a.parquet", Route.RESOLVERS), ("/acme/resolve", Route.PAGES),
    ("/resolve/base", Route.PAGES), ("/models?p=3", Route.PAGES),
    ("/models-json?p=3", Route.LISTINGS), ("/apiary/base", Route.PAGES),
    ("/robots.txt", Route.PAGES), ("", Route.PAGES),
])  # fmt: skip
def test_an_address_belongs_to_a_class(path: str, expected: Route) -> None:
    assert route(HUB + path, HUB) is expected
    mirror = "http://mirror.example:8080/hub"
    assert route(mirror + path, mirror) is expected
    assert route(f"https://avatars.example{path}", HUB) is Route.AVATARS


@pytest.mark.parametrize(("header", "expected"), [
    ('"api";r=490;t=129', ("api", 490, 129)), (' "pages" ; t=53 ; r=94 ', ("pages", 94, 53)),
    ('"api";r=0;t=0', ("api", 0, 0)),
])  # fmt: skip
def test_a_statement_of_what_is_left_is_read(header: str, expected: tuple[str, int, int]) -> None:
    assert RateLimit.parse(header) == RateLimit(*expected)


@pytest.mark.parametrize(("header", "expected"), [
    ('"fixed window";"api";q=500;w=300', ("api", 500, 300)),
    ('"pages";q=100;w=300', ("pages", 100, 300)), ('"sliding";"pages";w=60;q=1', ("pages", 1, 60)),
])  # fmt: skip
def test_a_policy_is_read(header: str, expected: tuple[str, int, int]) -> None:
    assert RateLimitPolicy.parse(header) == RateLimitPolicy(*expected)


@pytest.mark.parametrize("header", [
    None, "", ";", "490", "api;r=490;t=129;q=5;w=3", '"api"', '"api";r=490;q=500',
    '"api";r=-1;t=129;q=-1;w=300', '"api";r=4.5;t=1;q=4.5;w=1', '"api";r=1;r=2;t=1;q=1;q=2;w=1',
    '"api";r=٣;t=1;q=٣;w=1', '"api";r=1e3;t=1;q=1e3;w=1',
    '"api";r=99999999999;t=1;q=99999999999;w=1', '"api";r=1;t=999999;q=1;w=999999',
    '"api";r=1;t=1;q=0;w=300', '"api";r=1;t=1;q=1;w=0' + " " * 300, '"a\nb";r=1;t=1;q=1;w=1',
    '"api";r=1;t=1;q=1;w=1, "b";r=2;t=2;q=1;w=1', '"' + "a" * 10_000,
])  # fmt: skip
def test_a_header_that_says_something_else_is_one_that_is_missing(header: str | None) -> None:
    if header is None or "q=0" not in header:
        assert RateLimit.parse(header) is None
    assert RateLimitPolicy.parse(header) is None


@given(st.text(max_size=400) | st.text('"apirtqw;=0123456789 ', max_size=60))
def test_no_header_is_an_exception(header: str) -> None:
    RateLimit.parse(header)
    RateLimitPolicy.parse(header)
    waits = retry_after(header, NOW)
    assert waits is None or 0 <= waits <= 3600
    Answer.read(429, dict.fromkeys(("RateLimit", "Retry-After", "Age", "Date"), header).get)


@pytest.mark.parametrize(("header", "expected"), [
    ("7", 7.0), (" 1.5 ", 1.5), ("0", 0.0), ("99999999", 3600.0),
    ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0), ("Wed, 21 Oct 2026 09:28:30 +0200", 30.0),
    ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("Wed, 21 Oct 2099 07:28:00 GMT", 3600.0), ("-1", None),
    ("soon", None), ("", None), (None, None), ("Wed, 99 Oct 2026 99:99:99 GMT", None),
    ("9" * 500, None),
])  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, expected: float | None) -> None:
    assert retry_after(header, NOW) == expected


def test_a_date_to_retry_after_is_measured_by_the_servers_own_clock() -> None:
    at = "Wed, 21 Oct 2015 07:28:0{} GMT"
    headers = {"Date": at.format(0), "Retry-After": at.format(9)}
    assert Answer.read(429, headers.get).retry_after_s == 9
    assert Answer.read(200, headers.get).retry_after_s is None


def test_an_answer_from_a_cache_on_the_way_tells_nothing_of_what_is_left() -> None:
    headers = {"RateLimit": '"pages";r=94;t=53'}
    assert Answer.read(200, headers.get).rate == RateLimit("pages", 94, 53)
    assert Answer.read(200, {**headers, "Age": "0"}.get).rate is not None
    assert Answer.read(200, {**headers, "Age": "14"}.get).rate is None


@pytest.mark.parametrize(("url", "same"), [
    ("https://hub.example/api/models", True), ("https://HUB.example:443/", True),
    ("http://hub.example/", False), ("https://hub.example:8443/", False),
    ("https://hub.example.evil.example/", False), ("https://hub.example@evil.example/", False),
    ("https://me@hub.example/", False), ("https://hub.example:99999/", False),
    ("https://[/", False), ("", False),
])  # fmt: skip
def test_an_address_is_the_hubs_by_scheme_host_and_port(url: str, same: bool) -> None:
    assert of_hub(url, HUB) is same


@pytest.mark.parametrize(("url", "private"), [
    ("https://hub.example", True), ("http://127.0.0.1:8080/x", True), ("http://[::1]:8080/x", True),
    ("http://localhost:8080", True), ("http://hub.example", False),
    ("http://127.0.0.1.evil.example", False), ("http://localhost.evil.example", False),
    ("http://10.0.0.1", False), ("", False),
])  # fmt: skip
def test_a_way_is_private_over_https_or_within_the_machine(url: str, private: bool) -> None:
    assert is_private_way(url) is private


@dataclass
class FixedWindows:
    """A server that counts in fixed windows, and what it did to whom."""

    limits: list[int]
    period: int = 60
    begins: float = 0.0
    lazy: bool = False
    rounding: Callable[[float], int] = math.floor
    tells: bool = True
    name: str = "api"
    used: list[int] = field(default_factory=lambda: [0])
    ends: float = field(init=False)
    refused: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ends = self.begins + self.period

    @property
    def limit(self) -> int:
        return self.limits[min(len(self.used), len(self.limits)) - 1]

    def ask(self, now: float) -> Answer:
        while now >= self.ends:
            self.used.append(0)
            self.ends = (now if self.lazy else self.ends) + self.period
        refused = self.used[-1] >= self.limit
        if refused:
            self.refused.append(now)
        else:
            self.used[-1] += 1
        if not self.tells:
            return Answer(refused)
        left = max(0, self.limit - self.used[-1])
        rate = RateLimit(self.name, left, self.rounding(self.ends - now))
        return Answer(refused, rate, RateLimitPolicy(self.name, self.limit, self.period))

    def shares(self) -> list[float]:
        """How much of each window was used; the last one is not over."""
        limits = [*self.limits, *[self.limits[-1]] * len(self.used)]
        return [used / limit for used, limit in zip(self.used[:-1], limits, strict=False)]


@dataclass
class Clock:
    """The programs' clock, which differs from the server's."""

    now: float = 0.0
    ahead: float = 0.0
    speed: float = 1.0

    def __call__(self) -> float:
        return self.now * self.speed + self.ahead


@dataclass
class Program:
    """Someone with endless work who asks through a quota, some requests at a time."""

    quota: Quota
    at_a_time: int
    in_flight: int = 0
    asked: int = 0


class Simulation:
    """Programs that ask a server over a slow line, and others who ask at times of their own."""

    def __init__(
        self,
        server: FixedWindows,
        latency: Callable[[], float],
        *at_a_time: int,
        clock: Clock | None = None,
        believed: int = 500,
        lost: Callable[[], bool] = lambda: False,
    ) -> None:
        self.server, self.latency, self.lost = server, latency, lost
        self.clock = clock or Clock()
        self.programs = [Program(_quota(self.clock, believed), number) for number in at_a_time]
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        for program in self.programs:
            self.at(0.0, partial(self._send, program))

    def at(self, time: float, action: Callable[[], object]) -> None:
        heapq.heappush(self._events, (time, next(self._order), action))

    def others_ask(self, times: Iterable[float]) -> None:
        for time in times:
            self.at(time, lambda: self.server.ask(self.clock.now))

    def run(self, until: float) -> None:
        while self._events and self._events[0][0] < until:
            self.clock.now, _, action = heapq.heappop(self._events)
            action()

    def _send(self, program: Program) -> None:
        while program.in_flight < program.at_a_time:
            seconds = program.quota.wait(Route.API)
            if seconds > 0:
                if seconds < math.inf:
                    again = self.clock.now + max(seconds / self.clock.speed, 1e-6)
                    self.at(again, partial(self._send, program))
                return
            program.in_flight += 1
            program.asked += 1
            arrive = partial(self._arrive, program, program.quota.spend(Route.API))
            self.at(self.clock.now + self.latency(), arrive)

    def _arrive(self, program: Program, ticket: Ticket) -> None:
        answer = self.server.ask(self.clock.now)
        receive = partial(self._receive, program, ticket, None if self.lost() else answer)
        self.at(self.clock.now + self.latency(), receive)

    def _receive(self, program: Program, ticket: Ticket, answer: Answer | None) -> None:
        program.in_flight -= 1
        program.quota.settle(ticket, answer)
        self._send(program)


def _quota(clock: Clock, limit: int = 500) -> Quota:
    return Quota({**DOCUMENTED["anonymous"], "api": limit}, clock)


def servers(lowest: int, highest: int, **fields: st.SearchStrategy[Any]) -> Any:
    return st.builds(FixedWindows, st.tuples(st.integers(lowest, highest)).map(list), **fields)


seeds = st.integers(0, 2**32).map(Random)
roundings = st.sampled_from([math.floor, math.ceil, round])


@settings(max_examples=80, deadline=None)
@given(
    server=st.builds(
        FixedWindows,
        st.lists(st.integers(20, 120), min_size=1, max_size=4),
        begins=st.floats(-59, 0),
        lazy=st.booleans(),
        rounding=roundings,
    ),
    clock=st.builds(Clock, ahead=st.floats(-1e6, 1e6), speed=st.floats(0.999, 1.001)),
    known=st.integers(1, 1000),
    at_a_time=st.integers(1, 16),
    slowest=st.floats(0.001, 6),
    seed=seeds,
)
def test_a_server_that_tells_the_truth_never_refuses_and_is_used_up(
    *, server: FixedWindows, clock: Clock, known: int, at_a_time: int, slowest: float, seed: Random
) -> None:
    """Whatever the windows' beginning, a limit that changes with a window, slow answers, clocks."""
    assume(max(server.limits) * slowest / at_a_time < 0.6 * 60)
    latency = partial(seed.uniform, 0.0005, slowest)
    Simulation(server, latency, at_a_time, clock=clock, believed=known).run(until=330)
    assert server.refused == []
    assert len(server.used) >= 5
    assert all(share >= 0.95 for share in server.shares()[1:])


@settings(max_examples=40, deadline=None)
@given(
    servers(
        20,
        120,
        period=st.just(WINDOW_S),
        begins=st.floats(-299, 0),
        lazy=st.booleans(),
        tells=st.just(False),
    ),
    st.integers(1, 16),
    st.floats(0.001, 4),
    seeds,
)
def test_a_server_that_says_nothing_is_kept_to_what_is_documented(
    server: FixedWindows, at_a_time: int, slowest: float, seed: Random
) -> None:
    limit = server.limit
    assume(limit * slowest / at_a_time < 0.3 * WINDOW_S)
    latency = partial(seed.uniform, 0.0005, slowest)
    simulation = Simulation(server, latency, at_a_time, believed=limit)
    simulation.run(until=3000)
    assert server.refused == []
    assert simulation.programs[0].asked >= 0.95 * limit * 3000 / (WINDOW_S + 2 + 2 * slowest)


@settings(max_examples=40, deadline=None)
@given(servers(40, 120, rounding=roundings), st.integers(2, 6), st.floats(0, 0.2), seeds)
def test_requests_without_an_answer_count_as_spent(
    server: FixedWindows, at_a_time: int, share: float, seed: Random
) -> None:
    assume(server.limit / at_a_time < 0.6 * 60)
    latency = partial(seed.uniform, 0.001, 0.9)
    Simulation(server, latency, at_a_time, lost=lambda: seed.random() < share).run(until=330)
    assert server.refused == []
    assert all(used >= 0.95 * server.limit - at_a_time for used in server.used[:-1])


@settings(max_examples=40, deadline=None)
@given(servers(100, 300, rounding=roundings), st.floats(0.01, 0.3), seeds)
def test_two_programs_share_a_quota_without_knowing_of_each_other(
    server: FixedWindows, slowest: float, seed: Random
) -> None:
    Simulation(server, partial(seed.uniform, 0.001, slowest), 2, 2).run(until=330)
    assert server.refused == []
    assert all(used >= 0.95 for used in server.shares())


@settings(max_examples=60, deadline=None)
@given(
    servers(1, 120),
    st.lists(st.tuples(st.floats(0, 300), st.integers(1, 120)), max_size=3),
    st.integers(4, 12),
    seeds,
)
def test_a_burst_of_somebody_else_meets_only_what_is_on_the_way(
    server: FixedWindows, bursts: list[tuple[float, int]], at_a_time: int, seed: Random
) -> None:
    others = tuple(time for time, count in bursts for _ in range(count))
    simulation = Simulation(server, partial(seed.uniform, 0.01, 1), at_a_time)
    simulation.others_ask(others)
    simulation.run(until=330)
    ours = [time for time in server.refused if time not in others]
    assert len(ours) <= at_a_time * len(bursts)
    assert all(used >= 0.95 for used in server.shares())


@settings(max_examples=60, deadline=None)
@given(
    servers(1, 200, period=st.sampled_from([30, 60, 200])),
    servers(1, 200, period=st.sampled_from([30, 60, 200])),
    st.floats(1, 200),
    st.integers(4, 12),
    seeds,
)
def test_limits_that_change_within_a_window_are_learnt_from_the_next_answer(
    server: FixedWindows, other: FixedWindows, when: float, at_a_time: int, seed: Random
) -> None:
    longest = max(server.period, other.period)

    def change() -> None:
        server.limits, server.period = other.limits, other.period
        server.ends = min(server.ends, when + other.period)

    simulation = Simulation(server, partial(seed.uniform, 0.01, 0.4), at_a_time)
    simulation.at(when, change)
    simulation.run(until=when + 700)
    assert len(server.refused) <= 2 * at_a_time
    assert all(time < when + longest + 2 for time in server.refused)
    assert all(used / other.limit >= 0.95 for used in server.used[-3:-1])


@settings(max_examples=40, deadline=None)
@given(servers(5, 100), st.floats(5, 8), seeds)
def test_at_most_a_twentieth_is_left(server: FixedWindows, begin: float, seed: Random) -> None:
    simulation = Simulation(server, partial(seed.uniform, 0.1, 1), 2)
    simulation.others_ask(begin + 7 * number for number in range(50))
    simulation.run(until=330)
    assert all(share >= 0.95 for share in server.shares())


@settings(max_examples=60, deadline=None)
@given(servers(40, 200), st.integers(20, 200), st.integers(1, 30), st.integers(1, 8), seeds)
def test_a_lowered_limit_is_not_mistaken_for_somebody_elses_use(
    server: FixedWindows, limit: int, after: int, at_a_time: int, seed: Random
) -> None:
    simulation = Simulation(server, partial(seed.uniform, 0.01, 0.2), at_a_time)
    simulation.at(after / 10, lambda: setattr(server, "limits", [limit]))
    simulation.run(until=250)
    assert all(share == 1.0 for share in server.shares()[1:])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 290), st.floats(-1e5, 1e5)), min_size=1, max_size=4),
    st.integers(1, 8),
    seeds,
)
def test_a_jump_of_the_clock_costs_one_refusal(
    jumps: list[tuple[float, float]], at_a_time: int, seed: Random
) -> None:
    server, clock, due = FixedWindows([60]), Clock(), sorted(jumps)

    def latency() -> float:
        while due and clock.now >= due[0][0]:
            clock.ahead += due.pop(0)[1]
        return seed.uniform(0.01, 0.5)

    Simulation(server, latency, at_a_time, clock=clock).run(until=800)
    assert len(server.refused) <= len(jumps)
    last = 290 // 60 + 2
    assert all(used >= 0.95 for used in server.shares()[last:])


@pytest.mark.parametrize(("answer", "seconds"), [
    (Answer(refused=True, retry_after_s=7.0), 7), (Answer(refused=True, retry_after_s=0.0), 1),
    (Answer(refused=True, rate=RateLimit("api", 0, 40), retry_after_s=50.0), 50),
    (Answer(refused=True, rate=RateLimit("api", 0, 40)), 41),
    (Answer(refused=True, rate=RateLimit("api", 9, 40)), 41),
    (Answer(refused=True, policy=RateLimitPolicy("api", 5, 60)), 60), (Answer(refused=True), 300),
    (Answer(retry_after_s=20.0), 20),
])  # fmt: skip
def test_everyone_waits_as_long_as_a_refusal_asks(answer: Answer, seconds: float) -> None:
    clock = Clock(now=1000.0)
    quota = _quota(clock)
    quota.settle(quota.spend(Route.API), answer)
    assert quota.wait(Route.API) == pytest.approx(seconds)
    assert quota.wait(Route.PAGES) == 0
    clock.now += seconds * 1.001 + 0.001
    assert quota.wait(Route.API) == 0


def test_refusal_after_refusal_makes_the_wait_longer_up_to_a_window() -> None:
    clock = Clock()
    quota = _quota(clock)
    waits = []
    for _ in range(12):
        tickets = [quota.spend(Route.API) for _ in range(3)]
        for ticket in tickets:
            quota.settle(ticket, Answer(refused=True, retry_after_s=1.0))
        waits.append(quota.wait(Route.API))
        clock.now += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    quota.settle(quota.spend(Route.API), Answer())
    quota.settle(quota.spend(Route.API), Answer(refused=True, retry_after_s=1.0))
    assert quota.wait(Route.API) == 1


def test_a_server_with_one_counter_of_its_own_name_is_believed() -> None:
    clock = Clock()
    quota = _quota(clock)
    for sent_to in Route:
        quota.settle(quota.spend(sent_to), Answer(rate=RateLimit("all", 3, 60)))
    quota.settle(quota.spend(Route.API), Answer(rate=RateLimit("all", 0, 60)))
    assert [quota.wait(sent_to) for sent_to in Route] == pytest.approx([61.06] * len(Route))


def test_a_listing_of_the_website_shares_the_quota_of_pages() -> None:
    quota = _quota(Clock())
    quota.settle(quota.spend(Route.PAGES), Answer(rate=RateLimit("pages", 0, 60)))
    assert quota.wait(Route.LISTINGS) == pytest.approx(61.06)
    assert quota.wait(Route.API) == 0


names = st.sampled_from(["api", "pages", "x", *map(str, range(20))])
counts, seconds = st.integers(1, 10**9), st.integers(0, 3600)
answers = st.none() | st.builds(
    Answer,
    st.booleans(),
    st.none() | st.builds(RateLimit, names, counts | st.just(0), seconds),
    st.none() | st.builds(RateLimitPolicy, st.just("api"), counts, st.integers(1, 3600)),
    st.none() | st.floats(0, 3600),
)
LONGEST_S = 3600 * 1.001 + 1 + 0.001
"""The longest window that is believed, by a clock that runs a thousandth slow, and a second."""
said = st.lists(
    st.tuples(st.sampled_from(Route), answers, st.floats(-1e7, 1e7), st.integers(1, 4)), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(said)
def test_no_answer_ends_all_asking(
    said: list[tuple[Route, Answer | None, float, int]],
) -> None:
    clock = Clock()
    quota = _quota(clock)
    for sent_to, answer, jump, at_once in said:
        tickets = [quota.spend(sent_to) for _ in range(at_once)]
        clock.ahead += jump
        for ticket in tickets:
            quota.settle(ticket, answer)
    for sent_to in Route:
        assert 0 <= quota.wait(sent_to) <= LONGEST_S
        clock.ahead += LONGEST_S
        assert quota.wait(sent_to) == 0


def _left(left: int, resets_in_s: int, limit: int | None = None) -> Answer:
    policy = RateLimitPolicy("api", limit, 60) if limit else None
    return Answer(rate=RateLimit("api", left, resets_in_s), policy=policy)


def test_an_answer_that_comes_late_is_counted_in_the_window_it_is_about() -> None:
    """A request from before the reset: about the old window, the new, or unclear."""
    clock = Clock()
    quota = _quota(clock)
    quota.settle(quota.spend(Route.API), _left(19, 30, 20))
    late = [quota.spend(Route.API) for _ in range(3)]
    clock.now += 32
    assert quota.wait(Route.API) == 0
    quota.settle(late[0], _left(1, 2, 20))
    scout = quota.spend(Route.API)
    assert quota.wait(Route.API) == math.inf
    quota.settle(late[1], _left(19, 60, 20))
    assert quota.wait(Route.API) == 0
    clock.now += 1
    quota.settle(scout, _left(18, 59, 20))
    quota.settle(late[2], _left(2, 5, 20))
    for _ in range(17):
        assert quota.wait(Route.API) == 0
        quota.spend(Route.API)
    assert 58 < quota.wait(Route.API) < 62


def test_a_shortened_window_is_learnt_whatever_older_requests_still_say() -> None:
    quota = _quota(Clock())
    quota.settle(quota.spend(Route.API), _left(400, 200))
    older, newer = quota.spend(Route.API), quota.spend(Route.API)
    quota.settle(newer, _left(0, 20))
    quota.settle(older, _left(399, 200))
    assert quota.wait(Route.API) == pytest.approx(21, abs=0.1)
