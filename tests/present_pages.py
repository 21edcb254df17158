"""What pages say of the present, as SQL over the tables of `tests.independent`."""
# ruff: noqa: S608 (the texts are put together from constants)

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from graph.schema import RELATIONS
from graph.ways.verify.reports import SQL, of_each
from tests.independent import Independent
from tests.present_dashboard import in_dashboard
from tests.present_reports import Differences, Row, chosen, differ

HOME = f"""SELECT (SELECT count(*) FROM here) AS models, (SELECT count(relation) FROM here) AS
  with_base, (SELECT count(base_count) FROM here) AS bases_read,
  (SELECT count(*) FROM model WHERE NOT known AND NOT gone) AS placeholders,
  (SELECT count(DISTINCT lower(author)) FROM here) AS authors, count(*) AS links,
  {of_each("relation")} FROM live"""
COVERAGE = """SELECT (SELECT count(*) FROM here) AS models, (SELECT count(*) FROM live) AS links,
  count(*) FILTER (gone) AS gone, count(*) FILTER (NOT known AND NOT gone) AS placeholders
  FROM model"""
CHILDREN = (
    "WITH base AS (SELECT *, "
    + " + ".join(f"coalesce(children_{name}, 0)" for name in RELATIONS)
    + " AS announced, "
    + " + ".join(
        f"""greatest(0, coalesce(children_{name}, 0) - (SELECT count(*)
  FROM live l WHERE l.base = model.key AND l.relation = '{name}'))"""
        for name in RELATIONS
    )
    + """
  AS missing FROM model WHERE NOT gone)
  SELECT count(*) AS parents, count(*) FILTER (missing = 0) AS full,
  count(*) FILTER (missing = announced) AS none, coalesce(sum(announced), 0)::BIGINT AS announced,
  coalesce(sum(missing), 0)::BIGINT AS missing FROM base WHERE announced > 0"""
)
LISTS = {
    "influence": "SELECT count(s.key) AS total, count(*) FILTER (known AND s.key IS NULL) AS rest "
    "FROM model LEFT JOIN score s USING (key) WHERE NOT gone AND {}",
    **{
        name: f"SELECT count({key}) AS total, count(*) FILTER (known AND {key} IS NULL) AS rest "
        "FROM model WHERE NOT gone AND {}"
        for name, key in (("downloads", "downloads"), ("likes", "likes"), ("created", "created_at"))
    },
}
FILTERS = {
    "task=text&task=image": "task IN ('text', 'image')",
    "task=not-stated": "task IS NULL",
    "license=mit&license=not-stated&task=text": "coalesce(license, 'mit') = 'mit' "
    "AND task = 'text'",
    "license_family=strong-copyleft": "license IN ('gpl', 'gpl-2.0', 'gpl-3.0', 'agpl-3.0', "
    "'odbl', 'osl-3.0', 'gfdl', 'eupl-1.1', 'eupl-1.2')",
    "language=en": "list_contains(languages, 'en')",
    "size=1b-20b&size=over-80b": "size >= 1e9 AND size < 20e9 OR size >= 80e9",
    "size=not-stated": "size IS NULL",
    "relation=merge,quantized": "relation IN ('merge', 'quantized')",
    "relation=root": "base_count = 0",
    "created_from=2024-03-01&created_to=2024-06-01": "created_at >= '2024-03-01' AND "
    "created_at < '2024-06-01'",
    "q=M1": "lower(id) LIKE '%m1%'",
    "lineage=no&relation=merge": "false",
}
AUTHOR = """SELECT count(*) AS models, count(relation) AS with_base,
  count(base_count) AS bases_read, sum(downloads)::BIGINT AS downloads, sum(likes)::BIGINT AS likes
  FROM here WHERE lower(author) = $key"""
PARTNERS = """SELECT count(DISTINCT l.child) AS models, lower(any_value({other}.author)) = $key AS
  itself, {each} FROM live l JOIN model c ON c.key = l.child JOIN model b ON b.key = l.base
  WHERE lower({own}.author) = $key GROUP BY lower({other}.author)"""
MODEL = f"""SELECT count(DISTINCT l.child) AS direct, {of_each("l.relation")} FROM live l
  WHERE l.base = $key AND l.child <> l.base"""
BELOW = f"""SELECT count(*) FILTER (NOT gone) AS descendants, count(*) FILTER (gone) AS gone,
  {of_each("p.relation", "NOT gone")} FROM pair p JOIN model m ON m.key = p.model
  WHERE ancestor = $key"""


def in_pages(client: FlaskClient, tables: Independent, *, scored: bool) -> Differences:
    pages = _Pages(client, tables)
    yield from pages.home(scored=scored)
    yield from pages.coverage()
    yield from pages.lists()
    yield from pages.filters()
    yield from in_dashboard(client, tables)
    for row in tables.rows("SELECT key, name FROM author ORDER BY key LIMIT 8"):
        yield from pages.author(row["key"], row["name"])
    for model_id in chosen(tables):
        yield from pages.model(model_id, scored=scored)


