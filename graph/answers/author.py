"""An author: what they published, whose work they build on, and who builds on theirs."""

from dataclasses import dataclass, fields
from typing import Any

from graph import schema
from graph.answers.names import UnknownNameError, is_usable, near_authors
from graph.answers.query import Query, Reader

TOP = 20
SHOWN = (
    "name", "kind", "full_name", "organization_type", "verified", "enterprise", "followers",
    "first_seen", "last_seen", "findings",
    *(item.name for item in schema.score_properties(schema.AUTHOR_SCORES)),
)  # fmt: skip
"""Properties shown on an author's page."""

_RECORD = """
MATCH (author:Author {name_folded: $folded})
OPTIONAL MATCH (author)-[held:PUBLISHED WHERE held.gone_since IS NULL]->(model:Model)
  WHERE here(model)
RETURN
  properties(author) AS author,
  count(model) AS models,
  count(model.relation) AS with_base,
  count(model.base_count) AS bases_read,
  count(model.influence) AS scored,
  known_sum(model.downloads) AS downloads,
  known_sum(model.likes) AS likes
"""
RECORD = Query("author-facts", "Facts and totals", _RECORD)


def _partners(own: str, other: str) -> str:
    """Authors of the `other` end of every link whose `own` end is this author's."""
    return f"""
MATCH (me:Author {{name: $name}})-[held:PUBLISHED]->({own}:Model)
WHERE owns(held, {own})
MATCH (model:Model)-[link:{schema.LINEAGE_PATTERN}]->(base:Model)
WHERE live(link, model)
WITH
  me, toLower({other}.author) AS folded, min({other}.author) AS spelled,
  count(DISTINCT model) AS models,
  links_by_relation(link)
ORDER BY models DESC, folded
LIMIT {TOP + 1}
OPTIONAL MATCH (partner:Author {{name_folded: folded}})
WITH *, coalesce(partner.name, spelled) AS author
RETURN
  author, models, finetune, adapter, merge, quantized, folded = me.name_folded AS itself
ORDER BY models DESC, author
"""


UPSTREAM = Query(
    "author-upstream", "Whose models this author builds on", _partners("model", "base")
)
DOWNSTREAM = Query(
    "author-downstream", "Who builds on this author's models", _partners("base", "model")
)


@dataclass(frozen=True)
class Partner:
    """Another author, models made from the one's by the other, and how; None without an owner."""

    author: str | None
    models: int
    finetune: int
    adapter: int
    merge: int
    quantized: int
    itself: bool | None


@dataclass(frozen=True)
class AuthorTotals:
    """What an author's models add up to; None where nothing is known of any.

    `with_base` counts those that name a base, of the `bases_read` of which a record says it.
    """

    models: int
    with_base: int
    bases_read: int
    scored: int
    downloads: int | None
    likes: int | None


@dataclass(frozen=True)
class AuthorFound:
    """An author without the list of models.

    `upstream` are those whose models these were made from, `downstream` those who made models from
    these: the first `TOP` of each, and whether there are more.
    """

    author: dict[str, Any]
    totals: AuthorTotals
    upstream: list[Partner]
    downstream: list[Partner]
    more_upstream: bool
    more_downstream: bool

    @property
    def name(self) -> str:
        """What the author is called."""
        return str(self.author["name"])


def author(read: Reader, name: str) -> AuthorFound:
    """Read an author by name in any spelling; `UnknownNameError` if there is none."""
    folded = name.strip().lower()
    facts = read(RECORD, {"folded": folded}).one() if is_usable(folded) else {}
    if not facts:
        raise UnknownNameError("author", name, near_authors(read, folded))
    given = {"name": facts["author"]["name"]}
    above = [Partner(**row) for row in read(UPSTREAM, given).rows]
    below = [Partner(**row) for row in read(DOWNSTREAM, given).rows]
    return AuthorFound(
        author={key: facts["author"].get(key) for key in SHOWN},
        totals=AuthorTotals(**{item.name: facts[item.name] for item in fields(AuthorTotals)}),
        upstream=above[:TOP],
        downstream=below[:TOP],
        more_upstream=len(above) > TOP,
        more_downstream=len(below) > TOP,
    )
