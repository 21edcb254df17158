"""Read the website's answers as the same records that the API gives.

Pages carry the data they were made from as JSON in `data-props`; it is read like the API's answer,
so that both give the same record. What else a page shows is found by its text and its links, never
by its looks. Parts of a page that its author wrote are ignored.

A model's listed `numParameters` is left out: it counts packed integers as if they were weights.
"""

from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin

from lxml.etree import LxmlError  # type: ignore[import-untyped]
from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]
from parsel import Selector

from graph.errors import DataError
from graph.observe.hub.records import model_record
from graph.observe.hub.rules import Json
from graph.observe.ids import is_model_id
from graph.observe.normalise import AUTHOR_FORM, MODEL_FORM
from spiders.hub.answers import excerpt, is_shallow, read_json
from spiders.hub.author_info import author_record
from spiders.hub.listing import Broken, fault, sift
from spiders.hub.model_tree import ModelTree, model_tree, written
from spiders.hub.origin import PUBLIC, of_hub, path_at_hub

LARGEST_PAGE = 8 * 1024 * 1024
"""Bytes of one web page; the largest of models have some 1 MB."""

ORGANIZATION_TYPES = (
    "company", "university", "community", "non-profit", "classroom", "government",
)  # fmt: skip

Record = dict[str, object]


@dataclass(slots=True)
class ModelsPage:
    """A page of a listing on the website."""

    models: list[Record] = field(default_factory=list)
    authors: list[Record] = field(default_factory=list)  # each once
    total: int | None = None  # models of the whole listing, where it is said
    broken: list[Broken] = field(default_factory=list)  # items that cannot be used, or their author


@dataclass(frozen=True, slots=True)
class ModelPage:
    """The page of one model."""

    model: Record  # with the counts of derivatives that the page shows
    info: Json  # what the record was made of
    author: Record | None
    tree: ModelTree | None


def models_json(body: bytes, observed_at: str | None = None) -> ModelsPage:
    """What `/models-json` answers; DataError when that is no list of models."""
    answer = read_json(body)
    values = answer.get("models") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(values, list):
        raise DataError(f"The answer has no list of models: {excerpt(answer)}")
    return _listed(values, answer.get("numTotalItems"), observed_at)


def models_page(body: bytes, observed_at: str | None = None) -> ModelsPage:
    """What the page at `/models` lists, or the ids on its cards; DataError when there are none."""
    page = _parsed(body)
    props = _props(page, "ModelList") or {}
    held = props.get("initialValues")
    held = held if isinstance(held, dict) else {}
    values = held.get("models")
    if isinstance(values, list):
        return _listed(values, props.get("numTotalItems", held.get("numTotalItems")), observed_at)
    found = _cards(page, observed_at)
    if not found.models:
        raise DataError(
            'The page lists no models: neither div[data-target="ModelList"] with its data-props '
            "nor article.overview-card-wrapper with a link to a model is there."
        )
    return found


def model_page(body: bytes, observed_at: str | None = None) -> ModelPage:
    """What the page of one model says of it.

    Its bases come from its tags, as the interface gives them, and only where the page has no tags
    from the model tree that it shows. A DataError when it is no page of a model.
    """
    page = _parsed(body)
    props = _props(page, "ModelHeader")
    if props is None:
        raise DataError(
            'This is not the page of a model: no div[data-target="ModelHeader"] is there.'
        )
    info = props.get("model")
    if not isinstance(info, dict) or fault(info):
        raise DataError(f"The ModelHeader of the page has no model: {excerpt(props)}")
    author = props.get("author")
    model = model_record(info, observed_at)
    tree = model_tree(page, info)
    if tree:
        model |= {f"children_{relation}": count for relation, count in tree.children.items()}
        if "bases" not in model and tree.bases:
            model |= {"relation": tree.relation, "bases": list(tree.bases)}
    return ModelPage(model, info, author_record(author, observed_at) if author else None, tree)


def moved_to(location: str, hub: str, address: str) -> str:
    """The id of the model whose page a redirect leads to; DataError when it leads elsewhere.

    Only the id is taken, and asked of this Hub: the redirects of a mirror may name the Hub.
    """
    try:
        place = urljoin(address, location)
    except ValueError:
        place = ""
    model_id = unquote(path_at_hub(place, hub).removeprefix("/"), errors="replace")
    is_hub = of_hub(place, hub) or of_hub(place, PUBLIC)
    if not is_hub or not is_model_id(model_id) or "/" not in model_id:
        raise DataError(f"The redirect leads to no page of a model: {excerpt(location)}")
    return model_id


