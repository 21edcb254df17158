"""`python -m bench.latency`: print how long each kind of question takes on the graph there is."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from urllib.parse import quote, urlencode

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.latency.chosen import RUNS, Chosen, choose
from bench.latency.metered import Measure, MeteredGraph, Row, Taken
from bench.running import machine, run
from graph import schema
from graph.answers.blast.answer import BlastRadius, blast
from graph.answers.explanation import explain
from graph.answers.licence import licence
from graph.answers.model import CHILDREN
from graph.answers.orders import ORDERS
from graph.answers.query import Reader
from graph.answers.reports import catalogue
from graph.errors import QueryTimeoutError
from graph.scores.licences.table import LicenceTable
from graph.settings import Settings, load_settings

Questions = list[Callable[[], Taken]]
Asked = tuple[str, float, Questions]
"""What is asked for in words, the limit in milliseconds, and the questions."""
REPORT_LIMIT_MS = 2_000
_DESCENDANTS = f"""
MATCH (start:Model {{id_folded: toLower($id)}})
  <-[r:{schema.LINEAGE_PATTERN} WHERE r.gone_since IS NULL]-{{1,40}}(model:Model)
RETURN count(DISTINCT model) AS descendants
"""
_FILTERS = ("author", "task", "license", "library")
_FACETS = (
    "language=sw", "language=de&size=1b-20b", "size=over-80b", "publisher=university&gated=manual",
    "license_family=permissive&mirror=no&swarm=no", "files=gguf&license=not-stated",
    "relation=root&publisher=company", "created_from=2025-01-01&created_to=2025-02-01",
    "modality=audio&license_family=custom-model", "q=uncensored", "task=not-stated&q=lora",
)  # fmt: skip
"""Choices of facets, also such as few models fit and no index finds."""
_TYPED = ("llama", "qwen 7b", "gguf", "bert base", "lora", "stable", "whisper", "instruct", "x")


def main() -> None:
    """Measure and print: first what has a limit of its own, then every report file."""
    console = Console()
    settings = load_settings()
    with MeteredGraph(settings) as graph:
        console.print(f"{machine()}, Neo4j {graph.version}")
        chosen = _chosen(graph)
        measure = Measure(graph, settings)
        console.print(
            f"{chosen.total:,} models; the largest family has {chosen.children:,} children"
        )
        decided = _decided(measure, LicenceTable.read(settings), settings, chosen)
        console.print(_rows_table([*_rows(measure, chosen), *_measured(decided)]))
        names = track(sorted(catalogue()), "Report files", console=console)
        console.print(_reports_table([_second(_default(measure, name, chosen)) for name in names]))


def _chosen(graph: MeteredGraph) -> Chosen:
    try:
        return choose(graph)
    except QueryTimeoutError as error:
        raise QueryTimeoutError(
            f"Nothing was measured, as choosing what to ask failed: {error.message}",
            "Is something else running, or was influence never computed? Else raise the limit.",
        ) from error


def _rows(measure: Measure, chosen: Chosen) -> Iterator[Row]:
    """Every kind of question that has a limit."""
    asked: list[Asked] = [
        ("model page", 50,
         [_page(measure, f"/model/{quote(str(model['id']))}") for model in chosen.models]),
        ("model page of a large family", 50,
         [_page(measure, f"/model/{quote(name)}") for name in chosen.families]),
        ("lineage to the roots", 20,
         [_report(measure, "lineage-up", name, model=name) for name in chosen.derived]),
        ("children of the largest family, first page", 50,
         [_children(measure, chosen.families[0])] * RUNS),
        ("children of a large family, first page", 50,
         [_children(measure, name) for name in chosen.families]),
        ("descendants of the largest family, counted", 500,
         [_descendants(measure, chosen.families[0])] * RUNS),
        ("descendants of a large family, counted", 500,
         [_descendants(measure, name) for name in chosen.families]),
        *((f"leaderboard by {sort}, two filters", 100, questions)
          for sort, questions in _leaderboards(measure, chosen)),
        ("pages about the whole graph", 2_000,
         [_page(measure, path) for path in ("/", "/models", "/changes", "/coverage", "/about")]),
        ("typeahead", 50, [_page(measure, f"/suggest?{urlencode({'q': text})}")
                           for text in _typed(chosen)]),
        ("search", 2_000, [_page(measure, f"/search?{urlencode({'q': text})}")
                           for text in _TYPED]),
        ("author page", 2_000, [_page(measure, f"/author/{quote(str(m['author']))}")
                                for m in chosen.models if m["author"]]),
        ("network of a large family", 2_000,
         [_page(measure, f"/graph?{urlencode({'m': name})}") for name in chosen.families[:10]]),
    ]  # fmt: skip
    yield from _measured(asked)


def _decided(
    measure: Measure, table: LicenceTable, settings: Settings, chosen: Chosen
) -> Iterator[Asked]:
    """What people decide by: licences, influence and blast radius."""

    def asked(names: list[str], ask: Callable[[Reader, str], object]) -> Questions:
        return [partial(measure.answer, name, ask) for name in names]

    def relicensed(read: Reader, name: str) -> BlastRadius:
        return blast(read, name, "relicensed", licence=(table, "cc-by-nc-4.0"))

    def withdrawn(read: Reader, name: str) -> BlastRadius:
        return blast(read, name, "withdrawn")

    models, largest = [str(model["id"]) for model in chosen.models], chosen.families[:1] * 5
    with_base = asked(chosen.derived, lambda read, name: licence(read, settings, name))
    yield "licence of a model with a base", 50, with_base
    taken_apart = asked(models, lambda read, name: explain(read, settings, name))
    yield "influence of a model, taken apart", 50, taken_apart
    yield "blast radius of a model", 50, asked(models, withdrawn)
    yield "blast radius of the largest family", 2_000, asked(largest, withdrawn)
    yield "the same, relicensed", 2_000, asked(largest, relicensed)


def _measured(asked: Iterable[Asked]) -> Iterator[Row]:
    """Put each question once before it is measured."""
    for name, limit, questions in asked:
        for question in dict.fromkeys(questions):
            question()
        yield Row(name, limit, [question() for question in questions])


def _page(measure: Measure, path: str) -> Callable[[], Taken]:
    return lambda: measure.page(path)


def _report(measure: Measure, name: str, what: str, **parameters: object) -> Callable[[], Taken]:
    return lambda: measure.report(name, parameters, what)


def _default(measure: Measure, name: str, chosen: Chosen) -> Callable[[], Taken]:
    return lambda: measure.as_it_is(name, chosen.stand_ins)


def _children(measure: Measure, name: str) -> Callable[[], Taken]:
    asked = {**CHILDREN.defaults, "id": name, "limit": 51}
    return lambda: measure.query(CHILDREN.cypher, asked, name)


def _descendants(measure: Measure, name: str) -> Callable[[], Taken]:
    return lambda: measure.query(_DESCENDANTS, {"id": name}, name)


def _leaderboards(
    measure: Measure, chosen: Chosen
) -> Iterator[tuple[str, list[Callable[[], Taken]]]]:
    """Each order under pairs of filters, values of one model and common ones crossed, and facets.

    Common values may have few models or none together, which is the most to look through.
    """
    for sort in ORDERS:
        questions = []
        for first, second in itertools.combinations(_FILTERS, 2):
            both = [(m[first], m[second]) for m in chosen.models if m[first] and m[second]]
            crossed = itertools.product(chosen.common[first], chosen.common[second])
            for values in dict.fromkeys((*both[:5], *crossed)):
                asked = {"sort": sort, first: values[0], second: values[1]}
                questions.append(_page(measure, f"/models?{urlencode(asked)}"))
        questions += [_page(measure, f"/models?sort={sort}&{facets}") for facets in _FACETS]
        yield sort, questions


def _typed(chosen: Chosen) -> list[str]:
    """What a person types on the way to a model, and words that fit very many."""
    names = [str(model["id"]).rpartition("/")[2] for model in chosen.models]
    return [*_TYPED, *(name[: 2 + number % 8] for number, name in enumerate(names))]


def _second(ask: Callable[[], Taken]) -> Taken:
    """What asking for the second time takes, when the first was no time limit too long."""
    first = ask()
    return first if first.late else ask()


def _rows_table(rows: list[Row]) -> Table:
    table = Table(title="Queries, ms", title_justify="left", title_style="bold")
    table.add_column()
    for column in ("asked", "queries", "limit", "p50", "p95", "worst"):
        table.add_column(column, justify="right")
    table.add_column("worst at")
    for row in rows:
        over = "[red]" if row.p95 > row.limit_ms else ""
        worst = row.worst
        table.add_row(
            row.name,
            str(len(row.taken)),
            str(max(taken.queries for taken in row.taken)),
            f"{row.limit_ms:,.0f}",
            f"{row.p50:,.1f}",
            f"{over}{row.p95:,.1f}",
            f"{worst.ms:,.1f}" + (" (ended)" if worst.late else ""),
            worst.what,
        )
    return table


def _reports_table(taken: list[Taken]) -> Table:
    table = Table(title="Report files, ms", title_justify="left", title_style="bold")
    table.add_column()
    table.add_column("second time", justify="right")
    for report in sorted(taken, key=lambda report: -report.ms):
        over = "[red]" if report.ms > REPORT_LIMIT_MS else ""
        table.add_row(report.what, f"{over}{report.ms:,.1f}" + (" (ended)" if report.late else ""))
    late = sum(report.ms > REPORT_LIMIT_MS for report in taken)
    table.caption = f"{late} of {len(taken)} take more than {REPORT_LIMIT_MS / 1000:g} s"
    return table


if __name__ == "__main__":
    run(main)
