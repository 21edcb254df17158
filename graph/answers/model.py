"""A model: what it is, where it comes from, what was made from it, and how it fared."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from graph import schema
from graph.answers.ancestry import EVERY_LAYER, Ancestry, ancestry
from graph.answers.cursor import Cursor, Paging, onward
from graph.answers.declaring import DeclaredBy, declared_by
from graph.answers.history.timeline import Timeline, timeline
from graph.answers.history.undated import undated
from graph.answers.list_queries import TOTALS
from graph.answers.names import alias, is_usable, unknown_model
from graph.answers.orders import ORDERS
from graph.answers.parameters import Moment, OneOf, Parameters, Position, Text, Whole
from graph.answers.query import Query, Reader
from graph.answers.reports import catalogue
from graph.answers.results import Results, results
from graph.answers.row import MODEL_COLUMNS, DerivativeRow, ModelRow, model_row
from graph.names import read_name
from graph.resolve.times import observed_in
from graph.times import read_time

LINEAGE = schema.LINEAGE_PATTERN
DECLARED = "|".join(schema.LAYERS["declared"])
ALL = "all"
SHOWN_CHANGES = 20
FACTS = (
    "licenses", "license_name", "license_link", "disabled", "effective_terms", "inherited_terms",
    "last_modified", "downloads_all_time", "languages", "tags", "tensor_types", "quantization",
    "architecture", "sha", "trending_score", "hub_id", "datasets", "papers", "new_version",
    "aliases", "base_count", "card_bases", "tagged_bases", "unusable_bases", "first_seen",
    "last_seen", "observed_at", "gone_since", "suspected_since", "swarm", "findings", "terms_open",
    "task_guess", "task_guess_confidence",
)  # fmt: skip
"""What a model's own page shows besides its row: properties, and when it was last observed."""

_RECORD = f"""
MATCH (model:Model {{id_folded: $folded}})
OPTIONAL MATCH (model)<-[link:{LINEAGE}]-(child)
WHERE held(link, $as_of) AND child <> model
WITH model, child, link, coalesce(existed(child, $as_of), false) AS there
WITH model, CASE WHEN there THEN child END AS there, CASE WHEN NOT there THEN child END AS gone,
  CASE WHEN there THEN link END AS link
WITH
  model,
  count(DISTINCT there) AS direct,
  count(DISTINCT gone) AS direct_gone,
  links_by_relation(link)
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE owns(held, model)]-(author:Author)
CALL (model) {{
  MATCH (run:Run {{status: 'complete'}})
  WHERE run.scope STARTS WITH 'Model of ' AND run.started_at >= model.first_seen
  RETURN max(coalesce(run.observed_to, run.started_at)) AS listed_at
}}
RETURN
  properties(model) AS model,
  listed_at,
  author {{.name, .kind, .full_name, .organization_type}} AS author,
  direct, direct_gone, finetune, adapter, merge, quantized,
  [(model)-[mirror:MIRROR_OF]->(original) | {{id: original.id, tier: mirror.tier}}] AS mirror_of,
  COUNT {{ (model)<-[:MIRROR_OF {{tier: 'A'}}]-() }} AS mirrors,
  [(model)-[link:{LINEAGE}]->(base) WHERE link.gone_since IS NULL | base.id] AS resolved,
  [(model)-[link:{DECLARED}]->(base) WHERE link.gone_since IS NULL | base.id] AS declared
"""
RECORD = Query("model-facts", "Facts", _RECORD, {"as_of": None})
_CHILDREN = f"""
// A model that others were made from carries the label Base, which is seen without reading any
// property: of 30,000 children a thousand are read. Whether one is gone is asked last, of few.
MATCH (base:Model {{id: $id}})
WITH base, CASE $relation WHEN "quantized" THEN "QUANTIZE" ELSE toUpper($relation) END AS kind
CALL (base, kind) {{
  MATCH (base)<-[link:{LINEAGE}]-(child:Base)
  WHERE held(link, $as_of) AND child <> base
    AND (kind IS NULL OR type(link) = kind)
  WITH DISTINCT child
  WITH child, child.effective_descendants AS influence
  WHERE influence < $influence OR (influence = $influence AND child.id > $after)
  WITH child ORDER BY influence DESC, child.id
  WITH child WHERE existed(child, $as_of)
  WITH child LIMIT $limit
  RETURN collect(child) AS first
}}
CALL (base, kind, first) {{
  WITH * WHERE size(first) < $limit
  MATCH (base)<-[link:{LINEAGE}]-(child:Model)
  WHERE NOT child:Base
    AND held(link, $as_of)
    AND (kind IS NULL OR type(link) = kind)
    AND ($influence > 0 OR child.id > $after)
  WITH DISTINCT child ORDER BY child.id
  WITH child WHERE existed(child, $as_of)
  WITH child LIMIT $limit
  RETURN collect(child) AS rest
}}
UNWIND (first + rest)[..$limit] AS model
MATCH (model)-[link:{LINEAGE}]->(base)
WHERE held(link, $as_of)
WITH
  model, coalesce(model.effective_descendants, 0.0) AS influence,
  collect(relation_of(link)) AS relations
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE owns(held, model)]-(author:Author)
RETURN model {MODEL_COLUMNS} AS model, author.kind AS author_kind, relations, influence
ORDER BY influence DESC, model.id
"""
CHILDREN = Query(
    "model-children",
    "Derivatives",
    _CHILDREN,
    {"relation": None, "as_of": None, "influence": 1e300, "after": "-"},
)


