"""Latency of every page and JSON route, with four clients at once."""

import itertools
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import requests

from graph.errors import QueryError
from webapp.page import API
from webapp.pages import declared

CLIENTS = 4
ROUNDS = 12
"""How often each client asks for each address after its first visit."""
_TIMEOUT_S = 30

Row = tuple[str, float, float, float]
"""Address, first visit, p50, p95."""


def addresses() -> list[str]:
    """The examples of every page that the web app has, and their JSON twins."""
    return [
        address
        for page in declared()
        for example in page.examples
        for address in ([example] if page.template else []) + [API + example]
    ]


def run(base_url: str) -> list[Row]:
    """Latency of each address in milliseconds: first visit, p50 and p95.

    Every client goes through all addresses, each client from another start, so that different
    pages are asked for at the same time. A page is measured until its last byte has arrived.
    "First" is the median over the clients of their first visit, when most is not cached yet.

    Raises:
        QueryError: an address does not answer, or answers with an error.
    """
    asked = addresses()
    barrier = threading.Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [
            pool.submit(_client, base_url, asked, number, barrier) for number in range(CLIENTS)
        ]
    measured = []
    for client in clients:
        with suppress(threading.BrokenBarrierError):  # another client failed
            measured.append(client.result())
    rows: list[Row] = []
    for address in asked:
        first = [times[address][0] for times in measured]
        later = [ms for times in measured for ms in times[address][1:]]
        p50, p95 = np.percentile(later, (50, 95))
        rows.append((address, float(np.percentile(first, 50)), float(p50), float(p95)))
    return rows


def _client(
    base_url: str, asked: list[str], number: int, barrier: threading.Barrier
) -> dict[str, list[float]]:
    """One client's times for each address, over one kept connection."""
    start = number * len(asked) // CLIENTS
    times: dict[str, list[float]] = defaultdict(list)
    with requests.Session() as session:
        for _ in range(ROUNDS + 1):
            barrier.wait()
            for address in itertools.islice(itertools.cycle(asked), start, start + len(asked)):
                began = time.perf_counter()
                try:
                    session.get(base_url + address, timeout=_TIMEOUT_S).raise_for_status()
                except requests.RequestException as error:
                    barrier.abort()
                    raise QueryError(f"{address} cannot be measured: {error}") from error
                times[address].append((time.perf_counter() - began) * 1000)
    return times
