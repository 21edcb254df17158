"""`evaluations`: results of models on benchmarks, from the API."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from scrapy.http import Response

from graph.errors import CrawlError, DataError
from graph.observe.hub.evaluations import (
    CARD,
    FIELD,
    TAG,
    card_results,
    is_invalid,
    leaderboard_result,
    model_results,
)
from graph.schema import DATASET, EVALUATION, MODEL, NodeType
from spiders.asking.options import SHARD, is_on
from spiders.asking.paging import PagingSpider, refuse_others
from spiders.asking.reading import expect, now, unusable
from spiders.hub import addresses, listing
from spiders.hub.answers import excerpt, read_json
from spiders.hub.presence import UNSEEN
from spiders.planning import plan
from spiders.planning.plan import Known, Plan
from spiders.writing.journal import Ask, Page

OFFICIAL = "benchmark:official"
"""The tag of the datasets that the Hub takes for benchmarks."""
_SHOWN = 10


class EvaluationsSpider(PagingSpider):
    """Results of models on benchmarks: those that models state, then every leaderboard.

    Crawl or load the models first: a result of a model that the graph does not know is left out.
    """

    name = "evaluations"
    options: ClassVar[dict[str, str]] = {
        "cards": "also what the cards of models claim, which counts for nothing",
        "shard": SHARD,
    }
    flags = frozenset({"cards"})
    example = "hubgraph crawl evaluations"
    node = EVALUATION

    def open(self, target: Path | None) -> None:
        """Open the journal, and take up which tasks benchmarks have."""
        super().open(target)
        self._tasks = {name: set(tasks) for name, tasks in self._counts("tasks").items()}

    @property
    def status(self) -> str:
        """How the crawl ended; it failed if the Hub has no results at all."""
        closed = sorted(self._counts("closed"))
        if closed and not self.capped:
            more = f" and {len(closed) - _SHOWN:,} more" if len(closed) > _SHOWN else ""
            names = ", ".join(closed[:_SHOWN]) + more
            self.capped.append(f"leaderboards that the Hub does not show to us, of {names}")
        status = super().status
        if status in ("complete", "capped") and not self.count("models"):
            self.reason = "the Hub lists no model with results: the listing looks incomplete"
            return "failed"
        return status

    def plan(self, _known: Known) -> Plan:
        """A page for 1,000 models with results, and a request for each leaderboard."""
        return Plan(
            {"api": 3},
            is_least=True,
            basis=(
                f"One answer of the listing holds {addresses.MOST:,} models with their results.",
                "Each benchmark takes one more request for each of its tasks.",
            ),
            unreached=(plan.PRIVATE, "Leaderboards that only people with access see."),
        )

    def first_asks(self) -> Iterable[Ask]:
        """The first page of the models that have results."""
        yield Ask(self._listing(MODEL, TAG, FIELD), "results")
        if is_on(self.given, "cards"):
            yield Ask(self._listing(MODEL, CARD, CARD), "cards")

    def results(self, response: Response) -> Page:
        """The results of a page of models; after the last, the list of benchmarks comes next."""
        found = self._models(response, TAG, FIELD)
        page = Page(self.broken(found), facts={"models": len(found.items), "pages": 1})
        at = now()
        for item in found.items:
            stated = item.get(FIELD)
            if not isinstance(stated, list):
                name = str(item["id"])
                if self.mine(name):
                    page.records.append(unusable(name, f"has no {FIELD}", EVALUATION.form))
                continue
            page.add({"invalid": sum(map(is_invalid, stated))})
            self._take(page, model_results(item, at))
        if following := self.following(response, found, page):
            page.follow.append(Ask(following, "results"))
        else:
            page.follow.append(Ask(self._listing(DATASET, OFFICIAL), "benchmarks"))
        return page

    def cards(self, response: Response) -> Page:
        """What the cards of a page of models claim."""
        found = self._models(response, CARD, CARD)
        claims = [card_results(item, now()) for item in found.items]
        facts: dict[str, object] = {"cards": len(claims), "cards_without_results": claims.count([])}
        page = Page(self.broken(found), facts=facts)
        page.records += [record for each in claims for record in each if self.mine(record["id"])]
        if following := self.following(response, found, page):
            page.follow.append(Ask(following, "cards"))
        return page

    def benchmarks(self, response: Response) -> Page:
        """A page of benchmarks, each with its leaderboards: one for each task that was met."""
        found = self.items(response)
        refuse_others(found.items, [OFFICIAL], "datasets")
        page = Page(self.broken(found), facts={"benchmarks": len(found.items)})
        for name in (str(item["id"]) for item in found.items):
            for task in sorted(self._tasks.get(name, {""})):
                try:
                    url = addresses.leaderboard(self.hub.hub_url, name, task or None)
                except DataError as error:
                    page.records.append(unusable(name, str(error), EVALUATION.form))
                    continue
                about = {"benchmark": name, "task": task}
                page.follow.append(Ask(url, "leaderboard", about))
        if following := self.following(response, found, page):
            page.follow.append(Ask(following, "benchmarks"))
        return page

    def leaderboard(self, response: Response, *, benchmark: str, task: str) -> Page:
        """The entries of a leaderboard; one that is not shown, or not there, is passed over."""
        if response.status in UNSEEN:
            self.missing_as(response)
            return Page(facts={"closed": {benchmark: 1}})
        expect(response, 200)
        entries = read_json(response.body)
        if not isinstance(entries, list):
            raise DataError(f"The answer is no leaderboard: {excerpt(entries)}")
        found = listing.sift(
            {**entry, "id": entry.get("modelId")} if isinstance(entry, Mapping) else entry
            for entry in entries
        )
        page = Page(self.broken(found), facts={"leaderboards": 1})
        at = now()
        self._take(
            page, [leaderboard_result(entry, benchmark, task or None, at) for entry in found.items]
        )
        if following := self.following(response, found, page):
            about = {"benchmark": benchmark, "task": task}
            page.follow.append(Ask(following, "leaderboard", about))
        return page

    def _models(self, response: Response, tag: str, field: str) -> listing.Listing:
        """A page of the models with a tag; a CrawlError if that or the field is not served."""
        if response.status == 400:
            refusal = excerpt(response.body)
            raise CrawlError(f"The Hub refuses to list the models with {tag}: {refusal}")
        found = self.items(response)
        refuse_others(found.items, [tag], "models")
        if found.items and not any(field in item for item in found.items):
            raise CrawlError(f"The Hub lists the models with {tag}, and leaves out what: {field}.")
        return found

    def _take(self, page: Page, records: list[dict[str, Any]]) -> None:
        """Take records, and which tasks of benchmarks they are of."""
        for record in records:
            name, task = record["benchmark"], record["metric"] or ""
            if isinstance(name, str) and isinstance(task, str):
                self._tasks.setdefault(name, set()).add(task)
                page.add({"tasks": {name: {task: 1}}})
            if self.mine(record["id"]):
                page.records.append(record)

    def _listing(self, node: NodeType, tag: str, *fields: str) -> str:
        return addresses.listing(
            self.hub.hub_url,
            node,
            sort="createdAt",
            ascending=True,
            expand=self.served(("tags", *fields)),
            filters=[tag],
        )

    def _counts(self, name: str) -> Mapping[str, Any]:
        value = self.journal.facts.get(name, {})
        return value if isinstance(value, Mapping) else {}
