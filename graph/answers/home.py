"""The graph at a glance: its numbers, the most influential, the largest families."""

from dataclasses import dataclass

from graph import schema
from graph.answers.ancestry import EVERY_LAYER
from graph.answers.dashboard.answer import GrowthRow, growth_of
from graph.answers.dashboard.queries import GROWTH
from graph.answers.query import Query, Reader
from graph.answers.reports import catalogue
from graph.answers.search import ReportEntry, report_entry

TOP = 10
STARTERS = (
    "top-models-by-task",
    "lineage-up",
    "licence-differs",
    "merge-parents",
    "unknown-bases",
    "longest-chains",
)
"""Reports to begin with; each of another subject."""
_OWNER = "OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE owns(held, model)]-(author:Author)"
LINKS = "\n".join(
    f"CALL () {{ MATCH (child)-[r:{link.type}]->() WHERE live(r, child) "
    f"RETURN count(r) AS {link.relation} }}"
    for link in schema.LINEAGE
)
_ROOT = "model.descendants > 0 AND is_root(model, null, $layers)"
_EVERY = {"layers": EVERY_LAYER}

_NUMBERS = f"""
CALL () {{
  MATCH (model:Model) WHERE here(model)
  RETURN count(model) AS models, count(model.relation) AS with_base,
    count(model.base_count) AS bases_read
}}
CALL () {{
  MATCH (model:Model {{known: false}}) WHERE model.gone_since IS NULL
  RETURN count(model) AS placeholders
}}
{LINKS}
CALL () {{
  MATCH (model:Model)
  WHERE {_ROOT}
  RETURN count(model) AS families
}}
CALL () {{
  MATCH (author:Author)
  WHERE EXISTS {{
    (author)-[held:PUBLISHED]->(model:Model) WHERE held.gone_since IS NULL AND here(model)
  }}
  RETURN count(author) AS authors
}}
CALL () {{
  MATCH (scored:Model) WHERE scored.influence_rank >= 1
  WITH scored LIMIT 1
  RETURN count(scored) > 0 AS is_scored
}}
RETURN
  models, placeholders, with_base, bases_read, finetune, adapter, merge, quantized,
  CASE WHEN is_scored THEN families END AS families, authors
"""
NUMBERS = Query("home-numbers", "The numbers", _NUMBERS, _EVERY, precomputed=True)
_MODELS = f"""
MATCH (model:Model)
WHERE model.influence_rank >= 1 AND model.gone_since IS NULL
WITH model ORDER BY model.influence_rank, model.id LIMIT {TOP}
{_OWNER}
RETURN
  model.id AS id, model.author AS author, author.kind AS author_kind, model.known AS known,
  model.influence_rank AS influence_rank,
  model.effective_descendants AS effective_descendants,
  model.descendants AS descendants
ORDER BY influence_rank, id
"""
MODELS = Query("home-models", "Most influential models", _MODELS, precomputed=True)
_AUTHORS = f"""
MATCH (author:Author)
WHERE author.influence_rank <= {TOP}
RETURN
  author.name AS name, author.kind AS kind, author.influence_rank AS influence_rank,
  author.effective_descendants AS effective_descendants,
  author.outside_models AS outside_models, author.outside_publishers AS outside_publishers
ORDER BY influence_rank, name
LIMIT {TOP}
"""
AUTHORS = Query("home-authors", "Most influential authors", _AUTHORS, precomputed=True)
_FAMILIES = f"""
MATCH (model:Model)
WHERE {_ROOT} AND model.id IS NOT NULL
WITH model ORDER BY model.descendants DESC, model.id LIMIT {TOP}
{_OWNER}
RETURN
  model.id AS id, model.author AS author, author.kind AS author_kind, model.known AS known,
  model.descendants AS descendants,
  model.descendants_finetune AS finetune, model.descendants_adapter AS adapter,
  model.descendants_merge AS merge, model.descendants_quantized AS quantized
ORDER BY descendants DESC, id
"""
FAMILIES = Query("home-families", "Largest families", _FAMILIES, _EVERY, precomputed=True)


QUERIES = (NUMBERS, MODELS, AUTHORS, FAMILIES)
"""Those that look at the whole graph."""


@dataclass(frozen=True)
class GraphNumbers:
    """How many models, links and families there are, and authors of such models.

    `with_base` counts models that name a base, of the `bases_read` of which a record says it,
    `links` those of models that are there.
    Families are unknown before influence was computed.
    """

    models: int
    placeholders: int
    with_base: int
    bases_read: int
    finetune: int
    adapter: int
    merge: int
    quantized: int
    families: int | None
    authors: int
    links: int


@dataclass(frozen=True)
class TopModel:
    """One of the most influential models."""

    id: str
    author: str | None
    author_kind: str | None
    known: bool
    influence_rank: int
    effective_descendants: float | None
    descendants: int | None


@dataclass(frozen=True)
class TopAuthor:
    """One of the most influential authors."""

    name: str
    kind: str | None
    influence_rank: int
    effective_descendants: float | None
    outside_models: int | None
    outside_publishers: int | None


@dataclass(frozen=True)
class RootOfFamily:
    """A root with its descendants, in all and by relation."""

    id: str
    author: str | None
    author_kind: str | None
    known: bool
    descendants: int
    finetune: int | None
    adapter: int | None
    merge: int | None
    quantized: int | None


@dataclass(frozen=True)
class HomeAnswer:
    """What the first page shows; `starters` are reports to begin with.

    `growth` counts new models by month, without those of unknown date.
    """

    numbers: GraphNumbers
    growth: list[GrowthRow]
    models: list[TopModel]
    authors: list[TopAuthor]
    families: list[RootOfFamily]
    starters: list[ReportEntry]


def home(read: Reader) -> HomeAnswer:
    """Read what the first page shows."""
    numbers = read(NUMBERS).one()
    links = sum(numbers[relation] for relation in schema.RELATIONS)
    reports = catalogue()
    return HomeAnswer(
        numbers=GraphNumbers(**numbers, links=links),
        growth=growth_of(read(GROWTH).rows, "month"),
        models=[TopModel(**row) for row in read(MODELS).rows],
        authors=[TopAuthor(**row) for row in read(AUTHORS).rows],
        families=[RootOfFamily(**row) for row in read(FAMILIES).rows],
        starters=[report_entry(reports[name]) for name in STARTERS],
    )
