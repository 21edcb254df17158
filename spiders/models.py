"""`models`: the Hub's listing of models, from the API."""

from typing import ClassVar

from graph.schema import MODEL
from spiders.asking.listing import ListingSpider
from spiders.asking.options import SHARD, of_listing
from spiders.planning.plan import CENSUS, MODELS_COUNTED, PUBLIC, WHOLE_HUB, Known


class ModelsSpider(ListingSpider):
    """The whole Hub in the order of creation, or a part of it.

    In that order new models do not shift the pages. It ends at the first model that is younger than
    the crawl: the graph then shows the Hub as of the crawl's start.
    """

    name = "models"
    options: ClassVar[dict[str, str]] = {
        **of_listing("models", "task", "author", "library", "search", "filter"),
        "shard": SHARD,
    }
    example = "hubgraph crawl models --author google"
    node = MODEL
    unlisted = (
        "How many derivatives the Hub counts for a model: only a request for that model shows it.",
    )
    counted = MODELS_COUNTED

    @property
    def status(self) -> str:
        """How the crawl ended; it failed if the Hub listed no model at all."""
        status = super().status
        is_whole = not self.given.keys() - {"sort"}
        if status == "complete" and is_whole and self.journal.facts.get("models") == 0:
            self.reason = "the Hub lists no models at all: the listing looks incomplete"
            return "failed"
        return status

    @property
    def expected(self) -> int | None:
        """The number asked for, or about what the Hub has."""
        is_hub = self.hub.hub_url == PUBLIC
        if is_hub and self._by_creation and not self.given.keys() - {"sort", "shard"}:
            return WHOLE_HUB // self._shard[1]
        return super().expected

    def all(self, known: Known) -> tuple[int | None, str]:
        """About how many models there are, and how that is known."""
        return (WHOLE_HUB, CENSUS) if known.is_public else super().all(known)
