"""What else the Hub has: accounts, datasets, Spaces, papers."""

from graph.schema.parts import Index, NodeType, Property, Source, Type
from graph.schema.shared import IDENTITY, KNOWN, OBSERVED, SEEN, TIMES

AUTHOR = NodeType(
    label="Author",
    key="name",
    fold="name_folded",
    description="A user or an organization that publishes models, datasets or Spaces.",
    fulltext=("name", "full_name"),
    properties=(
        Property("name", Type.STRING, "Account name.", index=Index.RANGE),
        Property(
            "name_folded",
            Type.STRING,
            "`name` in lower case: two spellings of one name are one author.",
            source=Source.INGEST,
            index=Index.UNIQUE,
        ),
        Property("kind", Type.STRING, "What kind of account.", values=("user", "organization")),
        Property("full_name", Type.STRING, "Name as displayed."),
        Property(
            "organization_type",
            Type.STRING,
            "Kind of organization: company, university, community, non-profit, classroom, "
            "government.",
            index=Index.RANGE,
        ),
        Property("verified", Type.BOOLEAN, "Whether the Hub has verified the organization."),
        Property("enterprise", Type.BOOLEAN, "Whether it is an enterprise account."),
        Property("followers", Type.INTEGER, "Followers.", "accounts"),
        Property("avatar_url", Type.STRING, "Where the Hub keeps its picture; never fetched."),
        *OBSERVED,
        Property(
            "influence",
            Type.FLOAT,
            "Inflow from models of other authors to its models (I).",
            source=Source.INFLUENCE,
            index=Index.RANGE,
        ),
        Property(
            "influence_rank",
            Type.INTEGER,
            "Rank by `influence`.",
            source=Source.INFLUENCE,
            index=Index.RANGE,
        ),
        Property(
            "effective_descendants",
            Type.FLOAT,
            "`influence` as it is shown.",
            "models",
            source=Source.INFLUENCE,
        ),
        Property(
            "outside_models",
            Type.INTEGER,
            "Distinct models of other authors that descend from its models.",
            "models",
            source=Source.INFLUENCE,
        ),
        Property(
            "outside_publishers",
            Type.INTEGER,
            "Distinct other authors of those models.",
            "authors",
            source=Source.INFLUENCE,
        ),
    ),
)

DATASET = NodeType(
    label="Dataset",
    key="id",
    fold="id_folded",
    description="A dataset on the Hub.",
    properties=(
        *IDENTITY,
        Property("tags", Type.STRINGS, "Its tags."),
        *TIMES,
        Property("downloads", Type.INTEGER, "Downloads of the last 30 days.", "count"),
        Property("downloads_all_time", Type.INTEGER, "Downloads since its creation.", "count"),
        Property("likes", Type.INTEGER, "Likes.", "count"),
        KNOWN,
        *OBSERVED,
    ),
)

SPACE = NodeType(
    label="Space",
    key="id",
    fold="id_folded",
    description="A Space: an application that runs on the Hub.",
    properties=(
        *IDENTITY,
        Property("sdk", Type.STRING, "What it is made with: gradio, docker, static, streamlit."),
        Property("models", Type.STRINGS, "Ids of the models that it uses."),
        Property("datasets", Type.STRINGS, "Ids of the datasets that it uses."),
        Property("tags", Type.STRINGS, "Its tags."),
        *TIMES,
        Property("likes", Type.INTEGER, "Likes.", "count"),
        KNOWN,
        *OBSERVED,
    ),
)

PAPER = NodeType(
    label="Paper",
    key="arxiv_id",
    description="A paper on arXiv that models name.",
    properties=(
        Property(
            "arxiv_id", Type.STRING, "Its id on arXiv, without a version.", index=Index.UNIQUE
        ),
        *SEEN,
    ),
)