def account_page(body: bytes, name: str, observed_at: str | None = None) -> Record:
    """What the page of an account says that no other answer does: the kind of organization.

    The record has no `organization_type` for a user, and for an organization that states none. A
    DataError when it is not the page of that account, or names several kinds.
    """
    page = _parsed(body)
    shown = {
        (label.xpath("string()").get() or "").strip().lower()
        for label in page.css("span.capitalize")[:100]
        if not written(label.root)
    }
    kinds = [kind for kind in ORGANIZATION_TYPES if kind in shown]
    if len(kinds) > 1:
        raise DataError(f"The page of {excerpt(name)} names several kinds: {', '.join(kinds)}.")
    if not kinds and not _is_about(page, name):
        raise DataError(
            f"This is not the page of {excerpt(name)}: neither span.capitalize with a kind of "
            "organization nor the name in its title or its links is there."
        )
    kind: Record = {"kind": "organization", "organization_type": kinds[0]} if kinds else {}
    return {"record": AUTHOR_FORM, "name": name, **kind, **_at(observed_at)}


def _listed(values: list[object], total: object, observed_at: str | None) -> ModelsPage:
    found = sift(values)
    authors: dict[object, Record] = {}
    for data in (item["authorData"] for item in found.items if "authorData" in item):
        try:
            author = author_record(data, observed_at)
            authors.setdefault(author["name"], author)
        except DataError:
            found.broken.append(Broken("has an author without a name", excerpt(data)))
    return ModelsPage(
        models=[model_record(item, observed_at) for item in found.items],
        authors=list(authors.values()),
        total=total if type(total) is int and total >= 0 else None,
        broken=found.broken,
    )


def _cards(page: Selector, observed_at: str | None) -> ModelsPage:
    found = ModelsPage()
    for card in page.css("article.overview-card-wrapper"):
        href = card.xpath(".//a[@href][.//h4]/@href").get("")
        model_id = href.removeprefix("/")
        if href.startswith("/") and is_model_id(model_id):
            found.models.append({"record": MODEL_FORM, "id": model_id, **_at(observed_at)})
        else:
            found.broken.append(Broken("does not link to a model", excerpt(href)))
    return found


def _at(observed_at: str | None) -> Record:
    return {} if observed_at is None else {"observed_at": observed_at}


def _parsed(body: bytes) -> Selector:
    if len(body) > LARGEST_PAGE:
        raise DataError(f"The page has {len(body):,} bytes, more than {LARGEST_PAGE:,}.")
    text = body.decode("utf-8-sig", "replace")
    if not text.lstrip().startswith("<"):
        raise DataError(f"The answer is no web page: {excerpt(body) or 'it is empty'}")
    parser = HTMLParser(encoding="utf-8", huge_tree=False)
    try:
        root = document_fromstring(text.replace("\0", "").encode(), parser=parser)
    except LxmlError:
        raise DataError(f"The web page holds nothing: {excerpt(body)}") from None
    if any("XML_PARSE_HUGE" in entry.message for entry in parser.error_log):
        raise DataError("The web page is nested too deep, or a part of it is too large.")
    return Selector(root=root, type="html")


def _props(page: Selector, target: str) -> Json | None:
    """The data a part of the page was made from; None when the part is not there."""
    for part in page.css(f'div[data-target="{target}"][data-props]')[:100]:
        if written(part.root):
            continue
        try:
            props = read_json(part.attrib["data-props"].encode())
        except DataError as error:
            raise DataError(f"The data-props of {target} cannot be read. {error}") from None
        if not isinstance(props, dict) or not is_shallow(props):
            raise DataError(f"The data-props of {target} are no plain object: {excerpt(props)}")
        return props
    return None


def _is_about(page: Selector, name: str) -> bool:
    """Whether a page names an account in its title or links to what the account has.

    The page of an error or a captcha does neither.
    """
    own = name.lower()
    title = (page.xpath("string(//title)").get() or "")[:1_000].lower()
    if own in title.replace("(", " ").replace(")", " ").split():
        return True
    links = (link.root.lower() for link in page.xpath("//a/@href"))
    return any(link == f"/{own}" or link.startswith(f"/{own}/") for link in links)
