"""`spaces`: the Hub's listing of Spaces, from the API."""

from collections.abc import Mapping
from typing import ClassVar

from graph.schema import SPACE
from spiders.asking.listing import ListingSpider
from spiders.asking.options import SHARD, of_listing

SORTS = ("created", "likes", "modified", "trending")


class SpacesSpider(ListingSpider):
    """All Spaces in the order of creation, or a part of them.

    With each come the models and datasets that it uses. The listing ends at the first that is
    younger than the crawl.
    """

    name = "spaces"
    options: ClassVar[dict[str, str]] = {
        **of_listing("Spaces", "author", "search", "filter", orders=SORTS),
        "shard": SHARD,
    }
    example = "hubgraph crawl spaces --sort likes --top 1000"
    node = SPACE
    sorts = SORTS
    counted: ClassVar[Mapping[str, str]] = {"author": "spaces"}
