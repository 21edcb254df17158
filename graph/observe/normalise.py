"""From a raw record, as it was crawled or read from a file, to one that the graph can take.

Tolerance is per field: a field that cannot be used is dropped with an issue and the rest of the
record stays. Only a record that does not say what it is about is rejected.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import md5

from graph import schema
from graph.observe import fields, ids
from graph.observe.fields import DROP, Cleaner, Notes
from graph.observe.issues import Issue, Outcome

MODEL_FORM = "model/1"
AUTHOR_FORM = "author/1"
DATASET_FORM = "dataset/1"
SPACE_FORM = "space/1"
CHANGE_FORM = "change/1"
FORMS = {
    MODEL_FORM: schema.MODEL,
    AUTHOR_FORM: schema.AUTHOR,
    DATASET_FORM: schema.DATASET,
    SPACE_FORM: schema.SPACE,
    CHANGE_FORM: schema.CHANGE,
}
"""The value of a record's `record` key → the node it describes."""

MOST_BASES = 500
"""Bases of one model; the most seen are 65."""

_CONTROL = {
    MODEL_FORM: frozenset(
        {"record", "id", "observed_at", "digest", "relation", "bases", "bases_source"}
    ),
    AUTHOR_FORM: frozenset({"record", "name", "observed_at", "digest"}),
    DATASET_FORM: frozenset({"record", "id", "observed_at", "digest"}),
    SPACE_FORM: frozenset({"record", "id", "observed_at", "digest"}),
    CHANGE_FORM: frozenset({"record", "id", "observed_at"}),
}
"""Form → keys that are read on their own."""

_REFERS_TO = {
    node.label: {
        r.stated_by: ids.is_paper_id if r.end == schema.PAPER.label else ids.is_model_id
        for r in schema.REFERENCES
        if r.start == node.label and r.stated_by
    }
    for node in schema.NODES
}
"""Label → property that holds ids → what such an id looks like."""


