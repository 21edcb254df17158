"""Properties that several labels have."""

from graph.schema.parts import Index, Property, Source, Type, by_loader

HELD = (
    by_loader("first_seen", Type.DATETIME, "Start of the run that first saw it."),
    by_loader(
        "gone_since",
        Type.DATETIME,
        "When it was first found to be gone; unset while it is there.",
        index=Index.RANGE,
    ),
)
"""Since when the graph holds a node or a relationship, and whether it still holds."""

SEEN = (
    HELD[0],
    by_loader(
        "last_seen",
        Type.DATETIME,
        "Start of the run that last read a record of it; without any, of the run that first saw "
        "it.",
    ),
    HELD[1],
)
"""The same for nodes: a relationship was last seen with the node that states it."""

AWAY = by_loader(
    "away",
    Type.DATETIMES,
    "When it was gone before it came back: from, to, from, to, …; unset without such a time.",
)

IDENTITY = (
    Property("id", Type.STRING, "What the Hub calls it: `owner/name`.", index=Index.RANGE),
    by_loader(
        "id_folded",
        Type.STRING,
        "`id` in lower case: two spellings of one id are one node.",
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
    by_loader("name", Type.STRING, "The part of `id` after the owner."),
    by_loader(
        "author",
        Type.STRING,
        "The owner in `id`; unset for old ids without one.",
        index=Index.RANGE,
    ),
)
"""What every repository is called."""

TIMES = (
    Property(
        "created_at",
        Type.DATETIME,
        "When the repository was created; 2022-03-02T23:29:04Z stands for then or any time before.",
        hub="createdAt",
    ),
    Property(
        "last_modified", Type.DATETIME, "When the repository last changed.", hub="lastModified"
    ),
)

DOWNLOADS = (
    Property(
        "downloads",
        Type.INTEGER,
        "Downloads of the last 30 days.",
        "count",
        hub="downloads",
        is_counted=True,
    ),
    Property(
        "downloads_all_time",
        Type.INTEGER,
        "Downloads since its creation.",
        "count",
        hub="downloadsAllTime",
        is_counted=True,
    ),
)

LIKES = Property("likes", Type.INTEGER, "Likes.", "count", hub="likes", is_counted=True)

OBSERVED = (
    by_loader("aliases", Type.STRINGS, "Other spellings and former names."),
    by_loader(
        "absent",
        Type.STRINGS,
        "Properties that it does not have, as the newest record that mentions them states.",
    ),
    by_loader(
        "record_version",
        Type.STRING,
        "Orders the observations of one node, so that the newest wins in any order of loading.",
    ),
    by_loader(
        "stated_before",
        Type.STRINGS,
        "What its newest record does not mention: for each older record that something is from its "
        "version and the names of the properties.",
    ),
    by_loader(
        "counts_seen_at",
        Type.DATETIME,
        "When what the Hub counts of it was observed, if not by the record of `record_version`.",
    ),
    *SEEN,
)

SUSPECTED = by_loader(
    "suspected_since",
    Type.DATETIME,
    "When a crawl first did not see it where it should be; unset once it is seen again, or "
    "confirmed as gone by a second look on another day.",
    index=Index.RANGE,
)

KNOWN = by_loader(
    "known",
    Type.BOOLEAN,
    "False for a placeholder: others name it and no record describes it.",
    index=Index.RANGE,
)

FINDINGS = Property(
    "findings",
    Type.STRINGS,
    "What in it may be worth a look: the id of a rule, a colon, and the evidence.",
    source=Source.INFLUENCE,
    index=Index.RANGE,
)
