"""`hubgraph hygiene`: what is wrong in the cards of models, and which line would mend each."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph.answers.reports import catalogue
from hubgraph.options import AsJson
from hubgraph.reports import Format, run_report

LIST = catalogue()["hygiene-of-check"]
CHECKS = next(parameter.choices for parameter in LIST.parameters if parameter.name == "check")
Check = StrEnum("Check", [(name, name) for name in CHECKS])  # type: ignore[misc]


def hygiene(
    check: Annotated[
        Check | None, typer.Argument(metavar="CHECK", help="List what this check finds.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Models listed.")] = 100,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write it there instead.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count what is wrong in the cards of models, or list it with the line that would mend each.

    `hubgraph report run hygiene-by-month -p check=…` counts it by month.

    Example: [bold]hubgraph hygiene format-copy --limit 10[/bold]
    """
    form = Format.JSON if as_json else Format.CSV if csv else Format.TABLE
    if check is None:
        run_report("hygiene", form=form, output=csv)
    else:
        run_report(LIST.name, [f"check={check.value}", f"limit={limit}"], form=form, output=csv)
