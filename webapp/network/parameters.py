"""What the network page accepts, and the address of a page that asks for the same or a bit more."""

from collections.abc import Mapping
from typing import Annotated, Self
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field, StringConstraints

from graph.answers.filters import FilterParameters
from graph.answers.lists import ModelsParameters
from graph.answers.network.content import MOST_MODELS, VIEWS, NetworkRequest
from graph.answers.orders import ORDERS
from graph.answers.parameters import LONGEST, Ids, Moment, OneOf, Text, Whole
from graph.errors import ParameterError
from graph.schema import RELATION

LETTERS = {item.letter: word for word, item in RELATION.items()}
"""Letter → relation, in the order of `RELATIONS`."""
PLAIN = ("path", "view", "up", "down", "layout", "limit", "as_of", "color")
WAYS = {
    "relation": "relation",
    "author": "author",
    "task": "task",
    "licence": "licence verdict",
    "downloads": "downloads",
}
"""What shapes can be coloured by, and the words for it."""
FILTERED = tuple(FilterParameters.model_fields)
LISTED = (*FILTERED, "sort", "order")
"""What says which list to start from, as the leaderboard has it."""
NONE = "none"
"""Instead of letters: follow no relation."""


PATH = StringConstraints(strip_whitespace=True, max_length=LONGEST, pattern=r"^[^.].*?\.\..*[^.]$")
"""Two ids; none of the Hub has two dots in a row."""


def _letters(raw: object) -> object:
    texts = [raw] if isinstance(raw, str) else raw
    if not isinstance(texts, list):
        return texts
    found = {part.strip().upper() for text in texts for part in str(text).split(",")} - {""}
    if found == {NONE.upper()}:
        return []
    found = found or set(LETTERS)
    known = [letter for letter in LETTERS if letter in found]
    return known if set(known) == found else sorted(found)


class NetworkParameters(FilterParameters):
    """What the network page accepts."""

    m: Ids = Field(
        default_factory=list,
        max_length=50,
        description="A model to start from, in any spelling; may be repeated.",
    )
    path: Annotated[str, PATH] | None = Field(
        None,
        description="Instead: the shortest ways between two models, `a..b`, or to their nearest "
        "common ancestor.",
    )
    top: Whole = Field(
        30, ge=1, le=500, description="Without `m`: start from that many first models of a list."
    )
    sort: Annotated[str, OneOf(*ORDERS)] = Field("influence", description="Order of that list.")
    order: Annotated[str, OneOf("desc", "asc")] = Field("desc", description="Its direction.")
    view: Annotated[str, OneOf(*VIEWS)] = Field(
        "top",
        description="The most influential children of each model; `full`: all models; `authors`: "
        "one node per author; `orgs`: one per organization, other accounts left out.",
    )
    up: Whole = Field(3, ge=0, le=10, description="Steps towards the bases.")
    down: Whole | None = Field(
        None,
        ge=0,
        le=10,
        description="Steps towards the derivatives; by default 2, in the other views 10.",
    )
    n: Whole | None = Field(
        None,
        ge=0,
        le=1_000,
        description="Most children drawn per model; by default 100, or for several starts 300 "
        "shared among them, 5 at least; all in `full`.",
    )
    rel: Annotated[list[Annotated[str, OneOf(*LETTERS)]], BeforeValidator(_letters)] = Field(
        list(LETTERS), description="Relations to follow, as letters with commas; `none` for none."
    )
    layout: Annotated[str, OneOf("radial", "layered")] = Field(
        "radial", description="Rings around the start, or a column per step."
    )
    limit: Whole | None = Field(
        None,
        ge=1,
        le=MOST_MODELS,
        description="Most models drawn; by default 2,000, in `full` 20,000.",
    )
    as_of: Moment | None = Field(
        None, description="Draw the lineage of that time; facts and scores are those of now."
    )
    sel: Ids = Field(
        default_factory=list,
        max_length=50,
        description="What is selected: an id, `@name` for an author, `id~relation` for a bubble; "
        "may be repeated.",
    )
    color: Annotated[str, OneOf(*WAYS)] = Field(
        "relation",
        description="By what shapes are coloured; `licence`: by how the declared "
        "licence of a model differs from that of its base.",
    )
    hide: Ids = Field(
        default_factory=list, max_length=20, description="A colour that is hidden; may be repeated."
    )
    x: Ids = Field(
        default_factory=list,
        max_length=20,
        description="A bubble of which more is drawn, `id~relation~count`; may be repeated.",
    )
    pin: Ids = Field(
        default_factory=list,
        max_length=20,
        description="What was put elsewhere, `id~x~y`; may be repeated.",
    )
    at: Text | None = Field(None, description="What the drawing is centred on: `x,y,zoom`.")

    @classmethod
    def read(cls, raw: Mapping[str, object]) -> Self:
        """Check values; what would choose models beside those that are named is refused."""
        asked = super().read(raw)
        for name in FILTERED:
            if asked.m and getattr(asked, name) != cls.model_fields[name].get_default(
                call_default_factory=True
            ):
                raise ParameterError(
                    name,
                    f"`{name}` filters the list to start from, and `m` names the models.",
                    "Leave out one of them. `rel` chooses the relations that are drawn.",
                )
        return asked

    @property
    def request(self) -> NetworkRequest:
        """Which models that means."""
        return NetworkRequest(
            models=tuple(dict.fromkeys(self.m)),
            top=self.top,
            n=self.n,
            relations=tuple(LETTERS[letter] for letter in self.rel),
            up=self.up,
            down=self.down if self.down is not None else 2 if self.view == "top" else 10,
            limit=self.limit or (MOST_MODELS if self.view == "full" else 2_000),
            as_of=self.as_of,
            view=self.view,
            listed=self.listed,
            path=self.ends,
        )

    @property
    def listed(self) -> ModelsParameters | None:
        """The list to start from; None for that of the most influential models."""
        given = {name: getattr(self, name) for name in LISTED}
        chosen = ModelsParameters(**given)
        return None if self.m or chosen == ModelsParameters() else chosen

    @property
    def ends(self) -> tuple[str, str] | None:
        """The two models of `path`."""
        one, _, other = (self.path or "").partition("..")
        return (one, other) if self.path else None

    def pairs(self, **changes: object) -> list[tuple[str, str]]:
        """Its query string with changes, without what is as by default and the selection."""
        asked = self.model_copy(update=changes)
        default = NetworkParameters()
        pairs = [("m", model) for model in dict.fromkeys(asked.m)]
        plain: dict[str, object] = {
            "top": default.top if asked.m else asked.top,
            "n": asked.n,
            "rel": asked.rel or NONE,
            **{name: getattr(asked, name) for name in PLAIN},
        }
        if not asked.m:
            plain |= {name: getattr(asked, name) for name in LISTED}
        for name, value in plain.items():
            if value == getattr(default, name):
                continue
            if name in FILTERED and isinstance(value, list):
                pairs += [(name, str(item)) for item in value]
            else:
                pairs.append((name, ",".join(value) if isinstance(value, list) else _text(value)))
        return pairs

    def address(self, path: str, /, **changes: object) -> str:
        """Address of the page at `path` that asks for the same, with changes."""
        pairs = self.pairs(**changes)
        return path + ("?" + urlencode(pairs) if pairs else "")


def _text(value: object) -> str:
    return str(getattr(value, "isoformat", lambda: value)()).replace("T00:00:00+00:00", "")
