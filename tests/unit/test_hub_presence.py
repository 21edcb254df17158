"""What an answer says of one model: every status has one meaning, or none."""

import pytest

from graph.errors import CrawlError, DataError
from graph.observe.normalise import Normaliser
from spiders.hub import addresses, presence

HUB = "https://hub.example"
AT = "2026-10-03T00:00:00+00:00"
ERROR = b'{"error":"no"}'


@pytest.mark.parametrize(("status", "anonymous", "with_token"), [
    (401, "unknown", None), (403, "private", "private"), (404, "unknown", "unknown"),
    (410, "removed", "removed"), (451, "withheld", "withheld"), (200, None, None),
    (400, None, None), (418, None, None),
])  # fmt: skip
def test_how_a_model_is_gone(status: int, anonymous: str | None, with_token: str | None) -> None:
    for token, word in ((False, anonymous), (True, with_token)):
        if word is None:
            with pytest.raises(CrawlError):
                presence.gone_as(status, ERROR, with_token=token)
        else:
            assert presence.gone_as(status, ERROR, with_token=token) == word


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_a_web_page_is_not_the_word_of_the_interface(status: int) -> None:
    with pytest.raises(CrawlError, match=f"answered {status}, which says nothing"):
        presence.gone_as(status, b" <html>Are you human?</html>", with_token=False)
    assert presence.gone_as(451, b"", with_token=False) == "withheld"


@pytest.mark.parametrize(("names", "location", "leads_to"), [
    (["a/old"], "/api/models/a/new", "a/new"),
    (["a/Name"], "/api/models/a/name", "a/name"),
    (["gpt2"], f"{HUB}/api/models/openai-community/gpt2?x=1", "openai-community/gpt2"),
    (["a/b", "a/c"], "/api/models/a/d", "a/d"),
    (["a/b"], "/api/models/a/b", None),
    (["a/b", "a/c"], "/api/models/a/b", None),
    (["a/b"], "https://elsewhere.example/api/models/a/c", None),
    (["a/b"], "http://hub.example/api/models/a/c", None),
    (["a/b"], "/api/spaces/a/c", None),
    (["a/b"], "/login", None),
    (["a/b"], "", None),
    ([f"a/{n}" for n in range(presence.LONGEST_CHAIN)], "/api/models/a/z", "a/z"),
    ([f"a/{n}" for n in range(presence.LONGEST_CHAIN + 1)], "/api/models/a/z", None),
])  # fmt: skip
def test_a_redirect_leads_to_a_model(names: list[str], location: str, leads_to: str | None) -> None:
    address = addresses.model(HUB, names[-1])
    if leads_to is None:
        with pytest.raises(DataError):
            presence.next_name(location, HUB, address, names)
    else:
        assert presence.next_name(location, HUB, address, names) == leads_to


def test_changes_are_records_that_the_graph_takes() -> None:
    normalise = Normaliser()
    for raw, after in (
        (presence.renamed("a/old", "a/new", AT), "a/new"),
        *((presence.gone("a/b", w, AT), w) for w in ("removed", "withheld", "private", "unknown")),
    ):
        record, issues = normalise(raw)
        assert (record is not None, issues) == (True, [])
        assert record is not None
        assert record.properties["after"] == after
