"""`bases`: bases that models name but no record describes."""

from collections.abc import Iterable
from typing import ClassVar

from graph.ways import worklists
from spiders.asking.lookup import LookupSpider
from spiders.asking.options import BUDGET, SHARD
from spiders.planning.plan import Known, Plan
from spiders.writing.journal import Ask


class BasesSpider(LookupSpider):
    """Bases that models name and the graph does not know, the most referenced first.

    Each is requested once: it yields a record or a new name, or it is suspected to be gone, with
    the reason, until a look on another day confirms it. A new name is followed, which takes a
    second request.
    """

    name = "bases"
    options: ClassVar[dict[str, str]] = {"budget": BUDGET, "shard": SHARD}
    example = "hubgraph crawl bases --budget 5000"

    def plan(self, known: Known) -> Plan:
        """One request for each base."""
        waiting = worklists.bases(known.graph, 1) if known.graph else None
        return self.plan_of(waiting, "bases", "One that was renamed takes a second request.")

    def first_asks(self) -> Iterable[Ask]:
        """The names, as the graph has them."""
        with self.graph() as graph:
            rows = self.mine_of(lambda most: worklists.bases(graph, most), "id")
            self.note_canaries(graph)
        return self.lookups(row["id"] for row in rows)
