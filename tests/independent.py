"""The present counted independently: an exported graph as tables of DuckDB, none of its queries.

Tables: `model` (every model that a record describes or another names as its base), `link` (bases
that hold), `pair` (a model and an ancestor, over links that scores count), `cut`, `author`, `score`
and `author_score`; views `here` (models on the Hub) and `live` (links whose child is).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import zstandard

from graph.observe.parameters import is_adapter, parameter_count
from tests import reference_influence as reference
from tests.reference_influence import DAMPING, Edge, Family

FIELDS = {
    "id": "VARCHAR", "author": "VARCHAR", "task": "VARCHAR", "library": "VARCHAR",
    "license": "VARCHAR", "relation": "VARCHAR", "architecture": "VARCHAR",
    "languages": "VARCHAR[]", "license_link": "VARCHAR", "disabled": "BOOLEAN",
    "created_at": "TIMESTAMP",
    "downloads": "BIGINT", "likes": "BIGINT", "parameters": "BIGINT",
    **{f"children_{name}": "BIGINT" for name in ("finetune", "adapter", "merge", "quantized")},
}  # fmt: skip
TYPES = {
    "finetune": "FINETUNE", "adapter": "ADAPTER", "merge": "MERGE", "quantized": "QUANTIZE",
}  # fmt: skip

SIGNS = {"gone", "returned", "appeared"}

Record = dict[str, Any]


class Independent:
    """Tables of an exported graph; without a file, of an empty one."""

    def __init__(self, file: Path | None, *, scored: bool) -> None:
        records = _records(file) if file else []
        self.models = _newest(r for r in records if r["record"] == "model/1")
        self.gone = _gone(records)
        self.links = _links(self.models)
        self.marks = self._marks()
        self.kept = [link for link, mark in self.marks.items() if mark is None]
        self.below = _below(self.kept)
        self.sql = duckdb.connect()
        self._make_models()
        self._make("author", "key VARCHAR, name VARCHAR, kind VARCHAR, full_name VARCHAR",
                   self._authors(records))  # fmt: skip
        self._make("link", "child VARCHAR, relation VARCHAR, base VARCHAR", self.links)
        self._make("cut", "child VARCHAR, relation VARCHAR, base VARCHAR, reason VARCHAR",
                   [(*link, mark) for link, mark in self.marks.items() if mark])  # fmt: skip
        self._make(
            "pair", "ancestor VARCHAR, model VARCHAR, steps BIGINT, relation VARCHAR",
            [(base, made, steps, self._kind(made))
             for base, below in self.below.items() for made, steps in below.items()],
        )  # fmt: skip
        scores, authors = self._scores() if scored else ([], [])
        self._make("score", "key VARCHAR, shown DOUBLE, rank BIGINT", scores)
        self._make("author_score", "key VARCHAR, shown DOUBLE, models BIGINT, publishers BIGINT, "
                   "rank BIGINT", authors)  # fmt: skip
        self.sql.execute("CREATE VIEW here AS SELECT * FROM model WHERE known AND NOT gone")
        self.sql.execute("CREATE VIEW live AS SELECT l.* FROM link l JOIN model c ON c.key = "
                         "l.child WHERE NOT c.gone")  # fmt: skip

    def rows(self, text: str, **given: object) -> list[Record]:
        """The rows of a query over the tables."""
        found = self.sql.execute(text, given)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def longest(self, root: str) -> int:
        """Steps of the longest chain from a root to a model that is there."""
        made = defaultdict(list)
        for child, _, base in self.kept:
            made[base].append(child)

        @cache
        def most(key: str) -> int:
            ends = 0 if key in self.models and key not in self.gone else -1
            return max([ends, *(1 + most(child) for child in made[key] if most(child) >= 0)])

        return max(0, most(root))

    def paths(self, low: str, high: str, enough: int) -> list[tuple[list[str], list[str]]]:
        """Ways from a model up to another, the shortest first: all of the last length of `enough`.

        Each as its models and the relations between them; none visits a model twice.
        """
        bases = defaultdict(list)
        for child, relation, base in self.links:
            bases[child].append((relation, base))
        found: list[tuple[list[str], list[str]]] = []
        grown: list[tuple[list[str], list[str]]] = [([low], [])]
        while grown and len(found) < enough:
            found += [path for path in grown if path[0][-1] == high]
            grown = [
                ([*models, base], [*relations, relation])
                for models, relations in grown
                if models[-1] != high
                for relation, base in bases[models[-1]]
                if base not in models
            ]
        return found

    def _make(self, name: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
        self.sql.execute(f"CREATE TABLE {name} ({columns})")
        names = [column.split()[0] for column in columns.split(", ")]
        found = [dict(zip(names, row, strict=True)) for row in rows]
        if found:
            given = pa.table({n: pa.array([row[n] for row in found]) for n in names})
            self.sql.register("given", given)
            self.sql.table("given").insert_into(name)
            self.sql.unregister("given")

    def _make_models(self) -> None:
        named = {base: name for _, _, base, name in _spelled(self.models)}
        rows = []
        for key in {*self.models, *named}:
            record = self.models.get(key, {"id": named.get(key)})
            values = {name: record.get(name) for name in FIELDS}
            values["author"] = record["id"].split("/")[0] if "/" in record["id"] else None
            values["relation"] = record.get("relation") if record.get("bases") else None
            values["size"] = values["parameters"] or _size_in_name(key, record)
            if at := record.get("created_at"):
                values["created_at"] = datetime.fromisoformat(at).replace(tzinfo=None)
            absent = [name for name in record if record[name] in (None, [])]
            bases = record.get("bases")
            rows.append((
                key, key in self.models, *[key in self.gone] * 2, _licence(record), absent,
                None if bases is None else len(bases), *values.values(),
            ))  # fmt: skip
        columns = ["key VARCHAR", "known BOOLEAN", "gone BOOLEAN", "lost BOOLEAN",
                   "licence VARCHAR", "absent VARCHAR[]", "base_count BIGINT"]  # fmt: skip
        columns += [f"{name} {kind}" for name, kind in FIELDS.items()]
        columns.append("size BIGINT")
        self._make("model", ", ".join(columns), rows)

    def _authors(self, records: list[Record]) -> list[tuple[object, ...]]:
        found: dict[str, Record] = {}
        for key in sorted({*self.models, *(base for _, _, base in self.links)}):
            name = self.models.get(key, {"id": key})["id"]
            if "/" in name:
                found.setdefault(key.split("/")[0], {"name": name.split("/")[0]})
        for record in records:
            if record["record"] == "author/1":
                found[record["name"].lower()] = record
        return [(key, r["name"], r.get("kind"), r.get("full_name")) for key, r in found.items()]

    def _family(self, links: Iterable[tuple[str, str, str]]) -> Family:
        dates = {
            key: int(datetime.fromisoformat(at).timestamp())
            for key, record in self.models.items()
            if (at := record.get("created_at"))
        }
        return Family([Edge(c, b, TYPES[r]) for c, r, b in links], dates, self.gone)

    def _marks(self) -> dict[tuple[str, str, str], str | None]:
        return dict(zip(self.links, reference.clean(self._family(self.links)), strict=True))

    def _kind(self, key: str) -> str | None:
        return self.models[key].get("relation") if key in self.models else None

    def _scores(self) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        family = self._family(self.links)
        own, found = reference.weights(family), reference.influence(family)
        shown = {key: found[key] / (1 - DAMPING) - own[key] for key in self.below}
        totals = {a: t for a, t in reference.authors(family).items() if t.models}
        inflow = {name: total.inflow / (1 - DAMPING) for name, total in totals.items()}
        ranks = _ranks({key: value for key, value in shown.items() if key not in self.gone})
        author_ranks = _ranks(inflow)
        return [(key, shown[key], ranks.get(key)) for key in shown], [
            (name, inflow[name], len(t.models), len(t.publishers), author_ranks[name])
            for name, t in totals.items()
        ]


def _size_in_name(key: str, record: Record) -> int | None:
    """Parameters where no record counts them: whether names are read well is tested elsewhere."""
    is_part = is_adapter(record.get("relation"), record.get("library"))
    guess = None if is_part else parameter_count(key)
    return guess[0] if guess else None


def _records(file: Path) -> list[Record]:
    with zstandard.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _newest(records: Iterable[Record]) -> dict[str, Record]:
    """Of every model the record that describes it: the last, and the only one that says so much."""
    return {record["id"].lower(): record for record in records}


def _gone(records: Iterable[Record]) -> set[str]:
    """Models whose newest sign says that they are gone; what was seen at that time is there."""
    last: dict[str, tuple[str, bool]] = {}
    now: dict[str, str] = {}
    for record in records:
        key = str(record.get("id")).lower()
        if record["record"] == "change/1" and record["kind"] == "renamed":
            now[key] = record["after"].lower()
        elif record["record"] == "model/1" or record.get("kind") in SIGNS:
            sign = (record.get("observed_at", ""), record.get("kind") != "gone")
            key = now.get(key, key)
            last[key] = max(last.get(key, sign), sign)
    return {key for key, (_, is_there) in last.items() if not is_there}


def _spelled(models: Mapping[str, Record]) -> list[tuple[str, str, str, str]]:
    return [
        (key, record["relation"], base.lower(), base)
        for key, record in models.items()
        for base in record.get("bases") or ()
    ]


def _links(models: Mapping[str, Record]) -> list[tuple[str, str, str]]:
    return list(dict.fromkeys((c, r, b) for c, r, b, _ in _spelled(models)))


def _below(links: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, int]]:
    return reference.descendants(Edge(c, b, TYPES[r]) for c, r, b in links)


def _licence(record: Record) -> str | None:
    if record.get("license") is None:
        return None
    other = record.get("license_name") or record.get("license_link") or "other"
    names = record.get("licenses") or [record["license"]]
    return ", ".join(other if name == "other" else name for name in names)


def _ranks(values: Mapping[str, float]) -> dict[str, int]:
    """Best first; what differs by less than a millionth of its size shares a rank."""
    found: dict[str, int] = {}
    last, rank = None, 0
    for place, (key, value) in enumerate(sorted(values.items(), key=lambda item: -item[1]), 1):
        if last is None or last - value > 1e-6 * max(1, abs(value)):
            rank = place
        found[key], last = rank, value
    return found
