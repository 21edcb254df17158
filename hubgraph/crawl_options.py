"""Commands made from the options that spiders declare."""

import inspect
import shlex
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from spiders.asking.base import HubSpider
from spiders.authors import AuthorsSpider
from spiders.avatars import AvatarsSpider
from spiders.bases import BasesSpider
from spiders.changes import ChangesSpider
from spiders.datasets import DatasetsSpider
from spiders.evaluations import EvaluationsSpider
from spiders.models import ModelsSpider
from spiders.pages import PagesSpider
from spiders.spaces import SpacesSpider
from spiders.tree import TreeSpider

SPIDERS: tuple[type[HubSpider], ...] = (
    ModelsSpider,
    TreeSpider,
    PagesSpider,
    DatasetsSpider,
    SpacesSpider,
    EvaluationsSpider,
    ChangesSpider,
    BasesSpider,
    AuthorsSpider,
    AvatarsSpider,
)

Given = dict[str, str]
"""A spider's options as Scrapy takes them: text."""


def command_of(
    spider: type[HubSpider], action: Callable[..., None], words: str
) -> Callable[..., None]:
    """Make the command `words NAME` that does something with a spider.

    It has the spider's options and, as help, its docstring; `action` takes the spider, its options
    as given, and, as keywords, the options that all such commands have.
    """
    _, _, *shared = inspect.signature(action).parameters.values()

    def command(**options: Any) -> None:
        common = {item.name: options.pop(item.name) for item in shared}
        action(spider, {name: _text(value) for name, value in options.items() if value}, **common)

    own = (_parameter(name, sentence, spider) for name, sentence in spider.options.items())
    command.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
    example = spider.example.replace("hubgraph crawl", words, 1)
    command.__doc__ = f"{inspect.cleandoc(spider.__doc__ or '')}\n\nExample: {example}"
    return command


def spelled(spider: type[HubSpider], given: Mapping[str, str], to: str | None = None) -> str:
    """The command line that starts a crawl into the record file `to`, or into the graph."""
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
