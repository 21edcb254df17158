"""Properties that several labels have."""

from graph.schema.parts import Index, Property, Source, Type

SEEN = (
    Property(
        "first_seen",
        Type.DATETIME,
        "Start of the run that first saw it.",
        source=Source.INGEST,
    ),
    Property(
        "last_seen",
        Type.DATETIME,
        "Start of the run that last saw it.",
        source=Source.INGEST,
    ),
    Property(
        "gone_since",
        Type.DATETIME,
        "When it was first found to be gone; unset while it is there.",
        source=Source.INGEST,
        index=Index.RANGE,
    ),
)

AWAY = Property(
    "away",
    Type.DATETIMES,
    "When it was gone before it came back: from, to, from, to, …; unset without such a time.",
    source=Source.INGEST,
)

IDENTITY = (
    Property("id", Type.STRING, "What the Hub calls it: `owner/name`.", index=Index.RANGE),
    Property(
        "id_folded",
        Type.STRING,
        "`id` in lower case: two spellings of one id are one node.",
        source=Source.INGEST,
        index=Index.UNIQUE,
    ),
    Property(
        "hub_id",
        Type.STRING,
        "The Hub's `_id`, which survives a rename.",
        index=Index.RANGE,
        hub="_id",
        unseen="an internal id, by which renames are recognised",
    ),
    Property("name", Type.STRING, "The part of `id` after the owner.", source=Source.INGEST),
    Property(
        "author",
        Type.STRING,
        "The owner in `id`; unset for old ids without one.",
        source=Source.INGEST,
        index=Index.RANGE,
    ),
)
"""What every repository is called."""

TIMES = (
    Property("created_at", Type.DATETIME, "When the repository was created.", hub="createdAt"),
    Property(
        "last_modified", Type.DATETIME, "When the repository last changed.", hub="lastModified"
    ),
)

DOWNLOADS = (
    Property("downloads", Type.INTEGER, "Downloads of the last 30 days.", "count", hub="downloads"),
    Property(
        "downloads_all_time",
        Type.INTEGER,
        "Downloads since its creation.",
        "count",
        hub="downloadsAllTime",
    ),
)

LIKES = Property("likes", Type.INTEGER, "Likes.", "count", hub="likes")

OBSERVED = (
    Property("aliases", Type.STRINGS, "Other spellings and former names.", source=Source.INGEST),
    Property(
        "absent",
        Type.STRINGS,
        "Properties that its newest record states it does not have, so that no older record "
        "fills them in.",
        source=Source.INGEST,
    ),
    Property(
        "record_version",
        Type.STRING,
        "Orders the observations of one node, so that the newest wins in any order of loading.",
        source=Source.INGEST,
    ),
    *SEEN,
)

KNOWN = Property(
    "known",
    Type.BOOLEAN,
    "False for a placeholder: others name it and no record describes it.",
    source=Source.INGEST,
    index=Index.RANGE,
)
