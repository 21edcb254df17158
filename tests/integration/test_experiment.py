"""The experiment on tasks on the sample, and guesses in a graph."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import cast

import pytest
import zstandard

import sample
from graph.answers.task_rows import labelled_models
from graph.experiments.guessing import Guesser, TaskGuess
from graph.experiments.rows import TaskRow
from graph.experiments.task import run_experiment
from graph.progress import Silent
from graph.store.connection import Graph, Statement
from graph.ways.guesses import WrittenGuesses, write_guesses
from hubgraph.command import main

MADE = """
UNWIND [["a/known", "fill-mask"], ["a/none", null], ["b/none", null], ["b/gone", null]] AS row
CREATE (m:Model {id: row[0], id_folded: row[0], task: row[1]})
SET m.task_guess = CASE WHEN row[0] <> "b/none" THEN "summarization" END,
  m.gone_since = CASE WHEN row[0] = "b/gone" THEN datetime() END
"""
STORED = "MATCH (m:Model) RETURN m.id, m.task, m.task_guess, m.task_guess_confidence ORDER BY m.id"


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """Exit code of `hubgraph experiment task …`, run in this process alone."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr("hubgraph.experiment._jobs", lambda: 1)
    quick = partial(run_experiment, trees=2, learners=("ridge classifier", "LightGBM"))
    monkeypatch.setattr("hubgraph.experiment.run_experiment", quick)
    monkeypatch.setattr(sys, "argv", ["hubgraph", "experiment", "task", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def tasks_of_sample() -> dict[str, str]:
    """Model → task, of those that state one."""
    with sample.path() as path, zstandard.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return {r["id"]: r["task"] for r in records if r["record"] == "model/1" and r.get("task")}


def test_models_with_a_task_are_read_or_a_sample_with_its_bases(sample_graph: Graph) -> None:
    stated = tasks_of_sample()
    every = labelled_models(sample_graph, lambda _: None, len(stated))
    assert every.total == len(stated)
    assert {row.id: row.task for row in every.rows} == stated
    few = labelled_models(sample_graph, lambda _: None, 2_000)
    assert few.rows == labelled_models(sample_graph, lambda _: None, 2_000).rows
    assert (few.total, len(few.rows)) == (every.total, 2_000)
    place = {row.id: at for at, row in enumerate(few.rows)}
    links = [(base.id, row.id) for row in few.rows for base in row.bases if base.id in stated]
    assert links
    with_bases = {base for base, _ in links}  # theirs need not come along, too
    assert all(
        place[base] < place[model] if base in place else model in with_bases
        for base, model in links
        if base != model
    )
    owners = Counter(name.split("/")[0].lower() for name in stated)
    assert all(row.author_models == owners[row.author] for row in few.rows if "/" in row.id)


@pytest.mark.usefixtures("sample_graph", "sample_environment")
def test_the_command_compares_learners_and_draws(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    few = ("--top", "3", "--rows", "2000", "--seeds", "1")
    assert command(monkeypatch, *few, "--json", "--picture", str(tmp_path / "a.svg")) == 0
    found = json.loads(capfd.readouterr().out)
    common = [task for task, _ in Counter(tasks_of_sample().values()).most_common(1)]
    assert found["experiment"]["tasks"][0] in common
    accuracy = {
        (one["split"], one["features"], one["learner"]): one["measures"]["accuracy"]["mean"]
        for one in found["experiment"]["outcomes"]
    }
    by_author = ("by author", "with the graph", "ridge classifier")
    assert accuracy[by_author] > accuracy["by author", "none", "most frequent"] + 0.2
    assert found["written"] is None
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.usefixtures("empty_graph", "environment")
def test_too_few_models_are_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch) == 1
    written = capfd.readouterr()
    assert written.out == ""
    told = "Error: The experiment needs 1,000 models with a task; the graph has 0."
    assert told in " ".join(written.err.split())


class Fixed:
    """Guesses the same of every model."""

    def guesses(self, rows: Sequence[TaskRow]) -> Iterator[TaskGuess]:
        """One each."""
        return (TaskGuess(row.id, "translation", len(row.id) / 10) for row in rows)


def test_guesses_are_for_models_that_are_there_and_state_no_task(empty_graph: Graph) -> None:
    empty_graph.write(Statement(MADE))
    labelled = labelled_models(empty_graph, Silent().advance)
    guesser = cast("Guesser", Fixed())
    written = write_guesses(empty_graph, labelled, guesser, 1, Silent().advance)
    assert written == WrittenGuesses(models=2, confident=0)
    assert [tuple(row.values()) for row in empty_graph.read(STORED).rows] == [
        ("a/known", "fill-mask", None, None),
        ("a/none", None, "translation", 0.6),
        ("b/gone", None, "summarization", None),
        ("b/none", None, "translation", 0.6),
    ]
