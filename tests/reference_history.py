"""What a history means, in plain Python: the lineage of a past time and what follows from it."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START = datetime(2025, 1, 1, tzinfo=UTC)
RELATIONS = ("finetune", "adapter", "merge", "quantized")
Link = tuple[str, str, str]
"""Child, relation, base."""
Raw = dict[str, object]


def week(number: float) -> datetime:
    return START + timedelta(weeks=number)


@dataclass
class History:
    """What records tell of models, in the order of time.

    Attributes:
        created: model → when it was created, where that is known.
        stated: model → (week, relation, bases), each a record.
        lost: model → (week, week or None): found to be gone, and told to be back.
    """

    created: dict[str, float] = field(default_factory=dict)
    stated: dict[str, list[tuple[float, str | None, tuple[str, ...]]]] = field(default_factory=dict)
    lost: dict[str, list[tuple[float, float | None]]] = field(default_factory=dict)

    def records(self) -> list[Raw]:
        """What is loaded, the oldest first."""
        found: list[tuple[float, Raw]] = []
        for name, told in self.stated.items():
            for at, relation, bases in told:
                record: Raw = {"record": "model/1", "id": name, "bases": list(bases)}
                record |= {"relation": relation} if relation else {}
                if name in self.created:
                    record["created_at"] = week(self.created[name]).isoformat()
                moment = week(at).isoformat()
                found.append((at, record | {"observed_at": moment, "last_modified": moment}))
        for name, absences in self.lost.items():
            for kind, at in (
                (kind, at)
                for absence in absences
                for kind, at in zip(("gone", "returned"), absence, strict=True)
                if at is not None
            ):
                change: Raw = {"record": "change/1", "id": name, "kind": kind}
                found.append((at, change | {"observed_at": week(at).isoformat()}))
        return [record for _, record in sorted(found, key=lambda item: item[0])]

    def appeared(self, name: str) -> float:
        return self.created.get(name, self.stated[name][0][0])

    def links(self, at: float) -> set[Link]:
        found = set()
        for name, told in self.stated.items():
            known = [(when, relation, bases) for when, relation, bases in told if when <= at]
            if not known and self.appeared(name) <= at:
                known = told[:1]  # what was stated first holds since the model is there
            if known:
                _, relation, bases = known[-1]
                found |= {(name, str(relation), base) for base in bases}
        return found

    def there(self, at: float) -> set[str]:
        """The models that were on the Hub at a week."""
        return {name for name in self.stated if self.appeared(name) <= at} - self.gone(at)

    def gone(self, at: float) -> set[str]:
        """The models that had been found to be gone, and were not back."""
        return {
            name
            for name, absences in self.lost.items()
            if any(gone <= at and (back is None or at < back) for gone, back in absences)
        }


def made_up(seed: int, models: int = 9, weeks: int = 10) -> History:
    """A history by chance: bases that change, come back, are dropped; models that come and go."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    names = [f"{chance.choice('abc')}/m{number}" for number in range(models)]
    history = History()
    for number, name in enumerate(names):
        first = chance.randrange(weeks - 2)
        if chance.random() < 0.5:
            history.created[name] = max(0, first - chance.randrange(3))
        times = sorted(
            {first, *chance.sample(range(first, weeks), chance.randrange(min(4, weeks - first)))}
        )
        told: list[tuple[float, str | None, tuple[str, ...]]] = []
        for at in times:
            bases = chance.sample(names[:number], min(number, chance.choice((0, 1, 1, 2, 3))))
            told.append((at, chance.choice(RELATIONS) if bases else None, tuple(bases)))
        history.stated[name] = told
        if chance.random() < 0.4:
            last = times[-1]
            back = chance.choice((None, last + 1.5))
            history.lost[name] = [(last + 0.5, back)]
    return history


def distances(links: set[Link], start: str, *, up: bool) -> dict[str, int]:
    """Fewest steps from a model to each one above or below it, itself 0."""
    found, front = {start: 0}, [start]
    while front:
        following = []
        for child, _, base in links:
            near, far = (child, base) if up else (base, child)
            if near in front and far not in found:
                following.append(far)
        found |= dict.fromkeys(following, found[front[0]] + 1)
        front = following
    return found


def below(links: set[Link], root: str) -> dict[str, int]:
    found = distances(links, root, up=False)
    return {name: steps for name, steps in found.items() if name != root}


def longest(links: set[Link], there: set[str], root: str) -> int:
    """Most steps from a root down to a model that is there, one after the other tried."""
    steps = [
        1 + longest(links, there, child)
        for child, _, base in links
        if base == root and (child in there or below(links, child).keys() & there)
    ]
    return max(steps, default=0)


def relation_of(links: set[Link], name: str) -> str:
    return next(relation for child, relation, _ in links if child == name)


def by_relation(links: set[Link], names: set[str] | dict[str, int]) -> Counter[str]:
    return Counter(relation_of(links, name) for name in names)


def roots(links: set[Link]) -> set[str]:
    """Models with a derivative and without a base."""
    return {base for _, _, base in links} - {child for child, _, _ in links}
