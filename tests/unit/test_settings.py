from pathlib import Path

import pytest
from pydantic import SecretStr

from graph.errors import ConfigurationError
from graph.settings import Settings, load_settings


def test_the_local_server_is_the_default() -> None:
    assert load_settings().uses_local_server


@pytest.mark.parametrize("scheme", ["bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"])
def test_every_scheme_of_neo4j_is_taken(scheme: str) -> None:
    assert not load_settings(neo4j_uri=f"{scheme}://example.org:7687").uses_local_server


@pytest.mark.parametrize(("name", "value", "says"), [
    ("HUBGRAPH_NEO4J_URI", "http://example.org", "must start with one of bolt://"),
    ("HUBGRAPH_NEO4J_URI", "example.org:7687", "must start with one of bolt://"),
    ("HUBGRAPH_BOLT_PORT", "seventy", "HUBGRAPH_BOLT_PORT"),
    ("HUBGRAPH_BOLT_PORT", "70000", "HUBGRAPH_BOLT_PORT"),
    ("HUBGRAPH_DAMPING", "1", "HUBGRAPH_DAMPING"),
    ("HUBGRAPH_WEIGHT_QUANTIZE", "-1", "HUBGRAPH_WEIGHT_QUANTIZE"),
    ("HUBGRAPH_LOG_LEVEL", "loud", "HUBGRAPH_LOG_LEVEL"),
])  # fmt: skip
def test_a_bad_value_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match="Bad setting") as caught:
        load_settings()
    assert says in str(caught.value)
    assert name in str(caught.value)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(neo4j_uri="bolt://neo4j:hunter2@example.org")
    assert "hunter2" not in str(caught.value)
    assert "NEO4J_PASSWORD" in str(caught.value)


def test_the_password_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBGRAPH_NEO4J_PASSWORD", "hunter2")
    settings = load_settings()
    assert settings.neo4j_password == SecretStr("hunter2")
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_an_empty_address_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBGRAPH_NEO4J_URI", "")
    assert load_settings().uses_local_server


def test_memory_defaults_stay_within_their_bounds() -> None:
    settings = load_settings()
    assert 512 <= settings.heap_mb <= 3072
    assert 128 <= settings.pagecache_mb <= 6144


def test_every_setting_has_a_sentence() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


@pytest.mark.parametrize("token", ["hf_a\r\nX-Evil: 1", "hf_a\nb", "hf_é", "hf a", "hf_a\x00"])
def test_a_token_that_cannot_be_one_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ConfigurationError, match=r"HF_TOKEN: .* no access token has") as caught:
        load_settings(hf_token=token)
    assert "hf_" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("given", "token"), [
    (" hf_a\n", SecretStr("hf_a")), ("\n", None), ("", None), (None, None),
])  # fmt: skip
def test_a_token_is_one_word(given: str | None, token: SecretStr | None) -> None:
    assert load_settings(hf_token=given).hf_token == token


OWN, OTHER = "https://hub.example", "https://elsewhere.example"


@pytest.mark.parametrize(("environment", "file", "secret"), [
    ({"HF_TOKEN": "hf_own"}, {}, "hf_own"),
    ({"HF_TOKEN": "hf_own"}, {"HUBGRAPH_HUB_URL": OTHER}, None),
    ({"HF_TOKEN": "hf_own"}, {"HUBGRAPH_HUB_URL": OTHER, "HF_TOKEN": "hf_file"}, "hf_file"),
    ({"HF_TOKEN": "hf_own", "HUBGRAPH_HUB_URL": OWN}, {"HUBGRAPH_HUB_URL": OTHER}, "hf_own"),
    ({"HUBGRAPH_HUB_URL": OWN}, {"HF_TOKEN": "hf_file"}, "hf_file"),
    ({"hf_token": "hf_own"}, {"hubgraph_hub_url": OTHER}, None),
])  # fmt: skip
def test_a_file_does_not_send_the_secret_of_the_environment_to_an_address_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    environment: dict[str, str],
    file: dict[str, str],
    secret: str | None,
) -> None:
    lines = "".join(f"{name}={value}\n" for name, value in file.items())
    (tmp_path / ".env").write_text(lines)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = load_settings().hf_token
    assert (found.get_secret_value() if found else None) == secret
    assert load_settings(hub_url=OWN).hf_token is not None


def test_the_same_holds_for_the_password_of_the_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("HUBGRAPH_NEO4J_URI=bolt://elsewhere.example\n")
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    monkeypatch.setenv("HUBGRAPH_NEO4J_PASSWORD", "hunter2")
    assert load_settings().neo4j_password is None
    monkeypatch.setenv("HUBGRAPH_NEO4J_URI", "bolt://own.example")
    assert load_settings().neo4j_password == SecretStr("hunter2")
