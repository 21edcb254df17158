"""Every page is declared: parameters, content, examples, and the words that describe them."""

import jsonschema
import pytest

from graph.answers.parameters import accepted, properties
from graph.settings import Settings
from tests.answers import answer_schema
from webapp import create_app
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
def test_what_it_answers_is_declared(made: Declared) -> None:
    assert ("format" in properties(made.twin_parameters)) == (made.template is not None)
    jsonschema.Draft202012Validator.check_schema(answer_schema(made))
    assert answer_schema(made)["properties"]["data"]["type"] == "object"


def test_every_address_of_the_api_is_declared_once() -> None:
    served = {rule.rule for rule in APP.url_map.iter_rules() if rule.rule.startswith(API)}
    assert served == {API + made.rule for made in PAGES}
    assert len(served) == len({made.endpoint for made in PAGES}) == len(PAGES)
