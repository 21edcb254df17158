"""Which models only declare another as their base: their cards or tags do, and the Hub does not."""

from dataclasses import dataclass

from graph import schema
from graph.answers.query import Query, Reader
from graph.answers.row import MODEL_COLUMNS, ModelRow, model_row

MOST_LISTED = 50

_DECLARED = "|".join(schema.LAYERS["declared"])
_DECLARING = f"""
// All of 30,000 children may declare their base, and most are resolved, too: links are read once.
// Whether a child is gone, and its influence, is asked last: a label is seen without any property.
MATCH (base:Model {{id: $id}})
WHERE EXISTS {{ (base)<-[:{_DECLARED}]-() }}
CALL (base) {{
  MATCH (base)<-[link:{schema.LINEAGE_PATTERN}|{_DECLARED}]-(child:Model)
  WHERE link.gone_since IS NULL
  WITH child, count(CASE WHEN NOT declares(link) THEN 1 END) AS resolved
  WHERE resolved = 0
  WITH child WHERE child.gone_since IS NULL
  RETURN collect(child) AS found
}}
UNWIND found AS model
WITH size(found) AS total, model,
  CASE WHEN model:Base THEN coalesce(model.effective_descendants, 0.0) ELSE 0.0 END AS influence
ORDER BY influence DESC, model.id
LIMIT $limit
OPTIONAL MATCH (model)<-[held:PUBLISHED WHERE owns(held, model)]-(author:Author)
RETURN total, model {MODEL_COLUMNS} AS model, author.kind AS author_kind
ORDER BY influence DESC, model.id
"""
DECLARING = Query("model-declared-by", "Models that only declare it as a base", _DECLARING)


@dataclass(frozen=True)
class DeclaredBy:
    """Models whose cards or tags name it as a base, without the Hub resolving that."""

    total: int
    models: list[ModelRow]  # the most influential of them


def declared_by(read: Reader, model_id: str) -> DeclaredBy:
    """Read them."""
    rows = read(DECLARING, {"id": model_id, "limit": MOST_LISTED}).rows
    return DeclaredBy(rows[0]["total"] if rows else 0, [model_row(row) for row in rows])
