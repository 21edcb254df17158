"""Re-uploads of another publisher's model: the same name but for what formats add to it.

Of the models whose names are alike, the original is by the family's maker, else it has many likes
and a plain name; of several, it is the one that most authors built on. Another publisher's model is
its mirror unless it declares to be made from something else.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from graph.observe import ids
from graph.scores.rules import MirrorRules

_OTHERS = re.compile(r"[^a-z0-9.]+")


@dataclass(frozen=True)
class Named:
    """What is asked of a model."""

    id: str
    likes: int = 0
    bases: frozenset[str] = frozenset()  # ids of the models it was made from
    used_by: frozenset[str] = frozenset()  # authors, in lower case, of what was made from it

    @property
    def author(self) -> str:
        """In lower case; empty for an id without an owner."""
        return author_of(self.id)


@dataclass(frozen=True)
class Mirror:
    """That a model is another one, uploaded again."""

    id: str
    original: str
    tier: str  # "A": its publisher is known to re-package, "B": only alike, a suggestion
    name: str  # in which the two are alike


class Alike:
    """Brings names of models to what the names of their mirrors have in common."""

    def __init__(self, rules: MirrorRules) -> None:
        self._formats = re.compile(rules.formats)
        self.owners = re.compile(rules.owner_names)
        self._quantized = re.compile(rules.quantized)
        self._families = sorted(rules.families.items(), key=lambda item: -len(item[0]))

    def common(self, id_: str) -> str:
        """The name without formats and owners."""
        return _dashed(self.owners.sub("", self._stripped(id_)))

    def is_plain(self, id_: str) -> bool:
        """Whether its name says nothing of a format."""
        return self._stripped(id_) == _name(id_)

    def is_quantized(self, id_: str) -> bool:
        """Whether its name says that its weights are in another number format."""
        return bool(self._quantized.search(_name(id_)))

    def maker(self, common: str) -> str:
        """Who makes models that are called so, in lower case; empty if that is not known."""
        makers = (maker for start, maker in self._families if common.startswith(start))
        return next(makers, "").lower()

    def _stripped(self, id_: str) -> str:
        name, before = _name(id_), ""
        while name != before:
            name, before = self._formats.sub("", name), name
        return name


def mirrors(models: Iterable[Named], rules: MirrorRules) -> list[Mirror]:
    """The mirrors among some models; an original is never a mirror itself."""
    alike = Alike(rules)
    repackagers = {name.lower() for name in rules.repackagers}
    groups: dict[str, list[Named]] = defaultdict(list)
    for model in models:
        groups[alike.common(model.id)].append(model)
    found = []
    for common, members in sorted(groups.items()):
        original = _original(common, members, alike, rules.likes, repackagers)
        if original is None:
            continue
        found += [
            Mirror(model.id, original.id, tier, common)
            for model in members
            if (tier := _tier(model, original, alike, repackagers))
        ]
    return found


def _original(
    common: str,
    members: Collection[Named],
    alike: Alike,
    likes: int,
    repackagers: Collection[str],
) -> Named | None:
    """Which of the models with a name in common the others are copies of, if that can be told."""
    by_maker = [m for m in members if m.author and m.author == alike.maker(common)]
    plain = [
        m
        for m in members
        if m.likes >= likes and alike.is_plain(m.id) and m.author not in repackagers
    ]
    return max(by_maker or plain, key=lambda m: _standing(m, alike), default=None)


def _standing(model: Named, alike: Alike) -> tuple[object, ...]:
    """Which of several is the one that people mean: in full precision, built on most, liked."""
    id_ = model.id
    built_on = len(model.used_by - {model.author})
    return (not alike.is_quantized(id_), built_on, model.likes, alike.is_plain(id_), -len(id_), id_)


def _tier(model: Named, original: Named, alike: Alike, repackagers: Collection[str]) -> str | None:
    """How sure it is that a model is a mirror of the original; None if it is none.

    A mirror copies the card, and with it the bases of the original; where those are not known, its
    bases are by the original's author.
    """
    if model.author == original.author:
        return None
    copied = original.bases or {b for b in model.bases if author_of(b) == original.author}
    if model.bases - {original.id} - copied:
        return None
    used_by_others = bool(model.used_by - {model.author})
    if model.author in repackagers:
        return "A" if used_by_others or not alike.is_quantized(model.id) else None
    return "B" if used_by_others else None


def author_of(model_id: str) -> str:
    """The account in a model's id, in lower case; empty for an id without one."""
    return (ids.owner(model_id) or "").lower()


def _name(id_: str) -> str:
    return ids.name(id_).lower()


def _dashed(name: str) -> str:
    return _OTHERS.sub("-", name).strip("-")
