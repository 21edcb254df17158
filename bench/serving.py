"""The web app in a process of its own, for as long as something is measured."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import ServerError
from graph.settings import Settings
from hubgraph.web import serve


@contextmanager
def running(settings: Settings, host: str, port: int) -> Iterator[str]:
    """Serve while the context lasts; yields the address, once it answers.

    Raises:
        ServerError: it did not come up.
    """
    spawn = multiprocessing.get_context("spawn")
    answers, ready = spawn.Pipe(duplex=False)
    process = spawn.Process(
        target=serve, args=(settings, host, port), kwargs={"on_ready": ready.send}
    )
    process.start()
    ready.close()
    try:
        try:
            address = str(answers.recv())
        except EOFError:
            raise ServerError("The web app could not be started.", "The reason is above.") from None
        yield address
    finally:
        process.terminate()
        process.join()
