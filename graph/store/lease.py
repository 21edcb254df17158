"""One writer at a time: a lease in the graph, which a killed writer loses by itself.

The lease is a node with a holder and an expiry, by the clock of the database. Its holder renews it
while it works, and every transaction that writes observations proves that it still holds it. There
is one for observations and one for scores, which are computed while a crawl goes on.
"""

import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from graph.errors import HubgraphError, ServerError
from graph.schema import LEASE
from graph.server.process import Process
from graph.settings import Settings
from graph.store.connection import Graph, Row, Statement, connect
from graph.store.upgrade import is_older, upgrade

LASTS_S = 60
"""Seconds for which a lease is taken and renewed."""

_RENEWED_S = 15.0
"""Seconds between two renewals, while nothing is written."""

_ID = "CASE {} WHEN 'influence' THEN 'scores' ELSE 'writer' END"
"""The lease that a kind of run holds."""

_TAKE = f"""MERGE (l:{LEASE.label} {{id: {_ID.format("$own.task")}}})
SET l.asked_at = datetime()
WITH l WHERE l.holder IS NULL OR l.holder IN $over OR l.expires_at < datetime()
  OR l.holder = $own.holder
SET l += $own, l.since = datetime(), l.expires_at = datetime() + duration({{seconds: $lasts_s}})
RETURN l.holder AS holder"""
"""Takes the lease if it is free; setting a property first keeps others out until the end."""

_RENEW = f"""MATCH (l:{LEASE.label} {{id: {_ID.format("$task")}, holder: $holder}})
SET l.expires_at = datetime() + duration({{seconds: $lasts_s}})
RETURN l.holder AS holder"""

_END_CUT_OFF = f"""MATCH (r:Run {{status: 'running'}})
WHERE {_ID.format("r.kind")} = {_ID.format("$task")}
SET r.status = 'interrupted'"""
"""Who takes a lease knows that no other run holds it; its own begins, or goes on, after this."""

_GIVE_BACK = f"""MATCH (l:{LEASE.label} {{id: {_ID.format("$task")}, holder: $holder}}) DELETE l"""

_READ = f"""MATCH (l:{LEASE.label} {{id: {_ID.format("$task")}}}) RETURN properties(l) AS lease"""

IS_CUT_OFF = f"""(run.status = "running" AND NOT EXISTS {{
  MATCH (lease:{LEASE.label} {{id: {_ID.format("run.kind")}}}) WHERE lease.expires_at > datetime()
}})"""
"""Whether a `run` ended without a word: each holds its lease while it goes on."""


def written_since(time: str) -> str:
    """Cypher: whether a run ended, or was cut off, after a time that an expression gives."""
    return f"""EXISTS {{
  MATCH (run:Run)
  WHERE run.ended_at > {time}
    OR (run.ended_at IS NULL AND run.started_at > {time} AND {IS_CUT_OFF})
}}"""


def undone_since(time: str) -> str:
    """Cypher: whether a run was undone after a time that an expression gives."""
    return f"EXISTS {{ MATCH (run:Run) WHERE run.undone_at > {time} }}"


@contextmanager
def writing(graph: Graph, task: str) -> Iterator[None]:
    """Hold the lease on a graph for a kind of run; within one that holds it this does nothing.

    Raises:
        ServerError: someone else is writing to the graph.
    """
    if graph.proof is not None:
        yield
        return
    own = _holder(task)
    _take(graph, own)
    given = {"holder": own["holder"], "task": task, "lasts_s": LASTS_S}
    lost = (
        "Another hubgraph began to write to the graph, as this one was not heard of for too long."
    )
    graph.proof = Statement(_RENEW, given, otherwise=lost)
    graph.write(Statement(_END_CUT_OFF, given))
    stop = threading.Event()
    renewing = threading.Thread(target=_renew, args=(graph, graph.proof, stop), daemon=True)
    renewing.start()
    try:
        upgrade(graph)
        yield
    finally:
        stop.set()
        renewing.join(_RENEWED_S)
        graph.proof = None
        with suppress(HubgraphError):
            graph.write(Statement(_GIVE_BACK, given))


def opened(settings: Settings) -> Graph:
    """Connect to a graph to read answers from it, which hold for a graph of this version.

    One of an earlier version is mended first, unless someone else writes or nobody may.

    Raises:
        ServerError: as `connect` does.
    """
    graph = connect(settings)
    with suppress(HubgraphError):
        if is_older(graph):
            with writing(graph, "upgrade"):
                pass
    return graph


def is_held(graph: Graph, task: str) -> bool:
    """Whether such a kind of run goes on now, as far as this machine can see."""
    lease = graph.read(_READ, {"task": task}).one().get("lease", {})
    return not _is_over(lease) and lease["expires_at"] > datetime.now(UTC)


def _holder(task: str) -> dict[str, object]:
    """Who holds a lease: this process, under a text of its own for every time."""
    process = Process.current()
    return {
        "holder": secrets.token_hex(8),
        "task": task,
        "machine": socket.gethostname(),
        "place": _place(),
        "pid": process.pid,
        "birth": process.birth,
    }


def _take(graph: Graph, own: Mapping[str, object]) -> None:
    over: list[str] = []
    for _ in range(2):
        given = {"own": own, "over": over, "lasts_s": LASTS_S}
        if graph.write(Statement(_TAKE, given)):
            return
        other = graph.read(_READ, {"task": own["task"]}).one().get("lease", {})
        if not _is_over(other):
            raise _is_held(other)
        over = [str(other.get("holder"))]
    raise _is_held(other)


def _renew(graph: Graph, proof: Statement, stop: threading.Event) -> None:
    while not stop.wait(_RENEWED_S):
        with suppress(HubgraphError):  # the next write says what is wrong
            graph.write(proof)


def _is_over(lease: Row) -> bool:
    """Whether a lease was given back just now, or its holder's process has ended here."""
    if not lease:
        return True
    process = Process(int(lease["pid"]), str(lease.get("birth")))
    return lease["place"] == _place() and not process.is_alive


def _is_held(lease: Row) -> ServerError:
    if not lease:
        return ServerError("Another hubgraph is writing to the graph.", "Try again.")
    since, until = (f"{lease[name].astimezone():%H:%M:%S}" for name in ("since", "expires_at"))
    task = "computation of influence" if lease["task"] == "influence" else lease["task"]
    task = f"{'An' if task[0] in 'aeiou' else 'A'} {task}"
    return ServerError(
        f"{task} on {lease['machine']} (process {lease['pid']}) has been writing to the graph "
        f"since {since}; only one may write at a time.",
        f"Wait until it has ended. If it was killed, its claim ends by itself at {until}.",
    )


def _place() -> str:
    """The machine or container whose process numbers are meant."""
    try:
        return f"{socket.gethostname()} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()
