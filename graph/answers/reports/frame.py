"""Reports as pandas data frames."""

from typing import TYPE_CHECKING

from graph.answers.reports.registry import find_report, run
from graph.answers.reports.report import Kind
from graph.store.connection import Graph

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {
    Kind.STRING: "string",
    Kind.INTEGER: "Int64",
    Kind.FLOAT: "Float64",
    Kind.BOOLEAN: "boolean",
    Kind.DATETIME: "datetime64[us, UTC]",
}
"""Types that know missing values; lists and maps stay Python objects."""


def dataframe(graph: Graph, name: str, **params: object) -> "pd.DataFrame":
    """Run a report; its result as a data frame, each column of its declared type (`DTYPES`).

    `attrs["truncated"]` says whether the row limit cut it.

    Raises:
        ParameterError: a parameter is unknown or not accepted.
        QueryError: there is no such report, or it took too long.
    """
    import pandas as pd  # noqa: PLC0415 (half a second that no other reader of reports needs)

    report = find_report(name)
    result = run(graph, report, params)
    frame = pd.DataFrame(
        {
            column.name: pd.Series(
                [row[column.name] for row in result.rows], dtype=DTYPES.get(column.type, "object")
            )
            for column in report.data_columns
        }
    )
    frame.attrs["truncated"] = result.truncated
    return frame
