"""Reading record files: JSON lines, plain or compressed by gzip or Zstandard.

The first bytes decide the format, not the name. Nothing larger than one line's limit and one
decompressed piece is ever held in memory.
"""

import codecs
import io
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import zstandard

from graph.errors import DataError
from graph.observe.issues import Issue, Outcome
from graph.observe.normalise import FORMS, unknown_form
from graph.observe.text_tables import command_for_table

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one line."""

MOST_VALUES = 100_000
"""Values in one line: each costs far more memory than the two bytes that may write it."""

ReadBytes = Callable[[int], object]
"""Called with how many more bytes of a file have been read."""

_PIECE = 256 * 1024
_PIECE_ZSTD = 2 * 1024
"""Compressed bytes taken at once: small, for a few bytes of Zstandard can hold megabytes."""
_LARGEST_WINDOW = 128 * 1024 * 1024
_SNIFFED = 64 * 1024
_KINDS = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a zip archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"SQLite": "an SQLite database",
    b"%PDF": "a PDF",
}


class Line(NamedTuple):
    """One line of a record file."""

    source: str
    number: int  # counted from 1
    raw: object
    issue: Issue | None = None  # why it holds nothing that can be used, else None
    notes: tuple[Issue, ...] = ()  # what was wrong with a part of it that `raw` leaves out


def read_file(path: Path, progress: ReadBytes | None = None) -> Iterator[Line]:
    """The lines of a record file, blank ones left out.

    `progress` is called with how many more bytes of the file have been read.

    Raises:
        DataError: it cannot be read, or ends or breaks in the middle; every line before that has
            been returned.
    """
    decode = json.JSONDecoder().decode
    number = 0
    source = str(path)
    try:
        for number, line in enumerate(_lines(_content(path, progress)), 1):
            if line is None:
                issue = Issue("", Outcome.REJECTED, f"is longer than {LONGEST_LINE:,} bytes")
                yield Line(source, number, None, issue)
                continue
            if len(line) > MOST_VALUES and line.count(b",") > MOST_VALUES:
                issue = Issue("", Outcome.REJECTED, f"holds more than {MOST_VALUES:,} values")
                yield Line(source, number, None, issue)
                continue
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                if not text or text.isspace():
                    continue
                raw = decode(text)
            except (ValueError, RecursionError):
                issue = Issue("", Outcome.REJECTED, "is not JSON", line[:1000].decode("latin-1"))
                yield Line(source, number, None, issue)
            else:
                yield Line(source, number, raw)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (_DamagedError, zlib.error, zstandard.ZstdError) as error:
        raise DataError(
            f"{path} is damaged or cut off after line {number:,}: {error}.",
            "A load has stored what came before. Get the file again and repeat the command.",
        ) from error


def check_files(paths: Sequence[Path]) -> list[Path]:
    """Check that every path is a record file; returns those that hold nothing at all.

    Raises:
        DataError: naming the first that is missing, a directory or of another kind.
    """
    return [path for path in paths if not _holds_records(path)]


class _DamagedError(Exception):
    """A compressed stream is not whole."""


def _content(path: Path, progress: ReadBytes | None) -> Iterator[bytes]:
    """The bytes of a file, unpacked, piece by piece."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        if head.startswith(b"\x1f\x8b"):
            yield from _gunzip(_pieces(file, _PIECE, progress))
        elif head == zstandard.FRAME_HEADER:
            yield from _unzstd(_pieces(file, _PIECE_ZSTD, progress))
        else:
            yield from _pieces(file, _PIECE, progress)


def _pieces(file: IO[bytes], size: int, progress: ReadBytes | None) -> Iterator[bytes]:
    while piece := file.read(size):
        if progress is not None:
            progress(len(piece))
        yield piece


def _gunzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(31)
    for piece in pieces:
        rest = piece
        while rest:
            if unpacker.eof:
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                unpacker = zlib.decompressobj(31)
            yield unpacker.decompress(rest, 4 * _PIECE)
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise _DamagedError("the gzip stream ends early")


def _unzstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    codec = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    unpacker = codec.decompressobj()
    begun = False
    for piece in pieces:
        rest = piece
        while rest:
            if unpacker.eof:
                unpacker = codec.decompressobj()
            begun = True
            yield unpacker.decompress(rest)
            rest = unpacker.unused_data if unpacker.eof else b""
    if begun and not unpacker.eof:
        raise _DamagedError("the Zstandard stream ends early")


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes | None]:
    """The lines in a stream; None stands for one that is too long.

    Raises:
        Whatever `pieces` raises, after every whole line before it.
    """
    rest = b""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        head, newline, tail = piece.partition(b"\n")
        size += len(head)
        if size <= LONGEST_LINE:
            held.append(head)
        else:
            held.clear()
        if not newline:
            continue
        yield b"".join(held) if size <= LONGEST_LINE else None
        *whole, rest = tail.split(b"\n")
        for line in whole:
            yield line if len(line) <= LONGEST_LINE else None
        held, size = [rest], len(rest)
    if size:
        yield b"".join(held) if size <= LONGEST_LINE else None


def _holds_records(path: Path) -> bool:
    """Whether a file holds anything; raises when that is certainly not records."""
    if path.is_dir():
        raise DataError(f"{path} is a directory.", "Name the record files in it.")
    try:
        with path.open("rb") as file:
            head = file.read(16)
        start = _start(path)
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    for magic, kind in _KINDS.items():
        if head.startswith(magic):
            raise _not_records(path, f"it is {kind}")
    if not start.strip():
        return False
    _check_start(path, start)
    return True


def _check_start(path: Path, start: bytes) -> None:
    if command := command_for_table(path, start):
        raise DataError(f"{path} is a CSV file; tables are read as Parquet.", command)
    start = start.removeprefix(codecs.BOM_UTF8)
    if b"\0" in start:
        raise _not_records(path, "it is binary")
    if start.lstrip().startswith(b"["):
        raise _not_records(path, "it is one JSON array, not one record a line")
    objects = [line for line in start.splitlines() if line.lstrip().startswith(b"{")]
    if not objects:
        raise _not_records(path, "no line of its beginning is a JSON object")
    try:
        raw = json.loads(objects[0])
    except (ValueError, RecursionError):
        return
    form = raw.get("record")
    if form not in FORMS:
        raise _not_records(path, f"the `record` of its first line {unknown_form(form)}")


def _start(path: Path) -> bytes:
    """The first bytes of a file, unpacked; fewer when it breaks off."""
    start = io.BytesIO()
    try:
        for piece in _content(path, None):
            start.write(piece)
            if start.tell() >= _SNIFFED:
                break
    except (_DamagedError, zlib.error, zstandard.ZstdError) as error:
        if not start.tell():
            raise _not_records(path, f"it is damaged or cut off at once ({error})") from error
    return start.getvalue()


def _not_records(path: Path, why: str) -> DataError:
    return DataError(f"{path} is not a record file: {why}.", "docs/records.md describes the form.")
