"""Free ports on the loopback interface."""

import socket

HOST = "127.0.0.1"
NEIGHBOURS = 50


def choose_port(preferred: int, *, last: int | None = None, taken: int | None = None) -> int:
    """A free port: the one used last time, the preferred one (0: any), one after it, or any.

    `taken` has been given away already.
    """
    after = range(preferred + 1, min(preferred + NEIGHBOURS, 65536)) if preferred else ()
    wished: tuple[int | None, ...] = (last, preferred, *after)
    for port in wished:
        if port and port != taken and is_free(port):
            return port
    return any_port()


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    # On macOS a bind succeeds beside a server that listens on every interface.
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((HOST, port))
        except OSError:
            return False
    return True


def any_port() -> int:
    """A port that the operating system says is free."""
    with socket.socket() as server:
        server.bind((HOST, 0))
        return int(server.getsockname()[1])
