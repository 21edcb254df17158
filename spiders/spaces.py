"""`spaces`: the Hub's listing of Spaces, through its interface."""

from collections.abc import Mapping
from typing import Any, ClassVar

from graph.observe.hub import Json as Item
from graph.observe.hub import record_of
from graph.schema import SPACE
from spiders.asking.listing import ListingSpider
from spiders.asking.options import SHARD
from spiders.hub import addresses
from spiders.writing.journal import Json


class SpacesSpider(ListingSpider):
    """All Spaces in the order of creation, or a part of them.

    With each come the models and datasets that it uses. The listing ends at the first that is
    younger than the crawl.
    """

    name = "spaces"
    options: ClassVar[dict[str, str]] = {
        "author": "only Spaces of this account",
        "search": "only Spaces whose id holds this",
        "filter": "only Spaces with this tag",
        "sort": "the order: created, likes, modified or trending",
        "top": "only the first so many",
        "shard": SHARD,
    }
    example = "hubgraph crawl spaces --sort likes --top 1000"
    node = SPACE
    form = SPACE.form
    expand = SPACE.asked()
    sorts = ("created", "likes", "modified", "trending")
    counted: ClassVar[Mapping[str, str]] = {"author": "spaces"}

    def address(self, **asked: Any) -> str:
        """The first page of the listing."""
        return addresses.spaces(self.hub.hub_url, **asked)

    def record(self, item: Item, at: str) -> Json:
        """The record of a Space."""
        return record_of(SPACE, item, at)
