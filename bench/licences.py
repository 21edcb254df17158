"""`python -m bench.licences FILE…`: what declared licences say of real lineage.

Reads files of the Hub's answers (see `bench.layers`) and prints the verdicts on relationships, and
what terms from above add. Writes nothing.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import numpy as np

from bench.layers import records
from graph.observe.ids import owner
from graph.observe.normalise import Record
from graph.scores.licences.card import Card, CardState, Declared, read_card
from graph.scores.licences.effective import Terms, joined_terms
from graph.scores.licences.table import LicenceTable
from graph.scores.licences.verdict import Compared, Verdict, judge, name_asked, name_flag
from graph.settings import load_settings

_FINE = (Verdict.SAME, Verdict.COMPATIBLE, Verdict.MORE_RESTRICTIVE)
_PERMISSIVE = {"permissive", "cc-by"}


def main() -> None:
    """Read the files and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--links", action="store_true", help="Print every relationship as well.")
    arguments = parser.parse_args()
    found = Sample(record for path in arguments.files for record in records(path))
    for name, count in sorted(found.counts().items()):
        print(f"{count:>12,}  {name}")
    if arguments.links:
        for child, base, compared in found.verdicts():
            ends = (found.spelled.get(key, key) for key in (base, child))
            print(*ends, compared.verdict, *compared.rules, *compared.flags)


class Sample:
    """Models of record files, and the relationships between them."""

    def __init__(self, read: Iterable[Record]) -> None:
        self.table = LicenceTable.read(load_settings())
        models = {record.key: record for record in read}
        self.links = [
            (key, base.lower())
            for key, record in models.items()
            if record.lineage
            for base in record.lineage.bases
        ]
        self.spelled = {key: record.spelling for key, record in models.items()}
        self.cards = {key: card_of_record(record) for key, record in models.items()}
        unread = dict.fromkeys((base for _, base in self.links), Declared(CardState.UNREAD))
        self.declared = unread | {k: read_card(c, self.table) for k, c in self.cards.items()}

    def verdicts(self) -> Iterator[tuple[str, str, Compared]]:
        """Child, base and verdict of each relationship."""
        for child, base in self.links:
            yield child, base, judge(self.declared[child], self.declared[base], self.table)

    def counts(self) -> Counter[str]:
        """How many of each there are, in words."""
        found: Counter[str] = Counter(models=len(self.cards), relationships=len(self.links))
        for child, base, compared in self.verdicts():
            found[f"verdict {compared.verdict}"] += 1
            found[f"rules {' '.join(compared.rules)}"] += 1
            found.update(f"flag {flag}" for flag in compared.flags)
            if asked := name_asked(self.declared[base], self.table):
                found[f"flag N{name_flag(child, asked)}"] += 1
            found["flag O1"] += owner(child) == owner(base)
            tags = [self.declared[key].tags for key in (child, base)]
            found["tags at both ends"] += all(tags)
            found["tags at both ends, different"] += all(tags) and tags[0] != tags[1]
        found.update(self._from_above())
        return found

    def _from_above(self) -> Iterator[str]:
        """What ancestors say of models with a base, in words."""
        terms = Terms(self.table)
        place = {key: i for i, key in enumerate(self.declared)}
        own = [terms.of(licence) for licence in self.declared.values()]
        child, base = np.array([[place[end] for end in link] for link in self.links]).T
        reached = joined_terms(terms.packed(own), child, base)
        unlike = {child for child, _, compared in self.verdicts() if compared.verdict not in _FINE}
        for key in {child for child, _ in self.links}:
            licence, bits = self.declared[key], terms.unpacked(reached[place[key]])
            words, doubts = terms.words(bits), terms.doubts(bits)
            above = "a use policy above" if "use-policy" in words else "no use policy known"
            if licence.state is CardState.UNDECLARED:
                yield f"undeclared: {above}"
            elif {self.table.row(id_).family for id_ in licence.ids} <= _PERMISSIVE:
                yield f"permissive: {above}{'' if words or doubts else ', nothing in doubt'}"
            if key not in unlike and terms.words(bits & ~own[place[key]]):
                yield "no loosening toward its bases, bound from farther above"


def card_of_record(record: Record) -> Card:
    """What a record says of its model's licence."""
    stated = record.properties
    names = stated.get("licenses") or [stated.get("license")]
    made = stated.get("created_at")
    return Card(
        tuple(str(name) for name in names if name) if isinstance(names, list) else (),
        str(stated.get("license_name") or ""),
        str(stated.get("license_link") or ""),
        "license" in stated,
        date.fromisoformat(str(made)[:10]) if made else None,
        record.spelling,
    )


if __name__ == "__main__":
    main()
