"""`pages`: models and their lineage from the Hub's website."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from itertools import compress
from pathlib import Path
from typing import Any, ClassVar

from scrapy.http import Response

from graph.errors import CrawlError, DataError, ParameterError
from spiders.asking import options as given_by
from spiders.asking.options import BUDGET, NARROWING, ORDERS, SHARD
from spiders.asking.reading import expect, now, unusable
from spiders.asking.visits import Visit, VisitingSpider
from spiders.hub import addresses, pages, parts
from spiders.hub.listing import carries
from spiders.hub.parts import ITEMS, SHOWN, WHOLE, Reading
from spiders.hub.presence import MOVED, UNSEEN
from spiders.planning import plan
from spiders.planning.plan import Known, Plan
from spiders.writing.journal import Ask, Page

LOOKED_AT = 5
"""Models of a listing whose pages may be asked for, until one shows whether it was narrowed."""


class PagesSpider(VisitingSpider):
    """Models and their lineage from the website, when the API is unavailable.

    The website grants a fifth of the API's requests, with 30 models on each page, and shows only
    the first 3,000 of a listing. A larger listing is read in parts: by the beginning of names,
    task, library, order and text in the id, until all models are found.
    """

    name = "pages"
    options: ClassVar[dict[str, str]] = {
        "model": "the lineage of these models instead of a listing",
        "depth": "how many steps down; 0 for none (default: all)",
        **given_by.of_listing("models", "task", "author", "library", "search", "filter"),
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
        self._models = given_by.values(given, "model")
        self.follows_lineage = bool(self._models)
        self._down = given_by.whole_number("depth", given.get("depth"), 0)
        self._top = given_by.whole_number("top", given.get("top"))
        self._details = given_by.is_on(given, "details")
        self.visits_accounts = given_by.is_on(given, "accounts")
        if given.get("sort", "created") not in ORDERS:
            raise ParameterError("sort", f"There is no order {given['sort']!r}.", ", ".join(ORDERS))
        of_listings = self.options.keys() - {"model", "depth", "accounts", "shard", "budget"}
        for name in sorted(given.keys() & (of_listings if self._models else {"depth"})):
            how = "with" if self._models else "without"
            raise ParameterError(name, f"{name} is given {how} model.")
        self._unshown = given_by.values(given, "filter") + given_by.values(given, "library")

    def open(self, target: Path | None) -> None:
        """Open the journal, and take up what it says was found."""
        super().open(target)
        self._shown_so_far: set[str] = set()
        self._as_page = "without_models_json" in self.journal.facts
        large = self.counts("listings").items()
        self._found = Counter({key: counts["found"] for key, counts in large})

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
            family = plan.Family.of(known, self._models, self._down)
            items, visited, basis, is_least = family.models, family.models, family.basis, True
        else:
            items, basis, is_least = self._listed(known)
            visited = items // self._shard[1] if self._details else 0
        notes = [basis, f"A page of the website lists {ITEMS} models."]
        if self.visits_accounts:
            is_least = True
            notes.append("Each organization takes one more request.")
        beyond = f"Of a listing of more than {SHOWN:,} models those that no part of it shows."
        return Plan(
            {"pages": plan.pages(items, ITEMS) + visited},
            records=items // self._shard[1] or None,
            is_least=is_least,
            basis=tuple(notes),
            unreached=(beyond, plan.PRIVATE, plan.GONE_MEANWHILE),
        )

    def _listed(self, known: Known) -> tuple[int, str, bool]:
        """Models to list, how their number is known, and whether it may take more pages."""
        if self.given.keys() & NARROWING.keys():
            size, basis = plan.size_of_part(known, self.given, plan.MODELS_COUNTED, "models")
        elif known.is_public:
            size, basis = plan.WHOLE_HUB, plan.CENSUS
        else:
            size, basis = None, "It is not known how many models this Hub has."
        items = min(size or self._top or 0, self._top or size or 0)
        if items > SHOWN:
            basis += f" More than {SHOWN:,} are read in parts, which takes more pages."
        return items, basis, items > SHOWN or not items

    def first_asks(self) -> Iterable[Ask]:
        """The models to start at, or the first page of the listing; the same for every shard."""
        for name in self._models:
            yield self.visit(Visit(id=name, is_start=True, up=True, down=self._down))
        if not self._models:
            yield self.read(Reading(), "beginning" if self._unshown else "listing")

    def read(self, reading: Reading, parse: str = "listing") -> Ask:
        """The ask for a page of a listing."""
        reading = replace(reading, as_page=self._as_page)
        narrowed = parts.part(reading, self._narrowed_by(reading))
        tags: addresses.Part = {"filters": [f"base_model:{reading.relation}:{reading.of}"]}
        sort = self.given.get("sort", "created")
        asked = {"sort": sort, **(tags if reading.of else given_by.part_of(self.given)), **narrowed}
        address = addresses.models_page if reading.as_page else addresses.models_json
        url = address(self.hub.hub_url, reading.page, **asked)  # type: ignore[arg-type]
        return Ask(url + reading.suffix(narrowed), parse, asdict(reading))

    def beginning(self, response: Response, **about: Any) -> Page:
        """The first page of a listing that does not show whether it is what was asked for."""
        reading = Reading(**about)
        shown = self._shown(response, reading)
        if shown is None:
            return self._web_page_instead(reading, "beginning")
        ids = [str(model["id"]) for model in shown.models[:LOOKED_AT]]
        if not ids:
            raise CrawlError("The Hub lists no such models")
        return Page(follow=[self._proof(ids)])

    def proof(self, response: Response, *, ids: list[str]) -> Page:
        """The page of a model that must have what was asked for; then the listing is read."""
        first, *others = ids
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

    def listing(self, response: Response, **about: Any) -> Page:
        """A page of a listing and what to read after it."""
        reading = Reading(**about)
        self._shown_so_far.add(json.dumps(about))
        shown = self._shown(response, reading)
        if shown is None:
            return self._web_page_instead(reading, "listing")
        page = Page([unusable(*broken) for broken in shown.broken])
        self._check(reading, shown)
        if reading.stage == WHOLE and reading.page == 0:
            reading = self._announced(page, reading, shown)
        self._take(page, reading, shown)
        found, given = self._found[reading.key], self._narrowed_by(reading)
        after = parts.following(
            reading,
            given,
            found=found,
            total=0 if shown.total is None and not shown.models else shown.total,
            most=self._top,
            strange=parts.is_strange(reading, given, shown.models, shown.total),
        )
        asks = [self.read(one) for one in after]
        if not self._top and not self._is_open(reading, asks):
            stage = parts.next_stage(reading, given, found=found)
            asks += [self.read(stage)] if stage else []
        page.follow[:0] = asks  # the listing goes on before what it lists is visited
        return page

    def _shown(self, response: Response, reading: Reading) -> pages.ModelsPage | None:
        """What an answer lists; None when the web page is to be asked for instead."""
        if reading.as_page:
            expect(response, 200)
            return pages.models_page(response.body, now())
        try:
            return pages.models_json(response.body, now()) if response.status == 200 else None
        except DataError:
            return None

    def _web_page_instead(self, reading: Reading, parse: str) -> Page:
        """Ask for the web page of a listing, now and from now on."""
        self._as_page = True
        return Page(follow=[self.read(reading, parse)], facts={"without_models_json": 1})

    def _check(self, reading: Reading, shown: pages.ModelsPage) -> None:
        """See that a page is not empty before its end, and holds what was asked for."""
        least = self.hub.crawl_min_share * reading.total
        is_end = shown.total is None or least <= shown.total <= reading.page * ITEMS
        if not shown.models and not shown.broken and not is_end:
            size = max(reading.total, shown.total or 0)
            raise CrawlError(f"Page {reading.page + 1} of a listing of {size:,} models is empty")
        if reading.of:
            return
        asked: parts.Part = {"task": self.given["task"]} if "task" in self.given else {}
        owner = f"{self.given['author']}/".lower() if "author" in self.given else ""
        ids = (str(model["id"]) for model in shown.models)
        wrong = parts.strays(shown.models, asked)
        wrong += [name for name in ids if not name.lower().startswith(owner)]
        if wrong:
            raise CrawlError(f"The Hub lists {wrong[0][:100]!r}, which was not asked for")

    def _announced(self, page: Page, reading: Reading, shown: pages.ModelsPage) -> Reading:
        """Note how many models a listing has."""
        total = shown.total
        if reading.of and total is not None and total > 1.1 * reading.announced + ITEMS:
            asked = f"Asked for the {reading.announced:,} models of {reading.listing}"
            raise CrawlError(f"{asked}, the Hub lists {total:,}")
        if not reading.of and not shown.models:
            raise CrawlError("The Hub lists no such models")
        if total is None:
            page.facts["uncounted"] = 1
        announced = min(total or 0, self._top or total or 0)
        if not reading.of:
            page.facts["announced"] = announced
        if announced > SHOWN:
            page.add({"listings": {reading.key: {"announced": announced, "found": 0}}})
        return replace(reading, announced=announced)

    def _take(self, page: Page, reading: Reading, shown: pages.ModelsPage) -> None:
        """Take what this listing did not show before."""
        models = shown.models
        if self._top:
            models = models[: max(0, self._top - reading.page * ITEMS)]
        new = [self.marks.add(page, "listed", reading.key, str(model["id"])) for model in models]
        self._found[reading.key] += sum(new)
        if reading.announced > SHOWN:
            page.add({"listings": {reading.key: {"found": sum(new)}}})
        taken = list(compress(models, new))
        if reading.of:
            for model in taken:
                self.take_child(page, reading, str(model["id"]))
            return
        page.add({"found": len(taken)})
        taken = [model for model in taken if self.mine(model["id"])]
        if self._details:
            for model in taken:
                self.follow(page, Visit(id=str(model["id"])))
        else:
            page.records += taken
            page.add({"models": len(taken)})
        for author in shown.authors:
            self.take_author(page, author)

    def _is_open(self, reading: Reading, asks: list[Ask]) -> bool:
        """Whether more of a listing is still to be read in this stage."""
        return any(not self.journal.knows(ask) for ask in asks) or any(
            ask.parse == "listing"
            and json.dumps(ask.about) not in self._shown_so_far
            and Reading(**ask.about).key == reading.key
            for ask in list(self.journal.pending.values())
        )

    def _narrowed_by(self, reading: Reading) -> frozenset[str]:
        """What the user narrowed the listing by, of what could be narrowed."""
        names = frozenset({"task", "library", "search"})
        return frozenset() if reading.of else names & self.given.keys()
