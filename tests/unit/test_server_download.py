"""Downloads against a real HTTP server that can misbehave in every way that was seen or feared."""

import errno
import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graph.errors import ServerError
from graph.progress import Silent
from graph.server import download
from graph.server.download import fetch_jars, is_intact, missing_jars
from graph.server.lock import Jar, Lock
from graph.server.ports import any_port
from tests.progress import Seen

CONTENT = bytes(range(256)) * 4096


class Repository:
    """A Maven repository of one's own; `behave` may answer a request in place of the right way."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.behave: Callable[[BaseHTTPRequestHandler, int], bool] = lambda *_: False
        self.most_at_once = 0
        self._now = 0
        self._mutex = threading.Lock()

    def add(self, name: str, content: bytes = CONTENT) -> Jar:
        digest = hashlib.sha256(content).hexdigest()
        jar = Jar("org.example", name, "1.0", None, digest, len(content), "lib")
        self.files[f"/{jar.remote_path}"] = content
        return jar

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        with self._mutex:
            self.requests.append((request.path, request.headers.get("Range")))
            number = len(self.requests)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            if not self.behave(request, number):
                self.send(request)
        finally:
            with self._mutex:
                self._now -= 1

    def send(self, request: BaseHTTPRequestHandler, *, ranges: bool = True) -> None:
        content = self.files.get(request.path)
        wanted = request.headers.get("Range")
        if content is None:
            request.send_error(404)
        elif wanted and ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            send_body(request, content[start:], status=206, start=start, total=len(content))
        else:
            send_body(request, content)


def send_body(
    request: BaseHTTPRequestHandler,
    body: bytes,
    *,
    status: int = 200,
    start: int = 0,
    total: int = 0,
    cut: int = 0,
) -> None:
    """Send `body`, without its last `cut` bytes though they are announced."""
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    if status == 206:
        request.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
    request.end_headers()
    request.wfile.write(body[: len(body) - cut])


@contextmanager
def _serving() -> Iterator[Repository]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Repository(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    monkeypatch.setattr(download, "PAUSES_S", (0.01, 0.01, 0.01))
    with _serving() as repository:
        yield repository


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

    def meet(_: BaseHTTPRequestHandler, __: int) -> bool:
        gate.wait()
        return False

    repository.behave = meet
    fetch(repository, tmp_path, *(repository.add(f"jar{n}") for n in range(4)), workers=4)
    assert repository.most_at_once == 4


def test_an_interrupted_jar_is_continued(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("jar")
    part = tmp_path / f"{jar.local_path}.part"
    part.parent.mkdir()
    part.write_bytes(CONTENT[:5000])
    counter = fetch(repository, tmp_path, jar)
    assert repository.requests == [(f"/{jar.remote_path}", "bytes=5000-")]
    assert is_intact(jar, tmp_path / jar.local_path)
    assert last(counter) == 1


def test_a_body_that_ends_early_is_continued(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("jar")

    def cut_first(request: BaseHTTPRequestHandler, number: int) -> bool:
        if number == 1:
            send_body(request, CONTENT, cut=300_000)
        return number == 1

    repository.behave = cut_first
    counter = fetch(repository, tmp_path, jar)
    assert [wanted is None for _, wanted in repository.requests] == [True, False]
    assert is_intact(jar, tmp_path / jar.local_path)
    assert last(counter) == 1


def test_a_short_body_is_continued(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("jar")

    def send_less(request: BaseHTTPRequestHandler, number: int) -> bool:
        if number == 1:
            send_body(request, CONTENT[:1000])
        return number == 1

    repository.behave = send_less
    fetch(repository, tmp_path, jar)
    assert repository.requests[1][1] == "bytes=1000-"
    assert is_intact(jar, tmp_path / jar.local_path)


def test_without_ranges_the_whole_file_comes_again(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("jar")
    part = tmp_path / f"{jar.local_path}.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * 5000)

    def whole(request: BaseHTTPRequestHandler, _: int) -> bool:
        repository.send(request, ranges=False)
        return True

    repository.behave = whole
    counter = fetch(repository, tmp_path, jar)
    assert is_intact(jar, tmp_path / jar.local_path)
    assert last(counter) == 1


@pytest.mark.parametrize("status", [206, 416])
def test_a_wrong_part_is_thrown_away(repository: Repository, tmp_path: Path, status: int) -> None:
    jar = repository.add("jar")
    part = tmp_path / f"{jar.local_path}.part"
    part.parent.mkdir()
    part.write_bytes(CONTENT[:5000])

    def wrong_part(request: BaseHTTPRequestHandler, number: int) -> bool:
        if number == 1:
            send_body(request, CONTENT[7:], status=status, start=7, total=len(CONTENT))
        return number == 1

    repository.behave = wrong_part
    fetch(repository, tmp_path, jar)
    assert [wanted for _, wanted in repository.requests] == ["bytes=5000-", None]
    assert is_intact(jar, tmp_path / jar.local_path)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(repository: Repository, tmp_path: Path, status: int) -> None:
    jar = repository.add("jar")

    def fail_twice(request: BaseHTTPRequestHandler, number: int) -> bool:
        if number <= 2:
            request.send_error(status)
        return number <= 2

    repository.behave = fail_twice
    fetch(repository, tmp_path, jar)
    assert len(repository.requests) == 3
    assert is_intact(jar, tmp_path / jar.local_path)


def test_lasting_errors_end_with_the_reason(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("jar")

    def fail(request: BaseHTTPRequestHandler, _: int) -> bool:
        request.send_error(503)
        return True

    repository.behave = fail
    with pytest.raises(ServerError, match=r"Cannot download jar-1\.0\.jar .*answers 503"):
        fetch(repository, tmp_path, jar)
    assert len(repository.requests) == len(download.PAUSES_S) + 1


def test_a_checksum_that_is_wrong_once_is_forgiven(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("jar")

    def alter_first(request: BaseHTTPRequestHandler, number: int) -> bool:
        if number == 1:
            send_body(request, b"y" * len(CONTENT))
        return number == 1

    repository.behave = alter_first
    counter = fetch(repository, tmp_path, jar)
    assert is_intact(jar, tmp_path / jar.local_path)
    assert last(counter) == 1


def test_a_wrong_checksum_names_the_jar_and_is_gone(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("jar")
    repository.files[f"/{jar.remote_path}"] = b"y" * jar.size
    with pytest.raises(ServerError, match=r"jar-1\.0\.jar .*wrong checksum"):
        fetch(repository, tmp_path, jar)
    assert len(repository.requests) == 2
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_longer_body_is_a_wrong_checksum(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("jar")
    repository.files[f"/{jar.remote_path}"] = CONTENT + b"more"
    with pytest.raises(ServerError, match="wrong checksum"):
        fetch(repository, tmp_path, jar)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_final(repository: Repository, tmp_path: Path, status: int) -> None:
    jar = repository.add("jar")

    def refuse(request: BaseHTTPRequestHandler, _: int) -> bool:
        request.send_error(status)
        return True

    repository.behave = refuse
    with pytest.raises(ServerError, match=rf"jar-1\.0\.jar: status {status}.*HUBGRAPH_MAVEN_URL"):
        fetch(repository, tmp_path, jar)
    assert len(repository.requests) == 1


@pytest.mark.parametrize("address", ["maven.example.org", "ftp://example.org", "http://"])
def test_what_is_no_address_is_said_at_once(tmp_path: Path, address: str) -> None:
    jar = Jar("org.example", "jar", "1.0", None, "0" * 64, 10, "lib")
    with pytest.raises(ServerError, match="not a usable address"):
        fetch_jars([jar], tmp_path, address, workers=2, progress=Silent())


def test_no_network_is_told_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jar = repository.add("jar")
    monkeypatch.setattr(download, "SPARE_BYTES", shutil.disk_usage(tmp_path).total)
    with pytest.raises(ServerError, match=r"too full.*HUBGRAPH_CACHE_DIR"):
        fetch(repository, tmp_path, jar)
    assert repository.requests == []


def test_a_disk_that_fills_up_on_the_way_is_said(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jar = repository.add("jar")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(ServerError, match="too full: No space left"):
        fetch(repository, tmp_path, jar)


def test_an_unwritable_cache_folder_is_said(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("jar")
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ServerError, match=r"cannot be written.*HUBGRAPH_CACHE_DIR"):
        fetch(repository, tmp_path / "file", jar)


@pytest.mark.parametrize("content", [None, b"", b"short", CONTENT[:-1] + b"\x00"])
def test_a_corrupt_jar_is_noticed(repository: Repository, tmp_path: Path, content: bytes) -> None:
    jar = repository.add("jar")
    path = tmp_path / jar.local_path
    path.parent.mkdir()
    if content is not None:
        path.write_bytes(content)
    assert missing_jars(Lock((jar,)), tmp_path) == [jar]
    path.write_bytes(CONTENT)
    assert missing_jars(Lock((jar,)), tmp_path) == []