class ModelParameters(Parameters):
    """What a model's page accepts."""

    relation: Annotated[str, OneOf(ALL, *schema.RELATIONS)] = Field(
        ALL, description="Derivatives of this relation only."
    )
    limit: Whole = Field(50, ge=25, le=100, description="Most derivatives on a page.")
    after: Position | None = Field(None, description="Continues the list of derivatives.")
    layers: Annotated[str, OneOf(EVERY_LAYER, *schema.LAYERS)] = Field(
        EVERY_LAYER,
        description="Ancestry by what the Hub resolved, by what cards and tags declare, or both.",
    )
    as_of: Moment | None = Field(None, description="Shows the lineage of that time.")
    was: Text | None = Field(None, description="The former name that led here.")


@dataclass(frozen=True)
class AuthorOfModel:
    """Who published it."""

    name: str
    kind: str | None
    full_name: str | None
    organization_type: str | None


@dataclass(frozen=True)
class ScoreEntry:
    """A score and its rank; a positive `shift` is how many places that is above its influence's."""

    name: str
    words: str
    value: float | None
    rank: int | None
    shift: int | None
    of: int


@dataclass(frozen=True)
class Original:
    """The model that another is a copy of, by its name; `tier` A is sure, B a suggestion."""

    id: str
    tier: str


@dataclass(frozen=True)
class RelationCount:
    """Derivatives of one relation: direct, all, and direct ones as the Hub counts them."""

    direct: int
    descendants: int | None
    hub: int | None


@dataclass(frozen=True)
class GoneCount:
    """Models made from another that are gone from the Hub: direct ones, and all."""

    direct: int
    descendants: int | None


@dataclass(frozen=True)
class BasesCount:
    """The bases of a model by layer; None where no source said anything of a layer."""

    resolved: int | None  # by the Hub, with a relation
    card: int | None  # named by its card, usable or not
    unresolved: int  # declared by its card or its tags, and not resolved

    @property
    def agree(self) -> bool:
        """Whether every layer was read and none names a base: it is a root."""
        return self.resolved == 0 and self.card == 0 and not self.unresolved


@dataclass(frozen=True)
class Renamed:
    """The model is called otherwise."""

    id: str  # what it is called now
    was: str | None = None  # its former name; None for the same name in another spelling


@dataclass(frozen=True)
class ModelAnswer:
    """One model; `as_of` is the time whose lineage is shown, None for now.

    A past time has at least what is shown: `undated` models count from when they were first seen.
    `descendants` counts the models on the Hub made from it, directly or over others (None before
    that is computed), and `counts` does so by relation; `gone` counts those that are gone from the
    Hub, which no other number holds. `relation` is that of the listed `children`, or `all`: models
    on the Hub made directly from it, the most influential first, with their `relations`.
    `declared_by` are models that only declare it as a base, at present; scores leave them out.
    `name_says` has the tokens of its name, each with its reading. `results` on benchmarks are those
    of now. `changes` are the newest; `history` says when it appeared, when it was away, and its
    counts.
    """

    model: ModelRow
    as_of: datetime | None
    undated: int | None
    facts: dict[str, Any]
    name_says: list[dict[str, str]]
    author: AuthorOfModel | None
    scores: list[ScoreEntry]
    mirror_of: Original | None
    mirrors: int
    bases: BasesCount
    ancestry: Ancestry
    descendants: int | None
    gone: GoneCount
    counts: dict[str, RelationCount]
    relation: str
    children: list[DerivativeRow]
    declared_by: DeclaredBy
    results: Results
    changes: list[dict[str, Any]]
    history: dict[str, Any] | None


@dataclass(frozen=True)
class ModelFound:
    """An answer, with what only a page needs of it."""

    answer: ModelAnswer
    paging: Paging  # of its children
    direct: int  # models made directly from it
    past: Timeline | None


