"""Base spider for listings of the website, page by page and in parts."""

import json
from collections import Counter
from dataclasses import asdict, replace
from itertools import compress
from pathlib import Path

from scrapy.http import Response

from graph.errors import CrawlError, DataError
from spiders.asking.reading import expect, now, unusable
from spiders.asking.visits import Visit, VisitingSpider, add_up
from spiders.hub import addresses, pages
from spiders.hub.parts import (
    ITEMS,
    SHOWN,
    WHOLE,
    Part,
    Reading,
    following,
    is_strange,
    next_stage,
    part,
    strays,
)
from spiders.writing.journal import Ask, Json, Page


class WebsiteSpider(VisitingSpider):
    """A crawl that reads listings of the website."""

    part: addresses.Part  # of the Hub that is listed; listings of derivatives have their own
    top: int | None = None  # the first so many models are wanted, None for all
    details = False  # whether the page of each listed model is visited; else its entry is taken

    def open(self, target: Path | None) -> None:
        """Open the journal, and take up what it says was found."""
        super().open(target)
        self._shown_so_far: set[str] = set()
        self._as_page = "without_models_json" in self.journal.facts
        large = self.counts("listings").items()
        self._found = Counter({key: counts["found"] for key, counts in large})

    def read(self, reading: Reading, parse: str = "listing") -> Ask:
        """The ask for a page of a listing."""
        reading = replace(reading, as_page=self._as_page)
        narrowed = part(reading, self._narrowed_by(reading))
        of: addresses.Part = {"filters": [f"base_model:{reading.relation}:{reading.of}"]}
        asked = {**(of if reading.of else self.part), **narrowed}
        asked.setdefault("sort", self.given.get("sort", "created"))
        address = addresses.models_page if reading.as_page else addresses.models_json
        url = address(self.hub.hub_url, reading.page, **asked)  # type: ignore[arg-type]
        return Ask(url + reading.suffix(narrowed), parse, asdict(reading))

    def listing(self, response: Response, about: Json) -> Page:
        """A page of a listing and what to read after it."""
        reading = Reading(**about)  # type: ignore[arg-type]
        self._shown_so_far.add(json.dumps(about))
        shown = self.shown(response, reading)
        if shown is None:
            return self.web_page_instead(reading, "listing")
        page = Page([unusable(*broken) for broken in shown.broken])
        self._check(reading, shown)
        if reading.stage == WHOLE and reading.page == 0:
            reading = self._announced(page, reading, shown)
        self._take(page, reading, shown)
        found, given = self._found[reading.key], self._narrowed_by(reading)
        after = following(
            reading,
            given,
            found=found,
            total=0 if shown.total is None and not shown.models else shown.total,
            most=self.top,
            strange=is_strange(reading, given, shown.models, shown.total),
        )
        asks = [self.read(one) for one in after]
        if not self.top and not self._is_open(reading, asks):
            stage = next_stage(reading, given, found=found)
            asks += [self.read(stage)] if stage else []
        page.follow[:0] = asks  # the listing goes on before what it lists is visited
        return page

    def shown(self, response: Response, reading: Reading) -> pages.ModelsPage | None:
        """What an answer lists; None when the web page is to be asked for instead."""
        if reading.as_page:
            expect(response, 200)
            return pages.models_page(response.body, now())
        if response.status != 200:
            return None
        try:
            return pages.models_json(response.body, now())
        except DataError:
            return None

    def web_page_instead(self, reading: Reading, parse: str) -> Page:
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
        asked: Part = {"task": self.given["task"]} if "task" in self.given else {}
        owner = f"{self.given['author']}/".lower() if "author" in self.given else ""
        ids = (str(model["id"]) for model in shown.models)
        wrong = [*strays(shown.models, asked), *(i for i in ids if not i.lower().startswith(owner))]
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
        announced = min(total or 0, self.top or total or 0)
        if not reading.of:
            page.facts["announced"] = announced
        if announced > SHOWN:
            add_up(page, {"listings": {reading.key: {"announced": announced, "found": 0}}})
        return replace(reading, announced=announced)

    def _take(self, page: Page, reading: Reading, shown: pages.ModelsPage) -> None:
        """Take what this listing did not show before."""
        models = shown.models
        if self.top:
            models = models[: max(0, self.top - reading.page * ITEMS)]
        ids = [str(model["id"]) for model in models]
        new = [self.marks.add(page, "listed", reading.key, name) for name in ids]
        self._found[reading.key] += sum(new)
        if reading.announced > SHOWN:
            add_up(page, {"listings": {reading.key: {"found": sum(new)}}})
        taken = list(compress(models, new))
        if reading.of:
            for model in taken:
                self.take_child(page, reading, str(model["id"]))
            return
        add_up(page, {"found": len(taken)})
        taken = [model for model in taken if self.mine(model["id"])]
        if self.details:
            for model in taken:
                self.follow(page, Visit(id=str(model["id"])))
        else:
            page.records += taken
            add_up(page, {"models": len(taken)})
        for author in shown.authors:
            self.take_author(page, author)

    def _is_open(self, reading: Reading, asks: list[Ask]) -> bool:
        """Whether more of a listing is still to be read in this stage."""
        return any(not self.journal.knows(ask) for ask in asks) or any(
            ask.parse == "listing"
            and json.dumps(ask.about) not in self._shown_so_far
            and Reading(**ask.about).key == reading.key  # type: ignore[arg-type]
            for ask in list(self.journal.pending.values())
        )

    def _narrowed_by(self, reading: Reading) -> frozenset[str]:
        """What the user narrowed the listing by, of what could be narrowed."""
        names = frozenset({"task", "library", "search"})
        return frozenset() if reading.of else names & self.given.keys()
