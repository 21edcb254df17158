"""Helpers for reading any response: status, headers, times, broken items."""

from datetime import UTC, datetime

from scrapy.http import Response

from graph.errors import CrawlError
from graph.observe.normalise import MODEL_FORM
from graph.times import iso
from spiders.hub.listing import Broken
from spiders.writing.journal import Json


def expect(response: Response, *statuses: int) -> None:
    """Check the status of an answer.

    Raises:
        CrawlError: it is another one.
    """
    if response.status not in statuses:
        place = response.url.partition("?")[0]
        raise CrawlError(f"The Hub answered {response.status} for {place[:300]}.")


def link_header(response: Response) -> str:
    """The answer's `Link` headers as one text."""
    return b",".join(response.headers.getlist("Link")).decode("latin-1")


def now() -> str:
    """The time of an observation: UTC, in whole milliseconds."""
    return iso(datetime.now(UTC))


def broken_record(broken: Broken, form: str = MODEL_FORM) -> Json:
    """What stands for an item that cannot be used, so that the issue log says what and where."""
    return {"record": form, "id": f"? {broken.reason}: {broken.shown}"}
