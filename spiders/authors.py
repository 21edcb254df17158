"""`authors`: the accounts that publish models."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from scrapy.http import Response

from graph.errors import CrawlError, DataError
from graph.observe.normalise import AUTHOR_FORM
from graph.ways import worklists
from spiders.asking.base import UNHELPFUL
from spiders.asking.lookup import WorklistSpider
from spiders.asking.options import BUDGET, SHARD, whole_number
from spiders.asking.reading import expect, now, unusable
from spiders.hub import addresses, pages, presence
from spiders.hub.answers import excerpt, read_json
from spiders.hub.author_info import author_record
from spiders.planning.plan import Known, Plan
from spiders.writing.journal import Ask, Json, Page

STALE_DAYS = 90
MOST_UNREAD = 20
"""Pages that cannot be read before no more are asked for; so many are in the issue log."""

ROUTES = {"user": addresses.user, "organization": addresses.organization}
"""Kind of account → address of its overview."""


class AuthorsSpider(WorklistSpider):
    """Accounts that publish models and that the graph lacks, the most influential first.

    For each: kind, full name, whether it is verified or enterprise, and followers; for an
    organization also its type, which only its page shows. An account that is gone is recorded as
    asked, and asked about again once that record is stale.
    """

    name = "authors"
    options: ClassVar[dict[str, str]] = {
        "stale_days": f"ask again about what is older than this, in days (default {STALE_DAYS})",
        "budget": BUDGET,
        "shard": SHARD,
    }
    example = "hubgraph crawl authors --budget 2000"
    unhelpful = "this server has no accounts"
    in_depth = True

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self._stale_days = whole_number("stale_days", self.given.get("stale_days")) or STALE_DAYS

    def open(self, target: Path | None) -> None:
        """Open the journal of this crawl."""
        super().open(target)
        self._found = bool(self.count("authors"))
        self._pages = Counter({name: self.count(name) for name in ("pages_read", "pages_unread")})

    @property
    def status(self) -> str:
        """How the crawl ended; it is capped when pages could not be read at large."""
        unread, skipped = self.count("pages_unread"), self.count("pages_skipped")
        if skipped or unread > MOST_UNREAD:
            self.capped.append(
                f"the type of {unread + skipped:,} organizations is unknown: "
                "their pages could not be read"
            )
        return super().status

    def plan(self, known: Known) -> Plan:
        """One request for each account, more for organizations."""
        waiting = worklists.authors(known.graph, self._before, 1) if known.graph else None
        more = "An organization takes two more: its overview, and its page on the website."
        return self.plan_of(waiting, "accounts", more)

    @property
    def _before(self) -> datetime:
        """What was observed earlier is stale."""
        return datetime.now(UTC) - timedelta(days=self._stale_days)

    def first_asks(self) -> Iterable[Ask]:
        """The overview of each account, as what the graph knows it to be, else as a user."""
        before = self._before
        with self.graph() as graph:
            rows = self.mine_of(lambda most: worklists.authors(graph, before, most), "name")
        for row in rows:
            known = row["kind"] if row["kind"] in ROUTES else None
            about = {"name": row["name"], "known": known, "type": row["type"]}
            try:
                yield self._overview(known or "user", about)
            except DataError:
                self.journal.note({"unaskable": 1})

    def overview(self, response: Response, **about: Any) -> Page:
        """What the Hub says of an account: of an organization the page may come next."""
        if response.status != 200:
            return self._elsewhere(response, about)
        name, info = about["name"], read_json(response.body)
        try:
            record = author_record(info, now())
        except DataError as error:
            return Page([_left_out(response, str(error))], facts={"unusable": 1, UNHELPFUL: 1})
        if not presence.is_same(str(record["name"]), name):
            other = f"The answer is about {excerpt(record['name'])}."
            return Page([_left_out(response, other)], facts={"unusable": 1, UNHELPFUL: 1})
        page, self._found = Page([record], facts={"authors": 1}), True
        if record.get("kind") == "organization" and not about["type"]:
            if self._pages_are_read:
                url = addresses.account_page(self.hub.hub_url, name)
                return Page(follow=[Ask(url, "page", {"name": name, "record": record})])
            page.facts["pages_skipped"] = 1
        return page

    def page(self, response: Response, *, name: str, record: Json) -> Page:
        """The page of an organization, which completes its record."""
        page = Page([record], facts={"authors": 1})
        outcome = "pages_read"
        try:
            expect(response, 200)
            shown = pages.account_page(response.body, name)
        except (CrawlError, DataError) as error:
            outcome = "pages_unread"
            if self._pages[outcome] < MOST_UNREAD:
                page.records.append(_left_out(response, str(error)))
        else:
            page.records = [{**record, "organization_type": shown.get("organization_type")}]
        self._pages[outcome] += 1
        page.facts[outcome] = 1
        return page

    def _elsewhere(self, response: Response, about: dict[str, Any]) -> Page:
        """No account of this kind: ask for the other kind, or note that there is none."""
        if response.status not in presence.MOVED:
            if self.missing_as(response) == presence.REFUSED:
                raise CrawlError(f"The Hub does not show it to us: {excerpt(response.body)}")
            if not about["is_last"]:
                other = next(other for other in ROUTES if other != about["kind"])
                follow = [self._overview(other, about, is_last=True)]
                return Page(follow=follow, facts={UNHELPFUL: 0})
        page = Page(held=[unseen(about["name"], about["known"], now())], facts={"unseen": 1})
        if not self._found:  # perhaps it has none at all
            page.facts[UNHELPFUL] = 1
        return page

    @property
    def _pages_are_read(self) -> bool:
        """Whether pages are worth asking for: that most can be read, or few were tried."""
        return self._pages["pages_unread"] < max(MOST_UNREAD, self._pages["pages_read"])

    def _overview(self, kind: str, about: dict[str, Any], *, is_last: bool = False) -> Ask:
        url = ROUTES[kind](self.hub.hub_url, about["name"])
        return Ask(url, "overview", {**about, "kind": kind, "is_last": is_last})


def unseen(name: str, known: object, observed_at: str) -> Json:
    """The record of an account that is not shown: that it was asked about, and no more.

    If the graph never knew its kind, the record says that there is none, so that the account no
    longer counts as one to ask about.
    """
    record: Json = {"record": AUTHOR_FORM, "name": name, "observed_at": observed_at}
    return record if known else {**record, "kind": None}


def _left_out(response: Response, reason: str) -> Json:
    """What stands for an answer that cannot be used, with its address in the issue log."""
    return unusable(response.url.partition("?")[0], reason, AUTHOR_FORM)