_IS_DIGEST = re.compile("[0-9a-f]{8}")
_CLEAN_SOURCE = fields.cleaner(schema.FINETUNE.find("source"))


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a model was made from.

    Attributes:
        relation: how, None without a base.
        bases: ids as the record spells them, distinct without regard to case.
        source: where it is stated, as in the relationships' `source`; None when that is not said.
    """

    relation: str | None
    bases: tuple[str, ...]
    source: str | None = None


@dataclass(slots=True)
class Record:
    """A record that is fit for the graph.

    Attributes:
        node: what it describes; for a change the change itself.
        spelling: the id or name as the record spells it; for a change the model's.
        version: orders the observations of one node; the greatest text wins. Its parts are
            separated by a space, which sorts before every digit: a missing time is the oldest.
        properties: what it states; None means observed to be absent. Times are ISO text.
        lineage: None when the record does not say.
        observed_at: ISO text, None when not said.
        key: the spelling in lower case.
    """

    node: schema.NodeType
    spelling: str
    version: str
    properties: dict[str, object]
    lineage: Lineage | None = None
    observed_at: str | None = None
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = self.spelling.lower()


class Normaliser:
    """Turns raw records into `Record`s.

    Args:
        now: times later than a day after it are not believed; default: the clock.
    """

    def __init__(self, now: datetime | None = None) -> None:
        latest = (now or datetime.now(UTC)).astimezone(UTC) + timedelta(days=1)
        self._latest = latest.isoformat(timespec="milliseconds")[:-6] + "Z"
        self._cleaners = {form: _cleaners(node, _CONTROL[form]) for form, node in FORMS.items()}

    def __call__(self, raw: object) -> tuple[Record | None, Notes]:
        """Normalise one record.

        Returns:
            The record, None when it is rejected, and what was wrong with it.
        """
        if not isinstance(raw, Mapping):
            return None, [Issue("", Outcome.REJECTED, "is not a JSON object", raw)]
        form = raw.get("record")
        if form == AUTHOR_FORM:
            return self._read_author(raw)
        if form == CHANGE_FORM:
            return self._read_change(raw)
        if isinstance(form, str) and form in FORMS:
            return self._read_repository(raw, form)
        return None, [Issue("record", Outcome.REJECTED, unknown_form(form), form)]

    def _read_repository(self, raw: Mapping[str, object], form: str) -> tuple[Record | None, Notes]:
        """A model, a dataset or a Space."""
        notes: Notes = []
        name = raw.get("id")
        if not isinstance(name, str) or not ids.is_model_id(name):
            return None, [_bad_id(name)]
        node = FORMS[form]
        properties = self._clean(raw, form, notes)
        _check_references(node, properties, notes)
        lineage = None
        if node is schema.MODEL:
            _settle_parameters(properties, notes)
            if "bases" in raw or "relation" in raw:
                lineage = _lineage(raw, name, notes)
        observed_at = self._observed_at(raw, notes)
        modified = properties.get("last_modified") or ""
        digest = _told_digest(raw, notes) or _digest(content(name, properties, lineage))
        version = f"{modified} {observed_at or ''} {digest}"
        return Record(node, name, version, properties, lineage, observed_at), notes

    def _read_author(self, raw: Mapping[str, object]) -> tuple[Record | None, Notes]:
        notes: Notes = []
        name = raw.get("name")
        if not isinstance(name, str) or not ids.is_author_name(name):
            reason = "is missing" if name is None else "is not an account name"
            return None, [Issue("name", Outcome.REJECTED, reason, name)]
        properties = self._clean(raw, AUTHOR_FORM, notes)
        observed_at = self._observed_at(raw, notes)
        digest = _told_digest(raw, notes) or _digest(content(name, properties, None))
        version = f" {observed_at or ''} {digest}"
        return Record(schema.AUTHOR, name, version, properties, None, observed_at), notes

    def _read_change(self, raw: Mapping[str, object]) -> tuple[Record | None, Notes]:
        """What happened to a model; without its kind or its time it says nothing."""
        notes: Notes = []
        name = raw.get("id")
        if not isinstance(name, str) or not ids.is_model_id(name):
            return None, [_bad_id(name)]
        properties = self._clean(raw, CHANGE_FORM, notes)
        observed_at = self._observed_at(raw, notes)
        if not properties.get("kind"):
            return None, [Issue("kind", Outcome.REJECTED, "is missing or unknown", raw.get("kind"))]
        if observed_at is None:
            reason = "is missing or unreadable"
            return None, [Issue("observed_at", Outcome.REJECTED, reason, raw.get("observed_at"))]
        if properties["kind"] == "renamed" and not ids.is_model_id(properties.get("after")):
            reason = "is no name that a model can have now"
            return None, [Issue("after", Outcome.REJECTED, reason, properties.get("after"))]
        version = f" {observed_at} {_digest(content(name, properties, None))}"
        return Record(schema.CHANGE, name, version, properties, None, observed_at), notes

    def _clean(self, raw: Mapping[str, object], form: str, notes: Notes) -> dict[str, object]:
        latest = self._latest
        cleaners, control = self._cleaners[form], _CONTROL[form]
        properties: dict[str, object] = {}
        for name, value in raw.items():
            clean = cleaners.get(name)
            if clean is None:
                if name not in control:
                    notes.append(Issue(str(name), Outcome.DROPPED, "is not a known field", value))
            elif value is None:
                properties[name] = None
            else:
                kept = clean(name, value, latest, notes)
                if kept is not DROP:
                    properties[name] = kept
        return properties

    def _observed_at(self, raw: Mapping[str, object], notes: Notes) -> str | None:
        value = raw.get("observed_at")
        if value is None:
            return None
        when = fields.moment("observed_at", value, self._latest, notes)
        return when if isinstance(when, str) else None


def unknown_form(form: object) -> str:
    """Why a record of this form cannot be read, as a phrase."""
    if form is None:
        return f"is missing; expected one of {', '.join(FORMS)}"
    kind, _, version = str(form).partition("/")
    if version.isdigit() and (int(version[:9]) > 1 or f"{kind}/1" not in FORMS):
        return "was written by a newer hubgraph; update this one to read it"
    return f"is none of {', '.join(FORMS)}"


def _cleaners(node: schema.NodeType, control: frozenset[str]) -> dict[str, Cleaner]:
    return {
        name: fields.cleaner(node.find(name))
        for name in node.names(schema.Source.RECORD)
        if name not in control
    }


def _bad_id(value: object) -> Issue:
    reason = "is missing" if value is None else "is not an id, such as owner/name"
    return Issue("id", Outcome.REJECTED, reason, value)


def _check_references(node: schema.NodeType, properties: dict[str, object], notes: Notes) -> None:
    """Keep of the ids that a record names those that can be some."""
    for field_name, is_id in _REFERS_TO[node.label].items():
        value = properties.get(field_name)
        if value is None:
            continue
        stated = value if isinstance(value, list) else [value]
        kept = [item for item in stated if is_id(item)]
        notes += [
            Issue(field_name, Outcome.DROPPED, "has an item that is not an id", item)
            for item in stated
            if not is_id(item)
        ]
        if isinstance(value, list):
            properties[field_name] = kept or None
        elif not kept:
            del properties[field_name]


def _settle_parameters(properties: dict[str, object], notes: Notes) -> None:
    """Keep `parameters` and `parameters_source` together; the loader guesses from names itself."""
    if "parameters" not in properties:
        if properties.pop("parameters_source", None) is not None:
            reason = "is stated without a usable count"
            notes.append(Issue("parameters_source", Outcome.DROPPED, reason))
        return
    if str(properties.setdefault("parameters_source", None)).startswith("name"):
        del properties["parameters"], properties["parameters_source"]
    elif properties["parameters"] is None:
        properties["parameters_source"] = None


def _lineage(raw: Mapping[str, object], model_id: str, notes: Notes) -> Lineage | None:
    """The lineage a record states; None when it states none that can be used.

    A relation that is not known drops the whole lineage: the type of an edge is never guessed.
    """
    relation = raw.get("relation")
    if "bases" not in raw:
        if relation is not None:
            reason = "is stated without bases"
            notes.append(Issue("relation", Outcome.DROPPED, reason, relation))
        return None
    stated = raw["bases"]
    if isinstance(stated, str):
        notes.append(Issue("bases", Outcome.REPAIRED, "was one text, not a list", stated))
        stated = [stated]
    if stated is not None and not isinstance(stated, list):
        notes.append(Issue("bases", Outcome.DROPPED, "is not a list of model ids", stated))
        return None
    if not stated:
        if relation is not None:
            reason = "is stated without bases"
            notes.append(Issue("relation", Outcome.DROPPED, reason, relation))
        return Lineage(None, ())
    if not isinstance(relation, str) or relation not in schema.TYPE_OF_RELATION:
        known = ", ".join(schema.RELATIONS)
        reason = f"is none of {known}, so the {len(stated)} base(s) were left out"
        notes.append(Issue("relation", Outcome.DROPPED, reason, relation))
        return None
    bases = _bases(stated, model_id, notes)
    return Lineage(relation if bases else None, bases, _source(raw, notes) if bases else None)


def _source(raw: Mapping[str, object], notes: Notes) -> str | None:
    value = raw.get("bases_source")
    if value is None:
        return None
    kept = _CLEAN_SOURCE("bases_source", value, "", notes)
    return None if kept is DROP else str(kept)


def _bases(stated: list[object], model_id: str, notes: Notes) -> tuple[str, ...]:
    if len(stated) > MOST_BASES:
        reason = f"has {len(stated):,} items; the first {MOST_BASES} were kept"
        notes.append(Issue("bases", Outcome.REPAIRED, reason, stated[MOST_BASES]))
        stated = stated[:MOST_BASES]
    kept: dict[str, str] = {}
    for item in stated:
        base = item
        if isinstance(item, str) and "://" in item:
            base = ids.id_from_address(item)
            if base is not None:
                reason = "was the address of a model, not its id"
                notes.append(Issue("bases", Outcome.REPAIRED, reason, item))
        if not isinstance(base, str) or not ids.is_model_id(base):
            reason = "has an item that is not a model id"
            notes.append(Issue("bases", Outcome.DROPPED, reason, item))
            continue
        kept.setdefault(base.lower(), base)
    if model_id.lower() in kept:
        notes.append(Issue("bases", Outcome.NOTED, "names the model itself", model_id))
    return tuple(kept.values())


def content(name: str, properties: Mapping[str, object], lineage: Lineage | None) -> str:
    r"""What a record says, as one text: two records say the same if and only if their texts agree.

    Each part is a name, `\x1f`, its value and `\x1d`; items of a list are each followed by `\x1e`.
    No cleaned value holds such characters. A bulk import writes the same text in SQL.
    """
    parts = [f"id\x1f{name}\x1d"]
    parts += [f"{key}\x1f{_as_text(properties[key])}\x1d" for key in sorted(properties)]
    if lineage is not None:
        parts.append(f"relation\x1f{lineage.relation or ''}\x1d")
        parts.append(f"bases\x1f{_as_text(lineage.bases)}\x1d")
        parts.append(f"source\x1f{lineage.source or ''}\x1d")
    return "".join(parts)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "".join(f"{item}\x1e" for item in value)
    if isinstance(value, float):
        return f"{value:.6f}"
    return str(value)


def _told_digest(raw: Mapping[str, object], notes: Notes) -> str | None:
    """The digest of the record that this one repeats in other words, if it tells."""
    told = raw.get("digest")
    if told is None or (isinstance(told, str) and _IS_DIGEST.fullmatch(told)):
        return told
    notes.append(Issue("digest", Outcome.DROPPED, "is not eight hexadecimal digits", told))
    return None


def _digest(text: str) -> str:
    return md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:8]
