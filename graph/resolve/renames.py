"""Renamed models: one model under its present name, found by every name it ever had."""

from collections.abc import Sequence

from graph.observe.normalise import Record
from graph.resolve import past as memory
from graph.resolve.changes import note
from graph.resolve.counts import derive_counts, either_counted, stated_counts
from graph.resolve.describing import join_described
from graph.resolve.draft import Draft, DraftLink, DraftNode
from graph.resolve.facts import derive_facts, either_fact, stated_facts
from graph.resolve.former_names import FormerName
from graph.resolve.held import LinkKey, NodeKey, Values
from graph.resolve.lineage import Statement, derive, either, either_stated, statements
from graph.resolve.names import guess_size, mention, own
from graph.resolve.past import Past
from graph.resolve.presence import is_start_of_run, settle_presence
from graph.resolve.times import earliest
from graph.resolve.traits import LINEAGE_TYPES, OWNERSHIP_TYPES
from graph.schema import CONCERNS, MODEL

_NAMING = frozenset({"id", "name", "author", "aliases", "gone_since", "suspected_since"})
"""What a model does not take along to another name."""


def rename(draft: Draft, change: Record) -> None:
    """Take in that a model has another name, whether or not either name is known."""
    for name in (change.spelling, str(change.properties["after"])):
        mention(draft, MODEL.label, name)
        own(draft, MODEL.label, name)
    join(draft, change)


def join(draft: Draft, change: Record) -> None:
    """Join a renamed model with what is there under its present name."""
    present = str(change.properties["after"])
    if change.key == present.lower():
        return
    old = draft.find(NodeKey(MODEL.label, change.key))
    new = draft.find(NodeKey(MODEL.label, present.lower()))
    if old is None or new is None:
        return
    at = change.observed_at or draft.now
    ids = {each.values.get("hub_id") for each in (old, new)} - {None}
    if len(ids) > 1:  # the former name is another repository's by now
        note(
            draft, new, "renamed", at, called=change.spelling, before=change.spelling, after=present
        )
        return
    _take_links_to(draft, old, new)
    pasts = [memory.recall(draft, each) for each in (old, new)]
    stated = _stated(draft, old, new, pasts)
    one, other = (stated_facts(*each) for each in zip((old.values, new.values), pasts, strict=True))
    new.past = memory.merged(*pasts)
    _take_facts(old, new, pasts)
    _take_links_from(draft, old, new, at)
    derive(draft, new, stated)
    derive_facts(draft, new, either_fact(one, other))
    guess_size(new)
    memory.store(new)
    note(draft, new, "renamed", at, called=change.spelling, before=change.spelling, after=present)
    settle_presence(draft, new)
    values = new.values
    known = {*(values.get("aliases") or ()), *(old.values.get("aliases") or ()), old.spelling}
    values["aliases"] = sorted(known - {new.spelling})
    values["renamed_at"] = max(values.get("renamed_at") or at, at)
    values["first_seen"] = min(values["first_seen"], old.values["first_seen"])
    draft.remove(old)
    draft.joined.append((old.ref.key, new.ref.key))
    present_name = FormerName(new.spelling, values.get("hub_id"), values["renamed_at"])
    draft.names.add(change.key, present_name)


def release(draft: Draft, change: Record) -> None:
    """Let go of a former name that someone else has taken over."""
    holder = draft.find(NodeKey(MODEL.label, str(change.properties["holder"]).lower()))
    if holder is not None:
        aliases = holder.values.get("aliases") or ()
        kept = [alias for alias in aliases if alias.lower() != change.key]
        holder.values["aliases"] = kept or None
    draft.names.forget(change.spelling)


def _stated(
    draft: Draft, old: DraftNode, new: DraftNode, pasts: Sequence[Past]
) -> dict[str, Statement]:
    """The lineage that was stated under both names."""
    one, other = (statements(draft, *each) for each in zip((old, new), pasts, strict=True))
    former = {
        at: frozenset(ref._replace(start=new.ref) for ref in stated) for at, stated in one.items()
    }
    if former and max(former) > max(other, default=""):
        for name in ("relation", "base_count"):
            new.values[name] = old.values.get(name)
    return either_stated(former, other)


def _take_facts(old: DraftNode, new: DraftNode, pasts: Sequence[Past]) -> None:
    """What describes the former name goes with it."""
    appeared = _appeared(old.values, new.values)
    if old.values.get("known"):
        counted = [
            stated_counts(each.values, past) for each, past in zip((old, new), pasts, strict=True)
        ]
        if new.values.get("known"):
            join_described(new, old)
        else:
            facts = {k: v for k, v in old.values.items() if k not in _NAMING}
            new.values.update(facts, gone_since=None, suspected_since=None)
        derive_counts(new.values, either_counted(*counted))
    new.values["appeared_at"] = appeared


def _appeared(old: Values, new: Values) -> str | None:
    created = (new if new.get("known") else old).get("created_at")
    signs = [each.get("appeared_at") for each in (old, new) if not is_start_of_run(each)]
    return created or earliest(*signs) or earliest(old.get("appeared_at"), new.get("appeared_at"))


def _take_links_to(draft: Draft, old: DraftNode, new: DraftNode) -> None:
    """What led to the former name leads to the model."""
    for link in list(draft.into(old)):
        if link.ref.type not in OWNERSHIP_TYPES:
            _move(draft, link, LinkKey(link.ref.type, link.ref.start, new.ref))


def _take_links_from(draft: Draft, old: DraftNode, new: DraftNode, at: str) -> None:
    """Relationships of the former name are the model's; history where it states its own."""
    took_over = bool(old.version) and new.version == old.version
    for link in list(draft.out(old)):
        ended = None if took_over or link.ref.type in LINEAGE_TYPES else at
        _move(draft, link, LinkKey(link.ref.type, new.ref, link.ref.end), ended, is_out=True)
    owner = str(new.values.get("author") or "").lower()
    for link in list(draft.into(old)):
        if link.ref.type in OWNERSHIP_TYPES:
            ended = None if link.ref.start.key == owner else at
            _move(draft, link, LinkKey(link.ref.type, link.ref.start, new.ref), ended, is_out=True)


def _move(
    draft: Draft, link: DraftLink, ref: LinkKey, ended: str | None = None, *, is_out: bool = False
) -> None:
    """Make a relationship lead from or to another node.

    Args:
        draft: where.
        link: the relationship.
        ref: where it is to lead.
        ended: when it ended, unless it ended before or there is one already.
        is_out: whether the one that is there already says whether it holds.
    """
    own = link.values
    there = draft.link(ref)
    draft.drop(link)
    if there is None:
        gone = own.get("gone_since") or ended
        draft.put(ref, own if ref.type == CONCERNS.type else own | {"gone_since": gone})
        return
    values = there.values
    if ref.type in LINEAGE_TYPES:
        gone = own.get("gone_since") or (values.get("gone_since") if is_out else None)
        values.update(either(values, own, gone))
    elif not is_out and own.get("gone_since") is None and "gone_since" in values:
        values["gone_since"] = None
    if "first_seen" in own and "first_seen" in values:
        values["first_seen"] = min(values["first_seen"], own["first_seen"])
