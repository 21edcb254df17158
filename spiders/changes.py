"""`changes`: what is new or modified on the Hub, and what was renamed or removed."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar, NamedTuple

from scrapy.http import Response

from graph.errors import CrawlError, ParameterError
from graph.observe.hub.records import model_record
from graph.observe.hub.rules import Json as Item
from graph.store.connection import Graph
from graph.store.runs import Scope
from graph.times import read_time
from graph.ways import worklists
from spiders.asking.lookup import LookupSpider
from spiders.asking.options import SHARD, whole_number
from spiders.asking.paging import PagingSpider
from spiders.asking.reading import now
from spiders.hub import addresses
from spiders.planning.plan import PRIVATE, WEEKLY_CHANGES, Known, Plan, pages
from spiders.writing.journal import Ask, Json, Page

MARGIN = timedelta(minutes=10)
"""How far before the last crawl's start changes are read again: clocks differ, lists lag behind."""
UNEVEN = timedelta(minutes=1)
"""How much newer than the one before it a model may be in a listing that goes from new to old."""
VERIFIED = 500
"""Models that are verified unless another number is given."""


class ChangesSpider(PagingSpider, LookupSpider):
    """Models that are new or modified since the last crawl of the whole Hub, and what is gone.

    The listing is read from the newest modification back to the start of that crawl. Then models
    that others were made from are requested one by one, those not seen for the longest time first:
    they may be gone, renamed or someone else's. A model that is listed under a new name is
    requested by its old one.
    """

    name = "changes"
    options: ClassVar[dict[str, str]] = {
        "since": "read changes from this time on (ISO 8601) instead of from the last crawl's start",
        "verify": f"how many models are verified one by one; 0 for none (default {VERIFIED})",
        "shard": SHARD,
    }
    example = "hubgraph crawl changes --verify 2000"
    asks_known = True

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        given = self.given.get("since")
        self._since = moment(given)
        if given and self._since is None:
            hint = "Write it as 2026-10-03T12:00Z."
            raise ParameterError("since", f"since cannot be {given!r}.", hint)
        verify = whole_number("verify", self.given.get("verify"), least=0)
        self._verify = VERIFIED if verify is None else verify
        self._graph: Graph | None = None

    @property
    def _needs_graph(self) -> bool:
        return self.target is None or self._since is None or self._verify > 0

    def closed(self, reason: str) -> None:  # noqa: ARG002 (Scrapy gives it)
        """Scrapy's word that the crawl is over."""
        if self._graph is not None:
            self._graph.close()

    @property
    def refreshes(self) -> Scope | None:
        """All models, unless this is a part of them or leaves out a time before `since`."""
        is_whole = "shard" not in self.given and self.journal.facts.get("leaves_out") is None
        return Scope() if is_whole else None

    @property
    def status(self) -> str:
        """How the crawl ended; it failed when the listing broke off before what is known."""
        status = super().status
        if status in ("complete", "capped") and not self.count("met_the_known"):
            self.reason = "the listing broke off before it came to what is known"
            return "failed"
        return status

    @property
    def expected(self) -> int | None:
        """As many as there are if models were modified evenly over the time; None at first."""
        facts = self.journal.facts
        if "reached" not in facts:
            return None
        start = self.run.started_at
        since, reached = (datetime.fromisoformat(str(facts[name])) for name in ("since", "reached"))
        changed, asked = self.count("changed"), self.count("asked")
        if not since < reached < start:
            return None
        return round(changed * ((start - since) / (start - reached))) + asked

    def plan(self, known: Known) -> Plan:
        """One request for 1,000 changed models, and one for each model that is verified."""
        up_to = worklists.up_to(known.graph, Scope(), known.hub_url) if known.graph else None
        since = self._since or up_to
        unreached = ("What was deleted, of models that are not verified.", PRIVATE)
        if since is None:
            need = "The graph never held all models: run `crawl models` first, or give --since."
            return Plan(basis=(need,), unreached=unreached)
        weeks = max(timedelta(), datetime.now(UTC) - since) / timedelta(weeks=1)
        changed = round(WEEKLY_CHANGES * weeks) if known.is_public else 0
        basis = [f"Changes are read from {since:%Y-%m-%d %H:%M} UTC on."]
        if known.is_public:
            basis.append(f"About {WEEKLY_CHANGES:,} models of the public Hub change in a week.")
        else:
            basis.append("It is not known how many models of this Hub change.")
        basis.append("One that is known under a former name takes one more request.")
        return Plan(
            {"api": pages(changed) + self._verify},
            records=(changed + self._verify) // self._shard[1] or None,
            is_least=not known.is_public,
            basis=tuple(basis),
            unreached=unreached,
        )

    def first_asks(self) -> Iterable[Ask]:
        """The newest page of the listing, then the models to verify."""
        known: datetime | None = None
        names: list[str] = []
        if self._needs_graph:
            graph = self._graph = self.graph()
            known = worklists.up_to(graph, Scope(), self.hub.hub_url)
            names = worklists.unchecked(graph, self._verify * self._shard[1])
            self.note_canaries(graph)
        since = self._since or known
        if since is None:
            raise CrawlError(
                f"The graph never held all models of {self.hub.hub_url}.",
                "Run `hubgraph crawl models` first, or give --since.",
            )
        mine = [name for name in names if self.mine(name)][: self._verify]
        facts: Json = {"asked": len(mine), "since": (since - MARGIN).isoformat()}
        if known is not None and since > known:
            facts["leaves_out"] = f"from {known.isoformat()}"
        self.journal.note(facts)
        expand = self.served(addresses.EXPAND)
        url = addresses.listing(self.hub.hub_url, sort="lastModified", expand=expand)
        return [Ask(url, "listing", {"reached": None}), *self.lookups(mine)]

    def listing(self, response: Response, *, reached: str | None) -> Page:
        """A page of modified models and where the next one is."""
        found = self.items(response)
        since = datetime.fromisoformat(str(self.journal.facts["since"]))
        part = down_to(since, found.items, moment(reached))
        at = now()
        page = Page([model_record(item, at) for item in part.items if self.mine(item["id"])])
        page.facts = {"models": len(page.records), "changed": len(page.records)}
        page.records += self.broken(found)
        page.follow += self.lookups(self._former_names(part.items))
        following = self.following(response, found, page)
        page.facts["reached"] = part.reached.isoformat()
        if part.is_last or following is None:
            page.facts["met_the_known"] = 1
        else:
            page.follow.append(Ask(following, "listing", {"reached": part.reached.isoformat()}))
        return page

    def _former_names(self, items: Sequence[Item]) -> list[str]:
        """Names under which the graph knows models that have another name now."""
        names = {str(item["_id"]): str(item["id"]) for item in items if item.get("_id")}
        if not self._needs_graph or not names:
            return []
        if self._graph is None:
            self._graph = self.graph()
        return [name for name in worklists.other_names(self._graph, names) if self.mine(name)]


