"""The whole computation: read, clean, rank, count, roll up, write, and a record of the run."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import numpy as np

from graph import schema
from graph.errors import DataError, HubgraphError
from graph.progress import Progress, StageTimer
from graph.scores import authors, cleaning, descendants, lineage, pagerank, rows, writing
from graph.scores.lineage import MARKS, FloatArray, IntArray
from graph.settings import Settings
from graph.store.connection import Graph, Statement

_START_RUN = """
CREATE (:Run {id: $id, kind: 'influence', status: 'running', started_at: $at, settings: $settings})
"""
_END_RUN = """
MATCH (r:Run {id: $id})
SET r.status = $status, r.ended_at = $at, r.counts = $counts, r.message = $message
"""
_ANY_LINEAGE = f"MATCH ()-[r:{schema.LINEAGE_PATTERN}]->() RETURN 1 AS one LIMIT 1"


@dataclass
class InfluenceSummary:
    """What a run did.

    Attributes:
        run: id of its `:Run`.
        models: models with a base or a derivative.
        relationships: lineage relationships read.
        cut: relationships left out, by reason.
        scored_models: models that now carry scores (those with a derivative).
        scored_authors: authors that now carry scores.
        pairs: pairs of a model and one of its descendants.
        groups: PageRank runs, one for each weight in use.
        iterations: most iterations that a PageRank run took.
        converged: whether all converged within `max_iterations`.
        seconds: time by stage, in seconds.
        warnings: what a reader of the scores should know.
    """

    run: str
    models: int = 0
    relationships: int = 0
    cut: dict[str, int] = field(default_factory=dict)
    scored_models: int = 0
    scored_authors: int = 0
    pairs: int = 0
    groups: int = 0
    iterations: int = 0
    converged: bool = True
    seconds: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def compute(graph: Graph, settings: Settings, progress: Progress | None = None) -> InfluenceSummary:
    """Compute every score of the graph anew and write it back.

    Models with a derivative get scores, all others lose theirs; see `docs/influence.md`. Run one at
    a time. A run that was killed is repaired by the next.

    Raises:
        ServerError: the database has no Graph Data Science, or went away.
        DataError: the graph holds no lineage.
    """
    gds = graph.require_gds()
    graph.apply_schema()
    if not graph.read(_ANY_LINEAGE).rows:
        raise DataError(
            "The graph holds no lineage, so there is nothing to compute influence from.",
            "Load records first: `hubgraph demo` or `hubgraph load FILE`.",
        )
    run = _Run(graph, settings, progress)
    with run.recorded(gds):
        run.compute()
    return run.summary


class _Run:
    """One computation and what its stages leave for each other."""

    def __init__(self, graph: Graph, settings: Settings, progress: Progress | None) -> None:
        self.graph = graph
        self.settings = settings
        self.summary = InfluenceSummary(uuid.uuid4().hex)
        self.stage = StageTimer(progress, self.summary.seconds, "Influence: ")

    def compute(self) -> None:
        """Every stage in order."""
        summary, settings = self.summary, self.settings
        with self.stage("read"):
            found = lineage.read(self.graph)
            owners = lineage.owners(self.graph, found)
        size = found.node.size
        summary.models, summary.relationships = size, found.relationship.size

        with self.stage("clean"):
            marks = cleaning.marks(
                found.child,
                found.base,
                found.type,
                found.seen,
                created=lambda models: lineage.created(self.graph, found, models),
            )
            writing.write_marks(self.graph, found, marks, settings.batch_size)
        kept = marks == 0
        summary.cut = {
            name: int((marks == i).sum()) for i, name in enumerate(MARKS) if name is not None
        }
        child, base = found.child[kept], found.base[kept]
        kind = lineage.kinds(child, found.type[kept], found.seen[kept], size)
        bases = np.unique(base)
        weight = rows.own_weight(kind, found.gone, settings)

        with self.stage("rank"):
            score, raw = self._rank(child, base, weight)
        with self.stage("count"):
            pairs = descendants.pairs(child, base, size)
            below = descendants.count(pairs, kind, size)
        summary.pairs = pairs.descendant.size
        with self.stage("authors"):
            outside = authors.roll_up(
                child=child,
                base=base,
                score=score,
                damping=settings.damping,
                found=pairs,
                author=owners.author,
                size=len(owners.authors),
            )
        self._write(
            rows.model_rows(
                found=found,
                bases=bases,
                score=score,
                raw=raw,
                weight=weight,
                below=below,
                damping=settings.damping,
            ),
            rows.author_rows(owners.authors, outside, settings.damping),
        )

    def _rank(
        self, child: IntArray, base: IntArray, weight: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """`influence` and `influence_raw` of every model that has a relationship left."""
        summary = self.summary
        found = pagerank.scores(self.graph, child, base, weight, settings=self.settings)
        summary.groups = found.groups
        summary.iterations, summary.converged = found.iterations, found.converged
        if not summary.converged:
            summary.warnings.append(
                f"PageRank stopped after {summary.iterations} iterations without converging: "
                "scores at the top of long chains are too low. Raise HUBGRAPH_MAX_ITERATIONS."
            )
        return found.influence, found.raw

    def _write(self, models: list[list[object]], accounts: list[list[object]]) -> None:
        settings, summary = self.settings, self.summary
        done, total = 0, len(models) + len(accounts)

        def advance(rows: int) -> None:
            nonlocal done
            done += rows
            self.stage.advance(done / total)

        with self.stage("write"):
            writing.write_models(self.graph, models, settings.batch_size, advance)
            held = writing.write_authors(self.graph, accounts, settings.batch_size, advance)
        summary.scored_models, summary.scored_authors = len(models), held
        if held < len(accounts):
            summary.warnings.append(
                f"{len(accounts) - held} authors of scored models have no node of their own and "
                "stay without scores. Load the records again to create them."
            )

    @contextmanager
    def recorded(self, gds: str) -> Iterator[None]:
        """Keep a `:Run` of this computation, whatever becomes of it."""
        names = ("damping", "max_iterations", "tolerance")
        weights = [name for name in type(self.settings).model_fields if name.startswith("weight_")]
        used = {name: getattr(self.settings, name) for name in (*names, *weights)}
        self.graph.write(
            Statement(
                _START_RUN,
                {
                    "id": self.summary.run,
                    "at": datetime.now(UTC),
                    "settings": json.dumps({**used, "gds": gds, "neo4j": self.graph.version}),
                },
            )
        )
        try:
            yield
        except BaseException as error:
            with suppress(HubgraphError):
                status = "failed" if isinstance(error, Exception) else "interrupted"
                self._end(status, str(error) or type(error).__name__)
            raise
        self._end("complete", None)

    def _end(self, status: str, message: str | None) -> None:
        counts = asdict(self.summary)
        del counts["run"]
        self.graph.write(
            Statement(
                _END_RUN,
                {
                    "id": self.summary.run,
                    "status": status,
                    "at": datetime.now(UTC),
                    "counts": json.dumps(counts),
                    "message": message,
                },
            )
        )
