"""The command `hubgraph`: one module per area, put together here."""

import logging
import signal
import sys
from importlib import import_module
from typing import Annotated, Any, NoReturn, cast

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.exceptions import TyperException

from graph import __version__
from graph.errors import HubgraphError, ParameterError
from graph.server.files import FULL
from graph.settings import load_settings
from hubgraph.output import printable

COMMANDS = {
    "demo": "demo:demo",
    "export": "export:export",
    "up": "server:up",
    "down": "server:down",
    "status": "server:status",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "load": "load:load",
    "import": "importing:import_",
    "update": "update:update",
    "influence": "influence:influence",
    "explain": "explain:explain_",
    "blast": "blast:blast_",
    "licence": "licence:licence_",
    "hygiene": "hygiene:hygiene",
    "name": "name:name_",
    "experiment": "experiment:app",
    "map": "map:map_",
    "verify": "verify:verify_",
    "changes": "history:changes",
    "history": "history:history",
    "leaderboard": "history:leaders",
    "web": "web:web",
    "schema": "schema:schema",
    "crawl": "crawl:app",
    "report": "reports:app",
}
"""Module of this package, and what in it is the command, or a group of commands."""

EXIT_FAILED = 1
EXIT_MISUSE = 2
EXIT_INTERRUPTED = 130


class _Commands(TyperGroup):
    """Imports what a command needs when it is asked for: no command waits for the others' parts."""

    commands: Any  # by name; None until it is asked for

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = dict.fromkeys(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 (as in typer)
        """The command of a name; None for no name of a command."""
        if cmd_name in COMMANDS and self.commands[cmd_name] is None:
            self.commands[cmd_name] = _built(cmd_name)
        return self.commands.get(cmd_name)


def _built(name: str) -> Any:
    module, _, part = COMMANDS[name].partition(":")
    found = getattr(import_module(f"hubgraph.{module}"), part)
    if not isinstance(found, typer.Typer):
        command, found = found, typer.Typer(add_completion=False, rich_markup_mode="rich")
        found.command(name)(command)
    built = typer.main.get_command(found)
    built.name = name
    return built


app = typer.Typer(
    name="hubgraph",
    cls=_Commands,
    help="The Hugging Face ecosystem as one graph on your own machine.\n\n"
    "New here? Run [bold]hubgraph demo[/bold].",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hubgraph {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the whole trace when something fails.")
    ] = False,
    version: Annotated[  # noqa: ARG001 (handled by its callback)
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    level = "debug" if debug else load_settings().log_level
    logging.basicConfig(level=level.upper(), format="%(levelname)s %(name)s: %(message)s")
    if level != "debug":  # what it says comes in our own words, too
        logging.getLogger("neo4j").setLevel(logging.CRITICAL)


def main() -> NoReturn:
    """Run the command; every expected failure is one line on stderr and an exit code."""
    debug = "--debug" in sys.argv
    _interrupt_on(signal.SIGTERM, getattr(signal, "SIGHUP", None))
    try:
        code = app(standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except TyperException as error:
        cast("typer.BadParameter", error).show()  # every one that reaches here has it
        code = EXIT_MISUSE
    except HubgraphError as error:
        if debug:
            Console(stderr=True).print_exception()
        code = _failed(error)
    except BrokenPipeError:
        code = EXIT_FAILED
    except OSError as error:
        if debug:
            Console(stderr=True).print_exception()
        code = _failed(_system_error(error))
    if code == EXIT_INTERRUPTED:  # typer answers Ctrl-C with this code and no word
        Console(stderr=True).print("Interrupted.")
    sys.exit(code if isinstance(code, int) else 0)


def _interrupt_on(*signals: signal.Signals | None) -> None:
    """Treat being ended, or losing the terminal, like Ctrl-C, so that everything begun is ended.

    A signal that is ignored (`nohup`) stays ignored.
    """
    for number in signals:
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _system_error(error: OSError) -> HubgraphError:
    """What the system refused, such as to write to a full disk."""
    if error.errno in FULL:
        return HubgraphError(f"The disk is full{_named(error)}.", "Free some space, and try again.")
    return HubgraphError(f"{error.strerror or error}{_named(error)}.")


def _named(error: OSError) -> str:
    return f": {error.filename}" if error.filename else ""


def _failed(error: HubgraphError) -> int:
    message = printable(" ".join(str(error).split()))
    Console(stderr=True, soft_wrap=True).print(
        f"[bold red]Error:[/bold red] {_escape(message)}", highlight=False
    )
    return EXIT_MISUSE if isinstance(error, ParameterError) else EXIT_FAILED


def _escape(text: str) -> str:
    return text.replace("[", r"\[")
