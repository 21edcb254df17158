"""Base of the spiders that ask whether models are there: when "not there" is believed.

A server that refuses looks just like a model that is gone. So what is missing is written only at
the end, if known public models, asked in between, were there, and not too many were missing.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar
from urllib.parse import urldefrag

from scrapy.http import Response

from spiders.asking.base import UNHELPFUL, HubSpider
from spiders.asking.reading import header, now, unusable
from spiders.hub import addresses, presence
from spiders.hub.answers import excerpt, read_json
from spiders.writing.journal import Ask, Json, Page

CANARIES = 12
"""Known public models that one crawl may ask for."""
TOGETHER = 3
"""Of these, how many are asked for at once."""
EVERY = 50
"""They are asked for with the first model that is missing, and again after so many."""
SPARED = 3
"""So many of few models may be missing, if these are no more than a third, and so many names may be
redirected to one model."""


class AbsenceSpider(HubSpider):
    """A spider that asks for models by name, and may find that they are missing."""

    asks_known: ClassVar[bool] = False
    """Whether it asks for models that were there before, few of which can be missing."""
    knows_names: ClassVar[bool] = True
    """Whether its known public models are asked for by their present names."""
    unhelpful = "this server does not say whether a model is there"

    def open(self, target: Path | None) -> None:
        """Open the journal, and take up how many were missing."""
        super().open(target)
        self._held = self.count("missing") + self.count("moved")

    @property
    def canaries(self) -> list[str]:
        """Ids of known public models."""
        names = self.journal.facts.get("canaries", [])
        return list(map(str, names)) if isinstance(names, list) else []

    @property
    def status(self) -> str:
        """How the crawl ended; it failed if what was missing cannot be believed."""
        status = super().status
        if status not in ("complete", "capped"):
            return status
        useless = self.count("withheld") + self.count("unusable")
        if useless >= SPARED and not self.count("answered"):
            self.reason = f"none of {useless:,} answers says whether a model is there"
            return "failed"
        if not (doubt := self.doubt):
            return status
        if self.is_spent and not self.count("canaries_asked"):
            self.capped.append(doubt)
            return "capped"
        self.reason = doubt
        return "failed"

    @property
    def doubt(self) -> str | None:
        """Why what was missing is not believed, None if it is."""
        missing, asked = self.count("missing"), self.count("answered")
        canaries = self.count("canaries_asked") - self.count("canaries_moved")
        refused = self.count("canaries_missing")
        targets = self._targets
        if (most := max(targets.values(), default=0)) > SPARED and 2 * most > sum(targets.values()):
            return (
                f"{most:,} of {sum(targets.values()):,} names were redirected to one model, "
                f"{max(targets, key=targets.__getitem__)}, so none was marked as renamed or gone: "
                "that many former names of one model are not believed"
            )
        moved = self.count("moved")
        if not missing and not moved:
            return None
        as_other = " under their own names" if self.count("as_other") else ""
        said = (
            f"{missing:,} of {asked:,} models were not shown{as_other}, so none was marked as gone"
            if missing
            else f"{moved:,} names were redirected, so none was marked as renamed"
        )
        if not canaries:
            return f"{said}: no model that is known to be public was shown or refused beside them"
        if 3 * refused > canaries:
            return (
                f"{said}: nor were {refused:,} of {canaries:,} that are known to be public; the "
                "server refuses what is there"
            )
        if self.asks_known and missing > believable(asked, 1 - self.hub.crawl_min_share):
            return (
                f"{said}: that many of those that were there before cannot be gone at once "
                "(HUBGRAPH_CRAWL_MIN_SHARE says how many must be there)"
            )
        return None

    def not_shown(self, response: Response, name: str) -> Page:
        """What an answer other than a model says of a name; CrawlError when that is nothing."""
        word = self.missing_as(response)
        if word == presence.REFUSED:
            reason = f"the Hub does not show it to us: {excerpt(response.body)}"
            record = unusable(response.url.partition("?")[0], reason)
            return Page([record], facts={"withheld": 1, UNHELPFUL: 1})
        page = Page(facts={"answered": 1})
        self.hold(page, presence.missing(name, word, now()))
        return page

    def hold(self, page: Page, record: Json) -> None:
        """Write a record only if known public models, asked beside it, are shown as they are."""
        page.facts["missing"] = 1
        self._hold(page, record)

    def take_name(self, page: Page, name: str, other: object, at: str) -> None:
        """What was asked for is shown under another name, without a redirect.

        A mirror may follow redirects itself; one that answers everything alike does so, too.
        """
        page.held, page.records = page.records, []
        self.hold(page, presence.renamed(name, str(other), at))
        page.facts |= {"renamed": 1, "as_other": 1}

    def take_move(self, page: Page, name: str, other: str, at: str) -> None:
        """A redirect leads from a name to a model: written if not all lead to the same one."""
        page.facts |= {"renamed": 1, "moved": 1}
        self._hold(page, presence.renamed(name, other, at))

    def canary(self, response: Response, *, name: str) -> Page:
        """A known public model: if it is not there, neither is the server's word worth anything.

        That it has another name is no evidence: a server that redirects whatever it is asked says
        so as well.
        """
        page = Page()
        is_evidence = True
        if response.status == 200:
            info = read_json(response.body)  # a page that asks who we are shows nothing
            is_shown = isinstance(info, dict) and presence.is_same(name, str(info.get("id")))
        elif response.status in presence.MOVED:
            to = presence.leads_to(header(response, "Location"), response.url)
            page.facts |= {"targets": {to.lower(): 1}} if to else {}
            is_shown = to is not None
            is_evidence = to is None or not self.knows_names or presence.is_same(name, to)
        else:
            self.missing_as(response)
            is_shown = False
        if not is_shown:
            self.logger.warning("%s, which is known to be public, was not shown", name)
        page.facts |= {"canaries_asked": 1, "canaries_missing": int(not is_shown)}
        page.facts |= {} if is_evidence else {"canaries_moved": 1}
        return page

    @property
    def _targets(self) -> dict[str, int]:
        """Model → how many names were redirected to it, those known to be public included."""
        found = self.journal.facts.get("targets", {})
        return (
            {name: int(count) for name, count in found.items()} if isinstance(found, dict) else {}
        )

    def _hold(self, page: Page, record: Json) -> None:
        page.held.append(record)
        page.follow += self._canary_asks(self._held // EVERY)
        self._held += 1

    def _canary_asks(self, turn: int) -> Iterable[Ask]:
        names = self.canaries
        some = {names[(turn * TOGETHER + n) % len(names)] for n in range(TOGETHER) if names}
        for name in sorted(some):
            url = urldefrag(addresses.model(self.hub.hub_url, name)).url
            yield Ask(f"{url}#canary-{turn}", "canary", {"name": name})


def believable(asked: int, most: float) -> float:
    """How many of some models that were there before may be missing: one, or a share of them."""
    return max(1, most * asked, min(SPARED, asked / 3))
