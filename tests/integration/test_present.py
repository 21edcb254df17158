"""Every number on the present equals an independent count, on three graphs.

The graph is exported as records, and DuckDB counts them: see `tests/independent.py`; the sample has
`test_sample_is_true.py`.
"""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from graph.answers.reports import catalogue
from graph.schema import RELATIONS
from graph.scores.pipeline import compute
from graph.settings import Settings
from graph.store.connection import Graph
from graph.ways.export.writing import export_records
from graph.ways.load import load
from graph.ways.verify.reports import OF_A_MODEL, SQL, UNCOUNTED
from tests.independent import Independent
from tests.present_pages import in_pages
from tests.present_reports import (
    OTHERWISE,
    Differences,
    in_author_dependents,
    in_longest_chains,
    in_reports,
    in_reports_of_models,
    in_reports_of_two,
)
from tests.progress import Seen
from tests.remembered import Raw, author, change, day, model
from webapp import create_app


def made_up(seed: int) -> list[Raw]:
    """Models by chance: gone, renamed, undated, alike, under mixed licences, in circles."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    names = [f"{chance.choice(('acme', 'bob', 'Cy', 'cy', 'lost'))}/m{n}" for n in range(90)]
    found: list[Raw] = [author("Acme", kind="organization", full_name="Acme Inc."),
                        author("cy", kind="user")]  # fmt: skip
    for number, name in enumerate(names):
        bases = sorted({chance.choice([*names[max(0, number - 25) : number], "no/record"])
                        for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))})  # fmt: skip
        said: Raw = {"bases": bases, "relation": chance.choice(RELATIONS) if bases else None}
        said |= chance.choice((
            {}, {"license": None}, {"license": "mit"}, {"license": "MIT"}, {"license": "gemma"},
            {"license": "other"}, {"license": "other", "license_name": "own"},
            {"license": "other", "license_name": "Own", "license_link": "https://x.example/a"},
            {"license": "other", "license_name": "else", "license_link": "https://x.example/a"},
            {"license": "mit", "licenses": ["mit", "gemma"]},
        ))  # fmt: skip
        said |= chance.choice(
            (
                {},
                {"created_at": None},
                {"created_at": "2022-03-02T23:29:04Z"},
                {"created_at": f"2024-{1 + number % 12:02}-05T00:00:00Z"},
            )
        )
        said |= chance.choice(({}, {"task": None}, {"task": "text"}, {"task": "image"}))
        if not name.startswith("lost"):  # of whom nobody knows any count
            said |= chance.choice(({}, {"downloads": 0}, {"downloads": 10 * (number % 4)}))
            said |= chance.choice(({}, {"likes": number % 3}))
        said |= chance.choice(
            (
                {},
                {},
                {"disabled": True},
                {"children_finetune": number % 4},
                {"children_merge": 0, "children_adapter": 2},
            )
        )
        found.append(model(name, observed_at=day(3), hub_id=f"{number:024x}", **said))
        if number % 5 == 2:
            found.append(change(name, "gone", observed_at=day(5)))
        if number % 20 == 7:
            found.append(change(name, "returned", observed_at=day(6)))
        if number % 25 == 9:
            found.append(change(name, "renamed", after=f"{name}-now", observed_at=day(4)))
    ring = ("bob/a", "bob/b", "bob/c", "bob/a")
    for n, (child, base) in enumerate(pairwise(ring)):
        found.append(model(child, bases=[base, names[0]], relation="merge", observed_at=day(3),
                           created_at=f"2024-01-0{n + 1}T00:00:00Z"))  # fmt: skip
    return found


def test_every_report_is_compared() -> None:
    compared = SQL.keys() | OF_A_MODEL.keys() | OTHERWISE
    assert catalogue().keys() - UNCOUNTED == compared


@pytest.mark.parametrize("state", ["empty", "loaded", "scored"])
def test_made_up(empty_graph: Graph, settings: Settings, tmp_path: Path, state: str) -> None:
    file = None
    if state != "empty":
        load(empty_graph, made_up(1), settings=settings, source="made up")
        file = tmp_path / "all.jsonl.zst"
        export_records(empty_graph, file, Seen())
    if state == "scored":
        compute(empty_graph, settings)
    tables = Independent(file, scored=state == "scored")
    assert dict(differences(empty_graph, settings, tables, scored=state == "scored")) == {}


def differences(
    graph: Graph, settings: Settings, tables: Independent, *, scored: bool
) -> Differences:
    yield from in_reports(graph, tables, scored=scored)
    yield from in_reports_of_models(graph, tables)
    yield from in_author_dependents(graph, tables)
    yield from in_reports_of_two(graph, tables)
    yield from in_longest_chains(graph, tables, scored=scored)
    yield from in_pages(create_app(settings, graph=graph).test_client(), tables, scored=scored)
