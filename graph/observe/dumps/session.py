"""DuckDB as dumps are read with it: in UTC, without the network, in bounded memory."""

import glob
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from graph.errors import DataError
from graph.observe.dumps.columns import Dump, brief
from graph.observe.hub.records import columns_of
from graph.observe.parameters import parameter_count
from graph.observe.table import Table, quoted
from graph.times import milliseconds

MOST_MEMORY = "1GB"
"""Beyond that DuckDB uses a temporary folder."""

TICK_S = 0.2
"""How often a long statement reports how far it is."""

Advance = Callable[[float], object]
"""Called with the share of a statement that is done, 0 to 1."""


def database(folder: Path | str, memory: str) -> duckdb.DuckDBPyConnection:
    """A database in memory, and in a folder what does not fit into so much of it.

    That is faster than a database file, which is compressed as it is written. Its function
    `guessed` is what the name of a model says of its size.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": memory,
            "temp_directory": str(folder),
            "autoinstall_known_extensions": False,
            "preserve_insertion_order": False,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.create_function(
        "guessed",
        _guessed,
        ["VARCHAR"],
        "VARCHAR",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )
    return connection


def _guessed(model_ids: Any) -> Any:
    """`7000000000 name`: how many parameters models have by their names, for SQL."""
    guesses = (parameter_count(name) if name else None for name in model_ids.to_pylist())
    return pa.array([f"{guess[0]} {guess[1]}" if guess else None for guess in guesses], pa.string())


@contextmanager
def session(dump: Dump) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that shows the file as `dump`.

    Raises:
        DataError: DuckDB cannot read the file.
    """
    with (
        interruptible(),
        tempfile.TemporaryDirectory(prefix="hubgraph-") as folder,
        database(folder, MOST_MEMORY) as connection,
        shown(connection, dump),
    ):
        yield connection


@contextmanager
def shown(connection: duckdb.DuckDBPyConnection, dump: Dump) -> Iterator[None]:
    """The columns of a file that are read, as the view `dump`, with `file_row_number` from 0.

    A path is taken as it is, whatever characters it holds.

    Raises:
        DataError: DuckDB cannot read the file.
    """
    path = glob.escape(str(dump.path))
    try:
        rows = connection.read_parquet(path, file_row_number=True, hive_partitioning=False)
        columns = [f"{quoted(dump.spelled[name])} AS {quoted(name)}" for name in dump.columns]
        rows.project(", ".join([*columns, "file_row_number"])).create_view("dump")
        yield
        connection.execute("DROP VIEW dump")
    except duckdb.Error as error:
        if "KeyboardInterrupt" in str(error):  # while DuckDB called a function of ours
            raise KeyboardInterrupt from error
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


def columns_in(connection: duckdb.DuckDBPyConnection, dump: Dump) -> Table:
    """The SQL that reads the view `dump` as columns."""
    described = connection.execute("DESCRIBE dump").fetchall()
    types = {str(name): str(type_) for name, type_, *_ in described if name in dump.columns}
    latest = datetime.now(UTC) + timedelta(days=1)
    return columns_of(dump.node, types, milliseconds(latest))


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
