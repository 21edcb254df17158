"""DuckDB as dumps are read with it: in UTC, without the network, in bounded memory."""

import glob
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from graph.errors import DataError
from graph.observe.dumps.columns import Dump, brief

MOST_MEMORY = "1GB"
"""Beyond that DuckDB uses a temporary folder."""

TICK_S = 0.2
"""How often a long statement reports how far it is."""

Advance = Callable[[float], object]
"""Called with the share of a statement that is done, 0 to 1."""


@contextmanager
def session(dump: Dump) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that has the file as `dump`, with `file_row_number` counted from 0.

    Raises:
        DataError: DuckDB cannot read the file.
    """
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="hubgraph-") as folder,
        duckdb.connect(
            config={
                "memory_limit": MOST_MEMORY,
                "temp_directory": folder,
                "autoinstall_known_extensions": False,
                "preserve_insertion_order": False,
            }
        ) as connection,
    ):
        connection.execute("SET TimeZone = 'UTC'")
        try:
            show(connection, dump)
            yield connection
        except duckdb.Error as error:
            raise DataError(
                f"{dump.path} is damaged or cannot be read: {brief(error)}.", "Get the file again."
            ) from error


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C in the middle of a statement stays Ctrl-C: DuckDB makes another error of it."""
    try:
        yield
    except RuntimeError as error:
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise


def types_in(connection: duckdb.DuckDBPyConnection, dump: Dump) -> dict[str, str]:
    """The columns of the view `dump` that are read → their types as DuckDB names them."""
    described = connection.execute("DESCRIBE dump").fetchall()
    return {str(name): str(type_) for name, type_, *_ in described if name in dump.columns}


def show(connection: duckdb.DuckDBPyConnection, dump: Dump) -> None:
    """Give a connection the file as the view `dump`, with `file_row_number` counted from 0.

    A path is taken as it is, whatever characters it holds.
    """
    path = glob.escape(str(dump.path))
    rows = connection.read_parquet(path, file_row_number=True, hive_partitioning=False)
    rows.create_view("dump")


@contextmanager
def watched(connection: duckdb.DuckDBPyConnection, advance: Advance | None) -> Iterator[None]:
    """Report how far the one long statement is that runs within."""
    if advance is None:
        yield
        return
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(TICK_S):
            advance(max(0.0, connection.query_progress()) / 100)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
