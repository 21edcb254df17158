"""`hubgraph web`: the web app on a production server."""

import errno
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import quote

import requests
import typer
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from graph.errors import ServerError
from graph.settings import Settings, load_settings
from hubgraph.front import FrontWorker
from hubgraph.options import AsJson

Ready = Callable[[str], None]

FIRST_ANSWER_S = 30
THREADS = 8
"""Threads for each query at a time: more than the store's lanes take, so that some are free."""
VISITED = ("", "models?sort=downloads", "search?q=model", "changes", "coverage", "graph")
"""Pages that are asked for once the app is up."""
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (translated, never bound here)


def web(
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on. Default: HUBGRAPH_WEB_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, help="Port; 0 takes any. Default: HUBGRAPH_WEB_PORT."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Serve the web app until Ctrl-C.

    Example: [bold]hubgraph web --port 8080[/bold]
    """
    settings = load_settings()

    def announce(address: str) -> None:
        if as_json:  # on one line, as a program that waits for the address reads lines
            typer.echo(json.dumps({"address": address}))
        else:
            typer.echo(f"Serving {address}/ (Ctrl-C ends it).", err=True)

    host = settings.web_host if host is None else host
    serve(settings, host, settings.web_port if port is None else port, on_ready=announce)


def serve(
    settings: Settings, host: str, port: int, *, on_ready: Ready | None = None, once: bool = False
) -> None:
    """Serve until interrupted, in `web_workers` processes.

    Port 0 takes any. `on_ready` is called with the address when the first page answers, and `once`
    ends the server then.

    Raises:
        ServerError: the address cannot be used, or no worker came up.
    """
    settings = settings.model_copy(update={"web_host": host})
    listener = _listen(host, port)
    bound = int(listener.getsockname()[1])
    address = f"http://{_bracket(ANY_ADDRESS.get(host, host))}:{bound}"
    failures: list[str] = []
    watch = threading.Thread(target=_watch, args=(address, on_ready, once, failures), daemon=True)
    here = os.getpid()
    before = {number: signal.getsignal(number) for number in Arbiter.SIGNALS}
    try:
        _Workers(_Server(settings, listener.detach()), watch).run()
    except SystemExit as end:
        # Gunicorn ends each process by leaving it; in this one an orderly end is a return.
        if os.getpid() != here:
            raise
        if end.code not in (None, 0):
            raise ServerError("The web app could not be started.", "The reason is above.") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if failures:
        raise ServerError(*failures)


def free_port(host: str, preferred: int) -> int:
    """`preferred`, or the next free port after it; a `ServerError` when a hundred are taken."""
    for port in range(preferred, min(preferred + 100, 65536)):
        try:
            with _listen(host, port) as listener:
                return int(listener.getsockname()[1])
        except PortTakenError:
            continue
    raise ServerError(
        f"Ports {preferred} to {min(preferred + 99, 65535)} of {host} are all in use.",
        "Set HUBGRAPH_WEB_PORT to a free one.",
    )


class PortTakenError(ServerError):
    """Something else listens on the port."""


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with the app built in each worker, so that each has connections of its own."""

    def __init__(self, settings: Settings, listener: int) -> None:
        self._settings = settings
        self._listener = listener
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"fd://{self._listener}",
            "workers": self._settings.web_workers,
            # A request that waits for a lane of the store costs no more than a thread.
            "threads": self._settings.web_threads * THREADS,
            "worker_class": FrontWorker,
            "timeout": int(self._settings.query_timeout_s) + 30,
            "graceful_timeout": 5,
            "keepalive": 10,
            "limit_request_line": 0,  # the front bounds the whole head
            "forwarder_headers": "",  # nobody sets the path from outside: `webapp.gate` does
            "loglevel": self._settings.log_level,
            "proc_name": "hubgraph-web",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        from webapp import create_app  # noqa: PLC0415 (after the fork, in the worker)

        logging.getLogger("neo4j").setLevel(logging.ERROR)
        return create_app(self._settings)


class _Workers(Arbiter):  # type: ignore[misc]
    """The processes, with two habits of this command.

    A thread starts once the workers are forked: a fork while it runs could copy a held lock. And a
    closed terminal ends the server, where Gunicorn would load its configuration anew and live on.
    """

    def __init__(self, server: _Server, watch: threading.Thread) -> None:
        self._watch = watch
        super().__init__(server)

    def init_signals(self) -> None:
        ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        super().init_signals()
        if ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_hup(self) -> None:
        self.handle_term()

    def spawn_workers(self) -> None:
        super().spawn_workers()
        if self._watch.ident is None:
            self._watch.start()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; a `PortTakenError` when something else listens there."""
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise ServerError(
            f"The web app cannot listen on {host}: {error.strerror or error}.",
            "Set HUBGRAPH_WEB_HOST to an address of this machine.",
        ) from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(
                f"Port {port} of {host} is in use by another program.",
                "Choose another with --port or HUBGRAPH_WEB_PORT.",
            ) from None
        raise ServerError(
            f"The web app cannot listen on {host}, port {port}: {error.strerror}.",
            "Choose another address or port (those below 1024 need rights).",
        ) from None
    return listener


def _watch(address: str, on_ready: Ready | None, once: bool, failures: list[str]) -> None:
    """Wait for the first answer, say so, and end the server when that was all that was asked."""
    try:
        requests.get(f"{address}/healthz", timeout=FIRST_ANSWER_S)
    except requests.RequestException:
        failures += ["The web app did not answer.", "Run it with --debug to see why."]
    if on_ready is not None and not failures:
        on_ready(address)
    if once or failures:
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        _visit(address)


def _visit(address: str) -> None:
    """Ask for a page of each kind, as the first to ask waits while the database plans queries."""
    with suppress(requests.RequestException, LookupError), requests.Session() as session:
        best = session.get(f"{address}/api/v1/models", timeout=FIRST_ANSWER_S).json()
        model = best["data"]["models"][0]
        paths = (f"model/{quote(model['id'])}", f"author/{quote(model['author'] or '')}", *VISITED)
        for path in paths:
            session.get(f"{address}/{path}", timeout=FIRST_ANSWER_S)


def _bracket(host: str) -> str:
    return f"[{host}]" if ":" in host else host
