"""The experiment on tasks, on a small made-up table with few trees."""

import os
import re
from dataclasses import replace

import numpy as np
import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")

from docs.generate import HERE
from graph.errors import ConfigurationError, DataError
from graph.experiments.evidence import GROUPS
from graph.experiments.features import card_words, name_words
from graph.experiments.guessing import CONFIDENT, Guesser, calibration, reliability
from graph.experiments.learners import BASELINES, LEARNERS
from graph.experiments.measures import measured
from graph.experiments.rows import FEWEST_LABELLED, RowBase, TaskRow, TaskTable, task_table
from graph.experiments.splits import FOLDS, Split, folds, held_out, together
from graph.experiments.task import TaskExperiment, of_best, run_experiment
from graph.experiments.trials import FEATURE_SETS, Laboratory
from graph.progress import Silent
from hubgraph.experiment import task
from hubgraph.experiment_picture import accuracy_picture

WORDS = {
    "text-generation": ("chat", "instruct", "story"),
    "image-classification": ("vit", "resnet", "convnext"),
    "automatic-speech-recognition": ("whisper", "wav2vec", "hubert"),
}
RARE = "graph-ml"
FAST = ("ridge classifier", "LightGBM")


def rows() -> list[TaskRow]:
    """Models whose names, bases and sizes say something of their tasks, not all."""
    random = np.random.default_rng(7)
    tasks = list(WORDS)
    made = []
    for number in range(1_100):
        task = tasks[number % 3]
        hint = random.choice(WORDS[task]) if random.random() < 0.7 else "model"
        author = f"author{random.integers(120)}"
        base = RowBase(f"base/{task}-{random.integers(4)}", "mit", 7_000_000_000)
        made.append(
            TaskRow(
                id=f"{author}/{hint}-{number}",
                task=task,
                downloads=int(random.integers(1_000)),
                parameters=10 ** (7 + number % 3) if random.random() < 0.5 else None,
                tags=("from-scratch", task) if number % 5 else (),
                license="mit" if number % 2 else None,
                bases=(base,) if random.random() < 0.5 else (),
                author_models=9,
            )
        )
    for task in tasks:
        made += [TaskRow(f"base/{task}-{number}", task, likes=5) for number in range(4)]
    return [*made, TaskRow("a/rare", RARE, likes=1), TaskRow("a/bare", tasks[0])]


@pytest.fixture(scope="module")
def table() -> TaskTable:
    return task_table(rows(), top=3)


@pytest.fixture(scope="module")
def laboratory(table: TaskTable) -> Laboratory:
    return Laboratory(table, 4, FAST)


@pytest.fixture(scope="module")
def found(table: TaskTable) -> TaskExperiment:
    return run_experiment(table, Silent(), seeds=1, trees=4, learners=FAST)


def test_the_most_frequent_tasks_are_kept_and_the_rest_is_counted(table: TaskTable) -> None:
    assert (set(table.tasks), table.rest, table.unusable) == (set(WORDS), 1, 1)
    assert len(table.rows) == 1_112
    with pytest.raises(DataError, match=f"needs {FEWEST_LABELLED:,} models with a task.* 999"):
        task_table(rows()[:999], top=3)
    with pytest.raises(DataError, match="the same task"):
        task_table([replace(row, task="text-generation") for row in rows()], top=3)


def test_a_split_by_author_divides_no_author(table: TaskTable) -> None:
    groups = together(table, Split.AUTHOR)
    author = np.array([row.id.split("/")[0] for row in table.rows])
    for seed in range(3):
        test, fold = held_out(groups, seed), folds(groups, seed)
        assert not set(author[test]) & set(author[~test])
        assert all(np.unique(fold[author == name]).size == 1 for name in np.unique(author))
        assert 0.2 <= test.mean() < 0.25
        assert np.bincount(fold).min() > groups.size / FOLDS / 2
    alone = together(table, Split.RANDOM)
    assert held_out(alone, 0).sum() == np.ceil(0.2 * alone.size)
    assert not np.array_equal(held_out(alone, 0), held_out(alone, 1))


