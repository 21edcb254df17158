"""Base of `models`, `datasets` and `spaces`: a listing, whole or in part."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any, ClassVar

from scrapy.http import Response

from graph.errors import CrawlError, ParameterError
from graph.observe.hub.records import record_of
from graph.observe.hub.rules import Json as Item
from graph.observe.ids import owner
from graph.store.runs import Scope
from spiders.asking.options import NARROWING, ORDERS, part_of, values, whole_number
from spiders.asking.paging import PagingSpider, refuse_others
from spiders.asking.reading import header, now
from spiders.hub import addresses
from spiders.planning import plan
from spiders.planning.plan import Known, Plan
from spiders.writing.journal import Ask, Page

SORTS = {
    "created": "createdAt",
    "modified": "lastModified",
    "downloads": "downloads",
    "likes": "likes",
    "trending": "trendingScore",
}
"""Order → what the Hub calls it."""

_HUB_ID = re.compile("[0-9a-f]{24}")


class ListingSpider(PagingSpider):
    """A listing of one kind of things, in the order of creation or in another one.

    In the order of creation the listing stays in place while things are added. It ends at the first
    that is younger than the crawl.
    """

    sorts: ClassVar[Sequence[str]] = ORDERS  # the orders that this listing has
    unlisted: ClassVar[Sequence[str]] = ()  # what it does not show of each item, in sentences
    counted: ClassVar[Mapping[str, str]] = {}
    """Option → column of the query `crawl-part` that counts what the graph knows of it."""
    repeatable = frozenset({"filter"})

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        given = self.given
        self._top = whole_number("top", given.get("top"))
        order = given.get("sort", "created")
        if order not in self.sorts:
            raise ParameterError("sort", f"There is no order {order!r}.", ", ".join(self.sorts))
        self._order = order
        self._by_creation = order == "created" and not self._top
        self._tags = [tag for name in ("filter", "task", "library") for tag in values(given, name)]

    @property
    def covers(self) -> Scope | None:
        """All of them, or all of one account; every other part may miss one for many reasons.

        An empty listing proves nothing: an account's name may be misspelled, and a Hub that
        suddenly has none is broken.
        """
        is_part = self.given.keys() - {"sort", "author"} or not self._by_creation
        if is_part or self.journal.facts.get(self.name) == 0:
            return None
        return Scope(self.node, self.given.get("author"))

    @property
    def status(self) -> str:
        """How the crawl ended; capped when the order does not guarantee that nothing is missed."""
        pages, reservation = self.count("pages"), None
        if self.count("out_of_order"):
            reservation = "the Hub did not keep to the order of creation"
        elif self._order != "created" and pages > 1:
            reservation = f"{pages:,} pages were read in the order of {self._order}"
        if reservation and not self.capped:
            self.capped.append(f"{reservation}: what changed its place meanwhile may be missing")
        return super().status

    @property
    def expected(self) -> int | None:
        """The number asked for."""
        return self._top and self._top // self._shard[1]

    def all(self, known: Known) -> tuple[int | None, str]:
        """About how many items the Hub has, None if unknown; and how that is known."""
        count = known.row("coverage-numbers").get(self.name)
        if not count:
            return None, f"It is not known how many {self.name} the Hub has."
        return count, f"The graph knows {count:,} {self.name}; there may be more."

    def plan(self, known: Known) -> Plan:
        """One request for 1,000 items."""
        if self.given.keys() & NARROWING.keys():
            size, basis = plan.size_of_part(known, self.given, self.counted, self.name)
        else:
            size, basis = self.all(known)
        items = min(size or self._top or 0, self._top or size or 0)
        unreached = [plan.GONE_MEANWHILE, plan.PRIVATE, *self.unlisted]
        if self._by_creation:
            unreached.append(plan.CREATED_LATER)
        elif items > addresses.MOST or not items:
            unreached.append("What changes its place in the order while it is read.")
        if self._top:
            basis = f"The first {self._top:,} are asked for. {basis}"
        return Plan(
            {"api": plan.pages(items)},
            records=items // self._shard[1] or None,
            is_least=not items,
            basis=(basis, f"One answer of the listing holds {addresses.MOST:,}."),
            unreached=tuple(unreached),
        )

    def first_asks(self) -> Iterable[Ask]:
        """The first page."""
        url = addresses.listing(
            self.hub.hub_url,
            self.node,
            sort=SORTS[self._order],
            ascending=self._by_creation,
            limit=min(addresses.MOST, self._top or addresses.MOST),
            expand=self.served(self.node.asked()),
            **part_of(self.given),
        )
        yield Ask(url, "listing", {"before": 0, "after": "", "in_order": self._by_creation})

    def listing(self, response: Response, **about: Any) -> Page:
        """A page of items and where the next one is."""
        found = self.items(response)
        self._check(found.items)
        step, items = self._step(response, about, found.items)
        at = now()
        page = Page([record_of(self.node, item, at) for item in items if self.mine(item["id"])])
        page.facts = {self.name: len(page.records), "pages": 1}
        if self._by_creation and not step["in_order"]:
            page.facts["out_of_order"] = 1
        page.records += self.broken(found)
        following = self.following(response, found, page)
        is_enough = self._top and step["before"] >= self._top
        if following and not is_enough and len(items) == len(found.items):
            page.follow.append(Ask(following, "listing", step))
        return page

    def _check(self, items: Sequence[Item]) -> None:
        """Refuse what was not asked for."""
        refuse_others(items, self._tags, str(self.name))
        author = self.given.get("author")
        for item in items:
            name = str(item["id"])
            if author and (owner(name) or "").lower() != author.lower():
                asked = f"Asked for {self.name} of {author!r}"
                raise CrawlError(f"{asked}, the Hub lists {name[:100]!r}.")

    def _step(
        self, response: Response, about: dict[str, Any], items: list[Item]
    ) -> tuple[dict[str, Any], list[Item]]:
        """What the next page needs to know, and the items to take of this one.

        In the order of creation these are those that were there when the crawl began. An item made
        in the second of its start may be taken or not. Once the order is broken all are taken, up
        to the end of the listing.
        """
        before, after = about["before"], about["after"]
        until = about.get("until") or _second(self.run.started_at.timestamp(), response)
        ids = [str(item["_id"]) for item in items if _HUB_ID.fullmatch(str(item.get("_id")))]
        in_order = about["in_order"] and all(a <= b for a, b in pairwise([after, *ids]))
        if self._top:
            items = items[: self._top - before]
        if in_order:
            items = [item for item in items if not _is_younger(item, until)]
        before, after = before + len(items), max([after, *ids])
        return {"before": before, "after": after, "until": until, "in_order": in_order}, items


def _is_younger(item: Item, until: str) -> bool:
    hub_id = str(item.get("_id"))
    return _HUB_ID.fullmatch(hub_id) is not None and hub_id[:8] > until


def _second(started_at: float, response: Response) -> str:
    """The second of the start as `_id` begins with it: by our clock or the Hub's, the later one."""
    with suppress(ValueError, OverflowError, TypeError, IndexError):  # it says no time
        date = parsedate_to_datetime(header(response, "Date")[:100])
        started_at = max(started_at, date.timestamp())
    return f"{int(started_at):08x}"
