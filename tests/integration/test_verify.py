"""`hubgraph verify` finds nothing where all is true, and finds what is not."""

import json

from graph.progress import Silent
from graph.scores.pipeline import compute
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.load import load
from graph.ways.verify.comparing import verify
from tests.commands import Commands
from tests.integration.test_present import made_up
from tests.integration.test_sample_is_true import wrong
from tests.progress import Seen

AWAY_THEN = """MATCH ()-[r:FINETUNE]->() WHERE r.since < $time AND r.away IS NULL
SET r.away = [$time - duration('PT1S'), $time + duration('PT1S')]"""


def test_a_graph_without_anything_is_true(empty_graph: Graph, settings: Settings) -> None:
    found = verify(empty_graph, settings, Silent())
    assert (wrong(found), found.past) == ({}, [])
    assert found.notes == ["Influence was not computed yet, so no score was compared."]


def test_what_is_not_true_is_found(
    empty_graph: Graph, settings: Settings, commands: Commands, environment: dict[str, str]
) -> None:
    load(empty_graph, made_up(2), settings=settings, source="made up")
    seen = Seen()
    found = verify(empty_graph, settings, seen)
    assert wrong(found) == {}
    assert seen.stages[:4] == ["Read models", "Read scores", "Read authors", "Read lineage"]
    assert seen.shares["Count what reports say"][-1] == 1
    empty_graph.command(AWAY_THEN, {"time": found.past[1]})
    compute(empty_graph, settings)
    assert wrong(verify(empty_graph, settings, Silent())) == {}

    best = "MATCH (m:Model) WHERE m.influence_rank = 1 WITH m LIMIT 1 "
    for lie in (
        best + "SET m.influence_raw = m.influence_raw + 0.001, m.reach_rank = m.reach_rank + 7",
        best + "SET m.descendants_merge = null",
        "MATCH (a:Author) WHERE a.outside_models > 0 WITH a LIMIT 1 SET a.outside_models = 1000",
        "MATCH ()-[r:MERGE]->() WHERE r.cut = 'cycle' WITH r LIMIT 1 SET r.cut = 'dup'",
        "MATCH (m:Model) WHERE m.influence IS NULL WITH m LIMIT 1 SET m.influence_popular = 1.0",
    ):
        empty_graph.command(lie)
    found = verify(empty_graph, settings, Silent())
    lies = {"Lineage.cut", "Model.influence_raw", "Model.descendants_merge",
            "Model.influence_popular", "Model.reach_rank", "Author.outside_models"}  # fmt: skip
    assert {name: wrong(found).get(name, 0) > 0 for name in lies} == dict.fromkeys(lies, True)
    (author,) = (check for check in found.checks if check.name == "Author.outside_models")
    assert author.examples[0].shown == 1000

    load(empty_graph, made_up(3), settings=settings, source="made up")
    (note,) = verify(empty_graph, settings, Silent()).notes
    assert note.startswith("Something was written after influence was computed")
    with commands.start("hubgraph", "verify", "--json", environment=environment) as command:
        assert command.wait() == 1
        assert json.loads(command.told)["differing"] > 0
