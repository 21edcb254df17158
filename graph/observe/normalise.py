"""From a raw record, as it was crawled or read from a file, to one that the graph can take.

Tolerance is per field: a field that cannot be used is dropped with an issue and the rest of the
record stays. Only a record that does not say what it is about is rejected.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from graph import schema
from graph.observe import fields, ids
from graph.observe.digests import Lineage, digest_of, version
from graph.observe.fields import DROP, Cleaner, Notes, drop
from graph.observe.hub.lineage import MOST_BASES
from graph.observe.issues import Issue, Outcome
from graph.times import iso

MODEL_FORM = schema.MODEL.form
AUTHOR_FORM = schema.AUTHOR.form
CHANGE_FORM = schema.CHANGE.form
FORMS = schema.NODE_OF_FORM

MOST_FIELDS = 1_000
"""Fields of a record; a hundredth of that is known."""

_IS_DIGEST = re.compile("[0-9a-f]{8}")
_CLEAN_SOURCE = fields.of(schema.FINETUNE.find("source")).clean


@dataclass(slots=True)
class Record:
    """A record that is fit for the graph. Times are ISO text."""

    node: schema.NodeType  # what it describes; for a change the change itself
    spelling: str  # the id or name as the record spells it; for a change the model's
    version: str  # orders the observations of one node; the greatest text wins
    properties: dict[str, object]  # what it states; None means observed to be absent
    lineage: Lineage | None = None  # None when the record does not say
    observed_at: str | None = None  # ISO text, None when not said
    key: str = field(init=False)  # the spelling in lower case

    def __post_init__(self) -> None:
        self.key = self.spelling.lower()


class Normaliser:
    """Turns raw records into `Record`s; times later than a day after now are dropped."""

    def __init__(self, now: datetime | None = None) -> None:
        latest = (now or datetime.now(UTC)).astimezone(UTC) + timedelta(days=1)
        self._latest = iso(latest)

    def __call__(self, raw: object) -> tuple[Record | None, Notes]:
        """A normalised record, None when it is rejected; and what was wrong with it."""
        if not isinstance(raw, Mapping):
            return None, [Issue("", Outcome.REJECTED, "is not a JSON object", raw)]
        if len(raw) > MOST_FIELDS:
            reason = f"has more than {MOST_FIELDS:,} fields"
            return None, [Issue("", Outcome.REJECTED, reason, len(raw))]
        form = raw.get("record")
        known = _FORMS.get(form) if isinstance(form, str) else None
        if known is None:
            return None, [Issue("record", Outcome.REJECTED, unknown_form(form), form)]
        node, name = known.node, raw.get(known.node.key)
        if not isinstance(name, str) or not known.is_name(name):
            reason = "is missing" if name is None else known.bad_name
            return None, [Issue(node.key, Outcome.REJECTED, reason, name)]
        notes: Notes = []
        properties = self._clean(raw, known, notes)
        observed_at = self._observed_at(raw, notes)
        if not node.is_described and (fault := _fault(node, raw, properties, observed_at)):
            return None, [fault]
        _check_references(known.refers_to, properties, notes)
        lineage = None
        if node.has_lineage:
            _settle_parameters(properties, notes)
            if "bases" in raw or "relation" in raw:
                lineage = _lineage(raw, name, notes)
        digest = _given_digest(raw, notes) if node.is_described else None
        digest = digest or digest_of(name, properties, lineage)
        order = version(properties.get("last_modified"), observed_at, digest)
        return Record(node, name, order, properties, lineage, observed_at), notes

    def _clean(self, raw: Mapping[str, object], form: "_Form", notes: Notes) -> dict[str, object]:
        latest, cleaners = self._latest, form.cleaners
        properties: dict[str, object] = {}
        for name, value in raw.items():
            clean = cleaners.get(name)
            if clean is None:
                if name not in form.control:
                    drop(notes, str(name), "is not a known field", value)
            elif value is None:
                properties[name] = None
            else:
                found = clean(name, value, latest, notes)
                if found is not DROP:
                    properties[name] = found
        return properties

    def _observed_at(self, raw: Mapping[str, object], notes: Notes) -> str | None:
        value = raw.get("observed_at")
        if value is None:
            return None
        when = fields.moment("observed_at", value, self._latest, notes)
        return when if isinstance(when, str) else None


@dataclass(frozen=True, slots=True)
class _Form:
    """How records of one form are read."""

    node: schema.NodeType
    is_name: Callable[[object], bool]  # whether a text can be the name of such a node
    bad_name: str  # what a name is that cannot
    control: frozenset[str]  # keys that are read on their own
    cleaners: Mapping[str, Cleaner]  # key → its cleaner
    refers_to: Mapping[str, Callable[[object], bool]]  # property with ids → what can be one


def _form(node: schema.NodeType) -> _Form:
    control = {"record", node.key, "observed_at"}
    if node.is_described:
        control.add("digest")
    if node.has_lineage:
        control |= {"relation", "bases", "bases_source"}
    return _Form(
        node,
        ids.is_author_name if node.is_account else ids.is_model_id,
        "is not an account name" if node.is_account else "is not an id, such as owner/name",
        frozenset(control),
        {name: fields.of(node.find(name)).clean for name in node.stated},
        {
            str(r.stated_by): ids.is_paper_id if r.end == schema.PAPER.label else ids.is_model_id
            for r in schema.REFERENCES
            if r.start == node.label
        },
    )


_FORMS = {form: _form(node) for form, node in FORMS.items()}


def unknown_form(form: object) -> str:
    """Why a record of this form cannot be read, as a phrase."""
    if form is None:
        return f"is missing; expected one of {', '.join(FORMS)}"
    kind, _, version = str(form).partition("/")
    if version.isdigit() and (int(version[:9]) > 1 or f"{kind}/1" not in FORMS):
        return "was written by a newer hubgraph; update this one to read it"
    return f"is none of {', '.join(FORMS)}"


def _fault(
    node: schema.NodeType,
    raw: Mapping[str, object],
    properties: Mapping[str, object],
    observed_at: str | None,
) -> Issue | None:
    """Why a change or a result cannot be used: without what matters of it, it says nothing."""
    if node is schema.EVALUATION:
        return _missing_result(raw, properties, observed_at)
    if not properties.get("kind"):
        return Issue("kind", Outcome.REJECTED, "is missing or unknown", raw.get("kind"))
    if observed_at is None:
        reason = "is missing or unreadable"
        return Issue("observed_at", Outcome.REJECTED, reason, raw.get("observed_at"))
    if properties["kind"] == "renamed" and not ids.is_model_id(properties.get("after")):
        reason = "is not a name that a model can have now"
        return Issue("after", Outcome.REJECTED, reason, properties.get("after"))
    return None


def _missing_result(
    raw: Mapping[str, object], properties: Mapping[str, object], observed_at: str | None
) -> Issue | None:
    """Why a result cannot be used: without all of this it is not a fact."""
    for name in ("benchmark", "value", "source"):
        if properties.get(name) is None:
            return Issue(name, Outcome.REJECTED, "is missing or cannot be read", raw.get(name))
    if properties.get("date") is None and observed_at is None:
        return Issue("date", Outcome.REJECTED, "is missing or unreadable", raw.get("date"))
    return None


def _check_references(
    refers_to: Mapping[str, Callable[[object], bool]], properties: dict[str, object], notes: Notes
) -> None:
    """Leave out, of the ids that a record names, those that cannot be ids."""
    for name, is_id in refers_to.items():
        value = properties.get(name)
        if value is None:
            continue
        named = value if isinstance(value, list) else [value]
        good = [item for item in named if is_id(item)]
        for item in named:
            if not is_id(item):
                drop(notes, name, "has an item that is not an id", item)
        if isinstance(value, list):
            properties[name] = good or None
        elif not good:
            del properties[name]


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
        _note_no_bases(relation, notes)
        return None
    named = raw["bases"]
    if isinstance(named, str):
        notes.append(Issue("bases", Outcome.REPAIRED, "was one text, not a list", named))
        named = [named]
    if named is not None and not isinstance(named, list):
        drop(notes, "bases", "is not a list of model ids", named)
        return None
    if not named:
        _note_no_bases(relation, notes)
        return Lineage(None, ())
    if not isinstance(relation, str) or relation not in schema.TYPE_OF_RELATION:
        known = ", ".join(schema.RELATIONS)
        reason = f"is none of {known}, so the {len(named)} base(s) were left out"
        drop(notes, "relation", reason, relation)
        return None
    bases = _bases(named, model_id, notes)
    return Lineage(relation if bases else None, bases, _source(raw, notes) if bases else None)


def _note_no_bases(relation: object, notes: Notes) -> None:
    if relation is not None:
        drop(notes, "relation", "is stated without bases", relation)


def _source(raw: Mapping[str, object], notes: Notes) -> str | None:
    value = raw.get("bases_source")
    if value is None:
        return None
    kept = _CLEAN_SOURCE("bases_source", value, "", notes)
    return None if kept is DROP else str(kept)


def _bases(named: list[object], model_id: str, notes: Notes) -> tuple[str, ...]:
    if len(named) > MOST_BASES:
        reason = f"has {len(named):,} items; the first {MOST_BASES} were kept"
        notes.append(Issue("bases", Outcome.REPAIRED, reason, named[MOST_BASES]))
        named = named[:MOST_BASES]
    kept: dict[str, str] = {}
    for item in named:
        base = item
        if isinstance(item, str) and "://" in item:
            base = ids.id_from_address(item)
            if base is not None:
                reason = "was the address of a model, not its id"
                notes.append(Issue("bases", Outcome.REPAIRED, reason, item))
        if not isinstance(base, str) or not ids.is_model_id(base):
            drop(notes, "bases", "has an item that is not a model id", item)
            continue
        kept.setdefault(base.lower(), base)
    if model_id.lower() in kept:
        notes.append(Issue("bases", Outcome.NOTED, "names the model itself", model_id))
    return tuple(kept.values())


def _given_digest(raw: Mapping[str, object], notes: Notes) -> str | None:
    """The digest that a record gives: of the one that it repeats in other words."""
    given = raw.get("digest")
    if given is None or (isinstance(given, str) and _IS_DIGEST.fullmatch(given)):
        return given
    drop(notes, "digest", "is not eight hexadecimal digits", given)
    return None
