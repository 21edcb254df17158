"""From a raw record, as it was crawled or read from a file, to one that the graph can take.

Tolerance is per field: a field that cannot be used is dropped with an issue and the rest of the
record stays. Only a record that does not say what it is about is rejected.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from graph import schema
from graph.records import fields, ids
from graph.records.fields import DROP, Cleaner, Notes
from graph.records.issues import Issue, Outcome

MODEL_FORM = "model/1"
AUTHOR_FORM = "author/1"
FORMS = {MODEL_FORM: schema.MODEL, AUTHOR_FORM: schema.AUTHOR}
"""The value of a record's `record` key → the node it describes."""

MOST_BASES = 500
"""Bases of one model; the most seen are 65."""

_MODEL_CONTROL = frozenset({"record", "id", "observed_at", "relation", "bases"})
_AUTHOR_CONTROL = frozenset({"record", "name", "observed_at"})


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a model was made from.

    Attributes:
        relation: how, None without a base.
        bases: ids as the record spells them, distinct without regard to case.
    """

    relation: str | None
    bases: tuple[str, ...]


@dataclass(slots=True)
class Record:
    """A record that is fit for the graph.

    Attributes:
        node: what it describes.
        spelling: the id or name as the record spells it.
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
        self._model = _cleaners(schema.MODEL, _MODEL_CONTROL)
        self._author = _cleaners(schema.AUTHOR, _AUTHOR_CONTROL)

    def __call__(self, raw: object) -> tuple[Record | None, Notes]:
        """Normalise one record.

        Returns:
            The record, None when it is rejected, and what was wrong with it.
        """
        if not isinstance(raw, Mapping):
            return None, [Issue("", Outcome.REJECTED, "is not a JSON object", raw)]
        form = raw.get("record")
        if form == MODEL_FORM:
            return self._read_model(raw)
        if form == AUTHOR_FORM:
            return self._read_author(raw)
        return None, [Issue("record", Outcome.REJECTED, unknown_form(form), form)]

    def _read_model(self, raw: Mapping[str, object]) -> tuple[Record | None, Notes]:
        notes: Notes = []
        model_id = raw.get("id")
        if not isinstance(model_id, str) or not ids.is_model_id(model_id):
            reason = "is missing" if model_id is None else "is not a model id"
            return None, [Issue("id", Outcome.REJECTED, reason, model_id)]
        properties = self._clean(raw, self._model, _MODEL_CONTROL, notes)
        _settle_parameters(properties, notes)
        lineage = _lineage(raw, model_id, notes) if "bases" in raw or "relation" in raw else None
        observed_at = self._observed_at(raw, notes)
        modified = properties.get("last_modified") or ""
        said = (model_id, properties, lineage and (lineage.relation, lineage.bases))
        version = f"{modified} {observed_at or ''} {_digest(said)}"
        return Record(schema.MODEL, model_id, version, properties, lineage, observed_at), notes

    def _read_author(self, raw: Mapping[str, object]) -> tuple[Record | None, Notes]:
        notes: Notes = []
        name = raw.get("name")
        if not isinstance(name, str) or not ids.is_author_name(name):
            reason = "is missing" if name is None else "is not an account name"
            return None, [Issue("name", Outcome.REJECTED, reason, name)]
        properties = self._clean(raw, self._author, _AUTHOR_CONTROL, notes)
        observed_at = self._observed_at(raw, notes)
        version = f" {observed_at or ''} {_digest((name, properties))}"
        return Record(schema.AUTHOR, name, version, properties, None, observed_at), notes

    def _clean(
        self,
        raw: Mapping[str, object],
        cleaners: Mapping[str, Cleaner],
        control: frozenset[str],
        notes: Notes,
    ) -> dict[str, object]:
        latest = self._latest
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
    return Lineage(relation if bases else None, bases)


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


def _digest(said: object) -> str:
    text = _ENCODER.encode(said)
    return blake2b(text.encode(), digest_size=4).hexdigest()


_ENCODER = json.JSONEncoder(sort_keys=True, check_circular=False, separators=(",", ":"))
