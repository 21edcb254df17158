"""Results of models on benchmarks: the record of one, and the relationship that it becomes."""

from graph.schema.looks import Look
from graph.schema.parts import Index, NodeType, Property, RelationshipType, Type, by_loader
from graph.schema.shared import HELD

_HIGHER = Property(
    "higher_is_better", Type.BOOLEAN, "Whether a higher value is better; unset means yes."
)
_METRIC = Property("metric", Type.STRING, "What of it is measured, such as a task or `acc_norm`.")
_STATED = (
    Property("value", Type.FLOAT, "The value as its source gives it; two sources may scale it."),
    Property("source", Type.STRING, "Who reports it, such as the name of a leaderboard."),
    Property(
        "origin",
        Type.STRING,
        "Where it stands; unset: on a leaderboard.",
        values=("leaderboard", "hub", "card"),
    ),
    Property("verified", Type.BOOLEAN, "Whether the Hub has verified it."),
    Property("community", Type.BOOLEAN, "True if a pull request that is still open states it."),
    Property(
        "variant",
        Type.STRING,
        "How it was measured, such as `bfloat16` or `with tools`: results that differ in it are "
        "different results.",
    ),
    Property(
        "reported_in",
        Type.STRING,
        "Where its source has it from: the address of a report, else a name.",
    ),
    Property("date", Type.DATETIME, "When it was measured, or the date of the leaderboard."),
)

BENCHMARK = NodeType(
    label="Benchmark",
    key="id",
    description="What models are measured by: a benchmark and one of its metrics or tasks.",
    look=Look("#e4f0f4", "#2a6577", "#123039", caption="{id}"),
    properties=(
        by_loader("id", Type.STRING, "Name and metric.", index=Index.UNIQUE),
        by_loader("name", Type.STRING, "The benchmark, as its source calls it."),
        by_loader("metric", Type.STRING, _METRIC.description),
        by_loader("higher_is_better", Type.BOOLEAN, "Whether a higher value is better."),
        HELD[0],
    ),
)

EVALUATION = NodeType(
    label="Evaluation",
    key="id",
    singular="evaluation",
    plural="evaluations",
    form="evaluation/1",
    description="A result of a model on a benchmark, which becomes a relationship.",
    properties=(
        Property("id", Type.STRING, "The model."),
        Property("benchmark", Type.STRING, "The benchmark, such as `IFEval` or `openai/gsm8k`."),
        _METRIC,
        _HIGHER,
        *_STATED,
    ),
)
"""No node: its records become `EVALUATED`."""

EVALUATED = RelationshipType(
    "EVALUATED",
    "Model",
    BENCHMARK.label,
    "A result of the model; there may be several on one benchmark.",
    (
        by_loader(
            "key",
            Type.STRING,
            "Source, variant, date (not of the Hub's own list) and where it was reported: "
            "the same result is one.",
        ),
        *_STATED,
        by_loader("seen_at", Type.DATETIME, "When its source was read; unset: not said."),
        by_loader(
            "counts",
            Type.BOOLEAN,
            "True for the one of a model's results on the benchmark that comparisons use.",
        ),
        HELD[0],
    ),
)
