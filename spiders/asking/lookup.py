"""Base of the spiders that ask about names from the graph, one by one."""

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar
from urllib.parse import quote

from scrapy.http import Response

from graph.errors import CrawlError, DataError, HubgraphError
from graph.observe.hub.records import model_record
from graph.store.connection import Graph, Row, connect
from graph.ways import worklists
from graph.ways.worklists import Worklist
from spiders.asking.absence import CANARIES, AbsenceSpider
from spiders.asking.base import UNHELPFUL, HubSpider
from spiders.asking.reading import header, now, unusable
from spiders.hub import addresses, presence
from spiders.hub.answers import excerpt, read_json
from spiders.hub.listing import fault
from spiders.planning.plan import Plan
from spiders.writing.journal import Ask, Page

MOST = 100_000
"""Names that one crawl asks about; the journal of more would not fit into little memory."""


class WorklistSpider(HubSpider):
    """A spider that asks about what the graph lacks, which it reads at the start of a new crawl."""

    counter: ClassVar[str] = "api"  # the one of the quota that its requests count in

    @property
    def expected(self) -> int | None:
        """The names that it asks about: about one record for each."""
        return self.count("asked") if "asked" in self.journal.facts else None

    @property
    def status(self) -> str:
        """How the crawl ended; it is capped when more was waiting than it may ask about."""
        left = self.count("left")
        if left:
            self.capped.append(f"{left:,} more wait in the graph for another crawl")
        return super().status

    def plan_of(self, waiting: Worklist | None, what: str, more: str) -> Plan:
        """The plan for a worklist: one request for each name, and `more` in a sentence."""
        if waiting is None:
            basis = "What to ask is read from the graph, which cannot be reached."
            return Plan({self.counter: 1}, is_least=True, basis=(basis,))
        asked = min(MOST, waiting.waiting // self._shard[1])
        left = waiting.waiting // self._shard[1] - asked
        return Plan(
            {self.counter: asked},
            records=asked,
            is_least=asked > 0,
            basis=(f"{waiting.waiting:,} {what} wait in the graph.", more),
            unreached=(f"{left:,} that wait for another crawl.",) if left else (),
        )

    def mine_of(self, waiting: Callable[[int], Worklist], key: str) -> list[Row]:
        """The part of a worklist that falls to this shard, no more than may be requested.

        `waiting` gives a worklist of at most so many rows, which have the name at `key`.
        """
        shards, most = self._shard[1], min(self.budget or MOST, MOST)
        found = waiting(most * shards)
        rows = [row for row in found.rows if self.mine(row[key])][:most]
        left = (found.waiting - len(found.rows)) // shards
        self.journal.note({"asked": len(rows), "left": left})
        return rows

    def graph(self) -> Graph:
        """The graph that says what is to be asked; CrawlError when it cannot be reached."""
        try:
            return connect(self.hub)
        except HubgraphError as error:
            raise CrawlError(f"What to ask is read from the graph. {error}") from error


class LookupSpider(AbsenceSpider, WorklistSpider):
    """A spider that asks whether models are there, of which the graph knows others."""

    def note_canaries(self, graph: Graph) -> None:
        """Keep which models are known to be public."""
        self.journal.note({"canaries": worklists.public(graph, CANARIES)})

    def lookups(self, names: Iterable[str]) -> Iterator[Ask]:
        """An ask for each name; those that no address can hold are counted."""
        for name in names:
            try:
                yield Ask(addresses.model(self.hub.hub_url, name), "model", {"names": [name]})
            except DataError:
                self.journal.note({"unaskable": 1})

    def model(self, response: Response, *, names: list[str]) -> Page:
        """What became of one model: its record, that it was renamed, or that it is gone."""
        if response.status in presence.MOVED:
            return self._moved(response, names)
        if response.status != 200:
            return self.not_shown(response, names[0])
        info = read_json(response.body)
        if reason := fault(info):
            return _left_out(response, f"the answer {reason}: {excerpt(info)}")
        at = now()
        record = model_record(info, at)  # type: ignore[arg-type]
        page = Page([record], facts={"models": 1, "answered": 1})
        if not presence.is_same(names[-1], str(record["id"])):
            self.take_name(page, names[0], record["id"], at)
        elif not presence.is_same(names[0], names[-1]):
            self.take_move(page, names[0], str(record["id"]), at)
        return page

    def _moved(self, response: Response, names: list[str]) -> Page:
        """Follow a redirect: only what is there at its end is the model's new name."""
        place = header(response, "Location")
        try:
            name = presence.next_name(place, response.url, names)
        except DataError as error:
            page = _left_out(response, str(error))
            page.facts["failed_redirects"] = 1
            return page
        # The fragment is never sent. It keeps apart those who come to one name from several.
        url = f"{addresses.model(self.hub.hub_url, name)}#{quote(names[0], safe='')}"
        ask = Ask(url, "model", {"names": [*names, name]})
        return Page(follow=[ask], facts={"targets": {name.lower(): 1}})


def _left_out(response: Response, reason: str) -> Page:
    """An answer that cannot be used, with its address in the issue log."""
    record = unusable(response.url.partition("?")[0], reason)
    return Page([record], facts={"unusable": 1, UNHELPFUL: 1})