@pytest.mark.parametrize("split", Split)
def test_no_feature_is_made_from_a_label_that_may_not_be_seen(
    table: TaskTable, split: Split
) -> None:
    """Other labels of the rows held out change no feature at all, and a row's own not its own."""
    test = held_out(together(table, split), 0)
    true = Laboratory(table, 4).features(split, 0, test).values
    label = table.label.copy()
    label[test] = (label[test] + 1) % 3
    told = _with_labels(table, label)
    assert np.array_equal(Laboratory(told, 4).features(split, 0, test).values, true, equal_nan=True)
    row = int(np.flatnonzero(~test)[5])
    label = table.label.copy()
    label[row] = (label[row] + 1) % 3
    values = Laboratory(_with_labels(table, label), 4).features(split, 0, test).values
    assert np.array_equal(values[row], true[row], equal_nan=True)
    assert not np.array_equal(values[test], true[test], equal_nan=True)


def _with_labels(table: TaskTable, label: np.ndarray) -> TaskTable:
    named = [replace(row, task=table.tasks[at]) for row, at in zip(table.rows, label, strict=True)]
    return replace(table, rows=named)


def test_tags_that_name_a_task_are_no_features() -> None:
    row = TaskRow("a/b", library="timm", tags=("text-generation-inference", "Graph_ML", "gguf"))
    assert card_words(row, ["text-generation", "graph-ml"]) == ["library timm", "tag gguf"]
    assert name_words("a/My-BERT-2B-0a1b2c3d4e5f") == "my bert 2b"


def test_features_of_relatives_leave_the_model_itself_out(laboratory: Laboratory) -> None:
    table = laboratory.table
    seen = np.ones(len(table.rows), dtype=np.bool_)
    values = laboratory.evidence(seen).features(laboratory.described)
    counts = np.expm1(values.of("author")[:, -1])
    same = np.bincount(table.authors)[table.authors] - 1
    assert counts == pytest.approx(same, abs=1e-3)
    lonely = TaskRow("nobody/knows", likes=1)
    alone = laboratory.evidence(seen).features(laboratory.describer.describe([lonely]))
    assert np.isnan(alone.of("base")).all()
    assert np.isnan(alone.of("siblings")[:, :-1]).all()
    assert np.isfinite(alone.of("name")).all()


def test_the_task_of_the_base_is_that_of_a_base_that_may_be_seen(laboratory: Laboratory) -> None:
    table = laboratory.table
    one = replace(table.rows[0], bases=(RowBase("BASE/text-generation-1"),))
    described = laboratory.describer.describe([one])
    seen = np.ones(len(table.rows), dtype=np.bool_)
    task = table.tasks.index("text-generation")
    assert laboratory.evidence(seen).base_task(described).tolist() == [task]
    at = [row.id for row in table.rows].index("base/text-generation-1")
    seen[at] = False
    assert laboratory.evidence(seen).base_task(described).tolist() == [-1]


def test_measures_are_those_of_the_definitions() -> None:
    truth, answer = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    probability = np.array([[0.5, 0.5, 0], [0.5, 0.5, 0], [0.5, 0.5, 0], [0, 1, 0]])
    got = measured(truth, answer, probability, 3, 1.5)
    assert (got.accuracy, got.precision, got.seconds) == (0.75, 0.75, 1.5)
    assert got.balanced_accuracy == pytest.approx(5 / 6)
    assert got.f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert got.log_loss == pytest.approx(0.75 * np.log(2))
    assert measured(truth, answer, None, 3, 0).log_loss is None


