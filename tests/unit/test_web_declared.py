"""Every page is declared: parameters, content, examples, and the words that describe them."""

import jsonschema
import pytest

from graph.answers.parameters import accepted, properties
from graph.settings import Settings
from webapp import create_app
from webapp.openapi import answer_schema, operation
from webapp.page import API, Declared
from webapp.pages import declared

APP = create_app(Settings())
PAGES = declared()
by_name = pytest.mark.parametrize("made", PAGES, ids=lambda made: made.endpoint)


@by_name
def test_a_page_says_what_it_shows_and_where(made: Declared) -> None:
    assert made.words.endswith(".")
    assert made.examples
    adapter = APP.url_map.bind("localhost")
    for example in made.examples:
        path = example.split("?")[0]
        if made.template:
            assert adapter.match(path)[0] == made.endpoint
        assert adapter.match(f"/api/v1{path}")[0].removesuffix("_json") == made.endpoint


@by_name
def test_every_parameter_says_what_it_means_and_accepts(made: Declared) -> None:
    for name, schema in properties(made.twin_parameters).items():
        assert schema["description"].endswith("."), name
        assert accepted(schema) != "anything", name


@by_name
def test_the_description_follows_from_the_declaration(made: Declared) -> None:
    described = operation(made)
    named = [item["name"] for item in described["parameters"] if item["in"] == "query"]
    assert named == list(properties(made.twin_parameters))
    assert ("format" in named) == (made.template is not None)
    jsonschema.Draft202012Validator.check_schema(answer_schema(made))
    assert answer_schema(made)["properties"]["data"]["type"] == "object"


def test_the_api_describes_every_address_of_it_once() -> None:
    described = APP.test_client().get(f"{API}/openapi.json").get_json()
    served = {
        rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}")
        for rule in APP.url_map.iter_rules()
        if rule.rule.startswith(API)
    }
    assert served == {*described["paths"], f"{API}/openapi.json"}
    operations = [item["get"]["operationId"] for item in described["paths"].values()]
    assert len(operations) == len(set(operations)) == len(PAGES)
    assert described["servers"] == [{"url": "/"}]
    asked = described["paths"][f"{API}/cypher"]["post"]
    sent = asked["requestBody"]["content"]["application/json"]["schema"]
    assert set(sent["properties"]) == {"query", "params", "plan"}
    answer = asked["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator.check_schema(answer)
    under = {"X-Forwarded-Prefix": "/hub"}
    described = APP.test_client().get(f"{API}/openapi.json", headers=under).get_json()
    assert described["servers"] == [{"url": "/hub"}]
