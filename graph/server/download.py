"""Download the locked jars: in parallel, resumable, with checksums."""

import errno
import hashlib
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from graph.errors import ServerError
from graph.progress import Progress
from graph.server.lock import Jar, Lock

TIMEOUT_S = (10, 30)
"""How long to wait for a connection, and for the next bytes."""
PAUSES_S = (0.5, 1.0, 2.0, 4.0)
"""Pauses before trying a file again."""
SPARE_BYTES = 64 * 1024 * 1024
"""Free space that must remain after the download."""
BLOCK = 1024 * 256
PASSING_STATUS = {408, 425, 429, 500, 502, 503, 504}


def missing_jars(lock: Lock, folder: Path) -> list[Jar]:
    """The jars that are absent from `folder` or whose bytes are not the locked ones."""
    with ThreadPoolExecutor() as pool:
        intact = pool.map(lambda jar: is_intact(jar, folder / jar.local_path), lock.jars)
        return [jar for jar, good in zip(lock.jars, intact, strict=True) if not good]


def foreign_files(lock: Lock, folder: Path) -> list[Path]:
    """What lies beside the locked jars and is none of them, nor the begun download of one."""
    ours = {jar.local_path for jar in lock.jars}
    found = (path for name in ("lib", "plugins") for path in (folder / name).glob("*"))
    names = ((path, path.relative_to(folder).as_posix()) for path in found)
    return sorted(path for path, name in names if name.removesuffix(".part") not in ours)


def is_intact(jar: Jar, path: Path) -> bool:
    """Whether the file at `path` holds exactly the locked bytes."""
    try:
        if path.stat().st_size != jar.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except OSError:
        return False


def fetch_jars(
    jars: list[Jar], folder: Path, base_url: str, *, workers: int, progress: Progress
) -> None:
    """Download `jars` from the Maven repository at `base_url` into `folder`.

    After a `ServerError`, what was complete stays for the next time.
    """
    total = sum(jar.size for jar in jars)
    try:
        for name in ("lib", "plugins"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        _check_space(folder, total)
        progress.stage(f"Downloading Neo4j ({total / 1e6:.0f} MB)")
        with _Downloader(folder, base_url, workers, _counter(progress, total)) as downloader:
            downloader.fetch(jars)
    except OSError as error:
        raise cache_error(error, folder) from error


def cache_error(error: OSError, folder: Path) -> ServerError:
    """What is wrong with the folder of jars, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ServerError(
            f"The disk with {folder} is too full: {error.strerror}.",
            "Free some space, or set HUBGRAPH_CACHE_DIR to a folder on a larger disk.",
        )
    return ServerError(
        f"The cache folder {folder} cannot be written: {error.strerror}.",
        "Set HUBGRAPH_CACHE_DIR to a folder of your own.",
    )


def _counter(progress: Progress, total: int) -> Callable[[int], None]:
    """Count the bytes that several threads report; fewer than none are to be fetched again."""
    done, lock = 0, threading.Lock()

    def add(amount: int) -> None:
        nonlocal done
        with lock:
            done += amount
            progress.advance(min(1.0, done / total), f"{done / 1e6:.0f} MB")

    return add


class _Downloader:
    def __init__(
        self, folder: Path, base_url: str, workers: int, arrived: Callable[[int], None]
    ) -> None:
        self._folder = folder
        self._base_url = base_url.rstrip("/")
        self._host = urlsplit(base_url).hostname or "the Maven repository"
        self._arrived = arrived
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="download")
        self._session = requests.Session()
        self._session.headers["Accept-Encoding"] = "identity"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=workers))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)
        self._session.close()

    def fetch(self, jars: list[Jar]) -> None:
        """Fetch all; the first failure ends the others."""
        largest_first = sorted(jars, key=lambda jar: -jar.size)
        for done in [self._pool.submit(self._fetch, jar) for jar in largest_first]:
            done.result()

    def _fetch(self, jar: Jar) -> None:
        target = self._folder / jar.local_path
        part = target.with_name(f"{target.name}.part")
        for _ in range(2):
            self._complete(jar, part)
            if self._stop.is_set():
                return
            if is_intact(jar, part):
                part.replace(target)
                return
            self._arrived(-part.stat().st_size)
            part.unlink()
        raise ServerError(
            f"{jar.filename} from {self._host} has the wrong checksum, twice.",
            "A proxy or mirror on the way alters it, or HUBGRAPH_MAVEN_URL is not the right place.",
        )

    def _complete(self, jar: Jar, part: Path) -> None:
        """Download until `part` has all bytes, in as many attempts as it may take."""
        self._arrived(_size(part))
        problem = ""
        for pause in (*PAUSES_S, None):
            try:
                while _size(part) < jar.size and not self._stop.is_set():
                    self._transfer(jar, part)
            except NO_ADDRESS:
                raise ServerError(
                    f"Cannot download from {self._host}: that is not a usable address.",
                    "Check HUBGRAPH_MAVEN_URL.",
                ) from None
            except (requests.RequestException, _PassingError) as error:
                problem = _reason(error)
            else:
                return
            if pause is None or self._stop.wait(pause):
                break
        if not self._stop.is_set():
            raise ServerError(
                f"Cannot download {jar.filename} from {self._host}: {problem}.",
                "Check the network (and HTTPS_PROXY), then run `hubgraph up` again: it goes on "
                "where it stopped.",
            )

    def _transfer(self, jar: Jar, part: Path) -> None:
        """One request: append to `part` what the repository sends."""
        have = _size(part)
        headers = {"Range": f"bytes={have}-"} if have else {}
        url = f"{self._base_url}/{jar.remote_path}"
        with self._session.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as answer:
            self._check_status(jar, answer.status_code)
            if have and answer.status_code != requests.codes.partial_content:
                self._arrived(-have)
                part.unlink()
                if answer.status_code != requests.codes.ok:
                    raise _PassingError("the repository refuses to go on where it stopped")
            with part.open("ab") as file:
                for block in answer.iter_content(BLOCK):
                    file.write(block)
                    self._arrived(len(block))
                    if self._stop.is_set() or file.tell() > jar.size:  # it is not that jar
                        return
        if _size(part) < jar.size:
            raise _PassingError("the connection ended early")

    def _check_status(self, jar: Jar, status: int) -> None:
        if status in PASSING_STATUS:
            raise _PassingError(f"the repository answers {status}")
        if status >= 400 and status != requests.codes.requested_range_not_satisfiable:
            raise ServerError(
                f"{self._host} does not give {jar.filename}: status {status}.",
                "Check that HUBGRAPH_MAVEN_URL (or the proxy) leads to a full Maven repository.",
            )


class _PassingError(Exception):
    """Worth another attempt."""


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


NO_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)

REASONS = (
    (requests.exceptions.SSLError, "its certificate is not trusted here"),
    (requests.exceptions.ProxyError, "the proxy does not answer"),
    (requests.Timeout, "no answer in time"),
    (requests.ConnectionError, "no connection"),
)


def _reason(error: Exception) -> str:
    """A few words instead of a chain of library errors, which may also hold a password."""
    if isinstance(error, _PassingError):
        return str(error)
    if "NameResolution" in str(error):
        return "its name cannot be resolved (no network?)"
    return next((words for kind, words in REASONS if isinstance(error, kind)), "it broke off")


def _check_space(folder: Path, total: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < total + SPARE_BYTES:
        raise OSError(errno.ENOSPC, f"{total / 1e6:.0f} MB needed, {free / 1e6:.0f} MB free")
