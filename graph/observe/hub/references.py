"""What a model refers to besides its bases: datasets, papers, its own successor."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from graph.observe.ids import is_model_id, is_paper_id

_VERSION = re.compile(r"v[0-9]{1,3}$")


def datasets(tags: Sequence[str]) -> list[str]:
    """Ids of the datasets that tags say it was trained on, distinct without regard to case.

    Old datasets have no owner. What is no id is left out; some well-formed ones name no dataset
    (`generator`, `imagefolder`: the way a script read its files).
    """
    return _distinct(tag for tag in _tagged(tags, "dataset:") if is_model_id(tag))


def papers(tags: Sequence[str]) -> list[str]:
    """Ids on arXiv of the papers that tags name, without a version, distinct."""
    stated = (_VERSION.sub("", tag) for tag in _tagged(tags, "arxiv:"))
    return _distinct(paper for paper in stated if is_paper_id(paper))


def new_version(card: object, model_id: str) -> str | None:
    """Id of the model that a card names as its `new_version`, never the model itself.

    No tag carries it: only an answer with `cardData` can say.
    """
    stated = card.get("new_version") if isinstance(card, Mapping) else None
    if not isinstance(stated, str) or not is_model_id(stated):
        return None
    return None if stated.lower() == model_id.lower() else stated


def _tagged(tags: Sequence[str], beginning: str) -> Iterator[str]:
    return (tag[len(beginning) :] for tag in tags if tag.startswith(beginning))


def _distinct(names: Iterable[str]) -> list[str]:
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(name.lower(), name)
    return list(kept.values())
