"""The network of authors, or of organizations alone, behind a family of models.

One node stands for all models of an author; the models that the network starts from stay apart. A
link counts the derivations between two authors. Where only organizations are shown, a way through
models of other accounts becomes one link that counts those accounts.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from graph.answers.network.content import (
    Aggregate,
    Network,
    NetworkLink,
    NetworkModel,
    NetworkRequest,
    Total,
)
from graph.answers.network.facts import read_facts
from graph.answers.network.family import WholeFamily
from graph.answers.network.queries import ACCOUNTS
from graph.answers.query import Asked, Reader
from graph.schema import RELATIONS

ORGANIZATION = "organization"


@dataclass
class _Group:
    """The models that one node stands for."""

    name: str
    start: int | None = None  # the model, if it is one that the network starts from
    models: list[int] = field(default_factory=list)
    own: int = 0  # links among them


@dataclass
class _Between:
    """The links from one group to another."""

    relations: Counter[str] = field(default_factory=Counter)
    through: set[str] = field(default_factory=set)  # other accounts on the way

    @property
    def count(self) -> int:
        return self.relations.total()

    @property
    def relation(self) -> str:
        """The most frequent one."""
        return max(RELATIONS, key=lambda relation: self.relations[relation])


_Links = dict[tuple[int, int], _Between]


def by_author(
    read: Reader, request: NetworkRequest, family: WholeFamily, missing: list[str]
) -> Network:
    """The family as a network of authors."""
    names = sorted({author for author in family.authors if author})
    accounts = read(ACCOUNTS, {"names": names}, row_limit=max(1, len(names))).rows
    kinds = {row["name"]: row["kind"] for row in accounts}
    ranks = {row["name"]: row["influence_rank"] for row in accounts}
    organizations = {name for name, kind in kinds.items() if kind == ORGANIZATION}
    groups, of = _groups(family, organizations if request.view == "orgs" else None)
    links = _links(family, groups, of)
    tree = _tree(groups, links, family)
    drawn, aggregates = _cut(groups, links, tree, request)
    at = {group: place for place, group in enumerate(drawn)}
    shown = {pair: link for pair, link in links.items() if pair[0] in at and pair[1] in at}
    models = [_node(groups[g], tree.get(g), at, family) for g in drawn]
    facts = read_facts(read, [family.ids[start] for start in family.starts], request.as_of)
    for model in models:
        if model.kind == "model":
            model.facts = facts[model.id]
            model.children = {relation: model.facts[relation] for relation in RELATIONS}
        else:
            model.facts |= {"author_kind": kinds.get(model.id), "known": True}
            model.facts["influence_rank"] = ranks.get(model.id)
    for (_, base), link in links.items():
        if base in at and models[at[base]].kind == "author":
            for relation, count in link.relations.items():
                models[at[base]].children[relation] += count
    return Network(
        models=models,
        links=[
            NetworkLink(
                at[child], at[base], link.relation, count=link.count, through=len(link.through)
            )
            for (child, base), link in sorted(shown.items())
        ],
        aggregates=[replace(rest, base=at[rest.base]) for rest in aggregates],
        totals=_totals(request, links, shown),
        missing=missing,
        truncated=None,
        queries=[family.asked, Asked.of(ACCOUNTS, {"names": names})],
    )


def _groups(family: WholeFamily, organizations: set[str] | None) -> tuple[list[_Group], list[int]]:
    """The groups, and of each model its group; -1 where its author is not shown."""
    groups = [_Group(family.ids[model], model, [model]) for model in family.starts]
    of = [-1] * len(family.ids)
    for group, model in enumerate(family.starts):
        of[model] = group
    known: dict[str, int] = {}
    for model, author in enumerate(family.authors):
        if of[model] >= 0 or not (organizations is None or author in organizations):
            continue
        name = author or family.ids[model]
        if name not in known:
            known[name] = len(groups)
            groups.append(_Group(name))
        of[model] = known[name]
        groups[of[model]].models.append(model)
    return groups, of


def _links(family: WholeFamily, groups: list[_Group], of: Sequence[int]) -> _Links:
    """What was made from what, between groups; over models that are not shown as well."""
    links: _Links = {}

    def add(child: int, base: int, relation: str, through: Sequence[str] = ()) -> None:
        if child == base:
            groups[child].own += 1
            return
        link = links.setdefault((child, base), _Between())
        link.relations[relation] += 1
        link.through.update(through)

    def shown(model: int) -> tuple[int, list[str]]:
        """The nearest model that is shown, towards a start, and the accounts on the way there."""
        accounts = set()
        while of[model] < 0:  # a start is always shown
            accounts.add(family.authors[model] or family.ids[model])
            model = family.nearer[model]
        return of[model], sorted(accounts)

    for child, base, relation in family.links:
        if of[child] >= 0 and (of[base] >= 0 or family.step[base] > 0):
            group, accounts = shown(base)
            add(of[child], group, relation, accounts)
        elif of[base] >= 0 and family.step[child] < 0:
            group, accounts = shown(child)
            add(group, of[base], relation, accounts)
    return links


def _tree(
    groups: list[_Group], links: _Links, family: WholeFamily
) -> dict[int, tuple[int, int, str]]:
    """What each group hangs on, its steps, and whether it is a `base` or a `child`.

    A group hangs on the one of the step before that it has most links with.
    """
    up: dict[int, list[int]] = {}
    down: dict[int, list[int]] = {}
    bases = {g for g, group in enumerate(groups) if any(family.step[m] < 0 for m in group.models)}
    for child, base in sorted(links, key=lambda pair: -links[pair].count):
        down.setdefault(base, []).append(child)
        if base in bases:
            up.setdefault(child, []).append(base)
    starts = list(range(len(family.starts)))
    tree: dict[int, tuple[int, int, str]] = {}

    def grow(frontier: list[int], towards: dict[int, list[int]], sign: int, role: str) -> None:
        waiting = deque(frontier)
        while waiting:
            group = waiting.popleft()
            steps = tree[group][1] if group in tree else 0
            for next_ in towards.get(group, ()):
                if next_ not in tree and next_ >= len(starts):
                    tree[next_] = (group, steps + sign, role)
                    waiting.append(next_)

    grow(starts, up, -1, "base")
    above = list(tree)
    grow(starts, down, 1, "child")
    grow(above, down, 1, "child")
    return tree


def _cut(
    groups: list[_Group],
    links: _Links,
    tree: dict[int, tuple[int, int, str]],
    request: NetworkRequest,
) -> tuple[list[int], list[Aggregate]]:
    """The groups to draw, starts first, and how many below each of them are not."""
    below: dict[int, list[int]] = {}
    for group, (on, _, _) in tree.items():
        below.setdefault(on, []).append(group)
    whole = dict.fromkeys(range(len(groups)), 1)
    for group in reversed(tree):
        whole[tree[group][0]] += whole[group]
    drawn = [group for group, found in enumerate(groups) if found.start is not None]
    rest = []
    for group in drawn:
        members = below.get(group, [])
        members.sort(key=lambda g: (tree[g][2] != "base", -len(groups[g].models), groups[g].name))
        bases = sum(tree[member][2] == "base" for member in members)
        kept = members[: bases + request.children]
        room = max(0, request.limit - len(drawn))
        drawn += kept[:room]
        dropped = kept[room:] + members[len(kept) :]
        if dropped:
            relations: Counter[str] = Counter()
            for member in dropped:
                pair = (group, member) if tree[member][2] == "base" else (member, group)
                relations += links[pair].relations
            relation = _Between(relations).relation
            rest.append(Aggregate(group, relation, sum(whole[member] for member in dropped)))
    return drawn, rest


def _node(
    group: _Group, place: tuple[int, int, str] | None, at: dict[int, int], family: WholeFamily
) -> NetworkModel:
    if group.start is not None:
        node = NetworkModel(family.ids[group.start], "start", None, 0)
    else:
        on, steps, role = place or (0, 0, "other")
        node = NetworkModel(group.name, role, at.get(on), steps, kind="author")
        node.models, node.own = len(group.models), group.own
    node.children = dict.fromkeys(RELATIONS, 0)
    return node


def _totals(request: NetworkRequest, links: _Links, shown: _Links) -> dict[str, Total]:
    def count(of: _Links, relation: str) -> int:
        return sum(link.relations[relation] for link in of.values())

    return {
        relation: Total(
            drawn=count(shown, relation),
            aggregated=count(links, relation) - count(shown, relation),
            filtered=0 if relation in request.relations else None,
        )
        for relation in RELATIONS
    }
