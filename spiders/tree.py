"""`tree`: the lineage of models, up to their roots and down to what was made from them."""

from collections.abc import Iterable
from contextlib import suppress
from typing import ClassVar

from scrapy.http import Response

from hubgraph.errors import CrawlError, DataError, ParameterError
from spiders.base import SHARD, HubSpider, broken_record, expect, link_header, now
from spiders.hub import addresses, listing
from spiders.hub.answers import read_json
from spiders.hub.model_info import model_record
from spiders.journal import Ask, Json
from spiders.page import Page

MOVED = (301, 302, 307, 308)
UNSEEN = (401, 403, 404, 410, 451)
"""Missing, private, removed or withheld: the Hub does not tell which to everyone."""


class TreeSpider(HubSpider):
    """What models were made from, and what was made from them.

    One request a model: the Hub lists what was made from one model, and does not say in a listing
    which of those have derivatives of their own.
    """

    name = "tree"
    options: ClassVar[dict[str, str]] = {
        "model": "the models to start at",
        "depth": "how many steps down; 0 for none (default: as far as it goes)",
        "shard": SHARD,
    }
    repeatable = frozenset({"model"})
    argument = "model"
    example = "hubgraph crawl tree google/gemma-7b --depth 1"

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self._models = [name for name in self.given.get("model", "").split(",") if name]
        if not self._models:
            raise ParameterError("model", "No model was named to start at.", "model=OWNER/NAME")
        depth = self.given.get("depth", "1000")
        if not depth.isdecimal():
            raise ParameterError("depth", f"depth is {depth!r}.", "It is a whole number from 0.")
        self._depth = int(depth)

    @property
    def expected(self) -> int | None:
        """The derivatives that the Hub announces for the models it starts at."""
        announced = self.journal.facts.get("announced")
        return announced if isinstance(announced, int) and announced else None

    def first_asks(self) -> Iterable[Ask]:
        """The models to start at."""
        for name in self._models:
            if self.mine(name):
                yield self._model(name, is_start=True)

    def model(self, response: Response, about: Json) -> Page:
        """One model: its bases come next, and for a start what was made from it.

        Raises:
            CrawlError: a model to start at cannot be seen, or the answer is none.
        """
        is_start = bool(about["is_start"])
        if response.status in MOVED:
            return self._elsewhere(response, about)
        if response.status in UNSEEN:
            if is_start:
                raise CrawlError(f"The Hub shows no model {about['id']}")
            return Page(facts={"unseen": 1})
        expect(response, 200)
        info = read_json(response.body)
        record = model_record(info, now())  # type: ignore[arg-type]
        page = Page([record], facts={"models": 1})
        bases = record.get("bases")
        for base in bases if isinstance(bases, list) else []:
            with suppress(DataError):  # a path or an address is no model that can be asked for
                page.follow.append(self._model(str(base)))
        if is_start and self._depth:
            page.follow.append(self._children(str(record["id"]), 1))
            page.facts["announced"] = _announced(record)
        return page

    def children(self, response: Response, about: Json) -> Page:
        """A page of what was made from a model.

        Raises:
            CrawlError: the answer is none, or lists what was not asked for.
        """
        expect(response, 200)
        found = listing.items(response.body)
        tag = f"base_model:{about['id']}"
        depth = int(str(about["depth"]))
        strange = [item for item in found.items if not listing.carries(item, tag)]
        if strange:
            raise CrawlError(
                f"Asked for what was made from {about['id']}, the Hub lists "
                f"{str(strange[0].get('id'))[:100]}, which does not say so."
            )
        at = now()
        page = Page([model_record(item, at) for item in found.items])
        page.records += [broken_record(broken) for broken in found.broken]
        page.facts["models"] = len(found.items)
        if depth == 1:
            page.facts["found"] = len(found.items)
        if depth < self._depth:
            page.follow = [self._children(str(item["id"]), depth + 1) for item in found.items]
        following = addresses.next_page(link_header(response), response.url)
        if following:
            page.follow.append(Ask(following, "children", about))
        return page

    def _elsewhere(self, response: Response, about: Json) -> Page:
        """A renamed model: the new address, if it is one of this Hub's models."""
        place = (response.headers.get("Location") or b"").decode("latin-1")
        name = addresses.model_of(place, self.hub.hub_url, response.url)
        return Page(
            follow=[self._model(name, is_start=bool(about["is_start"]))], facts={"renamed": 1}
        )

    def _model(self, name: str, *, is_start: bool = False) -> Ask:
        url = addresses.model(self.hub.hub_url, name)
        return Ask(url, "model", {"id": name, "is_start": is_start})

    def _children(self, name: str, depth: int) -> Ask:
        url = addresses.models(
            self.hub.hub_url,
            sort="createdAt",
            ascending=True,
            filters=[f"base_model:{name}"],
        )
        return Ask(url, "children", {"id": name, "depth": depth})


def _announced(record: Json) -> int:
    counts = [value for name, value in record.items() if name.startswith("children_")]
    return sum(count for count in counts if isinstance(count, int))
