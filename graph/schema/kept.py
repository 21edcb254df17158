"""What hubgraph adds of its own: changes, runs, precomputed answers, its identity."""

from dataclasses import replace

from graph.schema.looks import PLAIN
from graph.schema.parts import Index, NodeType, Property, Type, by_loader

CHANGE = NodeType(
    label="Change",
    key="id",
    singular="change",
    plural="changes",
    form="change/1",
    description="What happened to a model, and when that was seen.",
    found_by=(("kind", "at"),),
    look=replace(PLAIN, caption="{kind}"),
    properties=(
        by_loader(
            "id",
            Type.STRING,
            "Model, kind and time: the same change is one node however often it is reported.",
            index=Index.UNIQUE,
        ),
        by_loader("model", Type.STRING, "What the model was called."),
        Property(
            "kind",
            Type.STRING,
            "What happened; `missing`: not seen where it should be, once.",
            values=(
                "appeared",
                "missing",
                "gone",
                "returned",
                "renamed",
                "taken_over",
                "bases",
                "relation",
                "license",
                "gated",
                "parameters",
            ),
        ),
        Property("before", Type.STRING, "What it was before; unset where there was nothing."),
        Property(
            "after",
            Type.STRING,
            "What it was then: the new name, `_id`, bases, relation, licence, gating or number of "
            "parameters; of what is missing or gone, why.",
        ),
        Property(
            "compared",
            Type.BOOLEAN,
            "True if comparing records of the model showed it; unset if a source reports it.",
        ),
        by_loader(
            "at",
            Type.DATETIME,
            "When it was seen; it happened some time before.",
            index=Index.RANGE,
        ),
        by_loader("first_seen", Type.DATETIME, "Start of the run that first noted it."),
    ),
)

RUN = NodeType(
    label="Run",
    key="id",
    description="Whatever wrote to the graph: a load, a crawl, a computation of influence.",
    look=replace(PLAIN, caption="{kind}"),
    properties=(
        by_loader("id", Type.STRING, "Unique id.", index=Index.UNIQUE),
        by_loader(
            "kind",
            Type.STRING,
            "What it did.",
            values=("load", "crawl", "import", "update", "influence"),
        ),
        by_loader("source", Type.STRING, "What it read."),
        by_loader(
            "scope",
            Type.STRING,
            "What the graph is up to date on when the crawl is complete, such as `Model of` and "
            "the Hub's address; unset for a crawl that promises nothing of the kind.",
            index=Index.RANGE,
        ),
        by_loader(
            "status",
            Type.STRING,
            "How it ended; `running` after a kill until the next run, `capped` where the Hub shows "
            "no more.",
            values=("running", "complete", "capped", "failed", "interrupted"),
        ),
        by_loader(
            "started_at",
            Type.DATETIME,
            "Start; the `first_seen`/`last_seen` of what it wrote.",
            index=Index.RANGE,
        ),
        by_loader("ended_at", Type.DATETIME, "End."),
        by_loader(
            "undone_at", Type.DATETIME, "When what it marked as gone or suspected was taken back."
        ),
        by_loader("counts", Type.STRING, "What it read and wrote, by name, as JSON."),
        by_loader("settings", Type.STRING, "The settings that shaped its result, as JSON."),
        by_loader("observed_to", Type.DATETIME, "Newest observation among the records it read."),
        by_loader("message", Type.STRING, "Why it failed, or what it could not reach."),
        by_loader(
            "hygiene",
            Type.STRING,
            "Of a computation of influence: how many models each check of cards found, as JSON.",
        ),
    ),
)

ANSWER = NodeType(
    label="Answer",
    key="report",
    description="The answer to a report that takes long, kept until the data is worked out anew.",
    properties=(
        by_loader("report", Type.STRING, "Name of the report.", index=Index.UNIQUE),
        by_loader("columns", Type.STRINGS, "Names of its columns."),
        by_loader("rows", Type.STRING, "Its rows, as JSON."),
        by_loader("total", Type.INTEGER, "Rows there are, of which it holds the first."),
        by_loader("digest", Type.STRING, "Hash of what was asked; another version asks anew."),
        by_loader("computed_at", Type.DATETIME, "When it was asked."),
    ),
)

GRAPH = NodeType(
    label="Graph",
    key="id",
    description="This graph itself: which one it is, and whether it is upgraded.",
    properties=(
        by_loader("id", Type.STRING, "Always `graph`.", index=Index.UNIQUE),
        by_loader("identity", Type.STRING, "A text of its own; a restored graph gets another."),
        by_loader(
            "owned_while_there",
            Type.BOOLEAN,
            "True: ownership of what is gone ended, also where an earlier version wrote it.",
        ),
        by_loader(
            "gone_labelled",
            Type.BOOLEAN,
            "True: what is gone has its label, also where an earlier version wrote it.",
        ),
    ),
)

LEASE = NodeType(
    label="Lease",
    key="id",
    description="Who may write what was observed, or scores: one process, while it renews this.",
    properties=(
        by_loader(
            "id",
            Type.STRING,
            "What may be written: `writer` for what was observed, `scores`.",
            index=Index.UNIQUE,
        ),
        by_loader("holder", Type.STRING, "A text of its own for each hold."),
        by_loader("task", Type.STRING, "What the holder does: the kind of its run."),
        by_loader("machine", Type.STRING, "Where it runs."),
        by_loader(
            "place",
            Type.STRING,
            "The machine or container in which its process number means something.",
        ),
        by_loader("pid", Type.INTEGER, "Its process."),
        by_loader("birth", Type.STRING, "What tells that process from others of its number."),
        by_loader("asked_at", Type.DATETIME, "When it was last asked for."),
        by_loader("since", Type.DATETIME, "When it was taken."),
        by_loader("expires_at", Type.DATETIME, "When it ends unless it is renewed before."),
    ),
)
