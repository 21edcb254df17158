"""Latency of every page and JSON route, with four clients at once."""

import itertools
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import requests

CLIENTS = 4
ROUNDS = 12
"""How often each client asks for each address after its first visit."""

PAGES = {
    "home": "/",
    "search": "/search?q=llama+instruct",
    "suggest": "/api/v1/suggest?q=gem",
    "models by influence": "/models",
    "models by downloads": "/models?sort=downloads",
    "models by likes, least first": "/models?sort=likes&order=asc",
    "models of one task": "/models?sort=likes&task=text-to-image",
    "model with 3,367 children": "/model/google/gemma-7b",
    "its adapters": "/model/google/gemma-7b?relation=adapter",
    "merged model": "/model/GianlucaMondillo/BioTakuya",
    "author": "/author/google",
    "network of one family": "/graph?m=google/gemma-7b",
    "network of the top 30": "/graph?top=30",
    "reports": "/reports",
    "report": "/reports/top-models",
    "about": "/about",
}

Row = tuple[str, float, float, float]
"""Name, first visit, p50, p95."""


def run(base_url: str) -> list[Row]:
    """Latency of each page and of its JSON twin, in milliseconds: first visit, p50 and p95.

    Every client goes through all addresses, each client from another start, so that different
    pages are asked for at the same time. A page is measured until its last byte has arrived.
    "First" is the median over the clients of their first visit, when most is not cached yet.
    """
    addresses = {
        **PAGES,
        **{f"{name}, JSON": f"/api/v1{path}" for name, path in PAGES.items() if "/api" not in path},
    }
    barrier = threading.Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as clients:
        measured = list(
            clients.map(
                lambda number: _client(base_url, addresses, number, barrier), range(CLIENTS)
            )
        )
    rows: list[Row] = []
    for name in addresses:
        first = [client[name][0] for client in measured]
        times = [ms for client in measured for ms in client[name][1:]]
        p50, p95 = np.percentile(times, (50, 95))
        rows.append((name, float(np.percentile(first, 50)), float(p50), float(p95)))
    return rows


def _client(
    base_url: str, addresses: dict[str, str], number: int, barrier: threading.Barrier
) -> dict[str, list[float]]:
    """One client's times for each address, over one kept connection."""
    names = list(addresses)
    start = number * len(names) // CLIENTS
    times: dict[str, list[float]] = defaultdict(list)
    with requests.Session() as session:
        for _ in range(ROUNDS + 1):
            barrier.wait()
            for name in itertools.islice(itertools.cycle(names), start, start + len(names)):
                began = time.perf_counter()
                answer = session.get(base_url + addresses[name], timeout=30)
                elapsed = (time.perf_counter() - began) * 1000
                answer.raise_for_status()
                times[name].append(elapsed)
    return times
