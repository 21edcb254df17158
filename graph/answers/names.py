"""Names as people write them: in any spelling, formerly, as an address of the Hub, or misspelt."""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import unquote, urlsplit

from graph.answers.query import Query, Reader
from graph.errors import HubgraphError, MissingIndexError

HUB_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
NOT_MODELS = {"datasets", "spaces", "papers", "docs", "blog", "models", "collections", "tasks"}
LONGEST = 300
MOST_WORDS = 8
MOST_NEAR = 6

EXACT = Query(
    "model-exact",
    "Model of this id in any spelling",
    "MATCH (model:Model {id_folded: $folded}) RETURN model.id AS id",
)
_ALIAS = """
CALL db.index.fulltext.queryNodes("model_text", $phrase, {limit: 100}) YIELD node AS model
WHERE any(alias IN model.aliases WHERE toLower(alias) = $name)
RETURN model.id AS id
ORDER BY model.influence_rank, id
LIMIT 1
"""
ALIAS = Query("model-by-alias", "Model that once had this name", _ALIAS)
_NEAR_MODELS = """
CALL db.index.fulltext.queryNodes("model_text", $fulltext, {limit: 60}) YIELD node AS model, score
WHERE model.gone_since IS NULL
RETURN model.id AS name
ORDER BY score DESC, coalesce(model.effective_descendants, 0.0) DESC, name
"""
NEAR_MODELS = Query("near-models", "Models with a similar name", _NEAR_MODELS)
_NEAR_AUTHORS = """
CALL db.index.fulltext.queryNodes("author_text", $fulltext, {limit: 60}) YIELD node AS author, score
RETURN author.name AS name
ORDER BY score DESC, name
"""
NEAR_AUTHORS = Query("near-authors", "Authors with a similar name", _NEAR_AUTHORS)


AUTHOR = Query(
    "author-exact",
    "Author of this name in any spelling",
    "MATCH (author:Author {name_folded: $folded}) RETURN author.name AS name",
)


class UnknownNameError(HubgraphError):
    """No `model` or `author` has that name; `near` are similar names, the most similar first."""

    code = "not_found"

    def __init__(self, kind: str, name: str, near: list[str]) -> None:
        hint = "It may be misspelt, renamed, or not in the loaded data."
        super().__init__(f"No {kind} is called {name[:200]!r}.", hint)
        self.kind = kind
        self.near = near


def unknown_model(read: Reader, name: str) -> UnknownNameError:
    """Error for a model that nobody knows, with the names that are similar."""
    return UnknownNameError("model", name, near_models(read, name))


def is_usable(name: str) -> bool:
    """Whether a text can be a name at all."""
    return name.isprintable() and 0 < len(name.strip()) <= LONGEST


def name_now(read: Reader, name: str) -> str | None:
    """What a model of this name, in any spelling or formerly, is called now."""
    folded = name.strip().lower()
    if not is_usable(folded):
        return None
    row = read(EXACT, {"folded": folded}).one()
    return str(row["id"]) if row else alias(read, folded)


def author_now(read: Reader, name: str) -> str | None:
    """The name of an author as the account spells it; None if none is known."""
    folded = name.strip().lower()
    row = read(AUTHOR, {"folded": folded}).one() if is_usable(folded) else {}
    return str(row["name"]) if row else None


def alias(read: Reader, folded: str) -> str | None:
    """What the model that once had this lower-cased name is called now."""
    if not split(folded):
        return None
    phrase = '"' + re.sub(r'["\\]', " ", folded) + '"'
    rows = full_text(read, ALIAS, {"name": folded, "phrase": phrase})
    return str(rows[0]["id"]) if rows else None


def hub_id(text: str) -> str | None:
    """The id of the model that an address of the Hub shows; None for any other text."""
    address = text.strip() if "://" in text else "https://" + text.strip()
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if host not in HUB_HOSTS:
        return None
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if not steps or steps[0] in NOT_MODELS:
        return None
    return "/".join(steps[:2])


def split(text: str) -> list[str]:
    """The lower-cased words of a text, as the full-text index cuts names."""
    return re.findall(r"[^\W_]+(?:[._][^\W_]+)*", text.lower())[:MOST_WORDS]


def near_models(read: Reader, text: str) -> list[str]:
    """Ids of models with a similar name, the most similar first."""
    return _near(read, NEAR_MODELS, text, "id:")


def near_authors(read: Reader, text: str) -> list[str]:
    """Authors with a similar name, the most similar first."""
    return _near(read, NEAR_AUTHORS, text, "")


def full_text(read: Reader, query: Query, given: Mapping[str, object]) -> list[dict[str, Any]]:
    """The rows of a query by a full-text index; none in a graph into which nothing was loaded."""
    try:
        return read(query, given).rows
    except MissingIndexError:
        return []


def escaped(word: str) -> str:
    """A word for the full-text index, without meaning in its query language."""
    return re.sub(r"([^\w])", r"\\\1", word)


def _near(read: Reader, query: Query, text: str, field: str) -> list[str]:
    words = split(text) if is_usable(text) else []
    if not words:
        return []
    asked = " OR ".join(f"{field}{escaped(word)}~{1 if len(word) < 6 else 2}" for word in words)
    names = [str(row["name"]) for row in full_text(read, query, {"fulltext": asked})]
    folded = text.lower()
    names.sort(key=lambda name: -SequenceMatcher(None, folded, name.lower()).ratio())
    return names[:MOST_NEAR]
