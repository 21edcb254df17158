"""`hubgraph up`, `down` and `status`: the local Neo4j server from the command line."""

import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated

import typer

from graph.answers.query import reader
from graph.answers.runs import RunEntry, unfinished
from graph.errors import ConfigurationError, HubgraphError
from graph.server.local import LocalServer, ServerStatus
from graph.settings import Settings, load_settings
from graph.store.connection import connect
from graph.store.lease import is_held
from hubgraph.display import Display
from hubgraph.options import AsJson
from hubgraph.output import emit, printable

ShowPassword = Annotated[
    bool, typer.Option("--show-password", help="Also print the password of the local server.")
]

COUNTS = (
    "RETURN COUNT { (:Model) } AS models, COUNT { (:Author) } AS authors, "
    "COUNT { () } AS nodes, COUNT { ()-->() } AS relationships"
)


def up(as_json: AsJson = False) -> None:
    """Start the local Neo4j with Graph Data Science and Neo4j Browser.

    The first start downloads about 213 MB. A running server is left as it is.

    Example: [bold]hubgraph up[/bold]
    """
    settings = load_settings()
    if not settings.uses_local_server:
        _emit_own_server(settings, {}, "", as_json=as_json)
        return
    began = time.monotonic()
    started = start(settings)
    taken = f"started in {time.monotonic() - began:.0f} s" if started else "runs already"
    now = LocalServer(settings).status()
    lines = [f"Neo4j {now.neo4j_version} {taken}.", *_places(now, settings)]
    emit(now, lines, as_json=as_json)


def start(settings: Settings) -> bool:
    """Start the local server, showing the progress; False if it was running already."""
    server = LocalServer(settings)
    ran = server.address() is not None
    with Display() as display:
        server.up(display)
    return not ran


def down(as_json: AsJson = False) -> None:
    """Stop the local Neo4j. The data stays.

    Example: [bold]hubgraph down[/bold]
    """
    server = LocalServer(load_settings())
    with Display() as display:
        stopped = server.down(display)
    line = "Neo4j stopped." if stopped else "Neo4j was not running."
    emit({"stopped": stopped}, [line], as_json=as_json)


def status(as_json: AsJson = False, show_password: ShowPassword = False) -> None:
    """Show whether Neo4j is running, where, and what is in it.

    Example: [bold]hubgraph status --show-password[/bold]
    """
    if as_json and show_password:
        raise ConfigurationError("--json never holds the password.", "Leave out one of the two.")
    settings = load_settings()
    if not settings.uses_local_server:
        _emit_own_server(settings, *_counts(settings), as_json=as_json)
        return
    server = LocalServer(settings)
    now = server.status()
    counts, lacks = _counts(settings) if now.state == "running" else ({}, "")
    lines = [_state(now), *filter(None, [now.notice, lacks])]
    if now.state == "running":
        lines += _places(now, settings, hide_hint=show_password)
    if show_password:
        address = server.address()
        lines.append(
            f"Password       {address.password.get_secret_value()}"
            if address
            else "The password is shown while the server runs."
        )
    lines += [*_content(counts), *_about(now)]
    document = {**vars(now), "counts": counts, "unfinished": lacks}
    emit(document, lines, as_json=as_json)


def _about(now: ServerStatus) -> Iterator[str]:
    yield (
        f"Versions       Neo4j {now.neo4j_version}, Graph Data Science {now.gds_version}, "
        f"Neo4j Browser {now.browser_version}, Java {now.java_version}"
    )
    yield f"Data           {now.data_dir} ({now.disk_bytes / 1e6:,.0f} MB)"
    yield f"Logs           {now.log_dir}"


def _state(now: ServerStatus) -> str:
    if now.state == "running":
        minutes, seconds = divmod(int(now.uptime_s or 0), 60)
        return f"Neo4j is running (process {now.pid}, for {minutes} min {seconds} s)."
    if now.state in ("starting", "stopping"):
        return f"Neo4j is {now.state} (process {now.pid})."
    detail = f"{now.detail} " if now.state == "stale" else ""
    return f"Neo4j is not running. {detail}Start it with `hubgraph up`."


def _places(now: ServerStatus, settings: Settings, *, hide_hint: bool = False) -> Iterator[str]:
    hint = "" if hide_hint else " (password: `hubgraph status --show-password`)"
    yield f"Neo4j Browser  {now.browser_url}"
    yield f"Bolt           {now.bolt_uri}"
    yield f"Sign in        user neo4j{hint}"
    for name, wish, url in (
        ("Bolt", settings.bolt_port, now.bolt_uri),
        ("Neo4j Browser", settings.http_port, now.browser_url),
    ):
        if wish and f"127.0.0.1:{wish}" not in str(url).partition("?")[0]:
            yield f"Port {wish} was taken, so {name} moved to the one above."


def _emit_own_server(
    settings: Settings, counts: Mapping[str, int], lacks: str, *, as_json: bool
) -> None:
    line = (
        f"HUBGRAPH_NEO4J_URI names a Neo4j of your own, {settings.neo4j_uri}: "
        "the local server is not used."
    )
    document = {
        "state": "external",
        "bolt_uri": settings.neo4j_uri,
        "counts": counts,
        "unfinished": lacks,
    }
    emit(document, [line, *filter(None, [lacks]), *_content(counts)], as_json=as_json)


def _content(counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield f"Graph          {', '.join(f'{n:,} {name}' for name, n in counts.items())}"


def _counts(settings: Settings) -> tuple[dict[str, int], str]:
    """What is in the graph, and a sentence on each newest run that did not end well.

    Both are empty when it cannot be reached.
    """
    try:
        with connect(settings) as graph:
            left = unfinished(reader(graph), partial(is_held, graph))
            return dict(graph.read(COUNTS).rows[0]), " ".join(map(_unfinished, left))
    except HubgraphError as error:
        typer.echo(printable(str(error)), err=True)
        return {}, ""


def _unfinished(run: RunEntry) -> str:
    if run.kind == "influence":
        return (
            f"The newest computation of influence (begun {run.started_at:%Y-%m-%d %H:%M} UTC) "
            "ended without a result. `hubgraph influence` computes it again."
        )
    how = "failed" if run.status == "failed" else "was interrupted"
    return (
        f"The newest {run.kind} ({run.source}, begun {run.started_at:%Y-%m-%d %H:%M} UTC) {how}: "
        "the graph has only a part of it. The same command completes it."
    )
