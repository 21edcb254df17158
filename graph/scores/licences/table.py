"""The licences of `licences.csv`, with those of a user's own file."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from graph.errors import ConfigurationError
from graph.settings import Settings

_OWN = Path(__file__).with_name("licences.csv")
UNKNOWN = "unknown"
NONE = "none"
_ALIAS = re.compile(r"(.+?)(?:>=(\d{4}-\d\d-\d\d))?(?:<(\d{4}-\d\d-\d\d))?")
_ON_THE_HUB = re.compile(r"^(?:huggingface\.co|hf\.co)/([^/]+/[^/]+)/(?:blob|resolve|raw)/[^/]+/")


@dataclass(frozen=True)
class Alias:
    """A name or a link that means a licence; `since` included, `until` not."""

    text: str
    since: date | None = None
    until: date | None = None

    def holds(self, day: date | None) -> bool:
        """Whether it means the licence on a day; None where that is not known."""
        if self.since is None and self.until is None:
            return True
        return day is not None and (self.since or day) <= day < (self.until or date.max)

    def meets(self, other: Self) -> bool:
        """Whether there is a day on which both hold."""
        since = max(self.since or date.min, other.since or date.min)
        return since < min(self.until or date.max, other.until or date.max)


def _words(cell: object) -> object:
    return frozenset(cell.split()) if isinstance(cell, str) else cell


def _aliases(cell: object) -> object:
    return tuple(map(_alias, cell.split())) if isinstance(cell, str) else cell


def _alias(word: str) -> Alias:
    text, *days = _ALIAS.fullmatch(word).groups()  # type: ignore[union-attr]
    since, until = (date.fromisoformat(day) if day else None for day in days)
    if since and until and since >= until:
        raise ValueError(f"{word} ends before it begins")
    return Alias(plain_link(text) if "://" in text else plain_name(text), since, until)


Words = Annotated[frozenset[str], BeforeValidator(_words)]
Aliases = Annotated[tuple[Alias, ...], BeforeValidator(_aliases)]
YesNo = Literal["yes", "no", "unknown"]


class Licence(BaseModel):
    """A row: what a licence asks. `evidence` says how that is known, `source` where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_min_length=1)

    id: Annotated[str, Field(pattern=r"^[a-z0-9.+_-]+$")]
    full_name: str = UNKNOWN
    in_hub_list: Literal["yes", "license_name"] = "license_name"
    spdx_id: Annotated[str, BeforeValidator(lambda cell: cell or NONE)] = NONE
    spdx_exact: Literal["yes", "no", ""] = ""
    family: str = UNKNOWN
    layer: Literal["any", "content", "data", "model", "unknown"] = "unknown"
    commercial_use: Literal["allowed", "threshold", "nc", "unknown"] = "unknown"
    derivatives_allowed: YesNo = "unknown"
    share_alike: Literal["none", "weak", "same", "terms_follow", "unknown"] = "unknown"
    use_policy: str = UNKNOWN
    use_policy_passed_on: Literal["no", "by_copy", "explicit", "unknown"] = "unknown"
    naming_requirement: str = UNKNOWN
    attribution_notice: str = UNKNOWN
    network_copyleft: YesNo = "unknown"
    revocable: str = UNKNOWN
    user_threshold: str = UNKNOWN
    other_clause: Annotated[str, BeforeValidator(lambda cell: cell or NONE)] = NONE
    aliases: Aliases = ()
    successors: Words = frozenset()
    policy_contains: Words = frozenset()
    source: str = UNKNOWN
    evidence: Literal["standard", "text", "family", "secondary", "unread", "none"] = "none"


