"""`avatars`: the pictures of accounts, kept small on this machine."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from scrapy.http import Response

from graph.errors import CrawlError, DataError, ParameterError
from graph.settings import Settings, load_settings
from graph.store.avatars import has_fresh_avatar, keep_avatar
from graph.store.connection import Graph
from graph.ways import worklists
from graph.ways.worklists import Worklist
from spiders.asking.base import UNHELPFUL
from spiders.asking.lookup import WorklistSpider
from spiders.asking.options import BUDGET, SHARD, whole_number
from spiders.asking.reading import expect
from spiders.hub.origin import of_hub
from spiders.hub.picture import LARGEST, small_picture
from spiders.hub.presence import MOVED
from spiders.planning.plan import Known, Plan
from spiders.writing.journal import Ask, Page

STALE_DAYS = 90
MISSING = (404, 410)


class AvatarsSpider(WorklistSpider):
    """Pictures of the accounts that the graph knows, the most influential first.

    Each is asked of the server of avatars alone (HUBGRAPH_AVATAR_URL), checked, made small and kept
    in the data folder, from where the web app shows it. `hubgraph crawl authors` finds out where
    the pictures are.
    """

    name = "avatars"
    options: ClassVar[dict[str, str]] = {
        "stale_days": f"ask again for what is older than this, in days (default {STALE_DAYS})",
        "budget": BUDGET,
        "shard": SHARD,
    }
    example = "hubgraph crawl avatars --budget 2000"
    unhelpful = "this server gives no pictures"
    counter = "avatars"
    unit = "accounts"
    largest = LARGEST

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self._stale_days = whole_number("stale_days", self.given.get("stale_days")) or STALE_DAYS

    def open(self, target: Path | None) -> None:
        """Open the journal of this crawl; ParameterError for a file, which holds no pictures."""
        if target is not None:
            hint = "They are kept in HUBGRAPH_DATA_DIR."
            raise ParameterError("to", "Pictures cannot be written to a record file.", hint)
        super().open(target)
        self._found = bool(self.count("kept"))

    @property
    def status(self) -> str:
        """How the crawl ended, with what was kept and what was not."""
        refused = self.journal.facts.get("refused_as")
        reasons = refused.items() if isinstance(refused, dict) else ()
        said = ", ".join(f"{count:,} {reason}" for reason, count in reasons)
        refusals = f"; refused: {said}" if said else ""
        self.notes.append(f"{self.count('kept'):,} pictures kept{refusals}.")
        return super().status

    def plan(self, known: Known) -> Plan:
        """One request for each account."""
        waiting = self._waiting_in(known.graph, load_settings(), 1) if known.graph else None
        return self.plan_of(
            waiting, "pictures", "Those of the last crawls are not asked for again."
        )

    def first_asks(self) -> Iterable[Ask]:
        """The address of each picture, as the graph has it."""
        with self.graph() as graph:
            rows = self.mine_of(lambda most: self._waiting_in(graph, self.hub, most), "name")
        for row in rows:
            if of_hub(row["url"], self.hub.avatar_url):
                yield Ask(row["url"], "picture", {"name": row["name"]})
            else:
                self.journal.note({"unaskable": 1})

    def picture(self, response: Response, *, name: str) -> Page:
        """Keep the picture; one that cannot be used is noted, so that it is not asked for again."""
        if response.status in MOVED:
            return self._refused(name, "redirected elsewhere")
        if response.status in MISSING:
            return self._refused(name, "no longer there")
        expect(response, 200)
        try:
            picture = small_picture(response.body)
        except DataError as error:
            return self._refused(name, error.message)
        self._keep(name, picture)
        self._found = True
        return Page(facts={"records": 1, "kept": 1})

    def too_large(self, ask: Ask) -> Page | None:
        """One of which no more was read is as good as none."""
        return self._refused(ask.about["name"], "too large")

    def _refused(self, name: str, reason: str) -> Page:
        page = Page(facts={"records": 1, "refused_as": {reason: 1}})
        if self._found:
            self._keep(name, b"")
        else:  # perhaps it has none at all
            page.facts[UNHELPFUL] = 1
        return page

    def _keep(self, name: str, picture: bytes) -> None:
        try:
            keep_avatar(self.hub, name, picture)
        except OSError as error:
            reason = (
                f"A picture cannot be written to {self.hub.data_dir}: {error.strerror or error}."
            )
            raise CrawlError(reason) from error

    def _waiting_in(self, graph: Graph, settings: Settings, most: int) -> Worklist:
        has = partial(has_fresh_avatar, settings, days=self._stale_days)
        return worklists.avatars(graph, settings.avatar_url, most, has)
