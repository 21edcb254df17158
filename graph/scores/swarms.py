"""Automatic uploads by many accounts, told by their names alone."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from graph.observe import ids
from graph.scores.names import ModelNames, one_of
from graph.scores.rules import SwarmRule


def swarms(names: ModelNames, rules: Iterable[SwarmRule]) -> dict[str, str]:
    """Id of each model that a rule finds → the id of the first such rule.

    The words of a rule that learns them are those which the names found by another rule end in.
    """
    rules = tuple(rules)
    simple = [(rule.id, re.compile(rule.pattern)) for rule in rules]
    suspects = {id_: ids.name(id_) for id_ in names.matching(one_of(r.pattern for r in rules))}
    learned = {
        rule.id: _words(suspects.values(), rule, {r.id: r for r in rules}[rule.words_of])
        for rule in rules
        if rule.words_of
    }
    found = {}
    for id_, name in suspects.items():
        for rule, pattern in simple:
            hit = pattern.search(name)
            if hit and (rule not in learned or _known(hit, learned[rule])):
                found[id_] = rule
                break
    return found


def _words(names: Iterable[str], rule: SwarmRule, teacher: SwarmRule) -> tuple[set[str], set[str]]:
    """The words before the last, and the last words, of the names that another rule finds."""
    pattern, taught = re.compile(rule.pattern), re.compile(teacher.pattern)
    before: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for name in names:
        if taught.search(name) and (hit := pattern.search(name)):
            *adjectives, noun = hit.groups()
            before.update(adjectives)
            last[noun] += 1
    return _often(before, rule.uses), _often(last, rule.uses)


def _often(counted: Mapping[str, int], uses: int) -> set[str]:
    return {word for word, times in counted.items() if times >= uses}


def _known(hit: re.Match[str], learned: tuple[set[str], set[str]]) -> bool:
    *adjectives, noun = hit.groups()
    return set(adjectives) <= learned[0] and noun in learned[1]
