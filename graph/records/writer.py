"""Writing record files."""

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import zstandard

_LEVEL_ZSTD = 19


class RecordWriter:
    """Writes records to a file that appears under its name only when it is complete.

    Compresses by the name's ending: `.gz`, `.zst`, or not at all. The bytes depend on nothing but
    the records.

    Args:
        path: the file; an existing one is replaced on success.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._file: IO[bytes] = self._part.open("wb")
        self._packer = _packer(path)
        self.count = 0

    def write(self, record: Mapping[str, object]) -> None:
        """Add one record."""
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        line = text.encode("utf-8", "surrogatepass") + b"\n"
        self._file.write(self._packer.compress(line))
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if kind is None:
                self._file.write(self._packer.flush())
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _NoPacker:
    def compress(self, data: bytes, /) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


def _packer(path: Path) -> _Packer:
    if path.suffix == ".gz":
        return zlib.compressobj(9, zlib.DEFLATED, 31)
    if path.suffix == ".zst":
        return zstandard.ZstdCompressor(level=_LEVEL_ZSTD).compressobj()
    return _NoPacker()