class Part(NamedTuple):
    """The part of a page of a listing that is not older than a time."""

    items: list[Item]  # modified since, in their order; and those that do not say when
    reached: datetime  # the oldest modification on the page up to the cut
    is_last: bool  # whether an older one came, so that nothing newer follows


def down_to(since: datetime, items: Sequence[Item], before: datetime | None = None) -> Part:
    """Cut a page of a listing that goes from new to old, where it is older than `since`.

    `before` is the oldest modification on the page before, None for the first page. A CrawlError
    when no model says when it was modified, or one is newer than what came before it.
    """
    kept: list[Item] = []
    reached = before
    for item in items:
        at = moment(item.get("lastModified"))
        if at is not None and reached is not None and at > reached + UNEVEN:
            raise CrawlError(
                f"Asked for the newest first, the Hub lists {str(item['id'])[:100]!r} after what "
                "was modified before it: the listing is not in that order."
            )
        if at is not None:
            reached = min(at, reached or at)
            if at < since:
                return Part(kept, reached, is_last=True)
        kept.append(item)
    if reached is None:
        raise CrawlError("No model in the Hub's listing says when it was modified.")
    return Part(kept, reached, is_last=False)


def moment(value: object) -> datetime | None:
    """A time as the Hub or a person writes it, UTC when it does not say; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return read_time(value)
    except ValueError:
        return None
