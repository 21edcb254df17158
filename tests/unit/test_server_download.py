"""Downloads against a real HTTP server that can misbehave in every way that was seen or feared."""

import contextlib
import errno
import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from pathlib import Path

import pytest

from graph.errors import ServerError
from graph.progress import Silent
from graph.server import download
from graph.server.download import fetch_jars, foreign_files, is_intact, missing_jars
from graph.server.lock import Jar, Lock
from graph.server.ports import any_port
from tests.progress import Seen

CONTENT = bytes(range(256)) * 4096


PART = CONTENT[:5000]
Send = Callable[[BaseHTTPRequestHandler], None]


class Repository:
    """A Maven repository of one's own, which may answer `wrongly` first."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.wrongly: Iterator[Send] = iter(())
        self._mutex = threading.Lock()

    def add(self, name: str, content: bytes = CONTENT) -> Jar:
        digest = hashlib.sha256(content).hexdigest()
        jar = Jar("org.example", name, "1.0", None, digest, len(content), "lib")
        self.files[f"/{jar.remote_path}"] = content
        return jar

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        with self._mutex:
            self.requests.append((request.path, request.headers.get("Range")))
            send = next(self.wrongly, self.send)
        send(request)

    def send(self, request: BaseHTTPRequestHandler, *, ranges: bool = True) -> None:
        content = self.files.get(request.path)
        wanted = request.headers.get("Range")
        if content is None:
            request.send_error(404)
        elif wanted and ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            body(content[start:], status=206, start=start)(request)
        else:
            body(content)(request)


def body(content: bytes, *, status: int = 200, start: int = 0, cut: int = 0) -> Send:
    """Send this without its last `cut` bytes, though they are announced."""

    def send(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        if status == 206:
            total = start + len(content)
            request.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        request.end_headers()
        request.wfile.write(content[: len(content) - cut])

    return send


def error(status: int) -> Send:
    return lambda request: request.send_error(status)


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setattr(download, "PAUSES_S", (0.01, 0.01, 0.01))
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Repository(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield served
        server.shutdown()
        thread.join()


@pytest.fixture
def jar(repository: Repository) -> Jar:
    return repository.add("jar")


def fetch(repository: Repository, folder: Path, *jars: Jar, workers: int = 4) -> Seen:
    counter = Seen()
    fetch_jars(list(jars), folder, repository.url, workers=workers, progress=counter)
    return counter


def last(counter: Seen) -> float:
    return counter.shares[counter.stages[0]][-1]


def test_all_jars_arrive_and_every_byte_is_reported(repository: Repository, tmp_path: Path) -> None:
    jars = [repository.add(f"jar{n}", CONTENT[: 1000 * (n + 1)]) for n in range(20)]
    counter = fetch(repository, tmp_path, *jars)
    assert missing_jars(Lock(tuple(jars)), tmp_path) == []
    assert counter.stages == ["Downloading Neo4j (0 MB)"]
    assert last(counter) == 1
    assert list(tmp_path.rglob("*.part")) == []


def test_jars_are_fetched_in_parallel(repository: Repository, tmp_path: Path) -> None:
    gate = threading.Barrier(4, timeout=10)

    def meet(request: BaseHTTPRequestHandler) -> None:
        gate.wait()
        repository.send(request)

    repository.wrongly = repeat(meet)
    fetch(repository, tmp_path, *(repository.add(f"jar{n}") for n in range(4)), workers=4)
    assert gate.n_waiting == 0


@pytest.mark.parametrize(("part", "wrongly", "asked"), [
    (PART, [], ["bytes=5000-"]),
    (b"", [body(CONTENT, cut=len(CONTENT) // 2)], [None, f"bytes={len(CONTENT) // 2}-"]),
    (b"", [body(CONTENT[:1000])], [None, "bytes=1000-"]),
    (b"x" * 5000, [body(CONTENT)], ["bytes=5000-"]),
    (PART, [body(CONTENT[7:], status=206, start=7)], ["bytes=5000-", None]),
    (PART, [body(CONTENT[7:], status=416)], ["bytes=5000-", None]),
    *((b"", [error(status)] * 2, [None] * 3) for status in (429, 500, 503)),
    (b"", [body(b"y" * len(CONTENT))], [None, None]),
])  # fmt: skip
def test_what_goes_wrong_once_is_mended(
    repository: Repository, tmp_path: Path, part: bytes, wrongly: list[Send], asked: list[object]
) -> None:
    jar = repository.add("jar")
    repository.wrongly = iter(wrongly)
    if part:
        path = tmp_path / f"{jar.local_path}.part"
        path.parent.mkdir()
        path.write_bytes(part)
    counter = fetch(repository, tmp_path, jar)
    assert repository.requests == [(f"/{jar.remote_path}", wanted) for wanted in asked]
    assert is_intact(jar, tmp_path / jar.local_path)
    assert last(counter) == 1


@pytest.mark.parametrize(("wrongly", "message", "requests"), [
    (error(503), r"Cannot download jar-1\.0\.jar .*answers 503", 4),
    (body(b"y" * len(CONTENT)), r"jar-1\.0\.jar .*wrong checksum", 2),
    (body(CONTENT + b"more"), "wrong checksum", 2),
    *((error(status), rf"jar-1\.0\.jar: status {status}.*HUBGRAPH_MAVEN_URL", 1)
      for status in (401, 403, 404)),
])  # fmt: skip
def test_what_stays_wrong_ends_with_the_reason(
    repository: Repository, tmp_path: Path, wrongly: Send, message: str, requests: int
) -> None:
    jar = repository.add("jar")
    repository.wrongly = repeat(wrongly)
    with pytest.raises(ServerError, match=message):
        fetch(repository, tmp_path, jar)
    assert len(repository.requests) == requests
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("announced", [None, 10 * len(CONTENT), len(CONTENT)])
def test_an_endless_answer_ends_at_the_locked_size(
    repository: Repository, jar: Jar, tmp_path: Path, announced: int | None
) -> None:
    sizes: list[int] = []

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if announced:
            request.send_header("Content-Length", str(announced))
        request.end_headers()
        with contextlib.suppress(OSError):  # until the other end hangs up
            for _ in range(1_000):
                request.wfile.write(b"y" * len(CONTENT))
                sizes.extend(path.stat().st_size for path in tmp_path.rglob("*.part"))

    repository.wrongly = repeat(endless)
    with pytest.raises(ServerError, match="wrong checksum, twice"):
        fetch(repository, tmp_path, jar)
    assert max(sizes, default=0) <= jar.size + download.BLOCK
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("address", ["maven.example.org", "ftp://example.org", "http://"])
def test_what_is_no_address_is_said_at_once(tmp_path: Path, address: str) -> None:
    jar = Jar("org.example", "jar", "1.0", None, "0" * 64, 10, "lib")
    with pytest.raises(ServerError, match="not a usable address"):
        fetch_jars([jar], tmp_path, address, workers=2, progress=Silent())


def test_no_network_shows_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PAUSES_S", (0.01,))
    jar = Jar("org.example", "jar", "1.0", None, "0" * 64, 10, "lib")
    url = f"http://someone:s3cret@127.0.0.1:{any_port()}/maven"
    with pytest.raises(ServerError, match="no connection") as caught:
        fetch_jars([jar], tmp_path, url, workers=2, progress=Silent())
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_failure_keeps_what_is_complete(repository: Repository, tmp_path: Path) -> None:
    good = repository.add("good", CONTENT)
    bad = repository.add("bad", CONTENT[:1000])
    del repository.files[f"/{bad.remote_path}"]
    with pytest.raises(ServerError, match="bad"):
        fetch(repository, tmp_path, good, bad, workers=1)
    assert is_intact(good, tmp_path / good.local_path)


def test_too_little_space_is_said_before_anything_is_fetched(
    repository: Repository, jar: Jar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SPARE_BYTES", shutil.disk_usage(tmp_path).total)
    with pytest.raises(ServerError, match=r"too full.*HUBGRAPH_CACHE_DIR"):
        fetch(repository, tmp_path, jar)
    assert repository.requests == []


def test_a_disk_that_fills_up_on_the_way_is_said(
    repository: Repository, jar: Jar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(ServerError, match="too full: No space left"):
        fetch(repository, tmp_path, jar)


def test_an_unwritable_cache_is_said(repository: Repository, jar: Jar, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ServerError, match=r"cannot be written.*HUBGRAPH_CACHE_DIR"):
        fetch(repository, tmp_path / "file", jar)


def test_what_is_not_locked_is_foreign(repository: Repository, jar: Jar, tmp_path: Path) -> None:
    fetch(repository, tmp_path, jar)
    lock = Lock((jar,))
    assert foreign_files(lock, tmp_path) == []
    (tmp_path / f"{jar.local_path}.part").touch()  # begun, to be gone on with
    (tmp_path / "lock").touch()
    assert foreign_files(lock, tmp_path) == []
    names = ["lib/evil.jar", "lib/folder", "lib/jar-1.0.jar.old", "plugins/apoc.jar"]
    (tmp_path / "lib/folder").mkdir()
    for name in names:
        if name != "lib/folder":
            (tmp_path / name).touch()
    assert foreign_files(lock, tmp_path) == [tmp_path / name for name in names]


@pytest.mark.parametrize("content", [None, b"", b"short", CONTENT[:-1] + b"\x00"])
def test_a_corrupt_jar_is_noticed(jar: Jar, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / jar.local_path
    path.parent.mkdir()
    if content is not None:
        path.write_bytes(content)
    assert missing_jars(Lock((jar,)), tmp_path) == [jar]
    path.write_bytes(CONTENT)
    assert missing_jars(Lock((jar,)), tmp_path) == []
