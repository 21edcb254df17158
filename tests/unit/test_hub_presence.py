"""What an answer says of one model: every status has one meaning, or none."""

import pytest

from graph.errors import CrawlError, DataError
from graph.observe.normalise import Normaliser
from spiders.hub import addresses, presence

HUB = "https://hub.example"
AT = "2026-10-03T00:00:00+00:00"
ERROR = b'{"error":"no"}'


@pytest.mark.parametrize(("status", "anonymous", "with_token"), [
    (401, "unknown", None), (403, "refused", "refused"), (404, "unknown", "unknown"),
    (410, "removed", "removed"), (451, "withheld", "withheld"), (200, None, None),
    (400, None, None), (418, None, None),
])  # fmt: skip
def test_how_a_model_is_missing(status: int, anonymous: str | None, with_token: str | None) -> None:
    for token, word in ((False, anonymous), (True, with_token)):
        if word is None:
            with pytest.raises(CrawlError):
                presence.missing_as(status, ERROR, with_token=token)
        else:
            assert presence.missing_as(status, ERROR, with_token=token) == word


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
@pytest.mark.parametrize("body", [
    b" <html>Are you human?</html>", b"", b"Not Found", b'{"detail":"Not Found"}', b"[]", b"null",
    b'{"errors":[{"status":404,"message":"Could not find resource"}]}', b'{"error":{"code":404}}',
    b'{"errors":[{"status":403,"message":"Package blocked by policy"}]}', b"[" * 4_000,
    b'{"error":"' + b"x" * 10_000 + b'"}', b"\xff\xfe",
])  # fmt: skip
def test_what_is_not_in_the_form_of_the_hub_says_nothing(status: int, body: bytes) -> None:
    with pytest.raises(CrawlError, match=f"answered {status}, which says nothing"):
        presence.missing_as(status, body, with_token=False)


@pytest.mark.parametrize("code", ["GatedRepo", "DisabledRepo", "EntryNotFound"])
def test_what_has_another_code_is_there(code: str) -> None:
    for status in (401, 403, 404):
        said = presence.missing_as(status, ERROR, code=code, with_token=True)
        assert said == presence.REFUSED
    assert presence.missing_as(404, ERROR, code="RepoNotFound", with_token=True) == "unknown"


@pytest.mark.parametrize(("names", "location", "leads_to"), [
    (["a/old"], "/api/models/a/new", "a/new"),
    (["a/Name"], "/api/models/a/name", "a/name"),
    (["gpt2"], f"{HUB}/api/models/openai-community/gpt2?x=1", "openai-community/gpt2"),
    (["a/b", "a/c"], "/api/models/a/d", "a/d"),
    (["a/b"], "/api/models/a/b", None),
    (["a/b", "a/c"], "/api/models/a/b", None),
    (["a/b"], "https://huggingface.co/api/models/a/c", "a/c"),
    (["a/b"], "http://hub.example/repository/hf/api/models/a/c", "a/c"),
    (["a/b"], "https://elsewhere.example/a/c", None),
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
            presence.next_name(location, address, names)
    else:
        assert presence.next_name(location, address, names) == leads_to


def test_changes_are_records_that_the_graph_takes() -> None:
    normalise = Normaliser()
    for raw, after in (
        (presence.renamed("a/old", "a/new", AT), "a/new"),
        *((presence.missing("a/b", w, AT), w) for w in ("removed", "withheld", "unknown")),
    ):
        record, issues = normalise(raw)
        assert (record is not None, issues) == (True, [])
        assert record is not None
        assert record.properties["after"] == after
