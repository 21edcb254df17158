"""The Hub's web pages, as far as programs read them: data in `data-props`, cards, links, words."""

import json
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from tests.hub import accounts, model_info
from tests.hub.content import Content
from tests.hub.repository import Raw, Repository, iso

_LABELS = (
    ("adapter", "Adapters", "Adapter"), ("finetune", "Finetunes", "Finetuned"),
    ("merge", "Merges", "Merge model"), ("quantized", "Quantizations", "Quantized"),
)  # fmt: skip
"""Relation, what a page calls derivatives by it, what it calls a model that is one."""

_HEADER_FIELDS = (
    "author", "cardData", "config", "createdAt", "downloads", "downloadsAllTime", "gated", "gguf",
    "lastModified", "library_name", "likes", "pipeline_tag", "private", "tags",
)  # fmt: skip


def listing(
    content: Content, models: Sequence[Repository], total: int, page: int
) -> dict[str, object]:
    """What a page of a listing holds; `total` counts what cannot be reached, too."""
    return {
        "models": [item(content, model) for model in models],
        "numItemsPerPage": 30,
        "numTotalItems": total,
        "pageIndex": page,
    }


def item(content: Content, model: Repository) -> dict[str, object]:
    found: dict[str, object] = {
        "author": model.author,
        "authorData": content.account_summary(model.author) if model.author else None,
        "downloads": model.count("downloads"),
        "gated": False if model.text("gated") in (None, "no") else model.text("gated"),
        "id": model.id, "availableInferenceProviders": [], "inference": "", "isLikedByUser": False,
        "lastModified": iso(model.modified), "likes": model.count("likes"),
        "pipeline_tag": model.text("task"), "private": False, "repoType": "model",
        "widgetOutputUrls": [], "numParameters": model_info.numbers(model),
    }  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


def models_page(content: Content, models: Sequence[Repository], total: int, page: int) -> str:
    props = {"activeFilters": {}, "initialValues": listing(content, models, total, page)}
    cards = "".join(
        '<article class="overview-card-wrapper group/repo">'
        f'<a class="flex items-center justify-between gap-4 p-2" href="/{_path(model.id)}">'
        f'<div class="w-full truncate"><header title="{escape(model.id)}">'
        f'<h4 class="text-md truncate font-mono">{escape(model.id)}</h4></header>'
        f"<div>{escape(model.text('task') or '')} • {model.count('downloads')}</div></div>"
        "</a></article>"
        for model in models
    )
    return _document("Models", _hydrated("ModelList", props, cards))


def model_page(content: Content, model: Repository) -> str:
    author = content.account_summary(model.author) if model.author else None
    info = content.model(model, _HEADER_FIELDS)
    weights = content.model(model, ("safetensors",)).get("safetensors")
    del info["_id"]
    shown = {
        **info, "cardExists": True, "discussionsDisabled": False, "isLikedByUser": False,
        "inference": "", "librariesOther": [], "trackDownloads": True, "model-index": None,
        "repoType": "model", "tag_objs": _tag_objects(model), "hasBlockedOids": False,
        "region": "us", "isQuantized": model.text("relation") == "quantized", "xetEnabled": True,
    }  # fmt: skip
    if isinstance(weights, dict):
        shown["safetensors"] = {**weights, "sharded": False}
    props = {
        "activeTab": "model", "author": author, "canReadRepoSettings": False,
        "canWriteRepoContent": False, "canDisable": False, "model": shown,
        "discussionsStats": {"closed": 0, "open": 0, "total": 0}, "query": {},
    }  # fmt: skip
    title = f'<header><div class="container relative"><h1>{escape(model.id)}</h1></div></header>'
    return _document(model.id, _hydrated("ModelHeader", props, title) + _tree(content, model))


def account_page(account: Raw) -> str:
    name = str(account.get("full_name") or account["name"])
    parts = [f"<header><h1>{escape(name)}</h1>"]
    if accounts.is_organization(account):
        if account.get("enterprise"):
            parts.append('<span class="badge">Enterprise</span>')
        kind = str(account.get("organization_type") or "")
        if kind:
            parts.append(f'<span class="capitalize">{escape(kind)}</span>')
        if account.get("verified"):
            parts.append('<span title="verified">Verified</span>')
    return _document(f"{account['name']} ({name})", "".join([*parts, "</header>"]))


def error_page(status: int, message: str) -> str:
    return _document(str(status), f"<h1>{status}</h1><p>{escape(message)}</p>")


def _tree(content: Content, model: Repository) -> str:
    """The panel of what a model was made from and what was made from it; "" without either."""
    bases, relation = model.texts("bases"), model.text("relation")
    children = content.children(model)
    rows = []
    if bases:
        links = "".join(f'<a href="/{_path(base)}">{escape(base)}</a>' for base in bases)
        rows.append(f'<div class="flex"><p class="mr-2">Base model</p>{links}</div>')
    for name, _, one in _LABELS:
        if bases and relation == name:
            siblings = "".join(
                f"<span>({_link(name, base, format(content.models.count('tag', tag), ','))})</span>"
                for base in bases
                for tag in [f"base_model:{name}:{base}"]
            )
            rows.append(_row(one, f"{siblings}<span>this model</span>"))
    for name, many, _ in _LABELS:
        if count := children[name]:
            text = "1 model" if count == 1 else f"{count:,} models"
            rows.append(_row(many, _link(name, model.id, text)))
    if not rows:
        return ""
    title = f"<h2>Model tree for <span>{escape(model.id)}</span></h2>"
    return f'<section>{title}<div class="text-smd">{"".join(rows)}</div></section>'


def _row(label: str, rest: str) -> str:
    return f'<div class="flex"><span class="font-semibold">{label}</span>{rest}</div>'


def _link(relation: str, model_id: str, text: str) -> str:
    address = f"/models?other=base_model:{relation}:{_path(model_id)}"
    return f'<a href="{address}">{text}</a>'


def _tag_objects(model: Repository) -> list[dict[str, str]]:
    kinds = (("task", "pipeline_tag"), ("library", "library"))
    found = [
        {"id": text, "label": text, "type": kind}
        for field, kind in kinds
        if (text := model.text(field)) is not None
    ]
    if name := model.text("license"):
        found.append({"id": f"license:{name}", "label": name, "type": "license"})
    return found


def _hydrated(target: str, props: object, inner: str) -> str:
    data = escape(json.dumps(props, ensure_ascii=False, separators=(",", ":")))
    return (
        f'<div class="SVELTE_HYDRATER contents" data-target="{target}" data-props="{data}">'
        f"{inner}</div>"
    )


def _document(title: str, main: str) -> str:
    return (
        '<!doctype html><html class=""><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head><body>"
        f'<main class="flex flex-1 flex-col">{main}</main></body></html>'
    )


def _path(name: str) -> str:
    return escape(quote(name))
