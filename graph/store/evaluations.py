"""Writes results on benchmarks to models that the graph holds."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from graph.observe.normalise import Record
from graph.resolve.evaluations import benchmark_id, counting, holding, result_key
from graph.resolve.former_names import FormerNames
from graph.schema import EVALUATED, EVALUATION
from graph.store.connection import Graph, Row, Statement

_HELD = "MATCH (m:Model) WHERE m.id_folded IN $names RETURN collect(m.id_folded) AS found"
_WRITE = f"""UNWIND $rows AS row
MATCH (m:Model {{id_folded: row.model}})
MERGE (b:Benchmark {{id: row.benchmark}})
ON CREATE SET b += row.about, b.first_seen = $now
SET b.higher_is_better = coalesce(row.higher_is_better, b.higher_is_better, true)
MERGE (m)-[r:{EVALUATED.type} {{key: row.key}}]->(b)
ON CREATE SET r.first_seen = $now
WITH r, row WHERE coalesce(coalesce(r.seen_at, r.date) <= datetime(row.at), true)
SET r += row.stated, r.date = coalesce(datetime(row.date), r.date),
  r.seen_at = datetime(row.seen_at)"""
_RESULTS = f"""UNWIND $pairs AS pair
MATCH (:Model {{id_folded: pair[0]}})-[r:{EVALUATED.type}]->(b:Benchmark {{id: pair[1]}})
WITH pair, b, collect(r {{.*, id: id(r),
  at: toString(coalesce(r.date, r.seen_at))}}) AS results
RETURN collect([b.higher_is_better, results]) AS found"""
_COUNT = f"""UNWIND $pairs AS pair
MATCH (:Model {{id_folded: pair[0]}})-[r:{EVALUATED.type}]->(:Benchmark {{id: pair[1]}})
SET r.counts = CASE WHEN id(r) IN $counting THEN true END"""
_OF = f"""MATCH (m:Model)-[r:{EVALUATED.type}]->(b:Benchmark) WHERE m.id_folded IN $keys
RETURN collect([m.id_folded, b.id, properties(r)]) AS found"""
_MOVE = f"""UNWIND $rows AS row
MATCH (m:Model {{id_folded: row.model}})
MATCH (b:Benchmark {{id: row.benchmark}})
MERGE (m)-[r:{EVALUATED.type} {{key: row.stated.key}}]->(b)
SET r += row.stated"""
_ABOUT = ("metric", "higher_is_better")
_STATED = [name for name in EVALUATION.stated if name not in ("benchmark", "date", *_ABOUT)]


def write_evaluations(
    graph: Graph, records: Sequence[Record], names: FormerNames, now: datetime
) -> list[str]:
    """Write results, and mark the ones that count.

    Returns the names that no model has or had, as often as they were given: nothing is written for
    them.

    Raises:
        ServerError: the database went away, or another process took over the lease.
    """
    if not records:
        return []
    model_of = {r.key: names.present(r.spelling) or r.key for r in records}
    wanted = Statement(_HELD, {"names": sorted(set(model_of.values()))})
    held = set(graph.collect([wanted])[0])
    records_held = [r for r in records if model_of[r.key] in held]
    records_held.sort(key=lambda r: holding(r.properties, _at(r)))
    rows = [_row(r, model_of[r.key]) for r in records_held]
    proof = [graph.proof] if graph.proof else []
    if rows:
        graph.write(*proof, Statement(_WRITE, {"rows": rows, "now": now}))
        recount(graph, rows)
    return [record.spelling for record in records if model_of[record.key] not in held]


def results_of(graph: Graph, joined: Sequence[tuple[str, str]]) -> list[Row]:
    """The results of models that are joined with others, as rows for what they are in the end."""
    if not joined:
        return []
    rows = []
    keys = sorted({former for former, _ in joined})
    for key, benchmark, stated in graph.collect([Statement(_OF, {"keys": keys})])[0]:
        model = key
        for former, present in joined:  # in their order: a model may get a name back
            model = present if model == former else model
        rows.append({"model": model, "benchmark": benchmark, "stated": stated})
    return rows


def move(rows: Sequence[Row]) -> list[Statement]:
    """What writes such rows, once the models are there."""
    return [Statement(_MOVE, {"rows": rows})] if rows else []


def recount(graph: Graph, rows: Sequence[Row]) -> None:
    """Mark what counts, of the models and benchmarks of some rows."""
    pairs = sorted({(str(row["model"]), str(row["benchmark"])) for row in rows})
    if pairs:
        proof = [graph.proof] if graph.proof else []
        graph.write(*proof, _counted(graph, [list(pair) for pair in pairs]))


def _row(record: Record, model: str) -> Row:
    stated = record.properties
    name, metric = str(stated["benchmark"]), str(stated.get("metric") or "") or None
    return {
        "model": model,
        "benchmark": benchmark_id(name, metric),
        "about": {"name": name, "metric": metric},
        "higher_is_better": stated.get("higher_is_better"),
        "key": result_key(stated),
        "date": stated.get("date"),
        "seen_at": record.observed_at,
        "at": _at(record),
        "stated": {name: stated[name] for name in _STATED if name in stated},
    }


def _at(record: Record) -> str | None:
    """When it was so: when it was seen, else its date."""
    date = record.properties.get("date")
    return record.observed_at or (str(date) if date else None)


def _counted(graph: Graph, pairs: Iterable[list[str]]) -> Statement:
    """The mark of every result of some models on some benchmarks."""
    found = graph.collect([Statement(_RESULTS, {"pairs": pairs})])[0]
    chosen = []
    for higher, results in found:
        place = counting(results, higher_is_better=higher is not False)
        if place is not None:
            chosen.append(results[place]["id"])
    return Statement(_COUNT, {"pairs": pairs, "counting": chosen})
