"""Renamed models: one model under its present name, found by every name it ever had.

The present name is that of the newest sign, a reported rename or a record with the model's `_id`,
whatever the order of arrival. Of records that show it under another name than before, the first
is noted as a rename, unless a report says that it has that name. A name that is reported counts
from the first report on: exports have records of before under the present name.
"""

from collections.abc import Sequence
from itertools import groupby

from graph.observe import ids
from graph.observe.normalise import Record
from graph.resolve import past as memory
from graph.resolve.changes import changes_of, holder_since, name_at, note
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
from graph.resolve.takeovers import note_takeover
from graph.resolve.times import earliest
from graph.resolve.traits import LINEAGE_TYPES, OWNERSHIP_TYPES
from graph.schema import AUTHOR, CONCERNS, MODEL, PUBLISHED

_NAMING = frozenset({"id", "name", "author", "aliases", "gone_since", "suspected_since"})
"""What a model does not take along to another name."""

Called = dict[str, str]
"""When records observed a model → its name in them."""


def rename(draft: Draft, change: Record) -> None:
    """Take in that a model has another name, whether or not either name is known."""
    for name in (change.spelling, str(change.properties["after"])):
        if draft.names.present(name) is None:
            mention(draft, MODEL.label, name)
            own(draft, MODEL.label, name)
    join(draft, change)


def join(draft: Draft, change: Record) -> None:
    """Join a renamed model with what is there under its present name."""
    former, present = change.spelling, str(change.properties["after"])
    old, new = _find(draft, former), _find(draft, present)
    if change.key == present.lower() or old is None or new is None:
        return
    at, compared = change.observed_at or draft.now, bool(change.properties.get("compared"))
    called = _called(draft, old) | _called(draft, new)
    is_one = _is_one(old, new) and at >= holder_since(draft, old, change.key)
    if is_one and old is not new:
        _merge(draft, old, new, at)
    note(draft, new, "renamed", at, called=former, before=former, after=present, compared=compared)
    if not is_one:  # the former name is another repository's by now
        called = _called(draft, new)
        note_takeover(draft, old, new, at)
    _settle(draft, new, called)


def follow(draft: Draft, node: DraftNode, name: str, at: str) -> DraftNode:
    """Take in how a record with its `_id` calls a model; returns the node it is then."""
    return _settle(draft, node, _called(draft, node) | {at: name})


def _find(draft: Draft, name: str) -> DraftNode | None:
    key = draft.names.present(name) or name.lower()
    return draft.find(NodeKey(MODEL.label, key))


def _is_one(old: DraftNode, new: DraftNode) -> bool:
    return len({each.values.get("hub_id") for each in (old, new)} - {None}) < 2


def _owner(name: str) -> str:
    return str(ids.owner(name)).lower()


def _called(draft: Draft, node: DraftNode) -> Called:
    """How records called a model, as its renames say; without an `_id` they may mean another."""
    if node.values.get("hub_id") is None:
        return {}
    times = memory.identified(memory.recall(draft, node))
    return {at: name_at(draft, node, at) for at in times}


def _settle(draft: Draft, node: DraftNode, called: Called) -> DraftNode:
    """Note the renames that records show, and give a model the last of its names."""
    renames = [each for each in changes_of(draft, node) if each.values["kind"] == "renamed"]
    reported, called = _told(renames, called)
    shown: dict[str, tuple[str, str]] = {}
    ended = {_owner(each.values["model"]): str(each.values["at"]) for each in renames}
    name = began = ""
    for _, signs in groupby(sorted((called | reported).items()), lambda sign: sign[1].lower()):
        times = dict(signs)
        before, began = name, min(times.keys() & reported.keys() or times)
        name = times[began]
        if before:
            ended[_owner(before)] = began
            if began not in reported:
                shown[began] = (before, name)
    for each in renames:
        if each.values["at"] not in shown.keys() | reported.keys():
            draft.remove(each)
    for at, (before, after) in shown.items():
        note(draft, node, "renamed", at, called=before, before=before, after=after)
    if name.lower() != node.ref.key:
        other = mention(draft, MODEL.label, name)
        own(draft, MODEL.label, name)
        if _is_one(node, other):
            _merge(draft, node, other, began)
            node = other
    node.values["renamed_at"] = began
    for owner in ended.keys() - {_owner(name)}:
        link = LinkKey(PUBLISHED.type, NodeKey(AUTHOR.label, owner), node.ref)
        draft.connect(link).values["gone_since"] = ended[owner]
    settle_presence(draft, node)
    return node


