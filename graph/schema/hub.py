"""What else the Hub has: accounts, datasets, Spaces, papers."""

from graph.schema.looks import Look
from graph.schema.parts import Index, NodeType, Property, Source, Type
from graph.schema.scores import AUTHOR_SCORES, score_properties
from graph.schema.shared import IDENTITY, KNOWN, OBSERVED, SEEN, TIMES

AUTHOR = NodeType(
    label="Author",
    key="name",
    fold="name_folded",
    description="A user or an organization that publishes models, datasets or Spaces.",
    fulltext=("name", "full_name"),
    look=Look("#fff1cc", "#8a6100", "#3d2b00", caption="{name}", diameter=80, font_size=11),
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
        *score_properties(AUTHOR_SCORES),
    ),
)

DATASET = NodeType(
    label="Dataset",
    key="id",
    fold="id_folded",
    description="A dataset on the Hub.",
    look=Look("#dcefe3", "#2f6b45", "#12311f", caption="{name}"),
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
    look=Look("#e9e2f5", "#5d4695", "#261a45", caption="{name}"),
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
    look=Look("#f6e3de", "#97432c", "#43190d", caption="{arxiv_id}"),
    properties=(
        Property(
            "arxiv_id", Type.STRING, "Its id on arXiv, without a version.", index=Index.UNIQUE
        ),
        *SEEN,
    ),
)
