"""`hubgraph crawl plan` with the sample to ask."""

import pytest

from tests.integration.test_crawl_plan import planned


@pytest.mark.usefixtures("sample_graph", "sample_environment")
def test_it_rests_on_what_the_graph_knows() -> None:
    tree = planned("tree", "google/gemma-7b", "--depth", "1")
    # The model, and 3,367 derivatives, 1,000 on a page.
    assert (tree["requests"], tree["records"]) == ({"api": 1 + 4}, 3_368)
    assert not tree["is_least"]
    whole = planned("tree", "Google/Gemma-7B")
    assert whole["records"] == 3_565
    assert whole["requests"]["api"] > 3_565  # type: ignore[index]
    up = planned("tree", "epfl-llm/meditron-7b", "--depth", "0")
    assert (up["requests"], up["records"]) == ({"api": 2}, 2)
    author = planned("models", "--author", "Krabat")
    assert (author["requests"], author["records"]) == ({"api": 1}, 443)
    assert author["spider"] == "models"
    assert author["options"] == {"author": "Krabat"}
    mirror = planned("models", "--hub-url", "https://hub.example.com")
    assert mirror["requests"] == {"api": 25}
    assert planned("bases")["requests"]["api"] > 0  # type: ignore[index]
    authors = planned("authors", "--budget", "100")
    assert (authors["requests"], authors["is_least"]) == ({"api": 100}, False)
    assert planned("avatars")["requests"] == {"avatars": 0}
    assert planned("changes")["requests"] == {}
