"""Stores what an experiment takes the task of models for that state none."""

from collections.abc import Callable
from dataclasses import dataclass

from graph.answers.task_rows import LabelledModels, models_without_task
from graph.experiments.guessing import CONFIDENT, Guesser
from graph.scores.writing import write_rows
from graph.store.connection import Graph
from graph.store.lease import writing

_GUESS = """
MATCH (m:Model) WHERE id(m) = row[0]
SET m.task_guess = row[1], m.task_guess_confidence = row[2]
"""
_FORGET = """
MATCH (m:Model) WHERE id(m) = row[0]
REMOVE m.task_guess, m.task_guess_confidence
"""


@dataclass(frozen=True)
class WrittenGuesses:
    """How many models without a task got a guess."""

    models: int
    confident: int  # with a confidence of `CONFIDENT` or more


def write_guesses(
    graph: Graph,
    labelled: LabelledModels,
    guesser: Guesser,
    batch_size: int,
    advance: Callable[[float], object],
) -> WrittenGuesses:
    """Guess the task of every model that is there and states none, and store it.

    Guesses of models that have a task by now are removed.

    Raises:
        ServerError: someone else writes to the graph, or the database went away.
    """
    models = confident = 0
    with writing(graph, "experiment"):
        write_rows(graph, _FORGET, [[number] for number in labelled.outdated], batch_size)
        for numbers, rows in models_without_task(graph, labelled, advance):
            guesses = list(guesser.guesses(rows))
            written = [
                [number, guess.task, guess.confidence]
                for number, guess in zip(numbers, guesses, strict=True)
            ]
            write_rows(graph, _GUESS, written, batch_size)
            models += len(guesses)
            confident += sum(guess.confidence >= CONFIDENT for guess in guesses)
    return WrittenGuesses(models, confident)
