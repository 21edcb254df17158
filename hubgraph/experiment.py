"""`hubgraph experiment`: what can be told from what."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from graph.answers.task_rows import MOST_ROWS, LabelledModels, labelled_models
from graph.errors import ConfigurationError
from graph.experiments.guessing import CONFIDENT, Guesser, Reliability, calibration, reliability
from graph.experiments.learners import TREES
from graph.experiments.measures import MEASURES, MeanAndSpread
from graph.experiments.rows import FEWEST_LABELLED, TaskTable, task_table
from graph.experiments.splits import Split
from graph.experiments.task import SEEDS, TaskExperiment, of_best, run_experiment
from graph.experiments.trials import Laboratory
from graph.settings import load_settings
from graph.store.lease import opened
from graph.ways.guesses import WrittenGuesses, write_guesses
from hubgraph.display import Display
from hubgraph.experiment_picture import accuracy_picture
from hubgraph.options import AsJson
from hubgraph.output import counted, emit, shown, table, terminal
from hubgraph.reports import write_pieces

EXTRA = {"sklearn": "scikit-learn", "lightgbm": "LightGBM", "xgboost": "XGBoost"}
"""Module → what the extra `ml` installs."""
HELD_OUT = {Split.AUTHOR: "authors", Split.RANDOM: "models at random"}
_SHOWN = {
    **{name: heading for name, heading in MEASURES.items() if name != "recall"},
    "balanced_accuracy": "Balanced, recall",
}
"""Measures with their headings; balanced accuracy is the mean recall."""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Experiments: what can be told from what.",
)


@app.callback()
def _experiments() -> None:
    """Experiments: what can be told from what."""


@dataclass(frozen=True)
class _Found:
    """What the command prints as JSON."""

    labelled: int  # models with a task in the graph, of which `models` were used
    experiment: dict[str, Any]
    guesses_held_out: Reliability  # how guesses of the best fare about other authors
    written: WrittenGuesses | None


@app.command("task")
def task(
    *,
    top: Annotated[
        int, typer.Option(min=2, metavar="K", help="Only the most frequent tasks; the rest counts.")
    ] = 20,
    seeds: Annotated[
        int, typer.Option(min=1, max=100, help="Times that each split is made anew.")
    ] = SEEDS,
    rows: Annotated[
        int, typer.Option(min=FEWEST_LABELLED, help="Most models; of more, a sample is taken.")
    ] = MOST_ROWS,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Draw the accuracies there, as SVG."),
    ] = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write", help="Store a guess, and how sure it is, for models without a task."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Try to tell the task of models from everything else about them.

    Eight learners and two baselines, with and without what the graph knows. A fifth of the models
    is held out, at random or by whole authors. It takes minutes and needs the extra `ml`.

    Example: [bold]hubgraph experiment task --picture accuracy.svg[/bold]

    Quicker: [bold]hubgraph experiment task --seeds 1 --rows 5000[/bold]

    Store guesses: [bold]hubgraph experiment task --write[/bold]
    """
    _require_extra()
    os.environ["OMP_NUM_THREADS"] = "1"  # more threads than processors take minutes for seconds
    settings = load_settings()
    with opened(settings) as graph, Display() as display:
        display.stage("Reading models")
        labelled = labelled_models(graph, display.advance, rows)
        models = task_table(labelled.rows, top)
        found = run_experiment(models, display, seeds=seeds, jobs=_jobs())
        best = of_best(found.trials, found.best)
        sure = reliability(best, models.label, models.authors)
        written = None
        if write:
            display.stage("Guessing tasks")
            calibrated = calibration(best, models.label)
            guesser = Guesser(Laboratory(models, TREES), found.best, calibrated)
            size = settings.batch_size
            written = write_guesses(graph, labelled, guesser, size, display.advance)
    if picture:
        write_pieces([accuracy_picture(found).encode()], picture)
    if as_json:
        emit(_Found(labelled.total, _document(found), sure, written), (), as_json=True)
        return
    emit(None, _lines(found, labelled, models), as_json=False)
    _show(found)
    emit(None, _guesses(sure, written), as_json=False)


def _jobs() -> int:
    return os.cpu_count() or 1


def _require_extra() -> None:
    missing = [name for module, name in EXTRA.items() if find_spec(module) is None]
    if missing:
        raise ConfigurationError(
            f"The experiment needs {', '.join(missing)}.",
            "Install the extra: `pip install 'hubgraph[ml]'`; in a clone, "
            "`.venv/bin/pip install --editable '.[ml]'`.",
        )


def _document(found: TaskExperiment) -> dict[str, Any]:
    return {name: value for name, value in vars(found).items() if name != "trials"}


def _lines(found: TaskExperiment, labelled: LabelledModels, models: TaskTable) -> Iterator[str]:
    yield (
        f"{counted(found.models, 'models')} by {counted(found.authors, 'authors')}, of the "
        f"{len(found.tasks)} most frequent tasks. Left out: {found.rarer:,} of rarer tasks, "
        f"{found.unusable:,} of which only the name is known."
    )
    if labelled.total > len(labelled.rows):
        yield (
            f"They are a sample of {labelled.total:,} models with a task, always the same; "
            "--rows takes more."
        )
    most = models.tasks[0]
    yield f"Most frequent: {shown(most)}. Mean and spread over {counted(found.seeds, 'seeds')}."


def _show(found: TaskExperiment) -> None:
    console = terminal()
    for split in (Split.AUTHOR, Split.RANDOM):
        typer.echo()
        headings = {"learner": f"Held out: {HELD_OUT[split]}", "features": "Features", **_SHOWN}
        rows = [
            {"learner": o.learner, "features": o.features}
            | {name: _both(name, o.measures[name]) for name in _SHOWN}
            for o in found.outcomes
            if o.split is split
        ]
        console.print(table(headings, rows))
    typer.echo(f"\nBy author, with the graph, the best that gives probabilities: {found.best}.\n")
    headings = {
        "group": "Features",
        "alone": "Accuracy alone",
        "without": "Lost without",
        "shuffled": "Lost when shuffled",
    }
    groups = [
        {
            "group": worth.group,
            "alone": _both("accuracy", worth.alone),
            "without": _both("accuracy", worth.lost_without),
            "shuffled": _both("accuracy", worth.lost_shuffled),
        }
        for worth in found.worth
    ]
    console.print(table(headings, groups))
    typer.echo()
    headings = {
        "task": "Task",
        "models": "Models",
        "recall": "Found",
        "precision": "Right",
        "taken": "Most often taken for",
    }
    tasks = [
        {
            "task": one.task,
            "models": one.models,
            "recall": f"{one.recall:.0%}",
            "precision": "" if one.precision is None else f"{one.precision:.0%}",
            "taken": ", ".join(f"{other.task} {other.share:.0%}" for other in one.taken_for),
        }
        for one in found.by_task
    ]
    console.print(table(headings, tasks))


def _both(name: str, value: MeanAndSpread) -> str:
    if value.mean is None:
        return ""
    digits = 1 if name == "seconds" else 3
    return f"{value.mean:.{digits}f} ± {value.spread:.{digits}f}"


def _guesses(sure: Reliability, written: WrittenGuesses | None) -> Iterator[str]:
    right = "" if sure.precision is None else f", of which {sure.precision:.1%} are right"
    yield ""
    yield (
        f"With a confidence of {CONFIDENT} or more: {sure.coverage:.1%} of models of authors held "
        f"out{right}."
    )
    if written:
        yield (
            f"Wrote a guess to {counted(written.models, 'models')} without a task, "
            f"{written.confident:,} with such a confidence."
        )
