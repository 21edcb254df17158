"""Which models and links a network holds, read from the graph level by level.

The number of queries depends on the steps asked for, never on the size of what is found. What is
not drawn is counted: for every drawn model and relation, drawn links and the aggregate's count add
up to the exact number of its children.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from graph.answers.network.authors import by_author
from graph.answers.network.content import (
    Aggregate,
    Network,
    NetworkLink,
    NetworkModel,
    NetworkRequest,
    Total,
)
from graph.answers.network.facts import read_facts
from graph.answers.network.family import WholeFamily, read_family
from graph.answers.network.path import ways_between
from graph.answers.network.queries import BASES, CHILDREN, FACTS, MADE, PICTURE
from graph.answers.network.starts import Starts, find_starts
from graph.answers.query import Asked, Query, Reader
from graph.schema import RELATION_OF_TYPE, RELATIONS, TYPE_OF_RELATION

PATIENCE_S = 5.0
"""After this long no further level is read; what is left out is counted as always."""


def select(
    read: Reader, request: NetworkRequest, clock: Callable[[], float] = time.monotonic
) -> Network:
    """Read what `request` asks for; `UnknownModelsError` if none of its models is there."""
    starts = find_starts(read, request)
    if request.path:
        return _Search(read, request, clock).between(starts)
    if request.view == "top" or not starts.ids:
        return _Search(read, request, clock).run(starts)
    family = read_family(read, request, starts.ids)
    if request.view != "full":
        return by_author(read, request, family, starts.missing)
    if len(family.ids) > request.limit:
        few = _Search(read, replace(request, up=0, down=0), clock).run(starts)
        return replace(few, too_many=family.too_many())
    return _Search(read, request, clock).whole(starts, family)


def first_children(
    read: Reader, base: str, relations: Sequence[str], count: int, as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """The `count` most influential children of one model by some relations, with their facts."""
    types = [TYPE_OF_RELATION[relation] for relation in relations]
    room = max(1, count)
    asked = {"bases": [base], "types": types, "n": count, "room": room, "as_of": as_of}
    ids = read(CHILDREN, asked, row_limit=1).one()["child"]
    facts = read_facts(read, ids, as_of)
    return [facts[id_] for id_ in ids]


@dataclass
class _Search:
    read: Reader
    request: NetworkRequest
    clock: Callable[[], float]
    found: list[NetworkModel] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)
    queries: dict[str, Asked] = field(default_factory=dict)
    truncated: str | None = None

    def run(self, start: Starts) -> Network:
        self.deadline = self.clock() + PATIENCE_S
        self.types = [TYPE_OF_RELATION[relation] for relation in self.request.relations]
        self.as_of = self.request.as_of
        self.queries[start.asked.title] = start.asked
        for id_ in start.ids:
            self.add(id_, "start", None, 0)
        starts = [f.id for f in self.found]
        self.upwards(starts)
        self.downwards(starts)
        rows = self.bases([f.id for f in self.found])
        rows += self.other_bases(rows)
        return self.summary(rows, start.missing)

    def whole(self, start: Starts, family: WholeFamily) -> Network:
        """All models of a family, the further bases of merges, and every link between them."""
        self.types = [TYPE_OF_RELATION[relation] for relation in self.request.relations]
        self.as_of = self.request.as_of
        self.queries[family.asked.title] = family.asked
        ids, step = family.ids, family.step
        for id_ in start.ids:
            self.add(id_, "start", None, 0)
        for at in sorted(range(len(ids)), key=lambda at: (abs(step[at]), step[at], at)):
            if step[at]:
                role = "base" if step[at] < 0 else "child"
                self.add(ids[at], role, ids[family.nearer[at]], step[at])
        rows: list[dict[str, Any]] = [
            {
                "child": ids[child],
                "type": TYPE_OF_RELATION[relation],
                "base": ids[base],
                "cut": cut,
                "verdict": verdict,
            }
            for (child, base, relation), (cut, verdict) in zip(
                family.links, family.notes, strict=True
            )
        ]
        if family.merged:
            inside = set(ids)
            more = self.bases([ids[at] for at in family.merged])
            rows += [row for row in more if row["base"] not in inside]
        rows += self.other_bases(rows)
        return self.summary(rows, start.missing)

    def between(self, ends: Starts) -> Network:
        """The models on the shortest ways between two, and every link between them."""
        one, other = ends.ids[0], ends.ids[-1]
        found = ways_between(self.read, one, other, self.request.as_of)
        self.types = [TYPE_OF_RELATION[relation] for relation in self.request.relations]
        self.as_of = self.request.as_of
        ways = found.ways or [[one], [other]]
        for way in ways:
            self.add(way[0], "start", None, 0)
            for step, (child, base) in enumerate(pairwise(way), 1):
                self.add(base, "base", child, -step)
        network = self.summary(self.bases([f.id for f in self.found]), [])
        return replace(network, ways=found, queries=[*found.asked, *network.queries])

    def query(self, query: Query, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Its rows, which arrive as columns."""
        self.queries.setdefault(query.name, Asked.of(query, given))
        found = self.read(query, given, row_limit=1).one()
        return [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)]

    def add(self, id_: str, role: str, via: str | None, steps: int) -> bool:
        """Draw a model; false when it is drawn already or there is no room."""
        if id_ in self.index:
            return False
        if len(self.found) >= self.request.limit:
            self.truncated = self.truncated or "room"
            return False
        self.index[id_] = len(self.found)
        self.found.append(NetworkModel(id_, role, None if via is None else self.index[via], steps))
        return True

    def upwards(self, frontier: list[str]) -> None:
        for step in range(1, self.request.up + 1):
            if not frontier or self.late():
                return
            rows = self.bases(frontier)
            frontier = [r["base"] for r in rows if self.add(r["base"], "base", r["child"], -step)]

    def downwards(self, frontier: list[str]) -> None:
        n = self.request.children
        for step in range(1, self.request.down + 1):
            if not frontier or n == 0 or self.late():
                return
            room = self.request.limit
            asked = {"bases": frontier, "types": self.types, "n": n, "room": room}
            rows = self.query(CHILDREN, {**asked, "as_of": self.as_of})
            if len(rows) == room and len(frontier) * n > room:
                self.truncated = self.truncated or "room"
            frontier = [r["child"] for r in rows if self.add(r["child"], "child", r["base"], step)]

    def late(self) -> bool:
        if self.clock() < self.deadline:
            return False
        self.truncated = "time"
        return True

    def bases(self, ids: list[str]) -> list[dict[str, Any]]:
        """The links from these models to all their bases, in an order of their own."""
        asked = {"ids": ids, "types": self.types, "as_of": self.as_of}
        rows = self.query(BASES, asked)
        order = {id_: place for place, id_ in enumerate(ids)}
        rows.sort(key=lambda r: (order[r["child"]], self.types.index(r["type"]), r["base"]))
        return rows

    def other_bases(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Draw the further bases of drawn children; returns the links from those bases."""
        added = []
        for row in rows:
            child = self.found[self.index[row["child"]]]
            if child.role == "child" and self.add(row["base"], "other", child.id, child.steps + 1):
                added.append(row["base"])
        return self.bases(added) if added else []

    def summary(self, rows: list[dict[str, Any]], missing: list[str]) -> Network:
        links = []
        for row in rows:
            place, base = self.index[row["child"]], self.index.get(row["base"])
            child, relation = self.found[place], RELATION_OF_TYPE[row["type"]]
            if child.relation is None or base == child.via:
                child.relation = relation
            if base is None:
                child.bases_left_out += 1
            else:
                links.append(
                    NetworkLink(place, base, relation, row["cut"] or None, row["verdict"] or None)
                )
        self.hang_together(links)
        ids = [f.id for f in self.found]
        self.queries[FACTS.name] = Asked.of(FACTS, {"ids": ids})
        self.queries[MADE.name] = Asked.of(MADE, {"ids": ids, "as_of": self.as_of})
        for id_, row in read_facts(self.read, ids, self.as_of).items():
            model = self.found[self.index[id_]]
            model.children = {relation: row[relation] for relation in RELATIONS}
            model.facts = row
        aggregates = _aggregates(self.found, links, self.request.relations)
        return Network(
            models=self.found,
            links=links,
            aggregates=aggregates,
            totals=_totals(self.found, links, aggregates, self.request.relations),
            missing=missing,
            truncated=self.truncated,
            queries=[self.picture(), *self.queries.values()],
        )

    def picture(self) -> Asked:
        """The neighbourhood of the starts as one query."""
        starts = [found.id for found in self.found if found.role == "start"]
        asked = {"ids": starts, "n": self.request.children, "as_of": self.as_of}
        return Asked(PICTURE.title, PICTURE.cypher, asked)

    def hang_together(self, links: list[NetworkLink]) -> None:
        """A start that was made from another drawn model hangs on it, unless that closes a ring."""
        for link in links:
            child, base = self.found[link.child], self.found[link.base]
            if child.via is not None or child.role != "start" or base.role == "base":
                continue
            place: int | None = link.base
            while place is not None and place != link.child:
                place = self.found[place].via
            if place is None:
                child.via = link.base


def _aggregates(
    models: list[NetworkModel], links: list[NetworkLink], relations: Sequence[str]
) -> list[Aggregate]:
    drawn = Counter((link.base, link.relation) for link in links)
    return [
        Aggregate(place, relation, rest)
        for place, model in enumerate(models)
        for relation in relations
        if (rest := model.children[relation] - drawn[place, relation]) > 0
    ]


def _totals(
    models: list[NetworkModel],
    links: list[NetworkLink],
    aggregates: list[Aggregate],
    relations: Sequence[str],
) -> dict[str, Total]:
    return {
        relation: Total(
            drawn=sum(link.relation == relation for link in links),
            aggregated=sum(a.count for a in aggregates if a.relation == relation),
            filtered=0
            if relation in relations
            else sum(model.children[relation] for model in models),
        )
        for relation in RELATIONS
    }
