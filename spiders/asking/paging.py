"""Read listings page by page: with the fields that the server knows, never in a circle."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from scrapy.http import Response

from graph.errors import CrawlError
from graph.schema import MODEL, NodeType
from spiders.asking.base import HubSpider
from spiders.asking.reading import expect, unusable
from spiders.hub import addresses, listing
from spiders.hub.answers import TooLargeError
from spiders.writing.journal import Ask, Json, Page

_LACKS = "lacks_"


class PagingSpider(HubSpider):
    """A spider that reads listings."""

    node: ClassVar[NodeType] = MODEL  # what the items are in the graph

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self._refused: set[str] = set()
        self._turned: set[str] = set()

    def served(self, fields: Iterable[str]) -> list[str]:
        """Of some fields those that the server has not refused up to now."""
        lacks = self._refused | {
            name.removeprefix(_LACKS) for name in self.journal.facts if name.startswith(_LACKS)
        }
        return [name for name in fields if name not in lacks]

    def items(self, response: Response) -> listing.Listing:
        """The items of one page; a HubgraphError when the answer holds none."""
        expect(response, 200)
        return listing.items(response.body)

    def parsed(self, response: Response, ask: Ask) -> Page:
        """What the answer gives; where the server asks for less, what to ask instead."""
        if refused := self._newly_refused(response):
            fewer = replace(ask, url=addresses.without(ask.url, refused))
            return Page(follow=[fewer], facts={f"{_LACKS}{name}": 1 for name in sorted(refused)})
        try:
            return super().parsed(response, ask)
        except TooLargeError:
            if page := self.too_large(ask):
                return page
            raise

    def _newly_refused(self, response: Response) -> set[str]:
        """The fields that the server refuses with this answer, and did not before."""
        fields = addresses.expanded(response.url)
        if response.status != 400 or "cursor=" in response.url or not fields:
            return set()
        refused = listing.refused_fields(response.body, fields) - self._refused
        self._refused |= refused
        return refused

    def too_large(self, ask: Ask) -> Page | None:
        """What to ask instead of a page that is too large; None when it cannot be smaller."""
        less = addresses.smaller(ask.url)
        return Page(follow=[replace(ask, url=less)], facts={"too_large": 1}) if less else None

    def broken(self, found: listing.Listing) -> list[Json]:
        """What stands for the items that cannot be used, of those that fall to this shard."""
        form = str(self.node.form)
        return [unusable(*broken, form) for broken in found.broken if self.mine(broken.shown)]

    def following(self, response: Response, found: listing.Listing, page: Page) -> str | None:
        """The address of the next page, None on the last; `page` takes up that this was seen.

        A HubgraphError when the listing runs in a circle or leads elsewhere.
        """
        link = b",".join(response.headers.getlist("Link")).decode("latin-1")
        address = addresses.next_page(link, response.url)
        if address is not None:
            seen = _digest(response.url, found)
            if seen in self._turned or seen in self.journal.seen:
                raise CrawlError("The listing gives the same page again.")
            self._turned.add(seen)
            page.seen.append(seen)
        return address


def refuse_others(items: Iterable[Mapping[str, object]], tags: Iterable[str], what: str) -> None:
    """Raise a CrawlError for an item without a tag that was asked for.

    The Hub lists everything for a filter it does not know.
    """
    for item in items:
        lacking = next((tag for tag in tags if not listing.carries(item, tag)), None)
        if lacking is not None:
            name = str(item["id"])[:100]
            asked = f"Asked for {what} with the tag {lacking!r}"
            raise CrawlError(f"{asked}, the Hub lists {name!r}, which does not have it.")


def _digest(url: str, found: listing.Listing) -> str:
    """Tells pages of listings apart by what is listed and where, not by the cursor."""
    names = [str(item["id"]) for item in found.items]
    what = [addresses.first_page(url), names, [broken.shown for broken in found.broken]]
    return hashlib.blake2b(json.dumps(what).encode(), digest_size=12).hexdigest()
