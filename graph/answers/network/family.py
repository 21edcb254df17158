"""The whole family of some models, read at once: ids, authors and links, numbered from 0."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.answers.network.content import NetworkRequest, TooMany
from graph.answers.network.queries import family
from graph.answers.query import Asked, Reader
from graph.schema import RELATION_OF_TYPE, RELATIONS, TYPE_OF_RELATION

OUTSIDE = -1


@dataclass(frozen=True)
class WholeFamily:
    """Models and every link between two of them by the relations asked for."""

    ids: list[str]
    authors: list[str]  # of each model; empty where it is not known
    links: list[tuple[int, int, str]]  # child, base, relation
    notes: list[tuple[str, str]]  # of each link: why scores leave it out, verdict on the licence
    merged: list[int]  # models with a base that is none of these
    starts: list[int]
    step: list[int]  # of each model: least steps from a start, negative towards the bases
    nearer: list[int]  # of each model: the one a step nearer to a start; of a start itself
    asked: Asked

    def too_many(self) -> TooMany:
        """How many models that is, by how they were made and how far they are."""
        made = {(child, relation) for child, _, relation in self.links if self.step[child] > 0}
        relations = Counter(relation for _, relation in made)
        return TooMany(
            models=len(self.ids),
            by_relation={relation: relations[relation] for relation in RELATIONS},
            by_step=sorted(Counter(self.step).items()),
            authors=len({author for author in self.authors if author}),
        )


def read_family(read: Reader, request: NetworkRequest, starts: Sequence[str]) -> WholeFamily:
    """Everything within the steps asked for, however much that is."""
    query = family(request.up, request.down)
    types = [TYPE_OF_RELATION[relation] for relation in request.relations]
    given = {"ids": list(starts), "types": types, "as_of": request.as_of}
    row = read(query, given, row_limit=1).one()
    rows = sorted(zip(row["id"], row["number"], row["author"], strict=True))
    place = {number: at for at, (_, number, _) in enumerate(rows)}
    found_links = sorted(
        (place[child], place.get(base, OUTSIDE), RELATION_OF_TYPE[type_], cut, verdict)
        for type_, *columns in row["links"]
        for child, base, cut, verdict in zip(*columns, strict=True)
    )
    inside = [link for link in found_links if link[1] != OUTSIDE]
    links = [(child, base, relation) for child, base, relation, _, _ in inside]
    ids = [id_ for id_, _, _ in rows]
    found = {id_: at for at, id_ in enumerate(ids)}
    first = [found[id_] for id_ in starts]
    step, nearer = _steps(len(ids), links, first)
    authors = [author or id_.partition("/")[0] * ("/" in id_) for id_, _, author in rows]
    return WholeFamily(
        ids,
        authors,
        links,
        [(cut, verdict) for *_, cut, verdict in inside],
        sorted({child for child, base, *_ in found_links if base == OUTSIDE}),
        first,
        step,
        nearer,
        Asked.of(query, given),
    )


def _steps(
    size: int, links: Sequence[tuple[int, int, str]], starts: Sequence[int]
) -> tuple[list[int], list[int]]:
    up: list[list[int]] = [[] for _ in range(size)]
    down: list[list[int]] = [[] for _ in range(size)]
    for child, base, _ in links:
        up[child].append(base)
        down[base].append(child)
    step, nearer = [0] * size, list(range(size))
    seen = set(starts)
    for towards, sign in ((up, -1), (down, 1)):
        for model, next_ in _walk(towards, starts, seen):
            step[next_], nearer[next_] = step[model] + sign, model
    return step, nearer


def _walk(
    towards: Sequence[Sequence[int]], starts: Sequence[int], seen: set[int]
) -> Iterator[tuple[int, int]]:
    """Each model that is not seen yet, after the one from which it was reached first."""
    waiting = deque(starts)
    while waiting:
        model = waiting.popleft()
        for next_ in towards[model]:
            if next_ not in seen:
                seen.add(next_)
                yield model, next_
                waiting.append(next_)
