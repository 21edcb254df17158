"""Base spider for pages of models and accounts on the website, and their lineage."""

from base64 import b85encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, cast

from scrapy.http import Response

from graph.errors import CrawlError, DataError
from graph.observe.normalise import AUTHOR_FORM, MODEL_FORM
from graph.schema import RELATIONS
from spiders.asking.base import HubSpider
from spiders.asking.reading import bases_of, expect, header, now, unusable
from spiders.hub import addresses, pages, presence
from spiders.hub.parts import Reading
from spiders.hub.presence import MOVED, UNSEEN
from spiders.writing.journal import Ask, Json, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Why the page of a model is asked for; plain data."""

    id: str
    is_start: bool = False
    up: bool = False  # whether its bases are asked for
    down: int | None = 0  # how many steps down its derivatives are asked for, None for all
    of: str = ""  # the model that it was listed as made from; "" for none
    trail: tuple[str, ...] = ()  # the names that it had before

    @property
    def suffix(self) -> str:
        """A fragment that makes its address unique among visits to one page; no server sees it."""
        if self.down is None and not self.up:
            return ""
        return f"#{'up-' if self.up else ''}{'all' if self.down is None else self.down}"


class Marks:
    """Compact marks of what a crawl came across, so that nothing is taken twice."""

    def __init__(self, seen: Iterable[str]) -> None:
        self._marks = set(seen)

    def add(self, page: Page, *words: str) -> bool:
        """Whether something is new, in any spelling; the journal keeps its mark with the page."""
        mark = _mark(words)
        if mark in self._marks:
            return False
        self._marks.add(mark)
        page.seen.append(mark)
        return True

    def has(self, *words: str) -> bool:
        """Whether something is marked."""
        return _mark(words) in self._marks


def _mark(words: tuple[str, ...]) -> str:
    """64 bits as ten characters: of a hundred million marks, two are the same by 1 in 3,000."""
    text = "\0".join(words).lower().encode("utf-8", "surrogatepass")
    return b85encode(blake2b(text, digest_size=8).digest()).decode("ascii")


class VisitingSpider(HubSpider):
    """A crawl that visits the pages of models.

    A listing of what was made from a model does not show that it is that. So each model that it
    lists counts as found once its own page names the base.
    """

    follows_lineage = False  # whether bases and derivatives are visited
    visits_accounts = False  # whether the pages of organizations are

    def open(self, target: Path | None) -> None:
        """Open the journal, and take up what it says was come across."""
        super().open(target)
        self.marks = Marks(self.journal.seen)
        self._spelled = {name.lower(): name for name in self.counts("parents")}

    def model(self, response: Response, **about: Any) -> Page:
        """The page of one model, and what its lineage leads to."""
        visit = Visit(**about)
        if response.status in MOVED:
            return self._elsewhere(response, visit)
        if response.status in UNSEEN:
            return self._unseen(visit)
        expect(response, 200)
        try:
            shown = _page_about(visit.id, response)
        except DataError as error:
            if visit.is_start:
                raise
            return self._unreadable(error, response.url, MODEL_FORM, visit.id)
        page = Page()
        if self.marks.add(page, "model", visit.id) and self.mine(visit.id):
            page.records.append(shown.model)
            page.facts["models"] = 1
        if shown.author:
            self.take_author(page, shown.author)
        if self.follows_lineage:
            self._lineage(page, visit, shown)
        return page

    def account(self, response: Response, *, name: str) -> Page:
        """The page of an organization."""
        if response.status in MOVED | UNSEEN:
            return Page(facts={"unseen": 1})
        expect(response, 200)
        try:
            record = pages.account_page(response.body, name, now())
        except DataError as error:
            return self._unreadable(error, response.url, AUTHOR_FORM, name)
        return Page([record], facts={"accounts": 1})

    def visit(self, visit: Visit) -> Ask:
        """The ask for the page of a model; DataError where no model can have that id."""
        url = addresses.model_page(self.hub.hub_url, visit.id)
        return Ask(url + (visit.suffix if self.follows_lineage else ""), "model", asdict(visit))

    def follow(self, page: Page, visit: Visit) -> None:
        """Visit a model next, if its id can be one: a path or an address cannot be asked for."""
        try:
            page.follow.append(self.visit(visit))
        except DataError:
            page.add({"unseen": 1})

    def take_author(self, page: Page, author: Json) -> None:
        """Take the record of an account, once, if it falls to this shard."""
        name = str(author["name"])
        if not self.mine(name) or not self.marks.add(page, "author", name):
            return
        page.records.append(author)
        if self.visits_accounts and author.get("kind") != "user":
            try:
                url = addresses.account_page(self.hub.hub_url, name)
            except DataError:
                page.add({"unseen": 1})
            else:
                page.follow.append(Ask(url, "account", {"name": name}))

    def take_child(self, page: Page, reading: Reading, name: str) -> None:
        """Take a model that is listed as made from another: its own page must say so too."""
        is_new = self.marks.add(page, "told", name, reading.listing)
        if is_new and self.marks.has("made", name, reading.of):
            self._confirm(page, reading.of)
        self.follow(page, Visit(id=name, down=reading.down, of=reading.of))

    def read(self, reading: Reading) -> Ask:
        """The ask for a page of a listing."""
        raise NotImplementedError

    def counts(self, name: str) -> Mapping[str, dict[str, int]]:
        """A fact that holds numbers by name, by what they are about."""
        return cast("Mapping[str, dict[str, int]]", self.journal.facts.get(name, {}))

    def _lineage(self, page: Page, visit: Visit, shown: pages.ModelPage) -> None:
        """Go up to the bases of a model and down to what was made from it."""
        model_id = str(shown.model["id"])
        bases = bases_of(shown.model)
        for base in bases:
            if self.marks.add(page, "made", model_id, base):
                self._confirm_listed(page, model_id, base)
            if visit.up:
                self.follow(page, Visit(id=base, up=True))
        if visit.of and visit.of.lower() not in map(str.lower, bases):
            page.add({"unconfirmed": 1})
        if visit.down == 0 or shown.tree is None:
            return
        counts = {relation: count for relation, count in shown.tree.children.items() if count}
        if counts and self.marks.add(page, "parent", model_id):
            self._spelled[model_id.lower()] = model_id
            announced = sum(counts.values())
            both = {"announced": announced, "found": 0}
            page.add({"announced": announced, "parents": {model_id: both}})
        down = None if visit.down is None else visit.down - 1
        for relation, count in counts.items():
            reading = Reading(of=model_id, relation=relation, announced=count, down=down)
            page.follow.append(self.read(reading))

    def _confirm_listed(self, page: Page, name: str, base: str) -> None:
        """Count a model that was listed as made from what its page says it was made from."""
        for relation in RELATIONS:
            if self.marks.has("told", name, Reading(of=base, relation=relation).listing):
                self._confirm(page, base)

    def _confirm(self, page: Page, parent: str) -> None:
        parent = self._spelled.get(parent.lower(), parent)
        page.add({"found": 1, "parents": {parent: {"found": 1}}})

    def _elsewhere(self, response: Response, visit: Visit) -> Page:
        """A renamed model: its new name, if it is one of this Hub's models."""
        name = pages.moved_to(header(response, "Location"), self.hub.hub_url, response.url)
        trail = (*visit.trail, visit.id)
        if name in trail or len(trail) > presence.LONGEST_CHAIN:
            return self._unseen(visit)
        moved = self.visit(replace(visit, id=name, trail=trail))
        page = Page(follow=[moved], facts={"renamed": 1})
        if not presence.is_same(visit.id, name) and self.mine(visit.id):
            page.records.append(presence.renamed(visit.id, name, now()))
        return page

    def _unseen(self, visit: Visit) -> Page:
        if visit.is_start:
            raise CrawlError(f"The Hub shows no model {visit.id}")
        return Page(facts={"unseen": 1})

    def _unreadable(self, error: DataError, url: str, form: str, name: str) -> Page:
        """A page whose markup is not understood: the issue log says why and where."""
        if not self.mine(name):
            return Page()
        return Page([unusable(error.message, url, form)], facts={"unreadable": 1})


def _page_about(model_id: str, response: Response) -> pages.ModelPage:
    shown = pages.model_page(response.body, now())
    if str(shown.model["id"]).lower() != model_id.lower():
        raise DataError(f"The page is about {str(shown.model['id'])[:100]!r}.")
    return shown