def model(read: Reader, model_id: str, asked: ModelParameters) -> ModelFound | Renamed:
    """Read a model; `UnknownNameError` if no model has or had the name."""
    record = _record(read, model_id, asked.as_of)
    if isinstance(record, Renamed):
        return record
    found, author = record["model"], record["author"]
    found = {**found, "observed_at": _observed_at(found, record["listed_at"])}
    counts = {name: record[name] for name in schema.RELATIONS}
    total = record["direct"] if asked.relation == ALL else counts[asked.relation]
    children, paging = _children(read, model_id, asked, total)
    scored = read(TOTALS).one()[ORDERS["influence"].key]
    below = _descendants(read, record, asked.as_of)
    past = timeline(read, model_id)
    has_declared = asked.as_of is None and asked.layers != "resolved"  # that has no past
    answer = ModelAnswer(
        model=model_row({"model": found, "author_kind": (author or {}).get("kind")}),
        as_of=asked.as_of,
        undated=undated(read, asked.as_of),
        facts={name: found.get(name) for name in FACTS},
        name_says=[token._asdict() for token in read_name(model_id).tokens],
        author=AuthorOfModel(**author) if author else None,
        scores=[_score(score, found, scored) for score in schema.MODEL_SCORES if score.rank],
        mirror_of=next((Original(**original) for original in record["mirror_of"]), None),
        mirrors=record["mirrors"],
        ancestry=ancestry(read, model_id, asked.as_of, asked.layers),
        bases=_bases(record),
        descendants=below["descendants"],
        gone=GoneCount(record["direct_gone"], below["gone"]),
        counts={
            name: RelationCount(counts[name], below[name], found.get(f"children_{name}"))
            for name in schema.RELATIONS
        },
        relation=asked.relation,
        children=children,
        declared_by=declared_by(read, model_id) if has_declared else DeclaredBy(0, []),
        results=results(read, model_id),
        changes=list(past.changes[:SHOWN_CHANGES]) if past else [],
        history=_history(past, asked.as_of),
    )
    return ModelFound(answer, paging, record["direct"], past)


def _score(score: schema.Score, found: Mapping[str, Any], of: int) -> ScoreEntry:
    ranks = {} if found.get("gone_since") else found  # it may have gone since they were computed
    rank, usual = ranks.get(str(score.rank)), ranks.get("influence_rank")
    shift = None if rank is None or usual is None else usual - rank
    return ScoreEntry(score.name, score.words, found.get(score.name), rank, shift, of)


def _record(read: Reader, model_id: str, as_of: datetime | None) -> dict[str, Any] | Renamed:
    folded = model_id.lower()
    usable = is_usable(folded)
    record = read(RECORD, {"folded": folded, "as_of": as_of}).one() if usable else {}
    if record:
        canonical = record["model"]["id"]
        return record if canonical == model_id else Renamed(canonical)
    if usable and (now := alias(read, folded)):
        return Renamed(now, was=model_id)
    raise unknown_model(read, model_id)


def _bases(record: Mapping[str, Any]) -> BasesCount:
    found, resolved, declared = record["model"], {*record["resolved"]}, {*record["declared"]}
    named = [found.get(name) for name in ("card_bases", "unusable_bases")]
    is_read = any(named) or "card_bases" in (found.get("absent") or ())
    return BasesCount(
        None if found.get("base_count") is None else len(resolved),
        sum(len(names or ()) for names in named) if is_read else None,
        len(declared - resolved) + len(named[1] or ()),
    )


def _children(
    read: Reader, model_id: str, asked: ModelParameters, total: int
) -> tuple[list[DerivativeRow], Paging]:
    kind = f"children|{model_id}|{asked.relation}|{asked.as_of or ''}"
    after = Cursor.read(asked.after, "after", kind, float)
    given: dict[str, object] = {
        "id": model_id,
        "relation": None if asked.relation == ALL else asked.relation,
        "as_of": asked.as_of,
        "limit": asked.limit + 1,
    }
    if after is not None:
        given |= {"influence": after.value, "after": after.key}
    found = read(CHILDREN, given).rows
    rows = [{**model_row(row), "relations": row["relations"]} for row in found[: asked.limit]]
    following = None
    if len(found) > asked.limit:
        last = (after.position if after else 0) + len(rows)
        value = found[asked.limit - 1]["influence"]
        following = str(Cursor(kind, value, rows[-1]["id"], last))
    return rows, onward(after, len(rows), following, asked.limit, total)


def _descendants(
    read: Reader, record: Mapping[str, Any], as_of: datetime | None
) -> dict[str, int | None]:
    """How many models descend from it, in all and by relation: as last scored, or counted then."""
    found, names = record["model"], ("descendants", "gone", *schema.RELATIONS)
    if as_of is not None:
        sizes = {"models": [found["id"]], "as_of": as_of}
        row = read(catalogue()["family-sizes"], sizes).one()
        return {name: row[name] for name in names}
    if not record["direct"] and not record["direct_gone"]:  # nothing was made from it
        return dict.fromkeys(names, 0)
    return {
        "descendants": found.get("descendants"),
        **{name: found.get(f"descendants_{name}") for name in names[1:]},
    }


def _observed_at(found: Mapping[str, Any], listed_at: datetime | None) -> datetime | None:
    """When it was last seen on the Hub: its newest record, or a list of everything that had it."""
    seen = [listed_at] if listed_at and found.get("known") and not found.get("gone_since") else []
    if text := observed_in(found.get("record_version") or ""):
        with suppress(ValueError):  # a graph that others wrote
            seen.append(read_time(text))
    return max(seen, default=None)


def _history(past: Timeline | None, as_of: datetime | None) -> dict[str, Any] | None:
    """Its time line without the changes, and whether it was on the Hub at `as_of`."""
    if past is None:
        return None
    names = (
        "appeared_at", "taken_over_at", "gone_since", "suspected_since", "away", "counts"
    )  # fmt: skip
    there = past.was_there(as_of) if as_of else None
    return {**{name: getattr(past, name) for name in names}, "was_there": there}
