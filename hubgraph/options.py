"""Options that several commands have."""

from datetime import datetime
from typing import Annotated

import typer

from graph.answers.reports import Kind, Parameter
from graph.observe.dumps.columns import KINDS
from graph.observe.dumps.times import given_time


def _kind(text: str) -> str:
    if text.lower() not in KINDS:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(KINDS)}.")
    return text.lower()


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

Bom = Annotated[bool, typer.Option("--bom", help="Mark CSV as UTF-8, which Excel needs.")]

Force = Annotated[bool, typer.Option("--force", help="Replace the file if it exists already.")]

HubUrl = Annotated[
    str | None, typer.Option("--hub-url", help="Address of another Hub. Default: HUBGRAPH_HUB_URL.")
]

KindOption = Annotated[
    str | None,
    typer.Option(
        "--kind",
        parser=_kind,
        metavar=f"[{'|'.join(KINDS)}]",
        help="What a dump holds, where neither its columns nor its name show it.",
    ),
]

TimeOption = Annotated[
    str | None,
    typer.Option(
        "--observed-at",
        parser=given_time,
        metavar="TIME",
        help="When the dumps were taken, such as 2026-10-03T12:00Z. Default: the newest time in "
        "each.",
    ),
]


def moment(name: str, text: str | None) -> datetime | None:
    """A time that a person gives; a `ParameterError` when it is none."""
    value = Parameter(name, Kind.DATETIME, "").read(text)
    return value if isinstance(value, datetime) else None
