"""What a network is asked for: the query string of `/graph`, checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, Self, get_args

from graph.errors import ParameterError
from graph.schema import RELATIONS

Layout = Literal["radial", "layered"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

LETTER = {"finetune": "F", "adapter": "A", "merge": "M", "quantized": "Q"}
"""Relation → the letter that stands for it in addresses and on chips."""
_RELATION = {letter: relation for relation, letter in LETTER.items()}

MOST_MODELS = 50
MOST_TOP = 500
MOST_STEPS = 10
MOST_CHILDREN = 1_000
MOST_DRAWN = 20_000
ROOM_FOR_CHILDREN = 300
"""Children of all starting models together, unless `n` says otherwise."""


@dataclass(frozen=True)
class Request:
    """One network.

    Attributes:
        models: ids to start from; empty: the `top` most influential ones.
        top: how many of the most influential models to start from when no ids are given.
        n: most children drawn per model; None: 100 for one starting model, fewer for several.
        relations: the relations to follow, in the order of `RELATIONS`.
        up: how many steps towards the bases.
        down: how many steps towards the derivatives.
        layout: how positions are computed.
        limit: most models drawn.
        as_of: draw the lineage as it was then; None: as it is now.
    """

    models: tuple[str, ...] = ()
    top: int = 30
    n: int | None = None
    relations: tuple[str, ...] = RELATIONS
    up: int = 3
    down: int = 2
    layout: Layout = "radial"
    limit: int = 2_000
    as_of: datetime | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Sequence[str]]) -> Self:
        """Read a query string.

        Args:
            raw: parameter → its values; unknown names are not looked at.

        Raises:
            ParameterError: naming the parameter that cannot be used.
        """
        default = cls()
        models = tuple(dict.fromkeys(text.strip() for text in raw.get("m", ()) if text.strip()))
        if len(models) > MOST_MODELS:
            raise ParameterError("m", f"m names {len(models)} models; at most {MOST_MODELS} go.")
        layout = _last(raw, "layout") or default.layout
        if layout not in LAYOUTS:
            raise ParameterError(
                "layout", f"layout cannot be {layout!r}.", f"It is one of {', '.join(LAYOUTS)}."
            )
        return cls(
            models=models,
            top=_number(raw, "top", 1, MOST_TOP) or default.top,
            n=_number(raw, "n", 0, MOST_CHILDREN),
            relations=_relations(raw),
            up=_or(_number(raw, "up", 0, MOST_STEPS), default.up),
            down=_or(_number(raw, "down", 0, MOST_STEPS), default.down),
            layout=layout,
            limit=_number(raw, "limit", 1, MOST_DRAWN) or default.limit,
            as_of=_time(raw, "as_of"),
        )

    @property
    def children(self) -> int:
        """Most children drawn per model."""
        if self.n is not None:
            return self.n
        starts = len(self.models) or self.top
        return min(100, max(5, ROOM_FOR_CHILDREN // starts))

    def query(self, **changes: object) -> list[tuple[str, str]]:
        """The query string, without defaults, of this network or of one with `changes`."""
        want = replace(self, **changes)  # type: ignore[arg-type]
        default = Request()
        pairs = [("m", model) for model in want.models]
        if not want.models and want.top != default.top:
            pairs.append(("top", str(want.top)))
        if want.n is not None:
            pairs.append(("n", str(want.n)))
        if want.relations != default.relations:
            pairs.append(("rel", ",".join(LETTER[relation] for relation in want.relations)))
        pairs += [
            (name, str(getattr(want, name)))
            for name in ("up", "down", "layout", "limit")
            if getattr(want, name) != getattr(default, name)
        ]
        if want.as_of is not None:
            pairs.append(("as_of", want.as_of.isoformat().replace("T00:00:00+00:00", "")))
        return pairs


def _last(raw: Mapping[str, Sequence[str]], name: str) -> str:
    values = raw.get(name) or [""]
    return values[-1].strip()


def _number(raw: Mapping[str, Sequence[str]], name: str, low: int, high: int) -> int | None:
    text = _last(raw, name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not low <= int(text) <= high:
        raise ParameterError(
            name, f"{name} cannot be {text[:40]!r}.", f"It is a whole number from {low} to {high}."
        )
    return int(text)


def _time(raw: Mapping[str, Sequence[str]], name: str) -> datetime | None:
    text = _last(raw, name)
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ParameterError(
            name,
            f"{name} cannot be {text[:40]!r}.",
            "It is a date or time, such as 2025-05-01 or 2025-05-01T12:00Z.",
        ) from None


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def _relations(raw: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    letters = [
        part.strip().upper()
        for text in raw.get("rel", ())
        for part in text.split(",")
        if part.strip()
    ]
    for letter in letters:
        if letter not in _RELATION:
            raise ParameterError(
                "rel",
                f"rel cannot hold {letter[:40]!r}.",
                "It lists letters with commas: F fine-tune, A adapter, M merge, Q quantization.",
            )
    chosen = {_RELATION[letter] for letter in letters}
    return tuple(relation for relation in RELATIONS if relation in chosen) or RELATIONS
