"""Everything that fits what a person types: models, authors and reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pydantic import Field

from graph.answers.names import escaped, full_text, hub_id, name_now, split
from graph.answers.parameters import Parameters, Text, Whole
from graph.answers.query import Query, Reader
from graph.answers.reports import Report, catalogue
from graph.answers.row import MODEL_COLUMNS, FoundRow, model_row

AMONG = 5_000
"""Common words fit more models than the full-text index is asked for; of those that fit, the ones
wanted are among the most influential. Each search looks at this many of them."""
FITTING = 200
"""Most models that a search reads of those, of ids that begin so, and of those with the words."""
FITTING_TYPED = 50
"""The same of what is still typed, where each key is a search."""
TELLING = 4
"""Letters of a word that few models have. Of shorter ones the index has far too many, so they are
looked for in it only where few influential models have them."""
MOST_AUTHORS = 12
MOST_SUGGESTED = 10

INFLUENTIAL = Query(
    "search-influential",
    "Names of the most influential models",
    """
MATCH (model:Model) WHERE model.influence_rank <= $among
WITH model ORDER BY model.influence_rank
RETURN collect(model.id_folded) AS names
""",
    {"among": AMONG},
)
_MODELS = f"""
CALL () {{
  MATCH (model:Model {{id_folded: $exact}}) RETURN model
  UNION
  MATCH (model:Model) WHERE model.id_folded STARTS WITH $exact
  RETURN model LIMIT $most
  UNION
  UNWIND $fulltext AS text
  CALL db.index.fulltext.queryNodes("model_text", text, {{limit: $most}}) YIELD node AS model
  RETURN model
  UNION
  UNWIND $influential AS id
  MATCH (model:Model {{id_folded: id}}) RETURN model
}}
WITH model WHERE NOT model:Gone
WITH model,
  CASE
    WHEN model.id_folded = $exact THEN 0
    WHEN toLower(model.name) STARTS WITH $exact THEN 1
    WHEN model.id_folded STARTS WITH $exact THEN 2
    ELSE 3
  END AS match,
  CASE WHEN NOT all(word IN $words WHERE model.id_folded CONTAINS word) THEN
    head([alias IN coalesce(model.aliases, [])
      WHERE all(word IN $words WHERE toLower(alias) CONTAINS word)])
  END AS alias
WITH model, match, alias
ORDER BY match, coalesce(model.effective_descendants, 0.0) DESC,
  coalesce(model.downloads, 0) DESC, model.id
LIMIT $limit
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE owns(held, model)]-(author:Author)
WITH model, match, alias, author.kind AS author_kind
ORDER BY match, coalesce(model.effective_descendants, 0.0) DESC,
  coalesce(model.downloads, 0) DESC, model.id
RETURN model {MODEL_COLUMNS} AS model, author_kind, match, alias
"""
MODELS = Query("search-models", "Models", _MODELS)
"""`match` is 0 for the id, 1 where the name begins so, 2 where the author does, 3 for words inside;
`alias` is the former name that fits when the id does not."""
_AUTHORS = """
CALL () {
  MATCH (author:Author {name_folded: $folded}) RETURN author
  UNION
  MATCH (author:Author) WHERE author.name_folded STARTS WITH $folded
  RETURN author LIMIT 200
  UNION
  CALL db.index.fulltext.queryNodes("author_text", $fulltext, {limit: 100}) YIELD node AS author
  RETURN author
}
WITH author,
  CASE
    WHEN author.name_folded = $folded THEN 0
    WHEN author.name_folded STARTS WITH $folded THEN 1
    ELSE 2
  END AS match
RETURN
  author.name AS name, author.full_name AS full_name, author.kind AS kind,
  author.influence_rank AS influence_rank, match
ORDER BY match, coalesce(influence_rank, 9007199254740991), name
LIMIT $limit
"""
AUTHORS = Query("search-authors", "Authors", _AUTHORS)


class SearchParameters(Parameters):
    """What the search accepts."""

    q: Text = Field("", description="Words of a name, an id, or an address of the Hub.")
    limit: Whole = Field(50, ge=10, le=200, description="Most models.")


class SuggestParameters(Parameters):
    """What suggestions accept."""

    q: Text = Field("", description="What was typed so far.")


@dataclass(frozen=True)
class FoundAuthor:
    """An author that fits."""

    name: str
    full_name: str | None
    kind: str | None
    influence_rank: int | None
    match: int


@dataclass(frozen=True)
class ReportEntry:
    """A report in a list."""

    name: str
    subject: str
    title: str
    question: str
    tags: list[str]


@dataclass(frozen=True)
class SearchResult:
    """What fits a text, the best first; models have their `match` and `alias`."""

    q: str  # of an address, the id in it
    models: list[FoundRow]
    authors: list[FoundAuthor]
    reports: list[ReportEntry]


def meant(read: Reader, text: str) -> str | None:
    """The model that an address, an exact id or a former name means."""
    wanted = hub_id(text) or (text if text.count("/") == 1 else None)
    return name_now(read, wanted) if wanted else None


def search(
    read: Reader,
    text: str,
    most_models: int,
    most_authors: int = MOST_AUTHORS,
    *,
    is_typed: bool = False,
) -> SearchResult:
    """Everything that fits words, an id or an address of the Hub; what `is_typed` goes on."""
    text = hub_id(text) or text
    words = split(text)
    if not words:
        return SearchResult(text, [], [], [])
    fields = " AND ".join(f"(id:{escaped(w)}* OR aliases:{escaped(w)}*)" for w in words)
    known = (name for name in read(INFLUENTIAL).one()["names"] if all(w in name for w in words))
    most = FITTING_TYPED if is_typed else FITTING
    influential = list(islice(known, most))
    is_telling = (
        not is_typed
        or len(influential) < MOST_SUGGESTED
        or any(len(word) >= TELLING for word in words)
    )
    asked = {
        "words": words,
        "exact": text.lower(),
        "fulltext": [fields] * is_telling,
        "influential": influential,
        "most": most,
        "limit": most_models,
    }
    models = full_text(read, MODELS, asked)
    begun = " AND ".join(f"{escaped(word)}*" for word in words)
    given = {"folded": text.lower(), "fulltext": begun, "limit": most_authors}
    return SearchResult(
        text,
        [{**model_row(row), "match": row["match"], "alias": row["alias"]} for row in models],
        [FoundAuthor(**row) for row in full_text(read, AUTHORS, given)],
        [report_entry(report) for report in reports_for(words)],
    )


def suggestions(read: Reader, text: str) -> SearchResult:
    """At most ten things that a text may become while it is typed."""
    if len(text) < 2:
        return SearchResult(text, [], [], [])
    found = search(read, text, MOST_SUGGESTED, most_authors=3, is_typed=True)
    reports = found.reports[:2]
    room = MOST_SUGGESTED - len(found.authors) - len(reports)
    return SearchResult(found.q, found.models[:room], found.authors, reports)


def reports_for(words: Sequence[str]) -> list[Report]:
    """Listed reports that hold every word."""
    return [
        report
        for report in catalogue().values()
        if all(
            word in f"{report.name} {report.title} {report.question} {report.tags}".lower()
            for word in words
        )
    ]


def report_entry(report: Report) -> ReportEntry:
    """A report in a list."""
    return ReportEntry(
        report.name, report.subject, report.title, report.question, list(report.tags)
    )
