"""Models."""

from graph.schema.looks import Look
from graph.schema.parts import (
    Availability,
    HubKey,
    Index,
    KeyShape,
    NodeType,
    Property,
    Source,
    Type,
    by_loader,
)
from graph.schema.relations import RELATION, RELATIONS
from graph.schema.scores import MODEL_SCORES, score_properties
from graph.schema.shared import (
    AWAY,
    DOWNLOADS,
    FINDINGS,
    IDENTITY,
    KNOWN,
    LIKES,
    OBSERVED,
    SUSPECTED,
    TIMES,
)

_LINEAGE = ("relation", "bases", "bases_source", "tagged_bases")
_FROM_TAGS = ("license", "licenses", "languages", "datasets", "papers", "tags")

KEYS = (
    HubKey("gated", KeyShape.GATED, ("gated",)),
    HubKey("baseModels", KeyShape.OBJECT, _LINEAGE[:-1]),
    HubKey("safetensors", KeyShape.OBJECT, ("parameters", "parameters_source", "tensor_types")),
    HubKey("gguf", KeyShape.OBJECT, ("parameters", "parameters_source", "chat_template")),
    HubKey("config", KeyShape.OBJECT, ("architecture", "quantization")),
    HubKey("tags", KeyShape.TEXTS, (*_FROM_TAGS, *_LINEAGE)),
    HubKey(
        "cardData",
        KeyShape.OBJECT,
        (
            *("new_version", "card_bases", "unusable_bases"),
            *("license", "licenses", "license_name", "license_link"),
        ),
    ),
    HubKey(
        "childrenModelCount",
        KeyShape.OBJECT,
        tuple(f"children_{relation}" for relation in RELATIONS),
        Availability.ALONE,
    ),
)
"""Keys of the Hub from which properties follow; `graph.observe.hub` has the rules.

`cardData` is as large as all others together, and comes last of what a listing is asked for: what a
server refuses without naming it is taken to be the last.
"""

