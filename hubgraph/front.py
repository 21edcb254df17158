"""The front of the web app's server: a connection costs a thread only once its request is whole.

Gunicorn's threaded worker hands every new connection to a thread, which then waits for the request:
a few connections that send nothing, or half of a request, hold all threads. Here the head of a
request is collected beside the threads, within a time and a size. Only GET and HEAD are answered,
so that no body is waited for either.
"""

import errno
import socket
import struct
import time
from collections import deque
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_S = 10.0
"""How long a client may take to send the head of a request, and to read a part of the answer."""
MOST_HEAD = 65_536
"""Bytes of a head: fifty ids of 97 characters, each written as three, are 15,000."""
_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


LINGER_S = 2.0
"""How long a connection waits for the client to close it, so that it reads the whole answer."""


class Connection(TConn):  # type: ignore[misc]
    """A connection with the part of a head that has arrived."""

    head = b""
    worker: "FrontWorker"

    def close(self, graceful: bool = False) -> None:
        """Close it, or with `graceful` once the client has."""
        if not (graceful and self.worker.linger(self)):
            super().close()


class FrontWorker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threaded worker, with heads collected and closing awaited in its event loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lingering: deque[Connection] = deque()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its first request."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                return
            raise
        limit = struct.pack("ll", int(HEAD_S), 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self.nr_conns += 1
        conn = Connection(self.cfg, client, address, listener.getsockname())
        conn.worker = self
        self._collect(conn)

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """The next request on a connection that was kept begins."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._collect(conn)

    def on_pending_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """More of a head is there; once it is whole, a thread takes it."""
        try:
            more = client.recv(MOST_HEAD)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        conn.head += more
        whole = b"\r\n\r\n" in conn.head
        if more and not whole and len(conn.head) <= MOST_HEAD:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if whole:
            conn.data_ready = True
            self.enqueue_req(conn)
            return
        if more:
            client.send(_TOO_LONG)
        self.nr_conns -= 1
        conn.close()

    def handle(self, conn: Connection) -> Any:
        """Answer a request whose head was collected; runs in a thread."""
        conn.init()
        conn.parser.unreader.unread(conn.head)
        conn.head = b""
        return super().handle(conn)

    def linger(self, conn: Connection) -> bool:
        """Say that nothing more follows and wait for the client to close; False if it has."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError, KeyError):
            return False
        conn.timeout = time.monotonic() + LINGER_S
        self.lingering.append(conn)
        return True

    def murder_pending(self) -> None:
        """Close what waited too long: for a head, or for the client to close."""
        super().murder_pending()
        while self.lingering and self.lingering[0].timeout <= time.monotonic():
            self._end(self.lingering[0])

    def _drain(self, conn: Connection, client: socket.socket) -> None:
        try:
            if client.recv(MOST_HEAD):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._end(conn)

    def _end(self, conn: Connection) -> None:
        self.lingering.remove(conn)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        conn.close()

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """A client that sent more than its request is not kept: the rest may be half of one."""
        kept = super()._keepalive_after(conn, keepalive)
        return bool(kept and not conn.parser.unreader.buf.getvalue())

    def _collect(self, conn: Connection) -> None:
        conn.head = b""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEAD_S
        self.pending_conns.append(conn)  # closed at its time: `murder_pending`
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))
