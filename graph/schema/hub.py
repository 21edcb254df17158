"""Kinds of the Hub other than models: accounts, datasets, Spaces, papers."""

from graph.schema.looks import Look
from graph.schema.parts import (
    Availability,
    HubKey,
    Index,
    KeyShape,
    NodeType,
    Property,
    Type,
    by_loader,
)
from graph.schema.scores import AUTHOR_SCORES, score_properties
from graph.schema.shared import (
    DOWNLOADS,
    FINDINGS,
    IDENTITY,
    KNOWN,
    LIKES,
    OBSERVED,
    SEEN,
    SUSPECTED,
    TIMES,
)

AUTHOR = NodeType(
    label="Author",
    key="name",
    fold="name_folded",
    singular="author",
    plural="authors",
    form="author/1",
    is_account=True,
    derived=(
        HubKey("type", KeyShape.TEXT, ("kind",), Availability.UNASKED),
        HubKey("followerCount", KeyShape.NUMBER, ("followers",), Availability.UNASKED),
        HubKey("plan", KeyShape.TEXT, ("enterprise",), Availability.UNASKED),
        HubKey("its page", KeyShape.TEXT, ("organization_type",), Availability.UNASKED),
    ),
    description="A user or an organization that publishes models, datasets or Spaces.",
    fulltext=("name", "full_name"),
    look=Look("#fff1cc", "#8a6100", "#3d2b00", caption="{name}", diameter=80, font_size=11),
    properties=(
        Property("name", Type.STRING, "Account name.", index=Index.RANGE),
        by_loader(
            "name_folded",
            Type.STRING,
            "`name` in lower case: two spellings of one name are one author.",
            index=Index.UNIQUE,
        ),
        Property("kind", Type.STRING, "What kind of account.", values=("user", "organization")),
        Property("full_name", Type.STRING, "Name as displayed.", hub="fullname"),
        Property(
            "organization_type",
            Type.STRING,
            "Kind of organization: company, university, community, non-profit, classroom, "
            "government.",
            index=Index.RANGE,
        ),
        Property(
            "verified",
            Type.BOOLEAN,
            "Whether the Hub has verified the organization.",
            hub="isVerified",
        ),
        Property(
            "enterprise", Type.BOOLEAN, "Whether it is an enterprise account.", hub="isEnterprise"
        ),
        Property(
            "followers",
            Type.INTEGER,
            "Followers.",
            "accounts",
            hub="numFollowers",
            is_counted=True,
        ),
        Property(
            "avatar_url",
            Type.STRING,
            "Where the Hub keeps its picture; only `hubgraph crawl avatars` fetches it.",
            hub="avatarUrl",
            unseen="pages show what was kept of it, and load nothing from other servers",
        ),
        *OBSERVED,
        FINDINGS,
        *score_properties(AUTHOR_SCORES),
    ),
)

DATASET = NodeType(
    label="Dataset",
    key="id",
    fold="id_folded",
    singular="dataset",
    plural="datasets",
    form="dataset/1",
    description="A dataset on the Hub.",
    look=Look("#dcefe3", "#2f6b45", "#12311f", caption="{name}"),
    marks=("citation", "paperswithcode_id"),
    properties=(
        *IDENTITY,
        Property("tags", Type.STRINGS, "Its tags.", hub="tags"),
        *TIMES,
        *DOWNLOADS,
        LIKES,
        KNOWN,
        SUSPECTED,
        *OBSERVED,
    ),
)

SPACE = NodeType(
    label="Space",
    key="id",
    fold="id_folded",
    singular="Space",
    plural="Spaces",
    form="space/1",
    marks=("sdk", "subdomain"),
    description="A Space: an application that runs on the Hub.",
    look=Look("#e9e2f5", "#5d4695", "#261a45", caption="{name}"),
    properties=(
        *IDENTITY,
        Property(
            "sdk",
            Type.STRING,
            "What it is made with: gradio, docker, static, streamlit.",
            hub="sdk",
            unseen="no page is about Spaces",
        ),
        Property("models", Type.STRINGS, "Ids of the models that it uses.", hub="models"),
        Property("datasets", Type.STRINGS, "Ids of the datasets that it uses.", hub="datasets"),
        Property("tags", Type.STRINGS, "Its tags.", hub="tags"),
        *TIMES,
        LIKES,
        KNOWN,
        SUSPECTED,
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

HUB = (AUTHOR, DATASET, SPACE, PAPER)
"""A kind that is added here is read, loaded, imported, updated and exported."""
