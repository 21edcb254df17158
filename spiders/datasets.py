"""`datasets`: the Hub's listing of datasets, from the API."""

from collections.abc import Mapping
from typing import ClassVar

from graph.schema import DATASET
from spiders.asking.listing import ListingSpider
from spiders.asking.options import SHARD, of_listing


class DatasetsSpider(ListingSpider):
    """All datasets in the order of creation, or a part of them.

    The listing ends at the first that is younger than the crawl. Which models were trained on them
    is in the records of models.
    """

    name = "datasets"
    options: ClassVar[dict[str, str]] = {
        **of_listing("datasets", "author", "search", "filter"),
        "shard": SHARD,
    }
    example = "hubgraph crawl datasets --author google"
    node = DATASET
    counted: ClassVar[Mapping[str, str]] = {"author": "datasets"}
