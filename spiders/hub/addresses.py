"""Every address of the Hub that is requested, and which of the Hub's own links are followed.

`hub` is the Hub's own address without a slash at its end, such as `https://huggingface.co`; it may
have a path. Names from the Hub are percent-encoded; what cannot be one segment or two of a path is
refused, so that no name leads to another interface.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import TypedDict, Unpack
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urljoin, urlsplit

from graph.errors import DataError
from graph.schema import MODEL, Availability, NodeType
from spiders.hub.answers import excerpt
from spiders.hub.origin import origin

EXPAND = MODEL.asked()
"""The fields asked for with each model of a listing; the id holds the author."""
EXPAND_ONE = MODEL.asked(Availability.LISTED, Availability.ALONE)
"""The same for one model."""

MOST = 1_000
"""Items that the Hub gives in one answer, however many are asked for."""
LONGEST = 16_384
"""Characters of an address or a header that is read; the longest cursors have some 500."""

_LONGEST_NAME = 1_000
_PLAIN = re.compile(r"[!-~]+")
_LINK = re.compile(r'<([^<>]*)>((?:[^",<]|"[^"]*")*)')
_NEXT = re.compile(
    r';\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=[\s;]|$))', re.IGNORECASE
)
_Field = tuple[str, str | int | None]


class Part(TypedDict, total=False):
    """The part of the Hub that a listing is of; without anything said, all of it."""

    task: str | None
    library: str | None
    author: str | None
    search: str | None  # text in the id
    filters: Sequence[str]  # tags that each item must have


def listing(
    hub: str,
    node: NodeType = MODEL,
    *,
    sort: str | None = None,  # createdAt, lastModified, downloads, likes or trendingScore
    ascending: bool = False,
    limit: int = MOST,
    expand: Iterable[str] | None = None,
    **part: Unpack[Part],
) -> str:
    """The first page of a listing, by default with the fields that the schema declares.

    A task and a library are asked for as the tags that they also are, so that items can be checked
    for them (`spiders.hub.listing.carries`).
    """
    tags = (*part.get("filters", ()), part.get("task"), part.get("library"))
    fields: list[_Field] = [
        ("limit", limit),
        ("sort", sort),
        ("direction", (1 if ascending else -1) if sort else None),
        ("author", part.get("author")),
        ("search", part.get("search")),
        *(("filter", tag) for tag in tags),
        *(("expand[]", field) for field in (node.asked() if expand is None else expand)),
    ]
    return _address(hub, f"api/{node.slug}", fields)


def next_page(link: str, address: str) -> str | None:
    """The address of the page after this one by its `Link` headers, None on the last.

    Only the cursor is taken from the header, letter by letter; everything else stays as it was
    asked, so that no filter or field can get lost on the way, and a mirror whose headers name the
    Hub is asked itself. A DataError when the header leads to another listing, or nowhere new.
    """
    if len(link) > LONGEST:
        raise DataError(f"The Link header has more than {LONGEST:,} characters: {excerpt(link)}")
    targets = [target for target, rest in _LINK.findall(link) if _NEXT.search(rest)]
    if not targets:
        return None
    found = _resolved(targets[0], address)
    here = urlsplit(address)
    listed = f"/{here.path.rpartition('/')[2]}"
    if not found.path.rstrip("/").lower().endswith(listed):
        raise DataError(f"The next page lies outside of this listing: {excerpt(targets[0])}")
    cursor = next((part for part in found.query.split("&") if part.startswith("cursor=")), None)
    if cursor is None:
        raise DataError(f"The address of the next page has no cursor: {excerpt(targets[0])}")
    if cursor in here.query.split("&"):
        raise DataError(f"The next page is this one again: {excerpt(targets[0])}")
    asked = urlsplit(first_page(address)).query
    return here._replace(query="&".join(filter(None, [asked, cursor])), fragment="").geturl()


def first_page(address: str) -> str:
    """The address of a listing's page without the cursor: the listing itself."""
    here = urlsplit(address)
    asked = [part for part in here.query.split("&") if not part.startswith("cursor=")]
    return here._replace(query="&".join(asked)).geturl()


def smaller(address: str) -> str | None:
    """The same page of a listing with a tenth of the items; None when it has fewer than ten."""
    here = urlsplit(address)
    limit = re.search(r"(?:^|&)limit=([0-9]{2,4})(?=&|$)", here.query)
    if limit is None:
        return None
    less = f"{here.query[: limit.start(1)]}{int(limit[1]) // 10}{here.query[limit.end(1) :]}"
    return here._replace(query=less).geturl()


