"""The whole computation: read, clean, compute every score, write, and a record of the run."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Protocol, cast

import numpy as np

from graph import schema
from graph.errors import DataError, HubgraphError
from graph.progress import Progress, StageTimer
from graph.schema import Score
from graph.scores import authors, descendants, pagerank
from graph.scores.cleaning import CleanLineage, clean, marks_of
from graph.scores.lineage import MARKS, FloatArray, IntArray, read_lineage
from graph.scores.ranking import Columns, scored_rows
from graph.scores.writing import AUTHORS, MODELS, write_marks, write_scores
from graph.settings import Settings
from graph.store.connection import Graph
from graph.store.indexes import apply_schema
from graph.store.lease import writing
from graph.store.runs import Run, end_run, save_run

_ANY_LINEAGE = f"MATCH ()-[r:{schema.LINEAGE_PATTERN}]->() RETURN 1 AS one LIMIT 1"
_SHAPING = ("damping", "max_iterations", "tolerance", "weight_root")
"""Settings that shape the result, with the weight of each relation."""


class ScoreModule(Protocol):
    """A module of this package that computes scores."""

    STAGE: str

    def columns(self, lineage: CleanLineage) -> Columns:
        """A value for every node, by score."""


@dataclass
class InfluenceSummary:
    """What a run did."""

    run: str  # id of its `:Run`
    layers: str = schema.SCORED_LAYER  # of lineage, from which it computed
    models: int = 0  # with a base or a derivative
    relationships: int = 0  # read
    cut: dict[str, int] = field(default_factory=dict)  # reason → relationships left out
    scored_models: int = 0
    scored_authors: int = 0
    pairs: int = 0  # of a model and one of its descendants
    groups: int = 0  # PageRank runs, one for each weight in use
    iterations: int = 0  # most that a PageRank run took
    converged: bool = True  # whether every PageRank run did
    seconds: dict[str, float] = field(default_factory=dict)  # by stage
    warnings: list[str] = field(default_factory=list)


def compute(graph: Graph, settings: Settings, progress: Progress | None = None) -> InfluenceSummary:
    """Compute every score of the graph anew and write it back.

    Models with a derivative get scores, all others lose theirs; see `docs/influence.md`. A run that
    was killed is repaired by the next.

    Raises:
        ServerError: the database has no Graph Data Science, or went away, or another run goes on.
        DataError: the graph holds no lineage.
    """
    gds = graph.require_gds()
    apply_schema(graph)
    if not graph.read(_ANY_LINEAGE).rows:
        raise DataError(
            "The graph holds no lineage, so there is nothing to compute influence from.",
            "Load records first: `hubgraph demo` or `hubgraph load FILE`.",
        )
    run = Run.begin("influence")
    summary = InfluenceSummary(run.id)
    with writing(graph, run.kind), _recorded(graph, settings, run, summary, gds):
        stage = StageTimer(progress, summary.seconds, "Influence: ")
        lineage = _read_and_clean(graph, settings, summary, stage)
        models, accounts = (_columns(scored.scores, lineage, stage) for scored in (MODELS, AUTHORS))
        _describe(lineage, summary)
        _write(lineage, models, accounts, summary, stage)
    return summary


def _read_and_clean(
    graph: Graph, settings: Settings, summary: InfluenceSummary, stage: StageTimer
) -> CleanLineage:
    """The lineage that counts; the marks of what does not are written."""
    with stage("read"):
        found = read_lineage(graph)
    with stage("clean"):
        marks = marks_of(graph, found)
        write_marks(graph, found, marks, settings.batch_size)
    summary.models, summary.relationships = found.node.size, found.relationship.size
    summary.cut = {name: int((marks == i).sum()) for i, name in enumerate(MARKS) if name}
    return clean(graph, settings, found, marks)


def _columns(scores: Sequence[Score], lineage: CleanLineage, stage: StageTimer) -> Columns:
    """The values of `scores`, from the modules that compute them."""
    values: dict[str, IntArray | FloatArray] = {}
    for name in dict.fromkeys(score.computed_in for score in scores):
        module = cast("ScoreModule", import_module(f"graph.scores.{name}"))
        with stage(module.STAGE):
            values |= module.columns(lineage)
    return values


def _describe(lineage: CleanLineage, summary: InfluenceSummary) -> None:
    """Say how PageRank went."""
    found = lineage.once(pagerank.scores)
    summary.pairs = lineage.once(descendants.all_pairs).descendant.size
    summary.groups = found.groups
    summary.iterations, summary.converged = found.iterations, found.converged
    if not summary.converged:
        summary.warnings.append(
            f"PageRank stopped after {summary.iterations} iterations without converging: "
            "scores at the top of long chains are too low. Raise HUBGRAPH_MAX_ITERATIONS."
        )


def _write(
    lineage: CleanLineage,
    models: Columns,
    accounts: Columns,
    summary: InfluenceSummary,
    stage: StageTimer,
) -> None:
    """Write the scores of models with a derivative and of authors whose models others build on."""
    graph, batch_size = lineage.graph, lineage.settings.batch_size
    names = lineage.once(authors.owners).names
    built_on = np.flatnonzero(accounts["outside_models"])
    model_rows = scored_rows(MODELS.scores, models, lineage.node.tolist(), lineage.bases)
    author_rows = scored_rows(AUTHORS.scores, accounts, names, built_on)
    done, total = 0, len(model_rows) + len(author_rows)

    def advance(written: int) -> None:
        nonlocal done
        done += written
        stage.advance(done / total)

    with stage("write"):
        write_scores(graph, MODELS, model_rows, batch_size, advance)
        held = write_scores(graph, AUTHORS, author_rows, batch_size, advance)
    summary.scored_models, summary.scored_authors = len(model_rows), held
    if held < len(author_rows):
        summary.warnings.append(
            f"{len(author_rows) - held} authors of scored models have no node of their own and "
            "stay without scores. Load the records again to create them."
        )


@contextmanager
def _recorded(
    graph: Graph, settings: Settings, run: Run, summary: InfluenceSummary, gds: str
) -> Iterator[None]:
    """Keep a `:Run` of this computation, however it ends."""
    names = (*_SHAPING, *(relation.weight for relation in schema.RELATION.values()))
    used = {name: getattr(settings, name) for name in names}
    used |= {"layers": schema.SCORED_LAYER, "gds": gds, "neo4j": graph.version}
    save_run(graph, run, status="running", settings=json.dumps(used))
    try:
        yield
    except BaseException as error:
        with suppress(HubgraphError):
            status = "failed" if isinstance(error, Exception) else "interrupted"
            message = str(error) or type(error).__name__
            end_run(graph, run, status, _counts(summary), message=message)
        raise
    end_run(graph, run, "complete", _counts(summary))


def _counts(summary: InfluenceSummary) -> dict[str, object]:
    return {name: value for name, value in asdict(summary).items() if name != "run"}
