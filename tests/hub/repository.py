"""One repository as the Hub holds it: a record, completed with what every repository has."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

Raw = Mapping[str, object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_HUB_ID = re.compile("[0-9a-f]{24}")
_YEARS = 3 * 365 * 86_400
_LATEST = 1_735_689_600_000
"""Beginning of 2025: what no record dates was there by then."""


@dataclass(frozen=True, slots=True)
class Repository:
    """One model, dataset or Space as it is now; times are in milliseconds since 1970."""

    record: Raw
    hub_id: str
    created: int
    modified: int

    @property
    def id(self) -> str:
        return str(self.record["id"])

    @property
    def author(self) -> str | None:
        return author_of(self.id)

    def text(self, field: str) -> str | None:
        value = self.record.get(field)
        return value if isinstance(value, str) and value else None

    def count(self, field: str) -> int:
        return count_of(self.record, field)

    def texts(self, field: str) -> list[str]:
        return texts_of(self.record, field)


def author_of(name: str) -> str | None:
    """The account in an id, None for the oldest."""
    head, slash, _ = name.partition("/")
    return head if slash else None


def count_of(record: Raw, field: str) -> int:
    """A stated number, 0 without one."""
    value = record.get(field)
    return value if type(value) is int else 0


def texts_of(record: Raw, field: str) -> list[str]:
    """A stated list of texts, empty without one."""
    value = record.get(field)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def milliseconds(value: object) -> int | None:
    """A stated time as milliseconds since 1970, None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return (when - _EPOCH) // _MILLISECOND


def iso(moment: int) -> str:
    when = _EPOCH + timedelta(milliseconds=moment)
    return when.isoformat(timespec="milliseconds")[:-6] + "Z"


def digits(text: str, count: int) -> str:
    """Hexadecimal digits that look arbitrary and are always the same for one text."""
    raw = blake2b(text.encode("utf-8", "replace"), digest_size=(count + 1) // 2)
    return raw.hexdigest()[:count]


def stated_hub_id(record: Raw) -> str | None:
    """The `_id` that a record states, None without a usable one."""
    stated = record.get("hub_id")
    return stated if isinstance(stated, str) and _HUB_ID.fullmatch(stated) else None


def complete(record: Raw) -> Repository:
    """A repository of which perhaps not all is stated; what is made up depends on the record alone.

    The first eight digits of an `_id` are the time of creation in seconds.
    """
    name = record.get("id")
    if not isinstance(name, str) or not name:
        raise ValueError(f"A record without an id: {str(record)[:200]}")
    hub_id = stated_hub_id(record)
    created = milliseconds(record.get("created_at"))
    modified = milliseconds(record.get("last_modified"))
    if created is None:
        created = int(hub_id[:8], 16) * 1000 if hub_id else _made_up_creation(name, record)
    if hub_id is None:
        hub_id = f"{created // 1000 & 0xFFFFFFFF:08x}{digits(name, 16)}"
    return Repository(record, hub_id, created, created if modified is None else modified)


def _made_up_creation(name: str, record: Raw) -> int:
    times = (milliseconds(record.get(field)) for field in ("last_modified", "observed_at"))
    latest = min((moment for moment in times if moment is not None), default=_LATEST)
    age = int(digits(f"age of {name}", 8), 16) % _YEARS
    return max(0, latest // 1000 - age) * 1000
