"""Read any response: status, headers, the time of observation, what cannot be used."""

from datetime import UTC, datetime

from scrapy.http import Response

from graph.errors import CrawlError
from graph.observe.normalise import AUTHOR_FORM, MODEL_FORM
from graph.times import iso
from spiders.hub.answers import excerpt
from spiders.writing.journal import Json

_STANDS_FOR_NONE = "? "


def expect(response: Response, *statuses: int) -> None:
    """Check the status of an answer; CrawlError when it is another one."""
    if response.status not in statuses:
        place = response.url.partition("?")[0]
        said = f"The Hub answered {response.status} for {place[:300]}"
        if target := header(response, "Location").partition("?")[0]:
            said += f", a redirect to {excerpt(target)}"
            raise CrawlError(f"{said}. If the Hub is there, name that address with --hub-url.")
        raise CrawlError(f"{said}.")


def header(response: Response, name: str) -> str:
    """A header of the answer, "" when it is missing."""
    return (response.headers.get(name) or b"").decode("latin-1")


def now() -> str:
    """The time of an observation: UTC, in whole milliseconds."""
    return iso(datetime.now(UTC))


def is_usable(record: Json) -> bool:
    """Whether a record holds something, and does not stand for one that cannot be had."""
    return not str(record.get("id", record.get("name"))).startswith(_STANDS_FOR_NONE)


def bases_of(record: Json) -> list[str]:
    """What the record of a model says that it was made from."""
    bases = record.get("bases")
    return list(map(str, bases)) if isinstance(bases, list) else []


def unusable(what: str, why: str, form: str = MODEL_FORM) -> Json:
    """What stands for a record that cannot be had, so that the issue log says what and why."""
    name = f"{_STANDS_FOR_NONE}{what}: {why}"
    return {"record": form, "name" if form == AUTHOR_FORM else "id": name}
