"""`models`: the Hub's listing of models, through its interface."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import ClassVar

from scrapy.http import Response

from graph.ingest import Scope
from hubgraph.errors import CrawlError, ParameterError
from hubgraph.settings import Settings
from spiders.base import SHARD, HubSpider, broken_record, expect, link_header, now, whole_number
from spiders.hub import addresses, listing
from spiders.hub.model_info import Json as Item
from spiders.hub.model_info import model_record
from spiders.journal import Ask, Json
from spiders.page import Page

SORTS = {
    "created": "createdAt",
    "modified": "lastModified",
    "downloads": "downloads",
    "likes": "likes",
    "trending": "trendingScore",
}
"""Option → what the Hub calls it."""


WHOLE_HUB = 3_117_871
"""Models on the Hub on 3 October 2026, by a public census; only the time left is told by it."""


class ModelsSpider(HubSpider):
    """The whole Hub in the order of creation, or a part of it.

    In that order the listing stays in place while models are added. It ends at the first model that
    is younger than the crawl: the graph then shows the Hub as of the crawl's start.
    """

    name = "models"
    options: ClassVar[dict[str, str]] = {
        "task": "only models of this task",
        "author": "only models of this account",
        "library": "only models of this library",
        "search": "only models whose id holds this",
        "filter": "only models with this tag",
        "sort": "the order: created, downloads, likes, modified or trending",
        "top": "only the first so many",
        "shard": SHARD,
    }
    repeatable = frozenset({"filter"})
    example = "hubgraph crawl models --author google"

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        given = self.given
        self._top = whole_number("top", given.get("top"))
        order = given.get("sort", "created")
        if order not in SORTS:
            raise ParameterError("sort", f"There is no order {order!r}.", ", ".join(SORTS))
        self._sort = SORTS[order]
        self._by_creation = order == "created" and not self._top
        filters = [tag for tag in given.get("filter", "").split(",") if tag]
        self._part: addresses.Part = {
            "task": given.get("task"),
            "library": given.get("library"),
            "author": given.get("author"),
            "search": given.get("search"),
            "filters": filters,
        }
        self._tags = [*filters, *(given[name] for name in ("task", "library") if name in given)]

    @property
    def covers(self) -> Scope | None:
        """All models, or all of one account; every other part may miss one for many reasons."""
        given = self.given.keys() - {"sort", "author"}
        if given or not self._by_creation:
            return None
        return Scope(author=self.given.get("author"))

    @property
    def expected(self) -> int | None:
        """The number asked for, or about what the Hub has."""
        is_whole = (
            self.covers == Scope() and self.hub.hub_url == Settings.model_fields["hub_url"].default
        )
        return self._top or (WHOLE_HUB if is_whole else None)

    def first_asks(self) -> Iterable[Ask]:
        """The first page."""
        yield self._ask(list(addresses.EXPAND))

    def _ask(self, fields: list[str]) -> Ask:
        url = addresses.models(
            self.hub.hub_url,
            sort=self._sort,
            ascending=self._by_creation,
            expand=fields,
            **self._part,
        )
        return Ask(url, "listing", {"fields": fields, "after": "", "before": 0})

    def listing(self, response: Response, about: Json) -> Page:
        """A page of models and where the next one is.

        Raises:
            CrawlError: the answer is none, or the listing does not move on.
        """
        fields = [str(name) for name in about["fields"]]  # type: ignore[attr-defined]
        if response.status == 400 and fields:
            return self._without_a_field(response, fields)
        expect(response, 200)
        found = listing.items(response.body)
        items = found.items
        self._check_tags(items)
        before = int(str(about["before"]))
        if self._top:
            items = items[: self._top - before]
        last = str(about["after"])
        if self._by_creation:
            items, last = self._until_the_start(items, last)
        at = now()
        page = Page([model_record(item, at) for item in items if self.mine(item["id"])])
        page.records += [broken_record(broken) for broken in found.broken]
        page.facts["models"] = len(page.records)
        following = addresses.next_page(link_header(response), response.url)
        ended = len(items) < len(found.items) or (self._top and before + len(items) >= self._top)
        if following and not ended:
            step: Json = {"fields": fields, "after": last, "before": before + len(items)}
            page.follow.append(Ask(following, "listing", step))
        return page

    def _check_tags(self, items: Sequence[Item]) -> None:
        """The Hub lists everything when it does not know a filter.

        Raises:
            CrawlError: an item is not what was asked for.
        """
        for item in items:
            for tag in self._tags:
                if not listing.carries(item, tag):
                    raise CrawlError(
                        f"Asked for models with the tag {tag!r}, the Hub lists "
                        f"{str(item['id'])[:100]!r}, which does not have it."
                    )

    def _without_a_field(self, response: Response, fields: list[str]) -> Page:
        """Ask again without the field that the server refuses: the one it names, else the last."""
        named = [name for name in fields if name.encode() in response.body[:2_000]]
        refused = named[0] if len(named) == 1 else fields[-1]
        kept = [name for name in fields if name != refused]
        return Page(follow=[self._ask(kept)], facts={f"lacks_{refused}": 1})

    def _until_the_start(self, items: Sequence[Item], last: str) -> tuple[list[Item], str]:
        """The items that were there when the crawl began, and the id of the last one.

        Raises:
            CrawlError: they do not come after what came before: the listing runs in a circle.
        """
        ids = [str(item.get("_id") or "") for item in items]
        if last and ids and max(ids) <= last:
            raise CrawlError("The listing gives the same models again.")
        start = f"{int(self.run.started_at.timestamp()):08x}"
        kept = list(takewhile(lambda item: str(item.get("_id") or "")[:8] <= start, items))
        return kept, max([last, *ids])
