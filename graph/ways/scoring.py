"""Scores of dumps and record files as tables, without a database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graph.errors import DataError
from graph.observe.sources import SourceFile
from graph.progress import Progress, StageTimer
from graph.schema import (
    AUTHOR_SCORES,
    LINEAGE,
    MODEL,
    MODEL_SCORES,
    Score,
    Type,
    score_properties,
)
from graph.scores.lineage import NEVER, Models, RawLineage
from graph.scores.pipeline import InfluenceSummary, compute_outside
from graph.scores.ranking import ScoreRows
from graph.server.home import home_of
from graph.server.scratch import scratch
from graph.settings import Settings
from graph.ways.replace.importing import worked_out
from graph.ways.replace.staging import Staging

_WORDS = [relationship.relation for relationship in LINEAGE]
_TYPES = {Type.FLOAT: pa.float64(), Type.INTEGER: pa.int64()}


@dataclass
class ScoredFiles:
    """What was computed, and what was lost on the way in."""

    scores: InfluenceSummary
    files: list[str] = field(default_factory=list)  # that were written
    losses: list[str] = field(default_factory=list)
    issues: dict[str, int] = field(default_factory=dict)
    issue_log: str | None = None


def score_files(
    settings: Settings, sources: Sequence[SourceFile], folder: Path, progress: Progress
) -> ScoredFiles:
    """Compute every score of what the files say, and write `models` and `authors` as Parquet.

    Of several records of one model the first counts. Nothing is gone: what a dump lists is there.

    Raises:
        DataError: there is no lineage, a file is damaged, or the folder holds such files.
    """
    targets = [folder / f"{name}.parquet" for name in ("models", "authors")]
    if taken := [path for path in targets if path.exists()]:
        raise DataError(f"{taken[0]} exists.", "Name another folder with --to.")
    with worked_out(settings, sources, progress) as (staging, read):
        lineage, models = _lineage(staging), _models(staging)
    seconds = dict(read.seconds)
    stage = StageTimer(progress, seconds, "Influence: ")
    summary, of_models, of_authors = compute_outside(lineage, models, settings, stage)
    summary.seconds = seconds
    name_of = dict(zip(models.node.tolist(), models.id, strict=True))
    for row in of_models:
        row[0] = name_of[int(str(row[0]))]
    tables = (_table("id", of_models, MODEL_SCORES), _table("name", of_authors, AUTHOR_SCORES))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with scratch(home_of(settings), "scores", beside=folder) as work:
            for path, table in zip(targets, tables, strict=True):
                pq.write_table(table, work / path.name)
            folder.mkdir(exist_ok=True)
            for path in targets:
                (work / path.name).replace(path)
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror or error}.") from error
    files = [str(path) for path in targets]
    return ScoredFiles(summary, files, read.losses, read.issues, read.issue_log)


def _lineage(staging: Staging) -> RawLineage:
    text = "SELECT DISTINCT child, base, relation FROM lineage ORDER BY child, base, relation"
    found = staging.columns(text)
    node, ends = np.unique([found["child"], found["base"]], return_inverse=True)
    child, base = ends.reshape(2, -1)
    size = child.size
    return RawLineage(
        node=node.astype(np.int64),
        gone=np.zeros(node.size, dtype=np.bool_),
        relationship=np.arange(size),
        child=child,
        base=base,
        type=np.array([_WORDS.index(word) for word in found["relation"]], dtype=np.int64),
        seen=np.full(size, NEVER),
        mark=np.zeros(size, dtype=np.int64),
    )


def _models(staging: Staging) -> Models:
    stated = "UNION ALL ".join(
        f"""SELECT node, {part.value("created_at")} AS created,
        {part.value("downloads")} AS downloads, {part.value("likes")} AS likes,
        {part.value("chat_template")} AS template
        FROM {part.imported} """  # noqa: S608 (constants)
        for part in staging.parts_of(MODEL)
    )
    found = staging.columns(f"""
      SELECT node, id, created::DOUBLE AS created, downloads::DOUBLE AS downloads,
        likes::DOUBLE AS likes, coalesce(template, '') AS template
      FROM (SELECT node, id FROM described_Model UNION ALL SELECT node, id FROM placeholder_Model)
      LEFT JOIN ({stated}) USING (node) ORDER BY node""")  # noqa: S608 (constants)
    created, downloads, likes = (
        np.ma.filled(np.ma.asarray(found[name], dtype=np.float64), np.nan)
        for name in ("created", "downloads", "likes")
    )
    told = zip(found["node"].tolist(), found["template"].tolist(), strict=True)
    template = {node: text for node, text in told if text}
    return Models(found["node"], found["id"].tolist(), created, downloads, likes, template)


def _table(key: str, rows: ScoreRows, scores: tuple[Score, ...]) -> pa.Table:
    properties = score_properties(scores)
    columns = zip(*rows, strict=True) if rows else ([] for _ in range(len(properties) + 1))
    keys, *values = (list(column) for column in columns)
    arrays = [pa.array(v, _TYPES[p.type]) for v, p in zip(values, properties, strict=True)]
    return pa.table([pa.array(keys, pa.string()), *arrays], [key, *(p.name for p in properties)])
