"""`hubgraph up`, `down` and `status`: the local Neo4j server from the command line."""

import json
import time
from types import TracebackType
from typing import Annotated, Any, Self

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from graph.errors import ConfigurationError, HubgraphError
from graph.server import LocalServer, ServerStatus
from graph.settings import Settings, load_settings

Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of lines. No password.")
]
ShowPassword = Annotated[
    bool, typer.Option("--show-password", help="Also print the password of the local server.")
]

COUNTS = (
    "RETURN COUNT { (:Model) } AS models, COUNT { (:Author) } AS authors, "
    "COUNT { () } AS nodes, COUNT { ()-->() } AS relationships"
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (up, down, status):
        app.command()(command)


def up(as_json: Json = False) -> None:
    """Start the local Neo4j with Graph Data Science and Neo4j Browser.

    The first start downloads about 213 MB. A server that already runs is left as it is.

    Example: hubgraph up
    """
    settings = load_settings()
    if not settings.uses_local_server:
        _say_own_server(settings, as_json=as_json)
        return
    began = time.monotonic()
    started = start(settings, Console(stderr=True))
    taken = time.monotonic() - began
    now = LocalServer(settings).status()
    if as_json:
        print_json(now.to_dict())
        return
    typer.echo(
        f"Neo4j {now.neo4j_version} {f'started in {taken:.0f} s' if started else 'runs already'}."
    )
    _say_where(now, settings)


def start(settings: Settings, console: Console) -> bool:
    """Start the local server, drawing its steps on `console`.

    Returns:
        False if it ran already.
    """
    server = LocalServer(settings)
    ran = server.address() is not None
    with StartProgress(console) as progress:
        server.up(progress)
    return not ran


def down(as_json: Json = False) -> None:
    """Stop the local Neo4j. The data stays.

    Example: hubgraph down
    """
    server = LocalServer(load_settings())
    with StartProgress(Console(stderr=True)) as progress:
        stopped = server.down(progress)
    if as_json:
        print_json({"stopped": stopped})
    else:
        typer.echo("Neo4j stopped." if stopped else "Neo4j was not running.")


def status(as_json: Json = False, show_password: ShowPassword = False) -> None:
    """Show whether Neo4j runs, where, and what is in it.

    Example: hubgraph status --show-password
    """
    if as_json and show_password:
        raise ConfigurationError("--json never holds the password.", "Leave out one of the two.")
    settings = load_settings()
    if not settings.uses_local_server:
        _say_own_server(settings, as_json=as_json, counts=_counts(settings))
        return
    server = LocalServer(settings)
    now = server.status()
    counts = _counts(settings) if now.state == "running" else {}
    if as_json:
        print_json({**now.to_dict(), "counts": counts})
        return
    _say_state(now)
    if now.state == "running":
        _say_where(now, settings, hide_hint=show_password)
    address = server.address()
    if show_password:
        typer.echo(
            f"Password       {address.password.get_secret_value()}"
            if address
            else "The password is shown while the server runs."
        )
    _say_counts(counts)
    typer.echo(
        f"Versions       Neo4j {now.neo4j_version}, Graph Data Science {now.gds_version}, "
        f"Neo4j Browser {now.browser_version}, Java {now.java_version}"
    )
    typer.echo(f"Data           {now.data_dir} ({now.disk_bytes / 1e6:,.0f} MB)")
    typer.echo(f"Logs           {now.log_dir}")


class StartProgress:
    """Draws the steps of a start; plain lines when the console is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: Progress | None = None
        self._task = TaskID(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def step(self, name: str, total: int | None = None) -> None:
        """Begin a bar when `total` bytes are known, else a spinner."""
        self._close()
        if not self._console.is_terminal:
            size = f" ({total / 1e6:.0f} MB)" if total else ""
            self.note(f"{name}{size} …")
            return
        columns = (
            (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
            if total
            else (TimeElapsedColumn(),)
        )
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            *columns,
            console=self._console,
            transient=True,
        )
        self._task = self._bars.add_task(name, total=total)
        self._bars.start()

    def advance(self, amount: int) -> None:
        """Move the bar."""
        if self._bars:
            self._bars.advance(self._task, amount)

    def note(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(text, highlight=False, markup=False)

    def _close(self) -> None:
        if self._bars:
            self._bars.stop()
            self._bars = None


def _say_state(now: ServerStatus) -> None:
    if now.state == "running":
        minutes, seconds = divmod(int(now.uptime_s or 0), 60)
        typer.echo(f"Neo4j runs (process {now.pid}, for {minutes} min {seconds} s).")
    elif now.state == "starting":
        typer.echo(f"Neo4j is starting (process {now.pid}).")
    elif now.state == "stale":
        typer.echo(f"Neo4j does not run. {now.detail} Start it with `hubgraph up`.")
    else:
        typer.echo("Neo4j does not run. Start it with `hubgraph up`.")
    if now.notice:
        typer.echo(now.notice)


def _say_where(now: ServerStatus, settings: Settings, *, hide_hint: bool = False) -> None:
    hint = "" if hide_hint else " (password: `hubgraph status --show-password`)"
    typer.echo(f"Neo4j Browser  {now.browser_url}")
    typer.echo(f"Bolt           {now.bolt_uri}")
    typer.echo(f"Sign in        user neo4j{hint}")
    for name, wish, url in (
        ("Bolt", settings.bolt_port, now.bolt_uri),
        ("Neo4j Browser", settings.http_port, now.browser_url),
    ):
        if wish and f"127.0.0.1:{wish}" not in str(url).partition("?")[0]:
            typer.echo(f"Port {wish} was taken, so {name} moved to the one above.")


def _say_own_server(
    settings: Settings, *, as_json: bool, counts: dict[str, int] | None = None
) -> None:
    if as_json:
        print_json({"state": "external", "bolt_uri": settings.neo4j_uri, "counts": counts or {}})
        return
    typer.echo(
        f"HUBGRAPH_NEO4J_URI names a Neo4j of your own, {settings.neo4j_uri}: "
        "the local server is not used."
    )
    _say_counts(counts or {})


def _say_counts(counts: dict[str, int]) -> None:
    if counts:
        parts = ", ".join(f"{number:,} {name}" for name, number in counts.items())
        typer.echo(f"Graph          {parts}")


def _counts(settings: Settings) -> dict[str, int]:
    """What is in the graph; empty when it cannot be asked."""
    from graph.store.connection import connect  # noqa: PLC0415  (imports the whole driver)

    try:
        with connect(settings) as graph:
            return dict(graph.read(COUNTS).rows[0])
    except HubgraphError as error:
        typer.echo(str(error), err=True)
        return {}


def print_json(values: dict[str, Any]) -> None:
    """Print a document for a machine."""
    typer.echo(json.dumps(values, indent=2))
