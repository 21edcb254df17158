"""The container files, as far as they can be checked without an engine."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from graph import __version__
from graph.server.conf import SECURITY, browser_policy
from graph.server.lock import read_lock
from graph.settings import Settings

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).with_name("data")
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
NEO4J: dict[str, str] = SERVICES["neo4j"]["environment"]
SCHEMA = jsonschema.Draft7Validator(json.loads((DATA / "compose-spec.json").read_text("utf-8")))


def as_setting(variable: str) -> str:
    """The Neo4j setting that the image makes of a variable: `_` is a dot, `__` an underscore."""
    name = variable.removeprefix("NEO4J_")
    return name.replace("__", "\0").replace("_", ".").replace("\0", "_")


def test_the_file_is_valid_compose() -> None:
    SCHEMA.validate(COMPOSE)


def test_a_misspelt_key_would_be_noticed() -> None:
    web = SERVICES["web"] | {"depend_on": ["neo4j"]}
    with pytest.raises(jsonschema.ValidationError, match="depend_on"):
        SCHEMA.validate(COMPOSE | {"services": SERVICES | {"web": web}})


def test_the_schema_is_the_one_that_is_documented() -> None:
    digest = hashlib.sha256((DATA / "compose-spec.json").read_bytes()).hexdigest()
    assert digest in (DATA / "README.md").read_text("utf-8")


def test_neo4j_is_the_version_that_is_locked() -> None:
    image = SERVICES["neo4j"]["image"]
    assert image == f"neo4j:{read_lock().neo4j_version}-community"


def test_the_images_of_hubgraph_carry_its_version() -> None:
    for name in ("web", "crawl"):
        assert SERVICES[name]["image"] == f"hubgraph:{__version__}"


def test_every_image_is_pinned() -> None:
    base = re.findall(r"^FROM (\S+)$", DOCKERFILE, re.MULTILINE)
    images = [service["image"] for service in SERVICES.values()] + base
    assert len(base) == 1
    for image in images:
        assert re.fullmatch(r"[\w/]+:\d+\.\d+\.\d+[\w-]*(@sha256:[0-9a-f]{64})?", image), image
    assert "@" in base[0]


def test_graph_data_science_comes_along() -> None:
    assert json.loads(NEO4J["NEO4J_PLUGINS"]) == ["graph-data-science"]


def test_security_is_that_of_the_local_server() -> None:
    settings = {as_setting(name): value for name, value in NEO4J.items()}
    assert {name: settings.get(name) for name in SECURITY} == SECURITY
    origin = settings["dbms.security.http_access_control_allow_origin"]
    assert origin == "http://127.0.0.1:7474"
    policy = settings["dbms.security.http_static_content_security_policy_header"]
    assert policy == browser_policy(7687)


def test_no_password_is_in_the_file() -> None:
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if "PASSWORD" in name or "AUTH" in name:
                assert re.fullmatch(r"(neo4j/)?\$\{HUBGRAPH_NEO4J_PASSWORD:\?[^}]+\}", value), name
    assert "PASSWORD" not in DOCKERFILE


def test_every_port_is_for_this_machine_only() -> None:
    ports = [port for s in SERVICES.values() for port in s.get("ports", [])]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_hubgraph_variable_is_a_setting() -> None:
    known = {f"HUBGRAPH_{name.upper()}" for name in Settings.model_fields}
    for name in ("web", "crawl"):
        assert set(SERVICES[name]["environment"]) <= known


def test_the_web_app_waits_for_a_healthy_neo4j() -> None:
    assert SERVICES["web"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert "gds.version()" in SERVICES["neo4j"]["healthcheck"]["test"][1]
    assert SERVICES["web"]["command"] == ["hubgraph", "web"]


def test_crawling_starts_only_when_asked_for() -> None:
    assert SERVICES["crawl"]["profiles"] == ["crawl"]


def test_the_image_installs_hashed_requirements_as_an_ordinary_user() -> None:
    assert "--require-hashes -r requirements/runtime.txt" in DOCKERFILE
    user = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert user == ["hubgraph"]


def test_everything_the_image_copies_exists_and_is_not_ignored() -> None:
    allowed = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    ]
    copied = [
        source
        for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert len(copied) > 8
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(Path(source).match(pattern) for pattern in allowed), source
