"""`python -m bench.ranks FILE`: ranks of some models in a file of weekly events, with and without.

The newest row of each id counts, as spelled; a model whose newest row says that it was deleted is
gone. Downloads and likes are not known there.
"""

import sys

import duckdb
import numpy as np
from rich.console import Console
from rich.table import Table

from bench.running import machine, run
from graph.progress import StageTimer
from graph.schema import MODEL_SCORES, RELATION, score_properties
from graph.scores.cleaning import marks
from graph.scores.engine import Links
from graph.scores.explaining import gifts, without
from graph.scores.lineage import NEVER, TYPES, Models, RawLineage
from graph.scores.pipeline import compute_outside
from graph.settings import load_settings

NEWEST = """SELECT id, arg_max(relation, week), arg_max(base_models, week), arg_max(event, week)
FROM events GROUP BY id"""
COLUMNS = ("influence_raw", "influence", "influence_mirror", "influence_noswarm", "influence_clean")
RANKED = [f"{name}_rank" for name in (*COLUMNS, "reach", "reach_clean")]
SHOWN = (
    "black-forest-labs/FLUX.1-dev",
    "Gensyn/Qwen2.5-0.5B-Instruct",
    "Qwen/Qwen2.5-0.5B-Instruct",
    "Alibaba-NLP/gte-base-en-v1.5",
    "google/gemma-3-4b-it",
    "meta-llama/Llama-3.1-8B",
    "distilbert/distilbert-base-uncased",
    "openai/whisper-small",
    "OnomaAIResearch/Illustrious-xl-early-release-v0",
    "SicariusSicariiStuff/Negative_LLAMA_70B",
    "NousResearch/Yarn-Solar-10b-64k",
)
WITHOUT = "unsloth"
"""The author without whom these are ranked anew."""
CARRIED = ("google/gemma-3-4b-it", "canopylabs/orpheus-3b-0.1-ft")


def main(file: str) -> None:
    """Print what scores leave out, the ranks, and what is left of some without an author."""
    console = Console(width=140)
    console.print(machine())
    duckdb.read_parquet(file).create_view("events")
    lineage, models = read(duckdb.execute(NEWEST).fetchall())
    settings, timer = load_settings(), StageTimer(None, {})
    summary, rows, _ = compute_outside(lineage, models, settings, timer)
    console.print(
        f"{summary.relationships:,} links of {summary.models:,} models, left out: {summary.cut}; "
        f"mirrors: {summary.mirrors}"
    )
    names = [prop.name for prop in score_properties(MODEL_SCORES)]
    found = {models.id[int(str(key))]: dict(zip(names, row, strict=True)) for key, *row in rows}
    table = Table("model", *(name.removesuffix("_rank") for name in RANKED))
    for model in SHOWN:
        table.add_row(model, *(str(found.get(model, {}).get(name) or "-") for name in RANKED))
    console.print(table)
    table = Table("influence_raw (I) of", "as it is", f"{WITHOUT} muted", f"{WITHOUT} removed")
    for model in CARRIED:
        table.add_row(model, *(f"{value:.1f}" for value in left(lineage, models, model, WITHOUT)))
    console.print(table)


def left(lineage: RawLineage, models: Models, name: str, author: str) -> tuple[float, float, float]:
    """I of a model with every model counted as 1; if an author's counted nothing; without them."""
    cut = marks(
        lineage.child, lineage.base, lineage.type, lineage.seen, lambda few: models.created[few]
    )
    links = Links(lineage.child[cut == 0], lineage.base[cut == 0], lineage.node.size)
    names = [models.id[node] for node in lineage.node]
    counts, place, damping = np.ones(links.size), names.index(name), load_settings().damping
    whole = gifts(links, counts, place, damping).sum()
    others = np.array([name.startswith(f"{author}/") for name in names])
    rest = without(links, counts, place, damping, others)
    return float(whole), rest.muted, rest.removed


def read(rows: list[tuple[str, str, list[str] | None, str]]) -> tuple[RawLineage, Models]:
    """The lineage of the rows of a file, models numbered by their names."""
    names = sorted({row[0] for row in rows} | {base for row in rows for base in row[2] or ()})
    place = {name: i for i, name in enumerate(names)}
    links = [
        (place[id_], place[base], TYPES.index(RELATION[relation].type))
        for id_, relation, bases, _ in rows
        if relation in RELATION
        for base in bases or ()
    ]
    child, base, kind = np.array(links, dtype=np.int64).reshape(-1, 3).T
    node, gone = np.unique([child, base]), {place[row[0]] for row in rows if row[3] == "deleted"}
    lineage = RawLineage(
        node=node,
        gone=np.isin(node, list(gone)),
        relationship=np.arange(child.size),
        child=np.searchsorted(node, child),
        base=np.searchsorted(node, base),
        type=kind,
        seen=np.full(child.size, NEVER),
        mark=np.zeros(child.size, dtype=np.int64),
    )
    unknown = np.full(len(names), np.nan)
    return lineage, Models(np.arange(len(names)), names, unknown, unknown, unknown, {})


if __name__ == "__main__":
    run(lambda: main(sys.argv[1]))