def _told(renames: Sequence[DraftNode], called: Called) -> tuple[Called, Called]:
    """What renames report, and what records call a model from the first report of a name on."""
    told: list[Called] = [{}, {}]
    for each in renames:
        told[bool(each.values.get("compared"))][each.values["at"]] = str(each.values["after"])
    reported, compared = told
    first = {name.lower(): at for at, name in sorted(reported.items(), reverse=True)}
    reported |= {at: name for at, name in compared.items() if at not in called | reported}
    return reported, {at: name for at, name in called.items() if at >= first.get(name.lower(), "")}


def _merge(draft: Draft, old: DraftNode, new: DraftNode, at: str) -> None:
    """Make one model of two, which had its present name at some time."""
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
    values = new.values
    known = {*(values.get("aliases") or ()), *(old.values.get("aliases") or ()), old.spelling}
    values["aliases"] = sorted(known - {new.spelling})
    values["first_seen"] = min(values["first_seen"], old.values["first_seen"])
    draft.remove(old)
    draft.joined.append((old.ref.key, new.ref.key))
    draft.names.add(old.ref.key, FormerName(new.spelling, values.get("hub_id")))


def release(draft: Draft, change: Record) -> bool:
    """Let go of a former name that someone else has; returns whether that is a takeover."""
    holder = draft.find(NodeKey(MODEL.label, str(change.properties["holder"]).lower()))
    if holder is not None and (reported := _never_its_own(draft, holder, change.key)):
        _part(draft, holder, change, reported)
        return False
    if holder is not None:
        aliases = holder.values.get("aliases") or ()
        kept = [alias for alias in aliases if alias.lower() != change.key]
        holder.values["aliases"] = kept or None
    draft.names.forget(change.spelling)
    return True


def _never_its_own(draft: Draft, node: DraftNode, name: str) -> list[DraftNode]:
    """The renames to a name, if no record shows that it is this model that had the name."""
    reported = [
        each
        for each in changes_of(draft, node)
        if each.values["kind"] == "renamed"
        and not each.values.get("compared")
        and str(each.values["after"]).lower() == name
    ]
    called = _called(draft, node)
    began = min((str(each.values["at"]) for each in reported), default="")
    is_own = any(at < began or called[at].lower() == name for at in called)
    return reported if called and not is_own else []


def _part(draft: Draft, node: DraftNode, change: Record, reported: list[DraftNode]) -> None:
    """Make two models of one: another was renamed, and this one took its former name over."""
    values, links = node.values, [*draft.out(node), *draft.into(node)]
    left = {each.ref for each in reported}
    for each in list(changes_of(draft, node)):
        if each.values["kind"] == "renamed" and each.values.get("compared"):
            left.add(each.ref)
            draft.remove(each)
    owners = {NodeKey(AUTHOR.label, _owner(name)) for name in (change.spelling, node.spelling)}
    left |= owners - {NodeKey(AUTHOR.label, _owner(node.spelling))}
    draft.remove(node)  # as a relationship ends with one of its nodes alone
    draft.joined.append((node.ref.key, node.ref.key))
    new = draft.create(node.ref)
    aliases = [a for a in values.get("aliases") or () if a.lower() != change.key]
    new.values.update(values, aliases=aliases or None, renamed_at=None)
    for link in links:
        if link.ref.start not in left:
            draft.put(link.ref, link.values)
    other = mention(draft, MODEL.label, change.spelling)
    own(draft, MODEL.label, change.spelling)
    for each in reported:
        draft.put(LinkKey(CONCERNS.type, each.ref, other.ref), {})
    draft.names.forget(change.spelling)
    _settle(draft, other, {})
    began = min(memory.identified(memory.recall(draft, new)))
    before, after = change.properties["after"], values.get("hub_id")
    note(draft, new, "taken_over", began, before=before, after=after)
    settle_presence(draft, new)


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
    for link in list(draft.into(old)):
        if link.ref.type in OWNERSHIP_TYPES:
            _move(draft, link, LinkKey(link.ref.type, link.ref.start, new.ref), is_out=True)


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
