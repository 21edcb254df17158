"""`datasets`: the Hub's listing of datasets, through its interface."""

from collections.abc import Mapping
from typing import Any, ClassVar

from graph.observe.hub import Json as Item
from graph.observe.hub import record_of
from graph.schema import DATASET
from spiders.asking.listing import ListingSpider
from spiders.asking.options import SHARD
from spiders.hub import addresses
from spiders.writing.journal import Json


class DatasetsSpider(ListingSpider):
    """All datasets in the order of creation, or a part of them.

    The listing ends at the first that is younger than the crawl. Models that were trained on them
    say so themselves.
    """

    name = "datasets"
    options: ClassVar[dict[str, str]] = {
        "author": "only datasets of this account",
        "search": "only datasets whose id holds this",
        "filter": "only datasets with this tag",
        "sort": "the order: created, downloads, likes, modified or trending",
        "top": "only the first so many",
        "shard": SHARD,
    }
    example = "hubgraph crawl datasets --author google"
    node = DATASET
    form = DATASET.form
    expand = DATASET.asked()
    counted: ClassVar[Mapping[str, str]] = {"author": "datasets"}

    def address(self, **asked: Any) -> str:
        """The first page of the listing."""
        return addresses.datasets(self.hub.hub_url, **asked)

    def record(self, item: Item, at: str) -> Json:
        """The record of a dataset."""
        return record_of(DATASET, item, at)
