"""The one way in for what was observed: read what is held, resolve, apply."""

from collections.abc import Sequence

from graph.observe.normalise import Record
from graph.resolve.batch import resolve
from graph.resolve.delta import Delta
from graph.resolve.former_names import FormerNames
from graph.resolve.wanted import wanted
from graph.schema import EVALUATION
from graph.store.apply import apply
from graph.store.connection import Graph
from graph.store.evaluations import write_evaluations
from graph.store.held import read_held
from graph.store.runs import Run
from graph.times import iso


def write_observations(
    graph: Graph,
    observations: Sequence[Record],
    run: Run,
    names: FormerNames,
    *,
    after_snapshot: bool = False,
    snapshots: Sequence[str] = (),
) -> Delta:
    """Write a batch of records and changes in any order, in one transaction; see `resolve`.

    Results on benchmarks follow, each with what counts then.

    Returns what was written.

    Raises:
        ServerError: the database went away.
    """
    results = [each for each in observations if each.node is EVALUATION]
    observations = [each for each in observations if each.node is not EVALUATION]
    held = read_held(graph, wanted(observations, names))
    now = iso(run.started_at)
    delta = resolve(
        held, observations, names, now, after_snapshot=after_snapshot, snapshots=snapshots
    )
    apply(graph, delta, run.started_at)
    delta.unmatched = write_evaluations(graph, results, names, run.started_at)
    delta.evaluations = len(results) - len(delta.unmatched)
    return delta
