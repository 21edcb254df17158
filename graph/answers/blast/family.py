"""The seeds of an event and all that was made from them: read at once, as arrays."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from graph import schema
from graph.answers.blast.radius import Radius, radius
from graph.answers.blast.relicensing import Change, FamilyTerms, read_terms
from graph.answers.query import Query, Reader
from graph.scores.engine import Links
from graph.scores.licences.table import LicenceTable
from graph.scores.lineage import BoolArray, IntArray
from graph.store.connection import LONG_S

DECLARED = "declared"
RELATIONS = (*schema.RELATIONS, DECLARED)
"""How an affected model was made; declared by its card or tags, where the Hub resolves nothing."""
_PREFERRED = ("ADAPTER", "QUANTIZE", "MERGE", "FINETUNE", "CARD_NAMES", "TAG_NAMES")
"""Which of several links says how a model was made: first what is needed to load it."""
_WORDS = [schema.RELATION_OF_TYPE.get(type_, DECLARED) for type_ in _PREFERRED]

_FAMILY = Query(
    "blast-family",
    "What was made from them, from what else, and the Spaces that use it",
    """
MATCH (seed:Model) WHERE seed.id IN $seeds
CALL (seed) {
  MATCH (seed)<-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES*0..]-(m:Model)
  WHERE all(link IN r WHERE link.gone_since IS NULL)
  RETURN DISTINCT m
}
WITH collect(DISTINCT m) AS family
CALL (family) {
  UNWIND family AS node
  WITH id(node) AS number, node {.id, .author, .downloads, .gone_since, .known, .library,
         .parameters_source, .tags} AS m
  RETURN collect(number) AS number, collect(m.id) AS model,
         collect(coalesce(m.author, '')) AS author,
         collect(coalesce(m.downloads, -1)) AS downloads, collect(is_gguf(m)) AS gguf,
         collect(m.gone_since IS NOT NULL) AS gone, collect(coalesce(m.known, false)) AS known
}
CALL (family) {
  UNWIND family AS m
  MATCH (m)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base:Model)
  WHERE r.gone_since IS NULL
  WITH type(r) AS type, collect(id(m)) AS children, collect(id(base)) AS bases,
       collect(DISTINCT base) AS ends
  RETURN collect([type, children, bases]) AS links,
         collect([[base IN ends | id(base)], [base IN ends | base.id],
                  [base IN ends | base.gone_since IS NOT NULL]]) AS ends
}
CALL (family) {
  UNWIND family AS m
  MATCH (m)<-[r:USES]-(space:Space)
  WHERE r.gone_since IS NULL AND space.gone_since IS NULL
  RETURN collect(id(m)) AS used, collect(space.id) AS users
}
RETURN number, model, author, downloads, gguf, gone, known, links, ends, used, users
""",
    patience_s=LONG_S,
)


@dataclass
class AffectedModel:
    """A row of the full list."""

    model: str
    depth: int
    relation: str
    hard: bool
    every_base_lost: bool
    other_bases: list[str]  # its bases that are left
    author: str | None
    downloads: int | None
    gguf: bool
    known: bool  # whether a record describes it, or it is only named
    path: list[str]  # from the model up to the nearest seed
    terms_added: list[str]  # what another licence of a seed asks of it in addition
    terms_dropped: list[str]  # and no longer


@dataclass(frozen=True)
class Blasted:
    """The seeds and all that was made from them, numbered from 0; their other bases come last."""

    model: list[str]
    node: IntArray  # internal ids
    members: int  # how many are seeds or made from them; the rest are their other bases
    author: list[str]
    downloads: IntArray  # -1 where it is not known
    gguf: BoolArray
    gone: BoolArray
    known: BoolArray
    links: Links
    type: IntArray  # of each link, an index into `_PREFERRED`
    uses: list[tuple[int, str]]  # models and the Spaces that use them

    def are(self, names: Collection[str]) -> BoolArray:
        """Which of the models have one of the names."""
        return np.array([name in names for name in self.model], dtype=np.bool_)

    def relations(self, links: IntArray) -> list[str]:
        """How links say that models were made."""
        return [_WORDS[type_] for type_ in self.type[links].tolist()]

    def read_terms(self, read: Reader, table: LicenceTable) -> FamilyTerms:
        """Their licences, and those of all their ancestors."""
        resolved = self.type < len(schema.LINEAGE)  # what is only declared passes no terms on
        links = Links(self.links.child[resolved], self.links.base[resolved], self.links.size)
        return read_terms(read, table, self.node, self.model, members=self.members, links=links)

    def hit_by(self, seeds: Collection[str]) -> Radius:
        """What an event at some of them means for all."""
        adapter = self.type == _PREFERRED.index("ADAPTER")
        return radius(self.links, adapter, self.are(seeds), self.gone)

    def rows(
        self, found: Radius, chosen: Sequence[int], terms: Mapping[str, Change]
    ) -> Iterator[AffectedModel]:
        """Affected models as the full list has them."""
        child, base = self.links.child, self.links.base
        left = ~found.lost & ~self.gone & (found.depth != 0)
        kept = left[base] & (base != child)
        others = defaultdict(set)
        for model, other in zip(child[kept].tolist(), base[kept].tolist(), strict=True):
            others[model].add(self.model[other])
        place = np.array(chosen, dtype=np.int64)
        link = found.link[place]
        facts = (
            base[link], found.depth[place], self.type[link], found.hard[place], found.lost[place],
            self.downloads[place], self.gguf[place], self.known[place],
        )  # fmt: skip
        way = self._ways(found)
        same = Change([], [])
        columns = (column.tolist() for column in facts)  # single items of arrays are slow
        for i, above, depth, type_, hard, lost, downloads, gguf, known in zip(
            chosen, *columns, strict=True
        ):
            name = self.model[i]
            change = terms.get(name, same)
            yield AffectedModel(
                name,
                depth,
                _WORDS[type_],
                hard,
                lost,
                sorted(others[i]) if i in others else [],
                self.author[i] or None,
                downloads if downloads >= 0 else None,
                gguf,
                known,
                [name, *way(above)],
                change.added,
                change.dropped,
            )

    def _ways(self, found: Radius) -> Callable[[int], list[str]]:
        """What names the models from one up to the nearest seed; many have that way in common."""

        @cache
        def way(model: int) -> list[str]:
            path = [model]
            while (link := found.link[path[-1]]) >= 0:
                path.append(int(self.links.base[link]))
            return [self.model[m] for m in path]

        return way


def read_blasted(read: Reader, seeds: Sequence[str]) -> Blasted:
    """Read the seeds, by their ids, and all that was made from them."""
    row = read(_FAMILY, {"seeds": list(seeds)}, row_limit=1).one()
    place = {number: i for i, number in enumerate(row["number"])}
    outside = {
        number: (name, gone)
        for ends in row["ends"]
        for number, name, gone in zip(*ends, strict=True)
        if number not in place
    }
    place |= {number: i for i, number in enumerate(outside, len(place))}
    more = len(outside)
    names = [*row["model"], *(name for name, _ in outside.values())]
    ends = [[place[n] for part in row["links"] for n in part[i]] for i in (1, 2)]
    child, base = np.array(ends, dtype=np.int64)
    kinds = [_PREFERRED.index(type_) for type_, *_ in row["links"]]
    type_ = np.repeat(np.array(kinds, np.int64), [len(part[1]) for part in row["links"]])
    by_name = np.zeros(len(names), dtype=np.int64)
    bases = sorted(set(base.tolist()), key=names.__getitem__)
    by_name[bases] = range(len(bases))
    order = np.lexsort((child, by_name[base], type_))
    return Blasted(
        model=names,
        node=np.array(list(place), dtype=np.int64),
        members=len(row["number"]),
        author=[*row["author"], *[""] * more],
        downloads=np.array([*row["downloads"], *[-1] * more], dtype=np.int64),
        gguf=np.array([*row["gguf"], *[False] * more], dtype=np.bool_),
        gone=np.array([*row["gone"], *(gone for _, gone in outside.values())], dtype=np.bool_),
        known=np.array([*row["known"], *[True] * more], dtype=np.bool_),
        links=Links(child[order], base[order], len(names)),
        type=type_[order],
        uses=[(place[n], space) for n, space in zip(row["used"], row["users"], strict=True)],
    )
