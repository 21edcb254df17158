"""Models in order: by a measure the reader chooses, within what they care about."""

from dataclasses import dataclass

from flask import Blueprint, request, url_for

from graph.answers import lists
from graph.answers.columns import COLUMNS, PRESETS, columns_to_show
from graph.answers.facet_counts import FacetCount, facet_counts
from graph.answers.facets import FACETS, NOT_STATED
from graph.answers.filters import Filters
from graph.answers.list_results import MeasuredBenchmark, add_results, result_column
from graph.answers.lists import ModelsParameters
from graph.answers.orders import ORDERS
from graph.answers.query import Reader
from graph.answers.row import ListedRow
from graph.answers.whole_list import MOST
from webapp.filter_panel import chips, panels
from webapp.network.parameters import NetworkParameters
from webapp.page import Page, address, page
from webapp.store import store

bp = Blueprint("leaderboard", __name__)

OTHERS = {"q": "name contains", "created_from": "created from", "created_to": "created before"}
"""Filters that are no facets → words."""


@dataclass(frozen=True)
class Leaderboard:
    """A page of a list of models, and what it can be narrowed by."""

    models: list[ListedRow]
    sort: str
    order: str
    facets: list[FacetCount]
    facets_of_selection: bool  # each within the other filters; else of all models loaded
    benchmarks: list[MeasuredBenchmark]  # with results of models on this page


@page(
    bp,
    "/models",
    "models.html",
    table="models",
    examples=(
        "/models",
        "/models?task=text-generation&sort=likes&order=asc",
        "/models?license_family=permissive&license=not-stated&mirror=no&cols=reach&cols=shift",
        "/models?publisher=company&q=llama&start=2",
    ),
)
def models(read: Reader, asked: ModelsParameters) -> Page[Leaderboard]:
    """Models in the order of a score or a count, narrowed by what they are, have and say."""
    columns = columns_to_show(asked.cols, asked.sort)
    more = dict.fromkeys(name for column in columns for name in column.reads)
    found = lists.models(read, asked, more=tuple(more))
    rows = [{**row} for row in found.content.models]  # what was read may be cached
    measured, results_asked = add_results(read, rows, asked.benchmark)
    results = [result_column(one) for one in measured if one.benchmark in asked.benchmark]
    selected = _of_selection(found.filters)
    counts = selected or facet_counts(read)
    chosen = found.filters.facets
    return Page(
        Leaderboard(rows, asked.sort, asked.order, counts, selected is not None, measured),
        paging=found.paging,
        questions=[found.asked, *[results_asked] * bool(results)],
        view={
            "sorts": ORDERS,
            "without": found.without,
            "looked": found.looked,
            "columns": results + columns,
            "all_columns": COLUMNS,
            "presets": {
                name: (names, names == tuple(asked.cols)) for name, names in PRESETS.items()
            },
            "panels": panels(counts, asked, chosen),
            "chips": chips(asked, OTHERS),
            "asked": asked,
            "most_rows": MOST,
            "file_address": _file,
            "top_fields": _top_fields(),
            "left_out": {
                FACETS[facet.name].words: facet.not_stated
                for facet in counts
                if facet.name in chosen and NOT_STATED not in chosen[facet.name]
            },
        },
    )


def _of_selection(filters: Filters) -> list[FacetCount] | None:
    """Facets counted within filters; None without any, or where that is not known at once."""
    if not filters.facets and filters.only_facets:
        return None
    selection = store().selection()
    return selection.counts(filters) if selection else None


def _file(form: str) -> str:
    """Address of the whole list as a file."""
    path = url_for("models_file.models_file", form=form).removeprefix(request.script_root)
    return address(path, after=None, before=None, start=None, limit=None)


def _top_fields() -> list[tuple[str, str]] | None:
    """What the network page is asked for the first of this list; None where it cannot say that."""
    own = ("after", "before", "start", "limit", "cols", "benchmark")
    fields = [(n, v) for n, v in request.args.items(multi=True) if v and n not in own]
    accepted = NetworkParameters.model_fields.keys()
    return fields if {name for name, _ in fields} <= accepted else None
