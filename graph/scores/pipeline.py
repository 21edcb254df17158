"""The whole computation: read, clean, compute every score, write, and a record of the run."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

import numpy as np

from graph import schema
from graph.errors import DataError, HubgraphError
from graph.progress import Progress, StageTimer
from graph.schema import Score
from graph.scores import descendants, pagerank
from graph.scores.cleaning import CleanLineage, clean, marks_of
from graph.scores.cleaning import marks as decide
from graph.scores.collapsed import links_and_kinds
from graph.scores.detection import Detected, detect, write_detected
from graph.scores.engine import Checked, Engine
from graph.scores.gds import Gds, GdsOrRounds
from graph.scores.licences.storing import judge_licences
from graph.scores.licences.table import LicenceTable
from graph.scores.lineage import (
    MARKS,
    Facts,
    FloatArray,
    IntArray,
    Models,
    RawLineage,
    facts_of,
    read_lineage,
    read_models,
)
from graph.scores.ranking import Columns, ScoreRows, scored_rows
from graph.scores.rounds import Rounds
from graph.scores.rules import Rules
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
    engine: str  # that computed PageRank
    layers: str = schema.SCORED_LAYER  # of lineage, from which it computed
    models: int = 0  # with a base or a derivative
    relationships: int = 0  # read
    cut: dict[str, int] = field(default_factory=dict)  # reason → relationships left out
    undated: int = 0  # relationships of models without a date, which ModelRank leaves out
    swarm: dict[str, int] = field(default_factory=dict)  # id of a rule → models it finds
    mirrors: dict[str, int] = field(default_factory=dict)  # tier → models
    findings: dict[str, int] = field(default_factory=dict)  # id of a rule → models or authors
    licences: dict[str, int] = field(default_factory=dict)  # verdict → relationships
    scored_models: int = 0
    scored_authors: int = 0
    pairs: int = 0  # of a model and one of its descendants
    iterations: int = 0  # most that PageRank took
    converged: bool = True  # whether it did
    largest_difference: float | None = None  # between the scores of both engines, if checked
    seconds: dict[str, float] = field(default_factory=dict)  # by stage
    warnings: list[str] = field(default_factory=list)


class EngineName(StrEnum):
    """What computes PageRank."""

    GDS = Gds.name
    DUCKDB = Rounds.name


def compute(
    graph: Graph,
    settings: Settings,
    progress: Progress | None = None,
    *,
    engine: EngineName = EngineName.GDS,
    check: bool = False,
) -> InfluenceSummary:
    """Compute every score of the graph anew and write it back.

    Models with a derivative get scores, all others lose theirs; see `docs/influence.md`. A run that
    was killed is repaired by the next. To `check`, the other engine computes them as well.

    Raises:
        ServerError: the database has no Graph Data Science and needs it, or went away, or another
            run goes on.
        DataError: the graph holds no lineage.
    """
    needs_gds = check or engine is EngineName.GDS
    gds = graph.require_gds() if needs_gds else None
    apply_schema(graph)
    if not graph.read(_ANY_LINEAGE).rows:
        raise DataError(
            "The graph holds no lineage, so there is nothing to compute influence from.",
            "Load records first: `hubgraph demo` or `hubgraph load FILE`.",
        )
    run = Run.begin("influence")
    summary = InfluenceSummary(run.id, engine)
    with writing(graph, run.kind), _recorded(graph, settings, run, summary, gds):
        stage = StageTimer(progress, summary.seconds, "Influence: ")
        used = _engine(graph, engine, check=check)
        lineage = _read_and_clean(graph, settings, used, summary, stage)
        models = _columns(MODELS.scores, lineage, stage)
        accounts = _columns(AUTHORS.scores, lineage, stage)
        _describe(lineage, summary)
        _write(graph, lineage, (models, accounts), summary, stage)
    return summary


def _engine(graph: Graph, name: EngineName, *, check: bool) -> Engine:
    """The engine of that name, checked by the other one if wanted."""
    gds, rounds = Gds(graph), Rounds()
    if check:
        return Checked(gds, rounds) if name is EngineName.GDS else Checked(rounds, gds)
    return GdsOrRounds(gds) if name is EngineName.GDS else rounds


def _read_and_clean(
    graph: Graph, settings: Settings, engine: Engine, summary: InfluenceSummary, stage: StageTimer
) -> CleanLineage:
    """The lineage that counts; marks in the graph say what does not, and what else was found."""
    rules, licences = Rules.read(settings), LicenceTable.read(settings)
    with stage("read"):
        found = read_lineage(graph)
        every = read_models(graph, stage.advance)
    with stage("detect"):
        detected = detect(rules, found, every)
        write_detected(graph, detected, every, settings.batch_size)
    found = found.including(detected.original)
    facts = facts_of(every, found.node)
    with stage("clean"):
        marks = marks_of(graph, found)
        write_marks(graph, found, marks, settings.batch_size)
    with stage("licences"):
        summary.licences = judge_licences(graph, licences, found, every, settings.batch_size)
    _count(summary, found, marks, detected)
    return _clean(engine, settings, found, facts, (marks, detected))


def _clean(
    engine: Engine,
    settings: Settings,
    found: RawLineage,
    facts: Facts,
    marks_and_names: tuple[IntArray, Detected],
) -> CleanLineage:
    marks, detected = marks_and_names
    mirror_of = np.full(found.node.size, -1)
    linked = np.isin(detected.mirror, found.node)
    ends = (detected.mirror[linked], detected.original[linked])
    mirror, original = (np.searchsorted(found.node, nodes) for nodes in ends)
    mirror_of[mirror] = original
    muted = np.isin(found.node, detected.muted)
    return clean(engine, settings, found, marks, facts, muted=muted, mirror_of=mirror_of)


def compute_outside(
    found: RawLineage, every: Models, settings: Settings, stage: StageTimer
) -> tuple[InfluenceSummary, ScoreRows, ScoreRows]:
    """The scores of a lineage that no graph holds, for models and authors, with a summary.

    Raises:
        DataError: there is no lineage.
    """
    if not found.relationship.size:
        raise DataError("There is no lineage, so there is nothing to compute influence from.")
    rules, engine = Rules.read(settings), Rounds()
    with stage("detect"):
        detected = detect(rules, found, every)
    found = found.including(detected.original)
    facts = facts_of(every, found.node)
    with stage("clean"):
        ends = (found.child, found.base, found.type, found.seen)
        marks = decide(*ends, lambda models: facts.created[models])
    lineage = _clean(engine, settings, found, facts, (marks, detected))
    models = _columns(MODELS.scores, lineage, stage)
    accounts = _columns(AUTHORS.scores, lineage, stage)
    summary = InfluenceSummary("", engine.name)
    _count(summary, found, marks, detected)
    _describe(lineage, summary)
    of_models, of_authors = _rows(lineage, models, accounts)
    summary.scored_models, summary.scored_authors = len(of_models), len(of_authors)
    return summary, of_models, of_authors


def _count(
    summary: InfluenceSummary, found: RawLineage, marks: IntArray, detected: Detected
) -> None:
    summary.models, summary.relationships = found.node.size, found.relationship.size
    summary.cut = {name: int((marks == i).sum()) for i, name in enumerate(MARKS) if name}
    summary.swarm, summary.mirrors = detected.swarm, detected.mirrors
    summary.findings = detected.findings.counts


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
    found, engine = lineage.once(pagerank.scores), lineage.engine
    summary.undated = int(np.isnan(lineage.facts.created)[lineage.links.child].sum())
    summary.pairs = lineage.once(descendants.all_pairs).descendant.size
    summary.engine = engine.name
    summary.iterations, summary.converged = found.iterations, found.converged
    if isinstance(engine, Checked):
        summary.largest_difference = engine.difference
    if isinstance(engine, GdsOrRounds) and engine.is_refused:
        summary.warnings.append(
            "The lineage does not fit into the memory of the database, so DuckDB ranked it. "
            "HUBGRAPH_HEAP_MB gives the local server more."
        )
    if not summary.converged:
        summary.warnings.append(
            f"PageRank stopped after {summary.iterations} iterations without converging: "
            "scores at the top of long chains are too low. Raise HUBGRAPH_MAX_ITERATIONS."
        )


def _write(
    graph: Graph,
    lineage: CleanLineage,
    columns: tuple[Columns, Columns],
    summary: InfluenceSummary,
    stage: StageTimer,
) -> None:
    """Write the `columns` of models with a derivative, and of authors others build on."""
    batch_size = lineage.settings.batch_size
    model_rows, author_rows = _rows(lineage, *columns)
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


def _rows(lineage: CleanLineage, models: Columns, accounts: Columns) -> tuple[ScoreRows, ScoreRows]:
    """What models with a derivative and authors others build on have."""
    built_on = np.flatnonzero(accounts["outside_models"])
    bases = np.union1d(lineage.links.bases, lineage.once(links_and_kinds)[0].bases)
    nodes = lineage.node.tolist()
    return (
        scored_rows(MODELS.scores, models, nodes, bases, lineage.gone),
        scored_rows(AUTHORS.scores, accounts, lineage.facts.authors, built_on),
    )


@contextmanager
def _recorded(
    graph: Graph, settings: Settings, run: Run, summary: InfluenceSummary, gds: str | None
) -> Iterator[None]:
    """Keep a `:Run` of this computation, however it ends."""
    names = (*_SHAPING, *(relation.weight for relation in schema.RELATION.values()))
    used = {name: getattr(settings, name) for name in names}
    used |= {"layers": schema.SCORED_LAYER, "engine": summary.engine}
    used |= {"gds": gds, "neo4j": graph.version}
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
