"""One batch of observations: what follows from them together."""

from collections.abc import Sequence

from graph.observe.normalise import Record
from graph.resolve import past as memory
from graph.resolve.changes import holder_since, note
from graph.resolve.delta import Delta, Tally
from graph.resolve.describing import address, describe, subject
from graph.resolve.draft import Draft
from graph.resolve.former_names import FormerNames
from graph.resolve.held import Held, NodeKey
from graph.resolve.lineage import count_bases, settle_lineage
from graph.resolve.names import guess_size, mention, own
from graph.resolve.presence import ARRIVALS, KINDS, appear, earlier, settle_presence
from graph.resolve.references import refer
from graph.resolve.renames import follow, release, rename
from graph.resolve.takeovers import begin_anew, date_takeover, is_newer, is_other, pass_over
from graph.schema import CHANGE, MODEL


def resolve(
    held: Held,
    observations: Sequence[Record],
    names: FormerNames,
    now: str,
    *,
    after_snapshot: bool = False,
    snapshots: Sequence[str] = (),
) -> Delta:
    """What has to change in the graph, given what it holds and what was observed.

    The observations may come in any order; of each node they are taken in the order of time. What
    is reported to be gone comes before the records, which bring it back if they are newer.

    Args:
        held: what the graph holds of all that `wanted` names.
        observations: records and changes.
        names: names that models once had; learns more.
        now: start of the run.
        after_snapshot: whether the graph held every model of the Hub before this run.
        snapshots: times of updates, which found unchanged what they did not write, in order.
    """
    draft = Draft(held, now, names, after_snapshot=after_snapshot, snapshots=snapshots)
    reported = [each for each in observations if each.node is CHANGE]
    _rename(draft, reported)
    taken = names.place([each for each in observations if each.node is MODEL])
    shown = [change for change in taken if release(draft, change)]
    _note(draft, [*reported, *shown])
    tallies: dict[str, Tally] = {}
    lineage = 0
    records = [each for each in observations if each.node is not CHANGE]
    for record in sorted(records, key=lambda record: record.version):
        tally = tallies.setdefault(record.node.label, Tally())
        lineage += _take(draft, record, tally)
    delta = draft.delta()
    delta.tallies, delta.lineage = tallies, lineage
    delta.changes = len(reported) + len(shown)
    return delta


def _take(draft: Draft, record: Record, tally: Tally) -> int:
    """Take in a record.

    Returns how many relationships to bases it states, unless a newer record has settled them.
    """
    label, called, at = record.node.label, record.spelling, record.observed_at
    node = subject(draft, record)
    past = memory.recall(draft, node)
    if node.version and is_other(draft, node, record, past):
        if not is_newer(node, record, past):
            pass_over(draft, node, record, past)
            tally.older += 1
            return 0
        begin_anew(draft, node, record)
        past = {}
    if at and node.values.get("renamed_at") and record.properties.get("hub_id") is not None:
        node = follow(draft, node, called, at)
        address(record, node, called)
        past = memory.recall(draft, node)
    was_described = bool(node.version)
    describe(draft, node, record, past, tally)
    if label == draft.names.label and (hub_id := node.values.get("hub_id")) is not None:
        draft.names.identify(node.ref.key, str(hub_id))
    own(draft, label, record.spelling)
    refer(draft, node, record, was_described=was_described)
    lineage = record.lineage
    holds = lineage is not None and settle_lineage(draft, node, record, lineage, past)
    if lineage is not None or node.values.get("base_count") is not None:
        count_bases(draft, node)
    guess_size(node)
    if node.kind.has_history:
        memory.store(node)
        date_takeover(draft, node, record)
    return len(lineage.bases) if lineage is not None and holds else 0


def _rename(draft: Draft, changes: Sequence[Record]) -> None:
    """Join models that were renamed."""
    renamed = [change for change in changes if change.properties["kind"] == "renamed"]
    for change in sorted(renamed, key=lambda change: change.version):
        rename(draft, change)


def _note(draft: Draft, changes: Sequence[Record]) -> None:
    """Keep changes, and what follows from them: when models appeared, or since when they are gone.

    All are noted before anything follows, as a presence follows from all of them.
    """
    settled = {}
    noted = [change for change in changes if change.properties["kind"] != "renamed"]
    for change in sorted(noted, key=lambda change: change.version):
        kind, at = str(change.properties["kind"]), change.observed_at or draft.now
        present = draft.names.present(change.spelling)
        node = draft.find(NodeKey(MODEL.label, present)) if present else None
        node = node or mention(draft, MODEL.label, change.spelling)
        before, after = change.properties.get("before"), change.properties.get("after")
        compared = bool(change.properties.get("compared"))
        note(
            draft, node, kind, at, called=change.spelling, before=before, after=after,
            compared=compared,
        )  # fmt: skip
        is_own = at >= holder_since(draft, node, change.key)
        if kind in ARRIVALS and is_own and node.values.get("created_at") is None:
            appear(draft, node, earlier(node.values, at))
        if kind in KINDS:
            settled[node.ref] = node
    for node in settled.values():
        settle_presence(draft, node)
