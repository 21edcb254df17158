"""What the benchmarks share: how one runs, and on what machine."""

import platform
import signal
import sys
from collections.abc import Callable

import psutil

from graph.errors import HubgraphError


def run(benchmark: Callable[[], None]) -> None:
    """Run a benchmark; what keeps it from measuring is one line on standard error.

    Who ends it by SIGTERM ends what it started, too.

    Raises:
        SystemExit: with that line, when something failed.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        benchmark()
    except HubgraphError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {error.strerror or error}")
    except KeyboardInterrupt:
        sys.exit("Interrupted.")


def machine() -> str:
    """Processor, cores and memory."""
    return (
        f"{platform.processor() or platform.machine()}, {psutil.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB"
    )