MODEL = NodeType(
    label="Model",
    key="id",
    fold="id_folded",
    singular="model",
    plural="models",
    form="model/1",
    description="A model repository on the Hub.",
    derived=KEYS,
    marks=("pipeline_tag", "library_name", "baseModels", "safetensors", "gguf"),
    has_lineage=True,
    fulltext=("id", "aliases"),
    sorted_by=(
        *(score.shown.name for score in MODEL_SCORES if score.sortable),
        "downloads",
        "likes",
        "created_at",
    ),
    found_by=(("task", "license"), ("task", "library"), ("license", "library")),
    look=Look("#e7edf3", "#33475b", "#14202b", caption="{name}", diameter=85),
    scored_label="Base",
    gone_label="Gone",
    properties=(
        *IDENTITY,
        Property(
            "task", Type.STRING, "The Hub's pipeline tag.", index=Index.RANGE, hub="pipeline_tag"
        ),
        Property(
            "library",
            Type.STRING,
            "Library it is used with.",
            index=Index.RANGE,
            hub="library_name",
        ),
        Property("license", Type.STRING, "Licence as stated on the card.", index=Index.RANGE),
        Property("licenses", Type.STRINGS, "All licences of its card, where it names several."),
        Property("license_name", Type.STRING, "What its card calls its licence."),
        Property(
            "license_link", Type.STRING, "Where its card says that the text of its licence is."
        ),
        Property("languages", Type.STRINGS, "Languages as stated on the card, ISO 639 codes."),
        Property("tags", Type.STRINGS, "Tags that no other property carries."),
        *TIMES,
        *DOWNLOADS,
        LIKES,
        Property(
            "trending_score",
            Type.FLOAT,
            "The Hub's own trending score.",
            hub="trendingScore",
            is_counted=True,
        ),
        Property(
            "gated",
            Type.STRING,
            "Whether access must be asked for.",
            values=("no", "auto", "manual"),
        ),
        Property(
            "disabled",
            Type.BOOLEAN,
            "Whether the Hub has disabled it: it is listed, and nobody can load it.",
            hub="disabled",
        ),
        Property("parameters", Type.INTEGER, "Number of parameters.", "count"),
        Property(
            "parameters_source",
            Type.STRING,
            "Where `parameters` comes from; from the name it is a guess, and for a mixture "
            "of experts (8x7B) what they share counts once.",
            values=("safetensors", "gguf", "name", "name_mixture"),
        ),
        Property("tensor_types", Type.STRINGS, "Number formats of its weights."),
        Property("quantization", Type.STRING, "Quantization method."),
        Property("architecture", Type.STRING, "Architecture named by its configuration."),
        Property(
            "chat_template",
            Type.STRING,
            "The chat template in its GGUF files, as the first 16 digits of its SHA-256.",
            unseen="a digest, which only finds those that differ from their siblings",
        ),
        Property("sha", Type.STRING, "Newest commit.", hub="sha"),
        *(
            Property(
                f"children_{relation.word}",
                Type.INTEGER,
                f"{relation.plural.capitalize()} of it as the Hub counts them.",
                "models",
                index=Index.RANGE,
                is_counted=True,
            )
            for relation in RELATION.values()
        ),
        Property(
            "relation",
            Type.STRING,
            "How it was made from its bases; unset without one.",
            index=Index.RANGE,
            values=RELATIONS,
        ),
        by_loader(
            "base_count",
            Type.INTEGER,
            "How many bases it has, resolved or declared; 0: neither its card nor the Hub names "
            "one, unset: not stated.",
            "models",
        ),
        Property("card_bases", Type.STRINGS, "Ids of the models that its card names as its bases."),
        Property(
            "tagged_bases",
            Type.STRINGS,
            "Ids of the models that its tags name as its bases and that the Hub resolves to no "
            "relationship: without a relation, or against its own `baseModels`.",
        ),
        Property(
            "unusable_bases", Type.STRINGS, "What its card names as its bases and is not an id."
        ),
        Property("datasets", Type.STRINGS, "Ids of the datasets that it was trained on."),
        Property("papers", Type.STRINGS, "arXiv ids of the papers that it names."),
        Property(
            "new_version", Type.STRING, "Id of the model that its card names as its successor."
        ),
        KNOWN,
        SUSPECTED,
        by_loader(
            "renamed_at",
            Type.DATETIME,
            "When it was last found under another name than before; unset without a former name.",
            index=Index.RANGE,
        ),
        *OBSERVED,
        by_loader(
            "appeared_at",
            Type.DATETIME,
            "Since when it is known to be there: its creation, else when it was first seen.",
        ),
        AWAY,
        by_loader(
            "observed_times",
            Type.DATETIMES,
            "The times of all its records, in order; unset while there is only the newest.",
        ),
        by_loader(
            "observed_facts",
            Type.INTEGERS,
            "What each of them stated, as a sum: 1 lineage, 2 downloads, 4 likes, 16 licence, 32 "
            "access, 64 number of parameters, 128 the `_id`; 8 where the time is not of an "
            "observation but of the last modification.",
        ),
        by_loader(
            "facts_then",
            Type.STRINGS,
            "What records stated of licence, access and number of parameters, as `time name value` "
            "for each time from which it was another; unset while none of them changed.",
        ),
        by_loader(
            "counted_at",
            Type.DATETIMES,
            "When `downloads_then` and `likes_then` were seen, in order; unset while they never "
            "changed.",
        ),
        by_loader(
            "downloads_then",
            Type.INTEGERS,
            "`downloads` at each time of `counted_at`; -1: not stated.",
            "count",
        ),
        by_loader(
            "likes_then",
            Type.INTEGERS,
            "`likes` at each time of `counted_at`; -1: not stated.",
            "count",
        ),
        FINDINGS,
        Property(
            "swarm",
            Type.STRING,
            "Id of the rule that takes it for an automatic upload, by its name.",
            source=Source.INFLUENCE,
            index=Index.RANGE,
        ),
        Property(
            "effective_terms",
            Type.STRINGS,
            "What its licence and those of all its ancestors are known to ask; only models with a "
            "base have it.",
            source=Source.INFLUENCE,
        ),
        Property(
            "inherited_terms",
            Type.STRINGS,
            "Those of `effective_terms` for which an ancestor's licence is the reason, and not its "
            "own.",
            source=Source.INFLUENCE,
        ),
        Property(
            "terms_open",
            Type.BOOLEAN,
            "Whether more may be asked than `effective_terms`: a licence is undeclared or unread.",
            source=Source.INFLUENCE,
        ),
        Property(
            "task_guess",
            Type.STRING,
            "What its task most probably is, where it states none.",
            source=Source.EXPERIMENT,
        ),
        Property(
            "task_guess_confidence",
            Type.FLOAT,
            "How many of such guesses are right, as counted on authors that were held out.",
            "0 to 1",
            source=Source.EXPERIMENT,
        ),
        *score_properties(MODEL_SCORES),
    ),
)
