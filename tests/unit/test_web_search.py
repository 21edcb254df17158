"""What a person types or pastes, as the search understands it."""

import pytest

from graph.answers.names import hub_id, split
from graph.answers.query import Asked
from webapp.browser import browser_link, runnable


@pytest.mark.parametrize(("text", "found"), [
    ("https://huggingface.co/google/gemma-7b", "google/gemma-7b"),
    ("http://hf.co/google/gemma-7b?x=1#y", "google/gemma-7b"),
    ("huggingface.co/google/gemma-7b/tree/main", "google/gemma-7b"),
    (" https://huggingface.co/gpt2 ", "gpt2"), ("https://huggingface.co/a/b%20c", "a/b c"),
    ("https://huggingface.co/datasets/squad", None), ("https://huggingface.co/spaces/a/b", None),
    ("https://huggingface.co/", None), ("https://huggingface.co.evil.example/a/b", None),
    ("https://evil.example/huggingface.co/a", None), ("https://[bad", None),
    ("google/gemma-7b", None), ("gemma", None),
])  # fmt: skip
def test_addresses_of_the_hub(text: str, found: str | None) -> None:
    assert hub_id(text) == found


@pytest.mark.parametrize(("text", "words"), [
    ("Llama-3.1 8B", ["llama", "3.1", "8b"]), ("meta-llama/Llama", ["meta", "llama", "llama"]),
    ('"; MATCH (n) DETACH DELETE n //', ["match", "n", "detach", "delete", "n"]),
    ("*:* AND [a TO z]", ["and", "a", "to", "z"]), ("-- !!", []),
])  # fmt: skip
def test_words(text: str, words: list[str]) -> None:
    assert split(text) == words


def test_a_query_is_one_statement_in_neo4j_browser() -> None:
    question = Asked("One", "MATCH (m {id: $id}) RETURN m", {"id": 'a"b\\', "n": 3, "t": None})
    assert runnable(question) == '// One\nMATCH (m {id: "a\\"b\\\\"}) RETURN m'
    link = browser_link(question, "http://localhost:7474/browser/?connectURL=x")
    assert link.startswith(
        "http://localhost:7474/browser/?connectURL=x&cmd=edit&arg=%2F%2F+One%0AMATCH"
    )
