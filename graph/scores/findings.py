"""What names and lineage suggest, and people may look into; no score and no fact changes.

A finding is a text: the id of its rule, a colon, and the evidence.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.observe import ids
from graph.schema import RELATION
from graph.scores.mirrors import Alike, author_of
from graph.scores.names import ModelNames, one_of
from graph.scores.rules import FindingRule, FindingRules

SEPARATOR = ": "


@dataclass(frozen=True, slots=True)
class Made:
    """A model that declares bases."""

    id: str
    relations: frozenset[str]  # the Hub's words
    bases: frozenset[str]  # ids of other models
    template: str | None = None  # digest of its chat template


@dataclass
class Findings:
    """What was found."""

    models: dict[str, list[str]]  # by id
    authors: dict[str, list[str]]  # by name in lower case

    @property
    def counts(self) -> dict[str, int]:
        """How many models or authors each rule found."""
        told = (
            text for of in (self.models, self.authors) for texts in of.values() for text in texts
        )
        return dict(Counter(text.partition(SEPARATOR)[0] for text in told))


def findings(
    names: ModelNames, made: Sequence[Made], rules: FindingRules, alike: Alike
) -> Findings:
    """What the rules find among all models, of which some were `made` from others."""
    owner = {id_: author_of(id_) for one in made for id_ in (one.id, *one.bases)}
    of_models: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
        "format-copy": lambda: _format_copies(names, made, rules),
        "other-base": lambda: _other_bases(names, made, rules, alike),
        "base-and-its-base": lambda: _with_its_base(made),
        "same-name": lambda: _same_names(names, list(owner), rules["same-name"].least),
        "own-series": lambda: _own_series(made, owner, rules),
        "chat-template": lambda: _templates(made, rules["chat-template"]),
    }
    found = Findings(defaultdict(list), defaultdict(list))
    for rule, find in of_models.items():
        for id_, evidence in find() if rules[rule].on else ():
            found.models[id_].append(f"{rule}{SEPARATOR}{evidence}")
    if rules["quantization-farm"].on:
        for author, evidence in _farms(made, owner, rules):
            found.authors[author].append(f"quantization-farm{SEPARATOR}{evidence}")
    return found


def _format_copies(
    names: ModelNames, made: Iterable[Made], rules: FindingRules
) -> Iterator[tuple[str, str]]:
    trained = re.compile(rules.training)
    at_end = {name: re.compile(f"(?i)(?:^|[-_.])(?:{p})$") for name, p in rules.formats.items()}
    within = {name: _within(pattern) for name, pattern in rules.formats.items()}
    copies = set(names.matching(one_of(pattern.pattern for pattern in at_end.values())))
    for one in made:
        name = ids.name(one.id)
        if one.id not in copies or "quantized" in one.relations or not one.bases:
            continue
        if trained.search(name):
            continue
        for format_, pattern in at_end.items():
            if pattern.search(name) and not any(
                within[format_].search(ids.name(base)) for base in one.bases
            ):
                relation = " and ".join(sorted(RELATION[word].singular for word in one.relations))
                yield one.id, f"declared as {relation}, its name ends as {format_} copies do"
                break


def _other_bases(
    names: ModelNames, made: Iterable[Made], rules: FindingRules, alike: Alike
) -> Iterator[tuple[str, str]]:
    """The copies that declare no base of their own name, where a model of that name is known."""
    copies = set(names.matching(one_of(_within(p).pattern for p in rules.formats.values())))
    asked: dict[str, list[str]] = defaultdict(list)
    for one in made:
        if one.bases and one.id in copies:
            common = alike.common(one.id)
            if all(alike.common(base) != common for base in one.bases):
                asked[common].append(one.id)
    shortest = {name: min(n) for name, n in _plain_names(names, asked, alike).items()}
    for common, copied in asked.items():
        for id_ in copied:
            if (named := shortest.get(common)) and named[1] != id_:
                yield id_, f"named like {named[1]}, which it does not declare"


def _plain_names(
    names: ModelNames, asked: Mapping[str, object], alike: Alike
) -> dict[str, list[tuple[int, str]]]:
    """The models whose plain name is asked for; DuckDB finds those that may have it."""
    query = """SELECT id FROM (SELECT id, replace(name, '_', '-') AS name FROM named)
