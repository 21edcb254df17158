"""What a model refers to besides its bases: datasets, papers, its own successor."""

import re
from collections.abc import Iterable, Iterator

from graph.records.ids import is_model_id
from spiders.hub.model_info import Json

_PAPER = re.compile(r"([0-9]{4}\.[0-9]{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]{1,3})?")
"""An arXiv id of either style; the version is not part of it."""


def datasets(info: Json) -> list[str]:
    """Ids of the datasets that its tags say it was trained on, distinct without regard to case.

    Old datasets have no owner. What is no id is left out; some well-formed ones name no dataset
    (`generator`, `imagefolder`: the way a script read its files).
    """
    return _distinct(tag for tag in _tagged(info, "dataset:") if is_model_id(tag))


def papers(info: Json) -> list[str]:
    """Ids on arXiv of the papers that its tags name, without a version, distinct."""
    matches = map(_PAPER.fullmatch, _tagged(info, "arxiv:"))
    return _distinct(match[1] for match in matches if match)


def successors(info: Json) -> list[str]:
    """Id of the model that its card names as its `new_version`; at most one, never itself.

    No tag carries it: only an answer with `cardData` can say.
    """
    card = info.get("cardData")
    stated = card.get("new_version") if isinstance(card, dict) else None
    if not isinstance(stated, str) or not is_model_id(stated):
        return []
    return [] if stated.lower() == str(info.get("id")).lower() else [stated]


def _tagged(info: Json, beginning: str) -> Iterator[str]:
    tags = info.get("tags")
    for tag in tags if isinstance(tags, list) else []:
        if isinstance(tag, str) and tag.startswith(beginning):
            yield tag[len(beginning) :]


def _distinct(names: Iterable[str]) -> list[str]:
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(name.lower(), name)
    return list(kept.values())
