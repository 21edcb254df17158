"""A Neo4j of its own, and the web app in a process of its own, while something is measured."""

import multiprocessing
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from graph.errors import ServerError
from graph.server.local import LocalServer
from graph.settings import Settings, load_settings
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


def own_server(stack: ExitStack) -> Settings:
    """Settings of a local server with its own data and ports, which ends with the stack."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hubgraph-bench-")))
    own = load_settings(data_dir=folder / "data", log_dir=folder / "logs", bolt_port=0, http_port=0)
    server = LocalServer(own)
    stack.callback(server.down)  # also of one that was only starting
    server.up()
    return own