@dataclass
class _Pages:
    client: FlaskClient
    tables: Independent

    def asked(self, url: str) -> Any:
        assert self.client.get(url).status_code == 200, url
        return self.client.get(f"/api/v1{url}").get_json()

    def home(self, *, scored: bool) -> Differences:
        found = self.asked("/")["data"]
        yield from _unlike("home", [found["numbers"]], self.tables.rows(HOME))
        families = self.tables.rows(SQL["largest-families"], scored=scored)
        if found["numbers"]["families"] != (len(families) if scored else None):
            yield "families", (found["numbers"], len(families))
        rows = [{**row, "root": row["id"]} for row in found["families"]]
        names = ("root", "descendants", *RELATIONS)
        shown = [{name: row[name] for name in names} for row in families[:10]]
        yield from _unlike("home families", rows, shown)
        for name, report in (("models", "top-models"), ("authors", "top-authors")):
            best = self.tables.rows(SQL[report])[:10]
            shown = [{"influence_rank": row["rank"], "effective_descendants":
                      row["effective_descendants"]} for row in best]  # fmt: skip
            yield from _unlike(name, found[name], shown)

    def coverage(self) -> Differences:
        found = self.asked("/coverage")["data"]
        yield from _unlike("coverage", [found["numbers"]], self.tables.rows(COVERAGE))
        yield from _unlike("children", [found["children"]], self.tables.rows(CHILDREN))

    def lists(self) -> Differences:
        for sort, text in LISTS.items():
            for address, where in (("", "true"), ("&task=text", "task = 'text'")):
                url = f"/models?sort={sort}{address}"
                (row,) = self.tables.rows(text.format(where))
                paging = self.asked(url)["page"]
                if (paging["total"], paging["total_is_exact"]) != (row["total"], True):
                    yield url, (paging, row)
                rest = f"{row['rest']:,} more model{' is' if row['rest'] == 1 else 's are'} not in"
                if (rest in self.client.get(url).text) != (row["rest"] > 0):
                    yield url, rest

    def filters(self) -> Differences:
        for address, where in FILTERS.items():
            url = f"/models?sort=downloads&{address}"
            (row,) = self.tables.rows(LISTS["downloads"].format(f"({where})"))
            paging = self.asked(url)["page"]
            if paging["total"] != row["total"] and (
                paging["total_is_exact"] or paging["total"] > row["total"]
            ):
                yield url, (paging, row)
        counts = {item["name"]: item for item in self.asked("/models")["data"]["facets"]}
        for name in ("task", "license", "library"):
            expected = self.tables.rows(
                f"SELECT {name} AS value, count(*) AS models FROM here WHERE {name} IS NOT NULL "
                "GROUP BY 1 ORDER BY models DESC, value"
            )
            yield from _unlike(name, counts[name]["values"], expected[:60])
            (row,) = self.tables.rows(f"SELECT count(*) AS n FROM here WHERE {name} IS NULL")
            if (counts[name]["distinct"], counts[name]["not_stated"]) != (len(expected), row["n"]):
                yield name, (counts[name], row)
        yield from self.few(counts)

    def few(self, counts: Any) -> Differences:
        for name, value, where in (
            ("size", "under-1b", "size < 1e9"),
            ("size", None, "size IS NULL"),
            ("relation", "merge", "relation = 'merge'"),
            ("relation", "root", "base_count = 0"),
            ("relation", None, "base_count IS NULL"),
        ):
            (row,) = self.tables.rows(f"SELECT count(*) AS n FROM here WHERE {where}")
            values = {item["value"]: item["models"] for item in counts[name]["values"]}
            found = counts[name]["not_stated"] if value is None else values[value]
            if found != row["n"]:
                yield f"{name} {value}", (found, row["n"])

    def author(self, key: str, name: str) -> Differences:
        found = self.asked(f"/author/{name}")["data"]
        yield from _unlike(name, [found["totals"]], self.tables.rows(AUTHOR, key=key))
        for ends, own, other in (("upstream", "c", "b"), ("downstream", "b", "c")):
            text = PARTNERS.format(own=own, other=other, each=of_each("l.relation"))
            expected = self.tables.rows(text, key=key)
            if len(expected) <= len(found[ends]):
                yield from _unlike((name, ends), found[ends], expected, ordered=False)

    def model(self, model_id: str, *, scored: bool) -> Differences:
        answer = self.asked(f"/model/{model_id}")
        found, counts = answer["data"], answer["data"]["counts"]
        direct, below = (self.tables.rows(text, key=model_id.lower()) for text in (MODEL, BELOW))
        shown = {name: counts[name]["direct"] for name in RELATIONS}
        yield from _unlike(model_id, [{"direct": answer["page"]["total"], **shown}], direct)
        if scored or not below[0]["descendants"] + below[0]["gone"]:
            shown = {name: counts[name]["descendants"] for name in RELATIONS}
            shown |= {"descendants": found["descendants"], "gone": found["gone"]["descendants"]}
            yield from _unlike(model_id, [shown], below)
        elif found["descendants"] is not None:
            yield model_id, found["descendants"]


def _unlike(
    name: object, found: list[Row], expected: list[Row], *, ordered: bool = True
) -> Differences:
    if what := differ(found, expected, ordered=ordered):
        yield str(name), what
