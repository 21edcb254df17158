"""Serving the local Hub over HTTP/1.1 on the loopback address."""

import socket
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.hub import routes
from tests.hub.content import Content
from tests.hub.faults import Faults
from tests.hub.messages import Answer, Request, error_answer
from tests.hub.quota import Quota, Standing

ROBOTS = "User-agent: *\nAllow: /\n"

_SMALLEST_PACKED = 1_024
_NO_BODY = frozenset({204, 304})


@dataclass
class Hub:
    url: str
    content: Content
    quota: Quota
    faults: Faults = field(default_factory=Faults)
    requests: list[Request] = field(default_factory=list)
    robots: str = ROBOTS

    def answer(self, request: Request) -> tuple[Answer, Standing]:
        self.requests.append(request)
        standing = self.quota.take(request)
        if not standing.granted:
            return error_answer(429, "Too many requests."), standing
        if request.path == "/robots.txt":
            head = {"Content-Type": "text/plain; charset=utf-8"}
            answer = Answer(body=self.robots.encode(), headers=head)
        else:
            answer = routes.answer(request, self.content, self.url)
        return self.faults.apply(request, answer), standing


@contextmanager
def serve(content: Content, *, quota: Quota | None = None, port: int = 0) -> Iterator[Hub]:
    """Serve a Hub while the `with` block runs, on any free port of the loopback address.

    Raises RuntimeError at the end if the server itself broke on a request.
    """
    server = _Server(("127.0.0.1", port), _Handler)
    hub = Hub(f"http://127.0.0.1:{server.server_port}", content, quota or Quota())
    server.hub = hub
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="local Hub")
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()
    if server.broken:
        raise RuntimeError("The local Hub broke on a request.") from server.broken[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128
    hub: Hub

    def __init__(self, address: tuple[str, int], handler: type["_Handler"]) -> None:
        super().__init__(address, handler)
        self.ended = threading.Event()
        self.broken: list[Exception] = []
        self.connections: set[socket.socket] = set()

    def hang_up(self) -> None:
        """End every connection, so that no handler waits for more."""
        self.ended.set()
        for connection in list(self.connections):
            _shut(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error; all others were kept where they arose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)
        if self.server.ended.is_set():
            _shut(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._respond()

    def do_HEAD(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        pass

    def version_string(self) -> str:
        return "local-hub"

    def _respond(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers)
        try:
            answer, standing = self.server.hub.answer(request)
        except Exception as error:
            self.server.broken.append(error)
            self.send_error(500)
            raise
        self.server.hub.quota.answered(standing, answer.status)
        if answer.delay:
            self.server.ended.wait(answer.delay)
        if not answer.status:
            self.close_connection = True
            return
        accepted = "gzip" in headers.get("accept-encoding", "")
        if isinstance(answer.body, bytes):
            self._send_whole(answer, standing, answer.body, accepted=accepted)
        else:
            self._send_pieces(answer, standing, answer.body, accepted=accepted)

    def _begin(self, answer: Answer, standing: Standing, **more: str) -> None:
        self.send_response(answer.status)
        headers = {"X-Powered-By": "huggingface-moon", "Vary": "Origin", **answer.headers}
        if answer.quota_headers:
            headers |= standing.headers
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.cut is not None:
            self.send_header("Connection", "close")
        self.end_headers()

    def _send_whole(
        self, answer: Answer, standing: Standing, body: bytes, *, accepted: bool
    ) -> None:
        more = {}
        if accepted and answer.gzip and (len(body) >= _SMALLEST_PACKED or answer.cut is not None):
            body = _gzip(body)
            more["Content_Encoding"] = "gzip"
        sent = body if answer.cut is None else body[: int(len(body) * answer.cut)]
        if answer.status not in _NO_BODY:
            more["Content_Length"] = str(len(sent if answer.cut_unseen else body))
        self._begin(answer, standing, **more)
        if self.command == "HEAD":
            return
        if answer.pause:
            self.wfile.write(sent[: len(sent) // 2])
            self.wfile.flush()
            self.server.ended.wait(answer.pause)
            sent = sent[len(sent) // 2 :]
        self.wfile.write(sent)
        self.wfile.flush()

    def _send_pieces(
        self, answer: Answer, standing: Standing, pieces: Iterable[bytes], *, accepted: bool
    ) -> None:
        more = {"Transfer_Encoding": "chunked"}
        if accepted and answer.gzip:
            pieces = _gzip_pieces(pieces)
            more["Content_Encoding"] = "gzip"
        self._begin(answer, standing, **more)
        if self.command == "HEAD":
            return
        for piece in pieces:
            if piece:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()


def _gzip(body: bytes) -> bytes:
    return b"".join(_gzip_pieces([body]))


def _gzip_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