@dataclass(frozen=True)
class LicenceTable:
    """All rows by id."""

    rows: dict[str, Licence]

    @classmethod
    def bundled(cls) -> Self:
        """The licences that come with hubgraph."""
        return cls({id_: row for id_, (_, row) in _rows(_OWN)})

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """The licences that come with hubgraph, and those of the user's file.

        Raises:
            ConfigurationError: the file cannot be read, or is not of that form.
        """
        found = dict(_rows(_OWN))
        path = settings.licences_file
        try:
            found |= dict(_rows(path)) if path else {}
            table = cls({id_: row for id_, (_, row) in found.items()})
            _check(table, {id_: line for id_, (line, _) in found.items()})
        except (OSError, ValueError, csv.Error) as error:
            problem = error.strerror if isinstance(error, OSError) else str(error)
            raise ConfigurationError(
                f"HUBGRAPH_LICENCES_FILE: {path} cannot be used: {problem}.",
                "Its form is that of graph/scores/licences/licences.csv.",
            ) from error
        return table

    def row(self, id_: str) -> Licence:
        """The row of a licence in any case; of one that is not in the table, nothing is known."""
        return self.rows.get(id_.lower()) or Licence.model_construct(id=id_)

    def named(self, text: str, day: date | None) -> str | None:
        """The id of the licence that a name or a link means, on a day where that matters."""
        meant = (id_ for id_, alias in self.meanings.get(text, ()) if alias.holds(day))
        return next(meant, None)

    def contains(self, policy: str, other: str) -> bool:
        """Whether a list of forbidden uses is known to hold all of another one."""
        return policy == other or other in self._contained.get(policy, ())

    @cached_property
    def meanings(self) -> dict[str, list[tuple[str, Alias]]]:
        """Name or link → the licences that it means: ids too, unless an alias says when."""
        found: dict[str, list[tuple[str, Alias]]] = {}
        for row in self.rows.values():
            texts = {row.id: Alias(row.id)} | {alias.text: alias for alias in row.aliases}
            for text, alias in texts.items():
                found.setdefault(text, []).append((row.id, alias))
        return found

    @cached_property
    def _contained(self) -> dict[str, frozenset[str]]:
        return {
            row.use_policy: row.policy_contains for row in self.rows.values() if row.policy_contains
        }


def plain_name(text: str) -> str:
    """What a card calls its licence, in one spelling."""
    return re.sub(r"[^\w.+]+|_", "-", text.lower()).strip("-")


def plain_link(text: str, model: str = "") -> str:
    """A link in one spelling: without the scheme; on the Hub without the revision.

    A link within a repository is completed by the id of its `model`.
    """
    link = text.strip().lower()
    if "://" not in link:
        return f"{model.lower()}/{link.removeprefix('./')}" if model and link else link
    return _ON_THE_HUB.sub(r"\1/", link.split("://", 1)[1].removeprefix("www.")).rstrip("/")


def _rows(path: Path) -> Iterator[tuple[str, tuple[int, Licence]]]:
    """Each id with its line and its row; `ValueError` names the line and what is wrong there."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        columns, known = set(reader.fieldnames or ()), Licence.model_fields.keys()
        if columns != known:
            odd = columns - known
            problem = "has an unknown column" if odd else "lacks the column"
            raise ValueError(f"line 1 {problem} {min(odd or known - columns)!r}")
        seen: set[str] = set()
        for cells in reader:
            row = _row(cells, reader.line_num)
            if row.id in seen:
                raise ValueError(f"line {reader.line_num}: {row.id} is there twice")
            seen.add(row.id)
            yield row.id, (reader.line_num, row)


def _row(cells: dict[str | Any, Any], line: int) -> Licence:
    if None in cells or None in cells.values():
        problem = "more" if None in cells else "fewer"
        raise ValueError(f"line {line} has {problem} cells than line 1")
    try:
        return Licence.model_validate({name: cell.strip() for name, cell in cells.items()})
    except ValidationError as error:
        first = error.errors()[0]
        column, given = first["loc"][0], str(first["input"])[:60]
        raise ValueError(f"line {line}: {column} is {given!r}: {first['msg']}") from error


def _check(table: LicenceTable, lines: dict[str, int]) -> None:
    """Names mean one licence at a time, and successors exist."""
    for row in table.rows.values():
        if missing := row.successors - table.rows.keys():
            raise ValueError(f"line {lines[row.id]}: successors: there is no {min(missing)}")
    for text, meant in table.meanings.items():
        for (one, alias), (other, second) in combinations(meant, 2):
            if alias.meets(second):
                raise ValueError(f"line {lines[other]}: {text} means {one} as well")
