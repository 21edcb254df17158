"""The results on benchmarks of the models of a list, as columns of it.

Of each model and benchmark the result that counts; a model without one was not measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.answers.columns import ListColumn
from graph.answers.query import Asked, Query, Reader
from graph.errors import ParameterError

MOST_SHOWN = 6
"""Most benchmarks whose results a list shows."""
MOST_OFFERED = 24
"""Most benchmarks that are offered for a page, those first that measured most of its models."""
RESULTS = "results"
"""Where rows have them, under `more`: benchmark → result, or None."""
_MEASURED = Query(
    "results-of-list",
    "Results of these models on benchmarks",
    """
UNWIND $models AS id
MATCH (model:Model {id: id})-[result:EVALUATED {counts: true}]->(benchmark:Benchmark)
WITH benchmark, count(*) AS models, collect(DISTINCT result.source) AS sources,
  collect(CASE WHEN benchmark.id IN $benchmarks THEN [model.id, result.value, result.source,
    result.variant, coalesce(result.verified, false), coalesce(result.date, result.seen_at)] END)
    AS results
ORDER BY benchmark.id IN $benchmarks DESC, models DESC, benchmark.id
LIMIT $most
RETURN benchmark.id AS benchmark, benchmark.higher_is_better AS higher_is_better, models, sources,
  results
""",
)
_KNOWN = Query(
    "benchmarks-there-are",
    "Which of these benchmarks there are",
    "MATCH (benchmark:Benchmark) WHERE benchmark.id IN $benchmarks\n"
    "RETURN collect(benchmark.id) AS known",
)
_PARTS = ("value", "source", "variant", "verified", "at")


@dataclass(frozen=True)
class MeasuredBenchmark:
    """A benchmark, and how many models of a page have a result on it that counts."""

    benchmark: str
    higher_is_better: bool | None
    models: int
    sources: list[str]  # who reports these results: those of two are never compared


def add_results(
    read: Reader, rows: Sequence[dict[str, Any]], chosen: Sequence[str], **how: Any
) -> tuple[list[MeasuredBenchmark], Asked]:
    """Give rows their results on benchmarks, under `more`; the benchmarks that measured them.

    The chosen ones come first, then the most frequent.

    Raises:
        ParameterError: a chosen benchmark is not in the graph.
    """
    names = list(dict.fromkeys(chosen))
    given = {
        "models": [row["id"] for row in rows],
        "benchmarks": names,
        "most": len(names) + MOST_OFFERED,
    }
    found = {row["benchmark"]: row for row in read(_MEASURED, given, **how).rows}
    unseen = [name for name in names if name not in found]
    if unseen:
        known = read(_KNOWN, {"benchmarks": unseen}).one()["known"]
        for name in unseen:
            if name not in known:
                words = f"There is no benchmark {name[:100]!r} in the graph."
                hint = "The page of a model names the benchmarks that measured it."
                raise ParameterError("benchmark", words, hint)
    if names:
        _put(rows, names, found)
    nothing: dict[str, Any] = {"higher_is_better": None, "models": 0, "sources": []}
    every = {name: found.get(name, nothing) for name in names} | found
    measured = [
        MeasuredBenchmark(name, row["higher_is_better"], row["models"], sorted(row["sources"]))
        for name, row in every.items()
    ]
    return measured, Asked.of(_MEASURED, given)


def _put(
    rows: Sequence[dict[str, Any]], names: Sequence[str], found: Mapping[str, Mapping[str, Any]]
) -> None:
    of: dict[tuple[str, str], dict[str, Any]] = {
        (name, model): dict(zip(_PARTS, parts, strict=True))
        for name in names
        for model, *parts in found.get(name, {}).get("results", ())
    }
    for row in rows:
        results = {name: of.get((name, row["id"])) for name in names}
        row["more"] = {**row["more"], RESULTS: results}


def result_column(found: MeasuredBenchmark) -> ListColumn:
    """The column that shows the results on a benchmark."""
    way = ", lower is better" if found.higher_is_better is False else ""
    form = "sourced" if len(found.sources) > 1 else "result"
    return ListColumn(found.benchmark, found.benchmark, f"Result on it{way}", form=form)