@pytest.mark.parametrize("learner", LEARNERS)
def test_every_learner_takes_what_is_not_known(laboratory: Laboratory, learner: str) -> None:
    random = np.random.default_rng(1)
    values = random.random((len(laboratory.table.rows), 3)) + laboratory.table.label[:, None]
    values[random.random(values.shape) < 0.2] = np.nan
    nothing = np.full((len(values), 1), np.nan)
    rows = np.arange(len(values)) < 900
    fitted = laboratory.fit(learner, 0, np.hstack([values, nothing]), rows)
    answer, probability = fitted.answers(np.hstack([values, nothing])[~rows], 3)
    assert (answer == laboratory.table.label[~rows]).mean() > 0.6
    assert (probability is None) == (learner == "ridge classifier")


def test_learners_beat_the_baselines_and_the_graph_what_was_published(
    found: TaskExperiment,
) -> None:
    best: dict[tuple[Split, str], float] = {}
    for outcome in found.outcomes:
        accuracy = outcome.measures["accuracy"].mean or 0
        key = (outcome.split, outcome.features)
        best[key] = max(best.get(key, 0), accuracy)
    for split in Split:
        assert best[split, "with the graph"] > best[split, "as published"] + 0.1
        assert best[split, "with the graph"] > best[split, "none"] + 0.1
    assert {outcome.learner for outcome in found.outcomes} == {
        *FAST, "most frequent", "task of the base",
    }  # fmt: skip
    assert [worth.group for worth in found.worth] == list(GROUPS)
    assert max(found.worth, key=lambda worth: worth.alone.mean or 0).group in {"name", "base"}
    assert sum(map(sum, found.confusion)) == sum(
        t.row.size for t in of_best(found.trials, found.best)
    )


def test_the_same_table_gives_the_same_numbers(table: TaskTable, found: TaskExperiment) -> None:
    again = run_experiment(table, Silent(), seeds=1, trees=4, learners=FAST)
    for one, other in zip(found.trials, again.trials, strict=True):
        assert replace(one.measures, seconds=0) == replace(other.measures, seconds=0)
        assert np.array_equal(one.answer, other.answer)
    assert again.worth == found.worth


def test_guesses_say_how_often_they_are_right(table: TaskTable, found: TaskExperiment) -> None:
    trials = of_best(found.trials, found.best)
    calibrated = calibration(trials, table.label)
    sure = calibrated.confidence(np.linspace(0, 1, 50))
    assert (np.diff(sure) >= 0).all()
    said = reliability(trials, table.label, table.authors)
    assert 0.2 < said.coverage <= 1
    assert said.precision is not None
    assert said.precision > CONFIDENT - 0.05
    guesser = Guesser(Laboratory(table, 4, FAST), found.best, calibrated)
    model = TaskRow(
        "someone/whisper-of-mine", bases=(RowBase("base/automatic-speech-recognition-1"),)
    )
    (guess,) = guesser.guesses([model])
    assert (guess.model, guess.task) == (model.id, "automatic-speech-recognition")
    assert 0.5 < guess.confidence < 1
    assert list(guesser.guesses([])) == []


def test_the_picture_has_a_dot_for_every_outcome(found: TaskExperiment) -> None:
    drawn = accuracy_picture(found)
    dots = re.findall(r'<g class="\w+"><title>(.*)</title>\n.*\n<circle cx="([\d.]+)"', drawn)
    assert len(dots) == len(found.outcomes)
    assert all(220 <= float(x) <= 880 for _, x in dots)
    best = found.outcomes[0]
    said = f"{best.learner}, {best.features}: {best.measures['accuracy'].mean:.3f} ± 0.000"
    assert said in {words for words, _ in dots}


def test_without_the_extra_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubgraph.experiment.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError) as raised:
        task()
    assert str(raised.value).startswith("The experiment needs scikit-learn, LightGBM, XGBoost.")
    assert "pip install 'hubgraph[ml]'" in raised.value.hint


def test_the_page_names_all_that_is_compared() -> None:
    text = (HERE / "experiment.md").read_text(encoding="utf-8")
    for name in (*LEARNERS, *BASELINES, *GROUPS, *FEATURE_SETS):
        assert f"| {name} |" in text or f"*{name}*" in text, name