def expanded(address: str) -> list[str]:
    """The fields that an address asks for."""
    return [value for name, value in parse_qsl(urlsplit(address).query) if name == "expand[]"]


def without(address: str, fields: Collection[str]) -> str:
    """The same address without asking for these fields."""
    here, unwanted = urlsplit(address), {f"expand[]={field}" for field in fields}
    asked = [part for part in here.query.split("&") if unquote(part) not in unwanted]
    return here._replace(query="&".join(asked)).geturl()


def model(hub: str, model_id: str, *, expand: Iterable[str] = EXPAND_ONE) -> str:
    """What the Hub knows of one model; DataError where no model can have that id."""
    fields = [("expand[]", field) for field in expand]
    return _address(hub, f"api/models/{_path(model_id, 2)}", fields)


def model_of(location: str, address: str) -> str:
    """The id of the model that a redirect leads to; DataError when it leads to none.

    Only the id is taken, and asked of this Hub: the redirects of a mirror may name the Hub.
    """
    found = _resolved(location, address)
    model_id = unquote(found.path.partition("/api/models/")[2], errors="replace")
    if not model_id:
        raise DataError(f"The redirect does not lead to a model: {excerpt(location)}")
    _path(model_id, 2)
    return model_id


def leaderboard(hub: str, dataset_id: str, task: str | None) -> str:
    """The leaderboard of a benchmark, of one of its tasks; DataError for an impossible id.

    Models that name a base are asked for too, which the Hub leaves out by itself.
    """
    fields: list[_Field] = [("base_model", "false"), ("task_id", task)]
    return _address(hub, f"api/datasets/{_path(dataset_id, 2)}/leaderboard", fields)


def user(hub: str, name: str) -> str:
    """The overview of a user, 404 for an organization; DataError for an impossible name."""
    return _address(hub, f"api/users/{_path(name, 1)}/overview")


def organization(hub: str, name: str) -> str:
    """The overview of an organization, 404 for a user; DataError for an impossible name."""
    return _address(hub, f"api/organizations/{_path(name, 1)}/overview")


def models_json(hub: str, page: int, *, sort: str | None = None, **part: Unpack[Part]) -> str:
    """One page of 30 models, from 0 to 99, as the website itself asks for it."""
    return _address(hub, "models-json", [*_website(page, part, sort), ("withCount", "true")])


def models_page(hub: str, page: int, *, sort: str | None = None, **part: Unpack[Part]) -> str:
    """The web page that lists what `models_json` gives."""
    return _address(hub, "models", _website(page, part, sort))


def model_page(hub: str, model_id: str) -> str:
    """The web page of one model; DataError where no model can have that id."""
    return _address(hub, _path(model_id, 2))


def account_page(hub: str, name: str) -> str:
    """The web page of a user or an organization; DataError for an impossible name."""
    return _address(hub, _path(name, 1))


def _website(page: int, part: Part, sort: str | None) -> list[_Field]:
    return [
        ("p", page),
        ("sort", sort),
        ("pipeline_tag", part.get("task")),
        ("library", part.get("library")),
        ("other", ",".join(part.get("filters", ())) or None),
        ("search", part.get("search")),
        ("author", part.get("author")),
    ]


def _address(hub: str, path: str, fields: Iterable[_Field] = ()) -> str:
    query = "&".join(
        f"{_encoded(name)}={_encoded(str(value), '/:')}"
        for name, value in fields
        if value is not None
    )
    return f"{hub}/{path}?{query}" if query else f"{hub}/{path}"


def _path(name: str, most: int) -> str:
    """A name of one to `most` segments as part of a path."""
    parts = name.split("/", most)
    if len(name) > _LONGEST_NAME or len(parts) > most or {"", ".", ".."} & set(parts):
        raise DataError(f"The Hub cannot be asked about this name: {excerpt(name)}")
    return "/".join(map(_encoded, parts))


def _encoded(text: str, safe: str = "") -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise DataError(f"This is not text that an address can hold: {excerpt(text)}") from None


def _resolved(target: str, address: str) -> SplitResult:
    """Where an address that the Hub gave leads to, seen from `address`."""
    try:
        parts = urlsplit(urljoin(address, target))
        readable = len(target) <= LONGEST and _PLAIN.fullmatch(target) and parts.port != 0
    except ValueError:
        readable = False
    if not readable or origin(parts.geturl()) is None:
        raise DataError(f"The Hub gave an address that cannot be read: {excerpt(target)}")
    return parts
