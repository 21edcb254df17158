"""Commands made from the options that spiders declare."""

import inspect
import shlex
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from spiders.asking.base import HubSpider

Given = dict[str, str]
"""A spider's options as Scrapy takes them: text."""

Action = Callable[..., None]
"""Called with the spider, its options as given, and the shared options by name."""

HubUrl = Annotated[
    str | None, typer.Option("--hub-url", help="Address of another Hub. Default: HUBGRAPH_HUB_URL.")
]


def command_of(
    spider: type[HubSpider], action: Action, shared: Mapping[str, tuple[object, object]], words: str
) -> Callable[..., None]:
    """Make a command that does something with a spider.

    Args:
        spider: gives the command its options and, as help, its docstring.
        action: what the command does.
        shared: name → annotation and default of the options that all such commands have.
        words: how the command is called, such as `hubgraph crawl`.
    """

    def command(**options: Any) -> None:
        own = {name: value for name, value in options.items() if name not in shared}
        given = {name: _text(value) for name, value in own.items() if value}
        action(spider, given, **{name: options[name] for name in shared})

    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *(_parameter(name, sentence, spider) for name, sentence in spider.options.items()),
            *(
                inspect.Parameter(
                    name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
                )
                for name, (annotation, default) in shared.items()
            ),
        ]
    )
    summary, _, rest = inspect.cleandoc(spider.__doc__ or "").partition("\n\n")
    example = f"Example: {spider.example.replace('hubgraph crawl', words, 1)}"
    command.__doc__ = "\n\n".join(filter(None, (summary, rest, example)))
    return command


def spelled(spider: type[HubSpider], given: Mapping[str, str], to: str | None = None) -> str:
    """The command line that starts a crawl.

    Args:
        spider: what crawls.
        given: its options.
        to: the record file that it writes, None for the graph.
    """
    words = ["hubgraph", "crawl", str(spider.name)]
    for name, value in given.items():
        option = f"--{name.replace('_', '-')}"
        if name in spider.flags:
            words.append(option)
            continue
        values = value.split(",") if name in spider.repeatable else [value]
        if name == spider.argument:
            words += values
        else:
            words += [word for one in values for word in (option, one)]
    if to:
        words += ["--to", to]
    return shlex.join(words)


def _parameter(name: str, sentence: str, spider: type[HubSpider]) -> inspect.Parameter:
    """An option of a spider as one of the command: an argument, a list, a flag or a text."""
    help_text = sentence[0].upper() + sentence[1:] + "."
    kind: object = str | None
    about: object = typer.Option(help=help_text)
    default: object = None
    if name in spider.flags:
        default = False
        kind, about = bool, typer.Option(f"--{name.replace('_', '-')}", help=help_text)
    if name in spider.repeatable:
        kind, about = list[str] | None, typer.Option(help=f"{help_text} Repeatable.")
    if name == spider.argument:
        default = inspect.Parameter.empty
        kind, about = list[str], typer.Argument(metavar=f"{name.upper()}…", help=help_text)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, about]
    )


def _text(value: object) -> str:
    """A value as Scrapy takes it."""
    if isinstance(value, list):
        return ",".join(value)
    return "1" if value is True else str(value)
