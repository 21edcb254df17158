"""DuckDB as dumps are read with it: in UTC, without the network, in bounded memory."""

import glob
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from graph.errors import DataError
from graph.observe.dumps.columns import Dump, brief

MOST_MEMORY = "1GB"
"""What is more goes to a temporary folder."""


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


def show(connection: duckdb.DuckDBPyConnection, dump: Dump) -> None:
    """Give a connection the file as the view `dump`, with `file_row_number` counted from 0.

    A path is taken as it is, whatever characters it holds.
    """
    path = glob.escape(str(dump.path))
    rows = connection.read_parquet(path, file_row_number=True, hive_partitioning=False)
    rows.create_view("dump")
