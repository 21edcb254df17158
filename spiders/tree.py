"""`tree`: the lineage of models, up to their roots and down to their derivatives."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

import scrapy
from scrapy.http import Response

from graph.errors import CrawlError, ParameterError
from graph.observe.hub.records import model_record
from graph.observe.hub.rules import Json as Item
from graph.observe.ids import id_from_address, is_model_id
from graph.schema import RELATIONS
from spiders.asking.absence import AbsenceSpider
from spiders.asking.options import SHARD, values, whole_number
from spiders.asking.paging import PagingSpider
from spiders.asking.reading import bases_of, expect, header, now
from spiders.hub import addresses, listing, presence
from spiders.hub.answers import excerpt, read_json
from spiders.planning.plan import GONE_MEANWHILE, PRIVATE, Family, Known, Plan
from spiders.writing.journal import Ask, Json, Page


class TreeSpider(PagingSpider, AbsenceSpider):
    """The lineage of models: what they were made from, and what was made from them.

    One request per model: the Hub lists the derivatives of one model at a time, and a listing does
    not say which of them have derivatives of their own.
    """

    name = "tree"
    options: ClassVar[dict[str, str]] = {
        "model": "the models to start at",
        "depth": "how many steps down; 0 for none (default: all)",
        "shard": SHARD,
    }
    repeatable = frozenset({"model"})
    argument = "model"
    example = "hubgraph crawl tree google/gemma-7b --depth 1"
    knows_names = False
    unhelpful = "this server does not show models, or not what was made from them"

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        named = values(self.given, "model")
        if not named:
            raise ParameterError("model", "No model was named to start at.", "model=OWNER/NAME")
        self._models = [_start(name) for name in named]
        self._starts = {name.lower() for name in self._models}
        self.depth = whole_number("depth", self.given.get("depth"), least=0)
        self._level = 0
        self._deeper: dict[int, list[int]] = {}

    @property
    def canaries(self) -> list[str]:
        """The starts: they were shown, or nothing else was asked for."""
        return self._models

    @property
    def expected(self) -> int | None:
        """The derivatives that the Hub announces, where it announces all that will be listed."""
        announced = self.journal.facts.get("announced")
        is_all = self.depth == 1 and isinstance(announced, int)
        return int(str(announced)) // self._shard[1] or None if is_all else None

    def plan(self, known: Known) -> Plan:
        """One request for each model, and one for each 1,000 of its derivatives."""
        family = Family.of(known, self._models, self.depth)
        unreached = [
            "Derivatives that do not name the model by its present name, or as it is named here.",
            PRIVATE,
            GONE_MEANWHILE,
        ]
        if self.depth is not None:
            unreached.insert(0, f"What lies more steps below than {self.depth}.")
        listings = 0 if self.depth == 0 else family.asked + family.more_pages
        return Plan(
            {"api": family.starts + family.bases + listings},
            records=family.models // self._shard[1] or None,
            is_least=not family.is_known,
            basis=(family.basis,),
            unreached=tuple(unreached),
        )

    def first_asks(self) -> Iterable[Ask]:
        """The models to start at; every shard begins at all of them."""
        return (self._model(name, is_start=True) for name in self._models)

    def model(
        self, response: Response, *, name: str, is_start: bool = False, names: Sequence[str] = ()
    ) -> Page:
        """One model: its bases come next, and for a start what was made from it."""
        if response.status in presence.MOVED:
            return self._elsewhere(response, [*names, name], is_start=is_start)
        if response.status in presence.UNSEEN:
            if is_start:
                self.missing_as(response)
                raise CrawlError(f"The Hub shows no model {name}")
            page = self.not_shown(response, name)
            page.facts["unseen"] = 1
            page.held = page.held if self.mine(name) else []
            return page
        expect(response, 200)
        at = now()
        record = model_record(read_json(response.body), at)  # type: ignore[arg-type]
        if not is_model_id(record["id"]):
            raise CrawlError(f"Asked for {name}, the Hub answers about {excerpt(record['id'])}.")
        page = Page([record] if self.mine(record["id"]) else [])
        page.facts |= {"models": len(page.records), "answered": 1}
        if not presence.is_same(name, str(record["id"])) and self.mine(name):
            self.take_name(page, name, record["id"], at)
        page.follow = [self._model(base) for base in _bases(record)]
        self._announce(page, record, is_start=is_start)
        return page

    def children(self, response: Response, *, name: str, depth: int, parent: str = "") -> Page:
        """A page of what was made from a model, which may have another name now: `parent`."""
        found = self.items(response)
        at = now()
        records = [model_record(item, at) for item in found.items]
        present = parent or name
        _check(found.items, records, name, present)
        page = Page([record for record in records if self.mine(record["id"])])
        page.facts["models"] = len(page.records)
        page.records += self.broken(found)
        if depth == 1 or present.lower() in self._starts:  # it may lie below another start
            page.facts["found"] = len(records)
            page.facts["parents"] = {present: {"found": len(records)}}
        if self.depth is None or depth < self.depth:
            ids = (str(record["id"]) for record in records)
            page.follow = [self._children(one, depth + 1) for one in ids if is_model_id(one)]
        if following := self.following(response, found, page):
            page.follow.insert(0, replace(self._children(name, depth, parent), url=following))
        return page

    def _announce(self, page: Page, record: Json, *, is_start: bool) -> None:
        """What the Hub says was made from a model; of a start it is asked for, if there is any."""
        name = str(record["id"])
        counts = [record.get(f"children_{relation}") for relation in RELATIONS]
        known = [count for count in counts if isinstance(count, int)]
        if known:
            page.facts["parents"] = {name: {"announced": sum(known)}}
        if not is_start or self.depth == 0:
            return
        if known:
            page.facts["announced"] = sum(known)
        if len(known) < len(RELATIONS) or any(known):
            page.follow.append(self._children(name, 1))
        else:
            page.facts["parents"] = {name: {"announced": 0, "found": 0}}

    def _elsewhere(self, response: Response, names: list[str], *, is_start: bool) -> Page:
        """The renamed model of some names, under its present one if that is of this Hub.

        Derivatives name their base as it was called when they were made: of a start those are
        asked for too that name it as it was named here.
        """
        former, place = names[-1], header(response, "Location")
        name = presence.next_name(place, response.url, names)
        ask = self._model(name, is_start=is_start, names=names)
        is_known = self.journal.knows(ask)
        page = Page(follow=[ask], facts={"renamed": 1, "targets": {name.lower(): 1}})
        if not presence.is_same(former, name) and self.mine(former):
            self.take_move(page, former, name, now())
        if is_start and self.depth != 0:
            page.follow.append(self._children(former, 1, parent=name))
            if is_known:  # then as a base, of which no derivatives are asked for
                page.follow.append(self._children(name, 1))
        return page

    def _line_up(self, number: int, ask: Ask, *, first: bool = False) -> None:
        """Hold back what lies deeper than the current level.

        With a limit of depth, a model must first be reached by its shortest way; else what was made
        from it would seem to lie too deep. So a level begins when the one before is done.
        """
        depth = ask.about.get("depth", 0)
        if self.depth is None or depth <= self._level:
            super()._line_up(number, ask, first=first)
        else:
            self._deeper.setdefault(depth, []).append(number)

    def _go(self) -> Iterator[scrapy.Request]:
        """The requests whose turn it is; of the next level once this one is done."""
        yield from super()._go()
        if self._deeper and not self._under_way.total():
            self._level = min(self._deeper)
            for number in self._deeper.pop(self._level):
                self._line_up(number, self.journal.pending[number])
            yield from super()._go()

    def _model(self, name: str, *, is_start: bool = False, names: Sequence[str] = ()) -> Ask:
        url = addresses.model(self.hub.hub_url, name, expand=self.served(addresses.EXPAND_ONE))
        about: Json = {"name": name}
        about |= {"is_start": True} if is_start else {}
        about |= {"names": list(names)} if names else {}
        return Ask(url, "model", about)

    def _children(self, name: str, depth: int, parent: str = "") -> Ask:
        url = addresses.listing(
            self.hub.hub_url,
            sort="createdAt",
            ascending=True,
            expand=self.served(addresses.EXPAND),
            filters=[f"base_model:{name}"],
        )
        about: Json = {"name": name, "depth": depth}
        return Ask(url, "children", about | ({"parent": parent} if parent else {}))


def _start(name: str) -> str:
    """The id of a model, also from the address of its page."""
    found = name if is_model_id(name) else id_from_address(name)
    if found is None:
        raise ParameterError("model", f"{name!r} is no model.", "It is OWNER/NAME.")
    return found


def _bases(record: Json) -> Iterator[str]:
    """The bases that can be asked for: paths and addresses of other places are no models."""
    for base in bases_of(record):
        name = base if is_model_id(base) else id_from_address(base)
        if name is not None and not presence.is_same(name, str(record["id"])):
            yield name


def _check(items: Sequence[Item], records: Sequence[Json], base: str, parent: str) -> None:
    """Refuse what is not made from a base: the Hub lists everything for a filter it does not know.

    `base` is what was asked for, `parent` how it is called now.
    """
    wanted = {base.lower(), parent.lower()}
    for item, record in zip(items, records, strict=True):
        is_child = not wanted.isdisjoint(name.lower() for name in bases_of(record))
        if not is_child and not listing.carries(item, f"base_model:{base}"):
            other = str(record["id"])[:100]
            raise CrawlError(
                f"Asked for what was made from {base}, the Hub lists {other}, "
                "which does not say so."
            )
