"""`pages`: models and their lineage from the Hub's website."""

from collections.abc import Iterable
from typing import ClassVar, cast

from scrapy.http import Response

from graph.errors import CrawlError, ParameterError
from spiders.asking.options import (
    BUDGET,
    NARROWING,
    ORDERS,
    SHARD,
    is_on,
    of_listing,
    part_of,
    values,
    whole_number,
)
from spiders.asking.reading import expect
from spiders.asking.visits import Visit
from spiders.asking.website import WebsiteSpider
from spiders.hub import addresses, pages
from spiders.hub.listing import carries
from spiders.hub.parts import ITEMS, SHOWN, Reading
from spiders.hub.presence import MOVED, UNSEEN
from spiders.planning import plan
from spiders.planning.plan import Family, Known, Plan
from spiders.writing.journal import Ask, Json, Page

LOOKED_AT = 5
"""Models of a listing whose pages may be asked for, until one shows whether it was narrowed."""


class PagesSpider(WebsiteSpider):
    """Models and their lineage from the website, when the API is unavailable.

    The website grants a fifth of the API's requests, with 30 models on each page, and shows only
    the first 3,000 of a listing. A larger listing is read in parts: by the beginning of names,
    task, library, order and text in the id, until all models are found.
    """

    name = "pages"
    options: ClassVar[dict[str, str]] = {
        "model": "the lineage of these models instead of a listing",
        "depth": "how many steps down; 0 for none (default: all)",
        **of_listing("models", "task", "author", "library", "search", "filter"),
        "details": "visit the page of each listed model",
        "accounts": "visit the page of each organization",
        "shard": SHARD,
        "budget": BUDGET,
    }
    repeatable = frozenset({"model", "filter"})
    flags = frozenset({"details", "accounts"})
    example = "hubgraph crawl pages --author google --details"

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        given = self.given
        self._models = values(given, "model")
        self.follows_lineage = bool(self._models)
        self._down = whole_number("depth", given.get("depth"), 0)
        self.top = whole_number("top", given.get("top"))
        self.details, self.visits_accounts = is_on(given, "details"), is_on(given, "accounts")
        if given.get("sort", "created") not in ORDERS:
            raise ParameterError("sort", f"There is no order {given['sort']!r}.", ", ".join(ORDERS))
        of_listings = self.options.keys() - {"model", "depth", "accounts", "shard", "budget"}
        for name in sorted(given.keys() & (of_listings if self._models else {"depth"})):
            how = "with" if self._models else "without"
            raise ParameterError(name, f"{name} is given {how} model.")
        self.part = part_of(given)
        self._unshown = values(given, "filter") + values(given, "library")

    @property
    def expected(self) -> int | None:
        """The models that the Hub announces."""
        return self.count("announced") or None

    @property
    def status(self) -> str:
        """How the crawl ended; it has not failed because the website does not show more."""
        missing, is_short = 0, False
        is_uncounted = "uncounted" in self.journal.facts
        self.capped = ["the website does not say how many it has"] if is_uncounted else []
        for key, counts in self.counts("listings").items():
            is_short |= counts["found"] < self.hub.crawl_min_share * SHOWN
            if left := max(0, counts["announced"] - counts["found"]):
                missing += left
                self.capped.append(
                    f"the website shows {SHOWN:,} models of a listing: {left:,} of the "
                    f"{counts['announced']:,} in one ({key}) were not reached"
                )
        status = super().status
        found, announced, unreadable, models = map(
            self.count, ("found", "announced", "unreadable", "models")
        )
        least = self.hub.crawl_min_share
        if status in ("complete", "capped") and models < least * (models + unreadable):
            self.reason = f"{unreadable:,} pages could not be read"
            return "failed"
        is_short |= found + missing < least * announced
        if status == "failed" and missing and not self.failures and not is_short:
            self.reason = ""
            return "capped"
        return status

    def plan(self, known: Known) -> Plan:
        """One request for 30 models, and one for each page of a model or an organization."""
        if self._models:
            family = Family.of(known, self._models, self._down)
            items, visited, basis, is_least = family.models, family.models, family.basis, True
        else:
            items, basis, is_least = self._listed(known)
            visited = items // self._shard[1] if self.details else 0
        notes = [basis, f"A page of the website lists {ITEMS} models."]
        if self.visits_accounts:
            is_least = True
            notes.append("Each organization takes one more request.")
        return Plan(
            {"pages": plan.pages(items, ITEMS) + visited},
            records=items // self._shard[1] or None,
            is_least=is_least,
            basis=tuple(notes),
            unreached=(
                f"Of a listing of more than {SHOWN:,} models those that no part of it shows.",
                plan.PRIVATE,
                plan.GONE_MEANWHILE,
            ),
        )

    def _listed(self, known: Known) -> tuple[int, str, bool]:
        """Models to list, how their number is known, and whether it may take more pages."""
        size, basis = None, "It is not known how many models this Hub has."
        if self.given.keys() & NARROWING.keys():
            size, basis = plan.size_of_part(known, self.given, plan.MODELS_COUNTED, "models")
        elif known.is_public:
            size, basis = plan.CENSUS
        items = min(size or self.top or 0, self.top or size or 0)
        if items > SHOWN:
            basis += f" More than {SHOWN:,} are read in parts, which takes more pages."
        return items, basis, items > SHOWN or not items

    def first_asks(self) -> Iterable[Ask]:
        """The models to start at, or the first page of the listing; the same for every shard."""
        for name in self._models:
            yield self.visit(Visit(id=name, is_start=True, up=True, down=self._down))
        if not self._models:
            yield self.read(Reading(), "beginning" if self._unshown else "listing")

    def beginning(self, response: Response, about: Json) -> Page:
        """The first page of a listing that does not show whether it is what was asked for."""
        reading = Reading(**about)  # type: ignore[arg-type]
        shown = self.shown(response, reading)
        if shown is None:
            return self.web_page_instead(reading, "beginning")
        ids = [str(model["id"]) for model in shown.models[:LOOKED_AT]]
        if not ids:
            raise CrawlError("The Hub lists no such models")
        return Page(follow=[self._proof(ids)])

    def proof(self, response: Response, about: Json) -> Page:
        """The page of a model that must have what was asked for; then the listing is read."""
        first, *others = cast("list[str]", about["ids"])
        if response.status in MOVED | UNSEEN and others:
            return Page(follow=[self._proof(others)])
        expect(response, 200)
        info = pages.model_page(response.body).info
        for tag in self._unshown:
            if not carries(info, tag):
                asked = f"Asked for models with the tag {tag!r}"
                raise CrawlError(f"{asked}, the Hub lists {first[:100]!r}, which does not have it")
        return Page(follow=[self.read(Reading())])

    def _proof(self, ids: list[str]) -> Ask:
        return Ask(addresses.model_page(self.hub.hub_url, ids[0]), "proof", {"ids": ids})
