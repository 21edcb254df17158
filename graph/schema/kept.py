"""What hubgraph adds of its own: changes, runs, precomputed answers."""

from dataclasses import replace

from graph.schema.looks import PLAIN
from graph.schema.parts import Index, NodeType, Property, Source, Type

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
        Property(
            "id",
            Type.STRING,
            "Model, kind and time: the same change is one node however often it is reported.",
            source=Source.INGEST,
            index=Index.UNIQUE,
        ),
        Property("model", Type.STRING, "What the model was called.", source=Source.INGEST),
        Property(
            "kind",
            Type.STRING,
            "What happened.",
            values=(
                "appeared",
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
            "parameters; of what is gone, why.",
        ),
        Property(
            "at",
            Type.DATETIME,
            "When it was seen; it happened some time before.",
            source=Source.INGEST,
            index=Index.RANGE,
        ),
    ),
)

RUN = NodeType(
    label="Run",
    key="id",
    description="Whatever wrote to the graph: a load, a crawl, a computation of influence.",
    look=replace(PLAIN, caption="{kind}"),
    properties=(
        Property("id", Type.STRING, "Unique id.", source=Source.INGEST, index=Index.UNIQUE),
        Property(
            "kind",
            Type.STRING,
            "What it did.",
            source=Source.INGEST,
            values=("load", "crawl", "import", "update", "influence"),
        ),
        Property("source", Type.STRING, "What it read.", source=Source.INGEST),
        Property(
            "scope",
            Type.STRING,
            "What the graph is up to date on when the crawl is complete, such as `Model of` and "
            "the Hub's address; unset for a crawl that promises nothing of the kind.",
            source=Source.INGEST,
            index=Index.RANGE,
        ),
        Property(
            "status",
            Type.STRING,
            "How it ended; `running` with no end after a crash, `capped` where the Hub shows no "
            "more.",
            source=Source.INGEST,
            values=("running", "complete", "capped", "failed", "interrupted"),
        ),
        Property(
            "started_at",
            Type.DATETIME,
            "Start; the `first_seen`/`last_seen` of what it wrote.",
            source=Source.INGEST,
            index=Index.RANGE,
        ),
        Property("ended_at", Type.DATETIME, "End.", source=Source.INGEST),
        Property(
            "counts",
            Type.STRING,
            "What it read and wrote, by name, as JSON.",
            source=Source.INGEST,
        ),
        Property(
            "settings",
            Type.STRING,
            "The settings that shaped its result, as JSON.",
            source=Source.INGEST,
        ),
        Property(
            "observed_to",
            Type.DATETIME,
            "Newest observation among the records it read.",
            source=Source.INGEST,
        ),
        Property(
            "message",
            Type.STRING,
            "Why it failed, or what it could not reach.",
            source=Source.INGEST,
        ),
    ),
)

ANSWER = NodeType(
    label="Answer",
    key="report",
    description="The answer to a report that takes long, kept until the data is worked out anew.",
    properties=(
        Property(
            "report", Type.STRING, "Name of the report.", source=Source.INGEST, index=Index.UNIQUE
        ),
        Property("columns", Type.STRINGS, "Names of its columns.", source=Source.INGEST),
        Property("rows", Type.STRING, "Its rows, as JSON.", source=Source.INGEST),
        Property("computed_at", Type.DATETIME, "When it was asked.", source=Source.INGEST),
    ),
)

LEASE = NodeType(
    label="Lease",
    key="id",
    description="Who may write what was observed: one process at a time, while it renews this.",
    properties=(
        Property("id", Type.STRING, "Always `writer`.", source=Source.INGEST, index=Index.UNIQUE),
        Property("holder", Type.STRING, "A text of its own for each hold.", source=Source.INGEST),
        Property("task", Type.STRING, "What the holder does.", source=Source.INGEST),
        Property("machine", Type.STRING, "Where it runs.", source=Source.INGEST),
        Property(
            "place",
            Type.STRING,
            "The machine or container in which its process number means something.",
            source=Source.INGEST,
        ),
        Property("pid", Type.INTEGER, "Its process.", source=Source.INGEST),
        Property(
            "started_at",
            Type.FLOAT,
            "When that process was created.",
            "seconds since 1970",
            source=Source.INGEST,
        ),
        Property("asked_at", Type.DATETIME, "When it was last asked for.", source=Source.INGEST),
        Property("since", Type.DATETIME, "When it was taken.", source=Source.INGEST),
        Property(
            "expires_at",
            Type.DATETIME,
            "When it ends unless it is renewed before.",
            source=Source.INGEST,
        ),
    ),
)