WHERE CASE WHEN regexp_matches(name, '[^a-z0-9.-]|--|^-|-$')
  THEN trim(regexp_replace(name, '[^a-z0-9.]+', '-', 'g'), '-') ELSE name END
  IN (SELECT value FROM asked)"""
    may = {id_ for (id_,) in names.ask(query, asked=list(asked))} | {
        *names.matching(alike.owners.pattern)
    }
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for id_ in may:
        common = alike.common(id_)
        if common in asked and alike.is_plain(id_):
            found[common].append((len(id_), id_))
    return found


def _with_its_base(made: Sequence[Made]) -> Iterator[tuple[str, str]]:
    """Those that declare a model and its base; of merges, which often do, only those of two."""
    bases = {one.id: one.bases for one in made}
    for one in made:
        if len(one.bases) < 2 or ("merge" in one.relations and len(one.bases) > 2):
            continue
        for base in sorted(one.bases):
            if above := sorted(_above(base, bases, {one.id}) & (one.bases - {base})):
                yield one.id, f"declares {base} and what that was made from, {above[0]}"
                break


def _above(model: str, bases: Mapping[str, frozenset[str]], but: set[str]) -> set[str]:
    """What a model was made from, directly or over others, `but` for some and over them."""
    found: set[str] = set()
    front = [model]
    while front:
        new = set(bases.get(front.pop(), ())) - found - but
        found |= new
        front += new
    return found


def _same_names(names: ModelNames, linked: list[str], least: int) -> Iterator[tuple[str, str]]:
    """Those of a lineage whose name many authors gave, to whatever."""
    query = """SELECT id, name, authors FROM named JOIN (
  SELECT name, count(DISTINCT author) AS authors FROM named WHERE author <> ''
  GROUP BY name HAVING authors >= $least) USING (name)
WHERE id IN (SELECT value FROM linked)"""
    for id_, name, authors in names.ask(query, least=max(2, least), linked=linked):
        yield id_, f"{authors:,} authors have a model called {name}"


def _own_series(
    made: Iterable[Made], owner: Mapping[str, str], rules: FindingRules
) -> Iterator[tuple[str, str]]:
    rule = rules["own-series"]
    children: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for one in made:
        for base in one.bases:
            children[base] += 1
            own[base] += owner[one.id] == owner[base] != ""
    for base, count in children.items():
        if count >= max(1, rule.least) and own[base] >= rule.share * count:
            yield base, f"{own[base]:,} of {count:,} models made directly from it are its author's"


def _templates(made: Iterable[Made], rule: FindingRule) -> Iterator[tuple[str, str]]:
    """The quantizations that have another chat template than most others of their base."""
    siblings: dict[str, dict[str, str]] = defaultdict(dict)
    for one in made:
        if one.template and "quantized" in one.relations:
            for base in one.bases:
                siblings[base][one.id] = one.template
    for base, templates in siblings.items():
        ((usual, count),) = Counter(templates.values()).most_common(1)
        if count >= max(rule.least, rule.share * len(templates)) and 2 * count > len(templates):
            told = f"{count:,} of {len(templates):,} quantizations of {base}"
            for id_, template in templates.items():
                if template != usual:
                    yield id_, f"its chat template differs from that of {told}"


def _farms(
    made: Iterable[Made], owner: Mapping[str, str], rules: FindingRules
) -> Iterator[tuple[str, str]]:
    rule = rules["quantization-farm"]
    all_made: Counter[str] = Counter()
    quantized: Counter[str] = Counter()
    others: dict[str, set[str]] = defaultdict(set)
    for one in made:
        maker = owner[one.id]
        if maker and one.bases:
            all_made[maker] += 1
            if "quantized" in one.relations:
                quantized[maker] += 1
                others[maker] |= {owner[base] for base in one.bases} - {maker, ""}
    for maker, count in quantized.items():
        enough = count >= max(1, rule.least) and len(others[maker]) >= rule.others
        if enough and count >= rule.share * all_made[maker]:
            yield (
                maker,
                (
                    f"{count:,} of {all_made[maker]:,} models with a base are quantizations, of "
                    f"models by {len(others[maker]):,} other authors"
                ),
            )


def _within(pattern: str) -> re.Pattern[str]:
    return re.compile(f"(?i)(?:^|[-_.])(?:{pattern})(?:$|[-_.])")
