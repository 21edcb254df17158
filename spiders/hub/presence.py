"""What an answer about one model says: it is there, renamed or gone."""

from graph.errors import CrawlError, DataError
from graph.observe.normalise import CHANGE_FORM
from spiders.hub import addresses
from spiders.hub.answers import excerpt

MOVED = frozenset({301, 302, 303, 307, 308})
"""It has another name now."""
UNSEEN = frozenset({401, 403, 404, 410, 451})
"""Missing, private, removed or withheld; the Hub does not always say which."""
LONGEST_CHAIN = 5
"""Redirects that are followed from one name; more lead nowhere."""

Record = dict[str, object]


def gone_as(status: int, body: bytes, *, with_token: bool) -> str:
    """How a model is gone: `removed`, `withheld` (for legal reasons), `private`, or `unknown`.

    The Hub never distinguishes a missing model from someone's private one: without a token it
    answers 401 for both, with one 404. A CrawlError when the answer says nothing of the model.
    """
    if status == 401 and with_token:
        raise CrawlError("The Hub does not accept the access token in HF_TOKEN (401).")
    words = {401: "unknown", 403: "private", 404: "unknown", 410: "removed", 451: "withheld"}
    if status not in words or body.lstrip().startswith(b"<"):
        raise CrawlError(f"The Hub answered {status}, which says nothing of it: {excerpt(body)}")
    return words[status]


def next_name(location: str, hub: str, address: str, names: list[str]) -> str:
    """The name a redirect leads to; DataError when it is no model's, in a circle or too far."""
    name = addresses.model_of(location, hub, address)
    if name in names:
        raise DataError(f"Redirects from {excerpt(names[0])} run in a circle.")
    if len(names) > LONGEST_CHAIN:
        raise DataError(f"Redirects from {excerpt(names[0])} lead on and on.")
    return name


def renamed(name: str, new: str, observed_at: str) -> Record:
    """The record of a model that has another name now."""
    return _change(name, observed_at, kind="renamed", before=name, after=new)


def gone(name: str, word: str, observed_at: str) -> Record:
    """The record of a model that is not there; `word` as `gone_as` gives it."""
    return _change(name, observed_at, kind="gone", before=None, after=word)


def is_same(name: str, other: str) -> bool:
    """Whether two spellings are one name to the Hub."""
    return name.lower() == other.lower()


def _change(name: str, observed_at: str, **change: str | None) -> Record:
    return {"record": CHANGE_FORM, "id": name, **change, "observed_at": observed_at}
