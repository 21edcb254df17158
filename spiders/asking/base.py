"""Base spider: resumable requests; responses become pages of records."""

import asyncio
import hashlib
import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import scrapy
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from graph.errors import CrawlError, HubgraphError, ParameterError
from graph.observe.record_writer import part_of
from graph.settings import Settings, load_settings
from graph.store.connection import connect
from graph.store.identity import holds, identity
from graph.store.runs import Run, Scope
from spiders.asking.options import is_on, shard, whole_number
from spiders.asking.reading import header, is_usable
from spiders.asking.waiting import BudgetSpentError, CrawlEndedError
from spiders.hub import presence
from spiders.hub.answers import LARGEST, TooLargeError
from spiders.hub.origin import is_private_way
from spiders.hub.quota import Route, route
from spiders.planning.plan import Known, Plan
from spiders.writing.journal import Ask, Journal, Json, Page

UNHELPFUL = "unhelpful"
"""Fact of a page whose answer said nothing of what was asked."""
MOST_UNHELPFUL = 20
"""So many in a row are taken for the server's principle: no more is asked."""


class HubSpider(scrapy.Spider):
    """A crawl that resumes where it was interrupted.

    A spider says what it requests first and turns each response into a `Page`, in methods that take
    the response and, by name, what the request carried; a HubgraphError gives that request up.
    Everything else is here and in the pipeline.
    """

    options: ClassVar[dict[str, str]] = {}
    """Names of its arguments, each with a sentence; all are text, as Scrapy gives them."""
    repeatable: ClassVar[frozenset[str]] = frozenset()  # those with several values, by commas
    flags: ClassVar[frozenset[str]] = frozenset()  # those that hold no value but "1"
    argument: ClassVar[str | None] = None
    """The one that must be given; the command takes it without its name."""
    example: ClassVar[str] = ""  # a command that shows it
    in_depth: ClassVar[bool] = False  # whether what an answer leads to is asked before the rest
    largest: ClassVar[int] = LARGEST  # bytes of an answer; of a larger one no more is read
    unit: ClassVar[str] = "records"  # what it counts as it goes
    unhelpful: ClassVar[str] = "this server gives no usable answers"
    """What follows when too many answers in a row were of no use."""

    def __init__(self, **options: str) -> None:
        unknown = sorted(options.keys() - self.options.keys() - {"fresh"})
        if unknown:
            known = ", ".join(self.options) or "none"
            message = f"The spider {self.name} has no option {unknown[0]!r}."
            raise ParameterError(unknown[0], message, f"It has {known}.")
        super().__init__(self.name)
        self.given = {name: value for name, value in options.items() if name in self.options}
        self.budget = whole_number("budget", self.given.get("budget"))  # most requests, or None
        self._shard = shard(self.given.get("shard", "1/1"))
        self._fresh = is_on(options, "fresh")
        self.failures: dict[str, str] = {}  # address → why it was given up
        self.capped: list[str] = []  # what the Hub does not show to this spider, in sentences
        self.notes: list[str] = []  # what else is to be said of the crawl, in sentences
        self.outcome = "running"  # how it ended, once it has
        self.reason = ""  # why it failed
        self.is_spent = False  # whether all requests that were allowed are made
        self._unhelpful = 0  # answers in a row
        self._stopped = ""  # why no more is asked
        self._waiting: dict[Route, deque[int]] = {}
        self._under_way: Counter[Route] = Counter()
        self.hub: Settings
        self.target: Path | None = None  # the record file it writes, None for the graph
        self.run: Run  # the run in the graph, the same after an interruption
        self.journal: Journal

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way to make a spider."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.hub = load_settings()
        target = crawler.settings.get("HUB_TO")
        spider.open(Path(target) if target else None)
        return spider

    def open(self, target: Path | None) -> None:
        """Open the journal of this crawl: the same spider, options, Hub and target go on."""
        self.target = target
        graph = None if target else self._graph_identity()
        hub = self.hub
        where = f"{hub.neo4j_uri} {hub.neo4j_database} {hub.data_dir}"
        where = str(target.absolute()) if target else where
        what = json.dumps([self.name, self.given, self.hub.hub_url, where], sort_keys=True)
        name = f"{self.name}-{hashlib.sha256(what.encode()).hexdigest()[:16]}.jsonl"
        run = Run.begin("crawl")
        head: Json = {"run": run.id, "started_at": run.started_at.isoformat(), "what": what}
        head["graph"] = graph
        path = self.hub.crawl_dir / name
        self.journal = Journal(path, head, fresh=self._fresh)
        has_part = target is None or part_of(target, path.stem).exists()
        is_over = self.journal.begun and not self.journal.pending
        if not has_part and (is_over or Path(where).exists()):
            self.journal.close(finished=True)  # it was killed when the file had its name already
            self.journal = Journal(path, head)
        if self.journal.head.get("graph") != graph or self._is_older():
            self.notes.append(
                "The graph was replaced since this crawl was interrupted, so it began anew."
            )
            self.journal.close(finished=True)
            self.journal = Journal(path, head)
        started_at = datetime.fromisoformat(str(self.journal.head["started_at"]))
        self.run = Run(str(self.journal.head["run"]), "crawl", started_at)

    def check_graph(self) -> None:
        """Check that the graph is the one that this crawl began with; CrawlError when not."""
        if not self.target and self.journal.head["graph"] != self._graph_identity():
            raise CrawlError("The graph was replaced while the crawl ran.")

    def _is_older(self) -> bool:
        """Whether the graph is a copy from before what this crawl wrote to it."""
        if self.target or "outcomes" not in self.journal.facts:
            return False
        with connect(self.hub) as graph:
            return not holds(graph, str(self.journal.head["run"]))

    def _graph_identity(self) -> str:
        with connect(self.hub) as graph:
            return identity(graph)

    @property
    def source(self) -> str:
        """What is crawled, in words."""
        options = "".join(f" {name}={value}" for name, value in sorted(self.given.items()))
        return f"{self.name}{options} of {self.hub.hub_url}"

    @property
    def status(self) -> str:
        """How the crawl ended, once everything is written: as in the run's node."""
        if self._stopped:
            self.reason = self._stopped
            return "failed"
        if self.failures:
            self.reason = next(iter(self.failures.values()))
            return "failed"
        if self.is_spent:
            left = len(self.journal.pending)
            self.capped.append(f"{self.budget:,} requests were allowed; {left:,} more are known of")
            return "capped"
        if self.journal.pending:
            return "interrupted"
        found, announced = self.count("found"), self.count("announced")
        if found < self.hub.crawl_min_share * announced:
            self.reason = f"it found {found:,} of the {announced:,} models that the Hub announces"
            return "failed"
        return "capped" if self.capped else "complete"

    @property
    def doubt(self) -> str | None:
        """Why what the journal holds back is not to be written, None if it is."""
        return None

    @property
    def covers(self) -> Scope | None:
        """What a complete crawl has seen all of, for `mark_gone`; None when that is nothing."""
        return None

    @property
    def refreshes(self) -> Scope | None:
        """What the graph is up to date on after a complete crawl; None when that is nothing."""
        return self.covers

    @property
    def expected(self) -> int | None:
        """About how many records there will be, for the time left; None if unknown."""
        return None

    @property
    def requests_left(self) -> int | None:
        """How many requests it may still make; None for as many as it takes."""
        return None if self.budget is None else max(0, self.budget - self.count("requests"))

    def plan(self, known: Known) -> Plan:
        """What the crawl will cost when it begins anew; needs no journal."""
        raise NotImplementedError

    def count(self, name: str) -> int:
        """A fact that is a number; 0 while there is none."""
        return int(str(self.journal.facts.get(name, 0)))

    def mine(self, name: object) -> bool:
        """Whether a model or author falls to this shard."""
        part, parts = self._shard
        digest = hashlib.sha256(str(name).lower().encode("utf-8", "replace")).digest()
        return int.from_bytes(digest[:8], "big") % parts == part - 1

    def first_asks(self) -> Iterable[Ask]:
        """What to ask at the start of a new crawl."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask what comes first, or what is pending; each when the crawl gets to it."""
        if not self.journal.begun:
            try:
                await asyncio.to_thread(self._begin)
            except HubgraphError as error:
                self.failures["start"] = str(error).rstrip(".")
                return
        for number, ask in list(self.journal.pending.items()):
            self._line_up(number, ask)
        for request in self._go():
            yield request

    def _begin(self) -> None:
        """Ask what comes first; a long list takes a while."""
        self.journal.ask(list(self.first_asks()))
        self.journal.begin()

    def _line_up(self, number: int, ask: Ask, *, first: bool = False) -> None:
        """Let an ask wait until it is its turn, after those that wait or before them."""
        line = self._waiting.setdefault(self._route(ask), deque())
        (line.appendleft if first else line.append)(number)

    def _go(self) -> Iterator[scrapy.Request]:
        """The requests whose turn it is.

        Each class of address has its own line, for each has its own quota: what waits for one holds
        up no other. Only what is under way takes memory; the rest are numbers.
        """
        for sent_to, line in self._waiting.items():
            while line and self._under_way[sent_to] < self.hub.crawl_concurrency:
                number = line.popleft()
                ask = self.journal.pending[number]
                self._under_way[sent_to] += 1
                yield scrapy.Request(
                    ask.url,
                    callback=self._answered,
                    errback=self._lost,
                    cb_kwargs={"number": number, "ask": ask},
                    meta={
                        "handle_httpstatus_all": True,
                        "download_slot": str(sent_to),
                        "download_maxsize": self.largest,
                    },
                    dont_filter=True,
                )

    def _route(self, ask: Ask) -> Route:
        return route(ask.url, self.hub.hub_url)

    def _answered(
        self, response: Response, number: int, ask: Ask
    ) -> Iterator[Page | scrapy.Request]:
        sent_to = self._route(ask)
        self._under_way[sent_to] -= 1
        answers = {f"{sent_to} {response.status}": 1}
        facts: Json = {"requests": 1, "answers": answers, "bytes": len(response.body)}
        try:
            page = self.parsed(response, ask)
        except Exception as error:  # an unforeseen answer costs only itself
            reason = str(error)
            if not isinstance(error, HubgraphError):
                self.logger.debug("The answer of %s was not understood", ask.url, exc_info=True)
                reason = f"the answer was not understood ({error!r:.200})"
            self._give_up(ask, reason)
            self.journal.note(facts)
            self._take_stock(reason)
        else:
            page.number = number
            page.facts = {"records": sum(map(is_usable, page.records)), **page.facts, **facts}
            self._follow(page)
            yield page
            if page.facts.get(UNHELPFUL) != 0:  # then the next answer decides
                self._take_stock(f"answered {response.status}" if UNHELPFUL in page.facts else "")
        yield from self._go()

    def _take_stock(self, reason: str) -> None:
        """Count answers in a row that were of no use, and end the crawl after too many."""
        self._unhelpful = self._unhelpful + 1 if reason else 0
        if self._unhelpful >= MOST_UNHELPFUL and not self._stopped:
            last = reason.rstrip(".")
            self._stopped = f"{self.unhelpful}: {MOST_UNHELPFUL} in a row, the last: {last}"
            raise CloseSpider("unhelpful")

    def parsed(self, response: Response, ask: Ask) -> Page:
        """What the answer gives; a HubgraphError when that is nothing that can be used."""
        page: Page = getattr(self, ask.parse)(response, **ask.about)
        return page

    def too_large(self, ask: Ask) -> Page | None:  # noqa: ARG002 (for those that know better)
        """What stands for an answer that is too large; None to give the request up."""
        return None

    def missing_as(self, response: Response) -> str:
        """How what was asked about is missing; CrawlError when the answer does not say that."""
        code = header(response, "X-Error-Code")
        with_token = self.hub.hf_token is not None and is_private_way(self.hub.hub_url)
        return presence.missing_as(response.status, response.body, code=code, with_token=with_token)

    def _follow(self, page: Page) -> None:
        """Line up what a page leads to."""
        for number, ask in self.journal.ask(page.follow):
            # With a budget, what was begun is brought to its end before more is begun.
            self._line_up(number, ask, first=self.budget is not None or self.in_depth)

    def _lost(self, failure: Any) -> Iterator[scrapy.Request]:
        """A request has no answer."""
        ask: Ask = failure.request.cb_kwargs["ask"]
        self._under_way[self._route(ask)] -= 1
        if failure.check(BudgetSpentError):
            self.is_spent = True
            raise CloseSpider("budget_spent")  # what was asked is still waited for
        if failure.check(TooLargeError) and (page := self.too_large(ask)):
            self._follow(page)
            page.number = failure.request.cb_kwargs["number"]
            page.facts["requests"] = 1
            self.journal.done([page])
            yield from self._go()
        elif not failure.check(CrawlEndedError):
            self.journal.note({"requests": 1, "answers": {f"{self._route(ask)} none": 1}})
            self._give_up(ask, failure.getErrorMessage())
            self._take_stock(failure.getErrorMessage())
            yield from self._go()

    def _give_up(self, ask: Ask, reason: str) -> None:
        place = ask.url.partition("?")[0]
        self.failures[place] = reason.rstrip(".")
        self.logger.error("%s was given up: %s", place, reason)
