"""Read a website listing in parts: it shows only its first 3,000 models.

A larger listing is read in parts, in stages, each begun only while models are missing:

1. names: models whose name begins with `a`, with `b`, …, found by searching for `/a`. These parts
   have nothing in common, and each says how many it has. One that is too large is asked for by the
   end of the account's name too (`t/a`), and then by longer beginnings (`t/ab`), which leave out
   who is called just that. So nearly every page shows 30 models that no other shows.
2. tasks: each of the Hub's tasks; one that is too large by its libraries and in every order.
3. libraries: the well-known ones.
4. orders: the listing itself in each of the website's orders, which begin with different models.
5. texts: models whose id holds `aa`, `ab`, ….

The parts of a stage are asked for one after the other, so that nothing is asked for once all are
found. Everything here is plain data and arithmetic.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import product
from string import ascii_lowercase, digits

from spiders.hub.facets import LIBRARIES, ORDERS, TASKS

ITEMS = 30
"""Models on a page."""
PAGES = 100
"""Pages that the website shows of a listing."""
SHOWN = ITEMS * PAGES
"""Models that it shows of a listing."""
CHANGED = 1_000
"""One of so many models may be missing without another stage: listings change as they are read."""

IDLE = 72
"""Texts in a row that may find nothing before no more are tried."""

WHOLE = "whole"
STAGES = ("names", "tasks", "libraries", "orders", "texts")

_FIRST = ascii_lowercase + digits + "_"
_LATER = _FIRST + "-."
_LONGEST = 24
"""Characters of a search for names; longer ones are no help."""

Record = dict[str, object]
Part = dict[str, str]
"""What narrows a listing: values of `task`, `library`, `search` and `sort`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A page of a listing, and how it came to be asked for; plain data."""

    of: str = ""  # the model whose derivatives are listed; "" for any other listing
    relation: str = ""  # the kind of these
    down: int | None = None  # how many steps down from them are to be read, None for all
    announced: int = 0  # models of the whole listing, 0 while that is not known
    stage: str = WHOLE
    within: Part | None = None  # the part that was too large, None for the whole listing
    at: int = 0  # which part of it, or of the stage
    page: int = 0
    total: int = 0  # models of the part, 0 while that is not known
    outer: int = 0
    """How many there are in what it is a part of; of names, without those of parts before; of
    texts, how many more may find nothing."""
    as_page: bool = False  # whether the web page is read because the JSON is unavailable

    @property
    def listing(self) -> str:
        """A name for its listing that no other listing of the crawl has."""
        return f"{self.relation} {self.of}" if self.of else "models"

    @property
    def key(self) -> str:
        """The same for listings that are read for the sake of how much is read below them."""
        return self.listing if self.down is None else f"{self.listing} {self.down}"

    def suffix(self, this: Part) -> str:
        """A fragment that makes the address of its part unique; no server sees it.

        A part in the order that the whole listing has, too, is read once more.
        """
        marks = ["" if self.down is None else str(self.down), "ordered" if "sort" in this else ""]
        return f"#{'-'.join(filter(None, marks))}" if any(marks) else ""


def part(reading: Reading, given: Collection[str]) -> Part:
    """What narrows the listing for one page of it, in addition to what the user gave.

    Here and below, `given` is what the user narrows it by: any of `task`, `library`, `search`.
    """
    return _parts(reading, given)[reading.at]


def following(
    reading: Reading,
    given: Collection[str],
    *,
    found: int,
    total: int | None,
    most: int | None = None,
    strange: bool = False,
) -> list[Reading]:
    """What to read after a page.

    Args:
        reading: the page.
        given: what the user narrows the listing by.
        found: models of the whole listing found so far.
        total: how many its part has, None when the page does not say and may have a next one.
        most: so many models are wanted, in the listing's own order; None for all.
        strange: whether the page shows what its part should not have: the part is left.
    """
    if total is None:
        return [replace(reading, page=reading.page + 1)] if reading.page + 1 < PAGES else []
    if reading.page:
        return []
    parts = _parts(reading, given)
    is_found = bool(reading.announced) and found >= reading.announced
    this = parts[reading.at]
    asks = []
    outer = reading.outer
    if _is_of_names(this):
        outer = 0 if strange else outer - total
    elif reading.stage == "texts":
        outer = IDLE if total else outer - 1
    if reading.at + 1 < len(parts) and outer > 0 and not is_found:
        asks.append(replace(reading, at=reading.at + 1, outer=outer))
    if strange or is_found:
        return asks
    if total > SHOWN and most is None and (reading.stage == WHOLE or finer(this, given)):
        if reading.stage != WHOLE:
            asks.append(replace(reading, within=this, at=0, outer=total))
        return asks
    shown = min(total, SHOWN, most or SHOWN)
    pages = range(1, -(-shown // ITEMS))
    return asks + [replace(reading, page=page, total=total) for page in pages]


def next_stage(reading: Reading, given: Collection[str], *, found: int) -> Reading | None:
    """What to read once all that was asked for in a stage is read; None when it was the last."""
    if reading.announced <= SHOWN or found >= reading.announced - reading.announced // CHANGED:
        return None
    later = STAGES[STAGES.index(reading.stage) + 1 :] if reading.stage != WHOLE else STAGES
    stage = next((stage for stage in later if begin(stage, given)), None)
    if stage is None:
        return None
    outer = IDLE if stage == "texts" else reading.announced
    return replace(reading, stage=stage, within=None, at=0, page=0, total=0, outer=outer)


def begin(stage: str, given: Collection[str]) -> list[Part]:
    """The parts of one of `STAGES`."""
    if stage == "names" and "search" not in given:
        return [{"search": f"/{letter}"} for letter in _FIRST]
    if stage == "tasks" and "task" not in given:
        return [{"task": task} for task in TASKS]
    if stage == "libraries" and "library" not in given:
        return [{"library": library} for library in LIBRARIES]
    if stage == "orders":
        return [{"sort": order} for order in ORDERS]
    if stage == "texts" and "search" not in given:
        return [{"search": "".join(pair)} for pair in product(ascii_lowercase + digits, repeat=2)]
    return []


def finer(this: Part, given: Collection[str]) -> list[Part]:
    """The parts of a part that is too large; none when it is read as far as it is shown."""
    text = this.get("search", "")
    if "sort" in this or (text and "/" not in text):
        return []
    if len(text) == len("/a"):
        return [{**this, "search": letter + text} for letter in _LATER]
    if text and len(text) < _LONGEST:
        return [{**this, "search": text + letter} for letter in _LATER]
    orders = [{**this, "sort": order} for order in ORDERS]
    if "task" in this and "library" not in {*this, *given}:
        return [*({**this, "library": library} for library in LIBRARIES), *orders]
    return orders


def is_strange(
    reading: Reading, given: Collection[str], models: Iterable[Record], total: int | None
) -> bool:
    """Whether a page shows that the website does not keep to what narrows its part."""
    if reading.stage == WHOLE:
        return False
    this = part(reading, given)
    is_all = not {"sort", "search"} & this.keys() and (total or 0) >= reading.outer
    return is_all or bool(strays(models, this))


def strays(models: Iterable[Record], this: Part) -> list[str]:
    """Ids of models that a part should not have, as far as a listing shows that."""
    text, task = this.get("search", "").lower(), this.get("task")
    return [
        str(model["id"])
        for model in models
        if text not in str(model["id"]).lower() or (task and model.get("task") not in (task, None))
    ]


def _is_of_names(this: Part) -> bool:
    """Whether a part has nothing in common with those beside it."""
    return "/" in this.get("search", "") and "sort" not in this


def _parts(reading: Reading, given: Collection[str]) -> list[Part]:
    if reading.stage == WHOLE:
        return [{}]
    return begin(reading.stage, given) if reading.within is None else finer(reading.within, given)
