"""Finding a model, an author or a report by what a person types or pastes."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, jsonify, url_for

from graph.answers.reports import Report, catalogue
from webapp.page import Moved, Page, Question, page
from webapp.parameters import Query
from webapp.rows import model_row
from webapp.store import Store, store

bp = Blueprint("search", __name__)

HUB_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
NOT_MODELS = {"datasets", "spaces", "papers", "docs", "blog", "models", "collections", "tasks"}
MOST_WORDS = 8
AMONG = 5_000
"""Common words fit more models than the full-text index is asked for; of those that fit, the ones
wanted are among the most influential. Each search looks at this many of them."""


@page(bp, "/search", "search.html")
def search(query: Query) -> Page[Any] | Moved:
    """Everything that fits `q`; an address or an exact id leads straight to its page."""
    text = query.text("q") or ""
    limit = query.integer("limit", 50, 10, 200)
    here = store()
    if text and (target := jump(here, text)):
        return Moved(target)
    text = hub_id(text) or text
    words = split(text)
    questions = []
    models: list[dict[str, Any]] = []
    authors: list[dict[str, Any]] = []
    if words:
        parameters = _model_parameters(text, words, limit)
        models = _models(here, parameters)
        authors = _authors(here, text, words, 12)
        questions = [Question("Models", here.cypher("search-models"), parameters)]
    return Page(
        data={
            "q": text,
            "models": models,
            "authors": authors,
            "reports": [describe(report) for report in reports_for(words)],
        },
        table="models",
        questions=questions,
        view={"limit": limit},
    )


@bp.get("/api/v1/suggest")
def suggest() -> Response:
    """At most ten things that `q` may become, for the search field while it is typed in."""
    query = Query()
    text = query.text("q") or ""
    query.refuse_others()
    words = split(hub_id(text) or text)
    here = store()
    return jsonify(data={"q": text, "suggestions": _suggestions(here, text, words)})


def jump(here: Store, text: str) -> str | None:
    """The page that an address, an exact id or a former name of a model means."""
    wanted = hub_id(text) or (text if text.count("/") == 1 else None)
    if wanted is None:
        return None
    if found := resolve(here, wanted):
        return url_for("model.model", model_id=found)
    return None


def resolve(here: Store, model_id: str) -> str | None:
    """What a model of this name, in any spelling or formerly, is called now."""
    folded = model_id.strip().lower()
    if not folded.isprintable() or not 0 < len(folded) <= 300:
        return None
    exact = here.run("model-facts", {"folded": folded}).one()
    if exact:
        return str(exact["model"]["id"])
    return alias(here, folded)


def alias(here: Store, folded: str) -> str | None:
    """What the model that once had this name is called now."""
    phrase = '"' + re.sub(r'["\\]', " ", folded) + '"'
    if not split(folded):
        return None
    row = here.run("model-by-alias", {"name": folded, "phrase": phrase}).one()
    return str(row["id"]) if row else None


def hub_id(text: str) -> str | None:
    """The model's id in an address of the Hub; None when it is none."""
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
    """The words of a text in lower case, as the full-text index cuts names."""
    return re.findall(r"[^\W_]+(?:[._][^\W_]+)*", text.lower())[:MOST_WORDS]


def reports_for(words: Iterable[str]) -> list[Report]:
    """Listed reports that hold every word."""
    words = list(words)
    return [
        report
        for report in catalogue().values()
        if words
        and report.listed
        and all(
            word in f"{report.name} {report.title} {report.question} {report.tags}".lower()
            for word in words
        )
    ]


def describe(report: Report) -> dict[str, Any]:
    """A report in a list."""
    return {
        "name": report.name,
        "subject": report.subject,
        "title": report.title,
        "question": report.question,
        "tags": list(report.tags),
    }


def near_models(here: Store, text: str) -> list[dict[str, str]]:
    """Models whose name comes near, best first; each with its address."""
    words = split(text)
    if not words:
        return []
    asked = " OR ".join(f"id:{_escape(word)}~{1 if len(word) < 6 else 2}" for word in words)
    rows = here.run("near-models", {"fulltext": asked, "limit": 60}).rows
    names = _closest(text, [str(row["id"]) for row in rows])
    return [{"name": name, "html": url_for("model.model", model_id=name)} for name in names]


def near_authors(here: Store, text: str) -> list[dict[str, str]]:
    """Authors whose name comes near, best first; each with its address."""
    words = split(text)
    if not words:
        return []
    asked = " OR ".join(f"{_escape(word)}~{1 if len(word) < 6 else 2}" for word in words)
    rows = here.run("near-authors", {"fulltext": asked, "limit": 60}).rows
    names = _closest(text, [str(row["name"]) for row in rows])
    return [{"name": name, "html": url_for("author.author", name=name)} for name in names]


def _closest(text: str, names: list[str]) -> list[str]:
    folded = text.lower()
    return sorted(names, key=lambda name: -SequenceMatcher(None, folded, name.lower()).ratio())[:6]


def _model_parameters(text: str, words: list[str], limit: int) -> dict[str, object]:
    fields = " AND ".join(f"(id:{_escape(w)}* OR aliases:{_escape(w)}*)" for w in words)
    return {
        "words": words,
        "exact": text.lower(),
        "fulltext": fields,
        "among": AMONG,
        "limit": limit,
    }


def _models(here: Store, parameters: dict[str, object]) -> list[dict[str, Any]]:
    rows = here.run("search-models", parameters).rows
    return [{**model_row(row), "match": row["match"], "alias": row["alias"]} for row in rows]


def _authors(here: Store, text: str, words: list[str], limit: int) -> list[dict[str, Any]]:
    parameters = {
        "folded": text.lower(),
        "fulltext": " AND ".join(f"{_escape(word)}*" for word in words),
        "limit": limit,
    }
    return here.run("search-authors", parameters).rows


def _suggestions(here: Store, text: str, words: list[str]) -> list[dict[str, Any]]:
    if not words or len(text) < 2:
        return []
    text = hub_id(text) or text
    authors = _authors(here, text, words, 3)
    reports = reports_for(words)[:2]
    room = 10 - len(authors) - len(reports)
    models = _models(here, _model_parameters(text, words, room))
    return [
        *(
            {
                "type": "model",
                "id": model["id"],
                "relation": model["relation"],
                "parameters": model["parameters"],
                "rank": model["scores"]["influence"]["rank"],
                "alias": model["alias"],
                "html": url_for("model.model", model_id=model["id"]),
            }
            for model in models
        ),
        *(
            {
                "type": "author",
                "id": author["name"],
                "rank": author["influence_rank"],
                "html": url_for("author.author", name=author["name"]),
            }
            for author in authors
        ),
        *(
            {
                "type": "report",
                "id": report.title,
                "html": url_for("reports.report", name=report.name),
            }
            for report in reports
        ),
    ]


def _escape(word: str) -> str:
    """A word as the full-text index takes it: what its query language would read is escaped."""
    return re.sub(r"([^\w])", r"\\\1", word)
