"""What an answer about one model says: it is there, renamed, kept from us or missing."""

import json
from urllib.parse import urljoin

from graph.errors import CrawlError, DataError
from graph.observe.normalise import CHANGE_FORM
from spiders.hub import addresses
from spiders.hub.answers import excerpt
from spiders.hub.origin import origin

MOVED = frozenset({301, 302, 303, 307, 308})
"""It has another name now."""
UNSEEN = frozenset({401, 403, 404, 410, 451})
"""Missing, private, removed, withheld or refused; the Hub does not always say which."""
REFUSED = "refused"
"""It may be there, and is not shown to us."""
LONGEST_CHAIN = 5
"""Redirects that are followed from one name; more lead nowhere."""

Record = dict[str, object]


_WORDS = {401: "unknown", 403: REFUSED, 404: "unknown", 410: "removed", 451: "withheld"}
_READ = 4_096
_ABOUT_MISSING = frozenset({"", "RepoNotFound"})
"""Codes of errors that say that there is no such model; others are about one that is there."""


def missing_as(status: int, body: bytes, *, code: str = "", with_token: bool) -> str:
    """How a model is missing: `removed`, `withheld` (for legal reasons), `unknown`, or `refused`.

    The Hub never distinguishes a missing model from someone's private one: without a token it
    answers 401 for both, with one 404. What it refuses (403, a gated or disabled model) is not
    missing. `code` is the header `X-Error-Code`. A CrawlError when the answer says nothing of the
    model, as those of a proxy or a firewall: the Hub's own is an object with `error` as a text.
    """
    if status == 401 and with_token and code in _ABOUT_MISSING:
        raise CrawlError("The Hub does not accept the access token in HF_TOKEN (401).")
    if status not in _WORDS or not _is_own(body):
        raise CrawlError(f"The Hub answered {status}, which says nothing of it: {excerpt(body)}")
    return _WORDS[status] if code in _ABOUT_MISSING else REFUSED


def _is_own(body: bytes) -> bool:
    """Whether an error is in the Hub's own form."""
    if len(body) > _READ:
        return False
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and isinstance(said.get("error"), str)


def next_name(location: str, address: str, names: list[str]) -> str:
    """The name a redirect leads to; DataError when it is no model's, in a circle or too far."""
    name = addresses.model_of(location, address)
    if name == names[-1] and origin(urljoin(address, location)) != origin(address):
        raise DataError(
            f"It is redirected to {excerpt(location.partition('?')[0])}. If the Hub is there, name "
            "that address with --hub-url."
        )
    if name in names:
        raise DataError(f"Redirects from {excerpt(names[0])} run in a circle.")
    if len(names) > LONGEST_CHAIN:
        raise DataError(f"Redirects from {excerpt(names[0])} lead on and on.")
    return name


def leads_to(location: str, address: str) -> str | None:
    """The model that a redirect leads to; None when that is a page which asks who we are."""
    try:
        return addresses.model_of(location, address) or None
    except DataError:
        return None


def renamed(name: str, new: str, observed_at: str) -> Record:
    """The record of a model that has another name now."""
    return _change(name, observed_at, kind="renamed", before=name, after=new)


def missing(name: str, word: str, observed_at: str) -> Record:
    """The record of a model that was not there when asked; `word` as `missing_as` gives it."""
    return _change(name, observed_at, kind="missing", before=None, after=word)


def is_same(name: str, other: str) -> bool:
    """Whether two spellings are one name to the Hub."""
    return name.lower() == other.lower()


def _change(name: str, observed_at: str, **change: str | None) -> Record:
    return {"record": CHANGE_FORM, "id": name, **change, "observed_at": observed_at}
