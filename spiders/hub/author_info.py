"""Read the Hub's answer about one account as a record.

Knows the overview of a user, that of an organization, and the short form that goes with a model
(`authorData` of a listing, `author` of a model's page). Where two of them show a field they give
the same value.
"""

from graph.errors import DataError
from graph.observe.hub.rules import Json
from graph.observe.normalise import AUTHOR_FORM
from graph.schema import AUTHOR
from spiders.hub.answers import excerpt

_PLAIN = {p.hub: p.name for p in AUTHOR.properties if p.hub} | {"followerCount": "followers"}
"""Key of an answer → field of a record, where the value is taken as it is."""

_KINDS = {"user": "user", "org": "organization"}


def author_record(info: object, observed_at: str | None = None) -> dict[str, object]:
    """The record of one account; DataError when the answer is about none."""
    name = (info.get("name") or info.get("user")) if isinstance(info, dict) else None
    if not isinstance(info, dict) or not isinstance(name, str):
        raise DataError(f"This is not the Hub's answer about an account: {excerpt(info)}")
    record: dict[str, object] = {"record": AUTHOR_FORM, "name": name}
    kind = _kind(info)
    if kind is not None:
        record["kind"] = kind
    for key, field in _PLAIN.items():
        if key in info:
            record[field] = info[key]
    plan = info.get("plan")
    if "enterprise" not in record and isinstance(plan, str) and plan.startswith("enterprise"):
        record["enterprise"] = True
    if observed_at is not None:
        record["observed_at"] = observed_at
    return record


def _kind(info: Json) -> str | None:
    """The kind of account: only a user's overview has `user`, only an organization's `numUsers`."""
    kind = info.get("type")
    if isinstance(kind, str):
        return _KINDS.get(kind)
    if "user" in info:
        return "user"
    return "organization" if "numUsers" in info or "isVerified" in info else None
