"""`hubgraph hygiene`: what is wrong in the cards of models, and which line would mend each."""

from pathlib import Path
from typing import Annotated

import typer

from hubgraph.options import AsJson, Bom
from hubgraph.reports import Format, run_report


def hygiene(
    check: Annotated[
        str | None,
        typer.Argument(metavar="CHECK", help="List what one check finds; without, all are shown."),
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Models listed.")] = 100,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write it there instead.")
    ] = None,
    bom: Bom = False,
    as_json: AsJson = False,
) -> None:
    """Count what is wrong in the cards of models, or list it with the line that would mend each.

    `hubgraph report run hygiene-by-month -p check=…` counts it by month.

    Example: [bold]hubgraph hygiene format-copy --limit 10[/bold]
    """
    form = Format.JSON if as_json else Format.CSV if csv else Format.TABLE
    if check is None:
        run_report("hygiene", form=form, output=csv, bom=bom)
    else:
        given = [f"check={check}", f"limit={limit}"]
        run_report("hygiene-of-check", given, form=form, output=csv, bom=bom)
