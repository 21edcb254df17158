"""Which models, authors and filters of a graph are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graph import schema
from graph.errors import DataError
from graph.store.connection import Graph

RUNS = 60
"""How many different models are asked for."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

_NEXT = """
MATCH (model:Model) WHERE model.id_folded >= $beginning AND model.known
  AND (NOT $derived OR model.base_count > 0)
WITH model ORDER BY model.id_folded LIMIT 1
RETURN model.id AS id, model.author AS author, model.task AS task, model.license AS license,
  model.library AS library
"""
_FAMILIES = f"""
MATCH (base:Model)<-[r:{schema.LINEAGE_PATTERN}]-(child:Model)
WHERE r.gone_since IS NULL AND child <> base
WITH base, count(DISTINCT child) AS children ORDER BY children DESC LIMIT $limit
RETURN base.id AS id, base.author AS author, children
"""
_MERGED = """
MATCH (child:Model)-[:MERGE]->(:Model)
WITH child, count(*) AS bases ORDER BY bases DESC LIMIT 1
RETURN child.id AS id
"""
_TOTAL = "MATCH (model:Model) RETURN count(model) AS models"
_EXISTS = "MATCH (model:Model {id_folded: toLower($id)}) RETURN count(model) AS models"


@dataclass(frozen=True)
class Chosen:
    """What is asked for.

    Attributes:
        models: any models, with what they can be filtered by.
        derived: models that have a base.
        families: models with most children, the largest first.
        children: how many the first of them has.
        total: how many models the graph holds.
        common: filter → its commonest values.
        stand_ins: text in a file's defaults → what this graph has instead.
    """

    models: list[Mapping[str, str | None]]
    derived: list[str]
    families: list[str]
    children: int
    total: int
    common: Mapping[str, list[str]]
    stand_ins: Mapping[str, object]


def choose(graph: Graph, runs: int = RUNS, seed: int = 1) -> Chosen:
    """Choose from a graph; the same graph and seed always give the same.

    Args:
        graph: what will be asked.
        runs: how many different models of each kind.
        seed: of chance.

    Raises:
        DataError: the graph holds no families.
        QueryTimeoutError: the graph is too busy, or lacks an index.
    """
    random = np.random.default_rng(seed)
    models = _anywhere(graph, random, runs, derived=False)
    derived = _anywhere(graph, random, runs, derived=True)
    families = graph.command(_FAMILIES, {"limit": runs}).rows
    if not models or not derived or not families:
        raise DataError("The graph holds no lineage to ask for.")
    return Chosen(
        models=models,
        derived=[str(row["id"]) for row in derived],
        families=[row["id"] for row in families],
        children=families[0]["children"],
        total=graph.command(_TOTAL).one()["models"],
        common=_common(graph),
        stand_ins=_stand_ins(graph, families[0], str(derived[0]["id"])),
    )


def _anywhere(
    graph: Graph, random: np.random.Generator, runs: int, *, derived: bool
) -> list[Mapping[str, str | None]]:
    """Different models, each the first after a beginning drawn by chance."""
    found: dict[str, Mapping[str, str | None]] = {}
    for _ in range(4 * runs):
        beginning = "".join(random.choice(list(_LETTERS), 3))
        row = graph.read(_NEXT, {"beginning": beginning, "derived": derived}).one()
        if row:
            found[row["id"]] = row
        if len(found) == runs:
            break
    return list(found.values())


def _common(graph: Graph) -> dict[str, list[str]]:
    common = {}
    for name in ("author", "task", "license", "library"):
        rows = graph.command(
            "MATCH (model:Model) WHERE model[$name] IS NOT NULL "
            "WITH model[$name] AS value, count(*) AS models ORDER BY models DESC, value LIMIT 3 "
            "RETURN value",
            {"name": name},
        ).rows
        common[name] = [row["value"] for row in rows]
    return common


def _stand_ins(graph: Graph, family: Mapping[str, object], derived: str) -> dict[str, object]:
    """What the files name, when the graph is another than the sample or the whole Hub."""
    if graph.read(_EXISTS, {"id": "google/gemma-7b"}).one()["models"]:
        return {}
    merged = str(graph.command(_MERGED).one().get("id", derived))
    found: dict[str, object] = {
        "google/gemma-7b": family["id"],
        "google/gemma-7b-it": derived,
        "GianlucaMondillo/BioTakuya": merged,
        "mradermacher/Gemma-7B-sft-SPIN-Gemma-2-27B-GGUF": merged,
        "inceptionai/jais-adapted-7b-chat": derived,
        "google": family["author"],
        "goog": str(family["author"])[:4].lower(),
        "goog*": f"{str(family['author'])[:4].lower()}*",
    }
    return found
