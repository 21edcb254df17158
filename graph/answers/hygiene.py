"""What is wrong in cards: each check with its count, and the models that one check finds."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from graph.answers.parameters import OneOf, Parameters, Whole
from graph.answers.query import Reader
from graph.answers.reports import catalogue

OVERVIEW, FOUND, BY_MONTH = "hygiene", "hygiene-of-check", "hygiene-by-month"
"""Reports that the page is made from."""
CHECKS = next(p.choices for p in catalogue()[FOUND].parameters if p.name == "check")


class HygieneParameters(Parameters):
    """What the page of defects accepts."""

    check: Annotated[str, OneOf(*CHECKS)] | None = Field(
        None, description="The check whose models are listed."
    )
    limit: Whole = Field(
        50, ge=1, le=10_000, description="Most models listed, the most downloaded first."
    )


@dataclass(frozen=True)
class HygieneAnswer:
    """All checks, and what one of them finds; the rows are those of the reports."""

    checks: list[dict[str, Any]]  # those that find something, the most serious first
    check: str | None
    models: list[dict[str, Any]]  # of `check`: each with evidence and the line that would mend it
    total: int  # of them
    months: list[dict[str, Any]]  # the same by the month in which the models were created


def hygiene_found(read: Reader, asked: HygieneParameters) -> HygieneAnswer:
    """Read the answers of the reports."""
    checks = read(catalogue()[OVERVIEW]).rows
    if asked.check is None:
        return HygieneAnswer(checks, None, [], 0, [])
    total = next((row["models"] for row in checks if row["check"] == asked.check), 0)
    given = {"check": asked.check, "limit": asked.limit}
    models = read(catalogue()[FOUND], given).rows if total else []
    months = read(catalogue()[BY_MONTH], {"check": asked.check}).rows if total else []
    return HygieneAnswer(checks, asked.check, models, total, months)
