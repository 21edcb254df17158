"""The rules of `rules.toml`, with those of a user's own file."""

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph.errors import ConfigurationError
from graph.settings import Settings

_OWN = Path(__file__).with_name("rules.toml")


def _compiles(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


Pattern = Annotated[str, AfterValidator(_compiles)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SwarmRule(_Part):
    """How names of automatic uploads are told."""

    id: str
    pattern: Pattern
    reason: str
    precision: str = "not measured"
    counts: bool
    words_of: str = ""
    uses: int = 1


class MirrorRules(_Part):
    """How re-uploads are told."""

    likes: int = Field(20, ge=0)
    formats: Pattern
    owner_names: Pattern
    quantized: Pattern
    repackagers: frozenset[str]
    families: dict[str, str]


class FindingRule(_Part):
    """When something is worth looking into."""

    reason: str
    precision: str = "not measured"
    on: bool = True
    least: int = Field(0, ge=0)
    share: float = Field(0, ge=0, le=1)
    others: int = Field(0, ge=0)


class FindingRules(_Part):
    """What else is worth looking into."""

    training: Pattern
    formats: dict[str, Pattern]
    rules: dict[str, FindingRule]

    def __getitem__(self, name: str) -> FindingRule:
        """One of them by its id."""
        return self.rules[name]


class Rules(_Part):
    """All of them."""

    swarm: tuple[SwarmRule, ...]
    mirror: MirrorRules
    finding: FindingRules

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """The rules that come with hubgraph, and those of the user's file.

        Raises:
            ConfigurationError: the file cannot be read, or is not of that form.
        """
        given = tomllib.loads(_OWN.read_text("utf-8"))
        path = settings.rules_file
        if path is None:
            return cls.model_validate(given)
        try:
            return cls.model_validate(_joined(given, tomllib.loads(path.read_text("utf-8"))))
        except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise ConfigurationError(
                f"HUBGRAPH_RULES_FILE: {path} cannot be used: {_brief(error)}.",
                "Its form is that of graph/scores/rules.toml.",
            ) from error

    @model_validator(mode="after")
    def _teachers_exist(self) -> Self:
        ids = {rule.id for rule in self.swarm}
        for rule in self.swarm:
            if rule.words_of and rule.words_of not in ids:
                raise ValueError(f"words_of of {rule.id!r}: there is no rule {rule.words_of!r}")
            if rule.words_of and re.compile(rule.pattern).groups < 1:
                raise ValueError(f"pattern of {rule.id!r}: its words must be groups")
        return self

    @cached_property
    def muted(self) -> frozenset[str]:
        """Ids of the swarm rules whose models do not count."""
        return frozenset(rule.id for rule in self.swarm if not rule.counts)


def _joined(given: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Lists and tables get longer, rules of the same id and single values are replaced."""
    swarm = {rule["id"]: rule for rule in [*given["swarm"], *more.pop("swarm", [])]}
    mirror, added = given["mirror"], more.pop("mirror", {})
    repackagers = [*mirror["repackagers"], *added.pop("repackagers", [])]
    families = mirror["families"] | added.pop("families", {})
    finding, found = given["finding"], more.pop("finding", {})
    formats = finding["formats"] | found.pop("formats", {})
    rules = finding["rules"] | {
        id_: finding["rules"].get(id_, {}) | rule for id_, rule in found.pop("rules", {}).items()
    }
    return {
        **more,
        "finding": {**finding, **found, "formats": formats, "rules": rules},
        "swarm": list(swarm.values()),
        "mirror": {**mirror, **added, "repackagers": repackagers, "families": families},
    }


def _brief(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
