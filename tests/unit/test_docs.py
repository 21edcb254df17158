"""The documentation says what the code does."""

import re
from pathlib import Path

import pytest
import typer

from docs.generate import HERE, PARTS, rendered
from docs.screenshots import PICTURES, file_name, shots
from graph import schema
from graph.answers.reports import catalogue
from graph.settings import Settings, variable
from hubgraph.command import COMMANDS, app
from webapp import pages

ROOT = Path(__file__).parents[2]
PAGES = sorted(HERE.glob("*.md"))
ALL_TEXT = "\n".join(p.read_text(encoding="utf-8") for p in [*PAGES, ROOT / "README.md"])
TRACKED = [
    path
    for pattern in ("**/*.py", "**/*.md", "**/*.toml", "**/*.yml", "**/*.cypher", "**/*.html")
    for path in ROOT.glob(pattern)
    if not {".venv", "node_modules", ".git"} & set(path.relative_to(ROOT).parts)
]


@pytest.mark.parametrize("part", PARTS)
def test_generated_parts_are_up_to_date(part: str) -> None:
    text = (ROOT / PARTS[part].file).read_text(encoding="utf-8")
    assert text == rendered(part), "run `make generate`"


def test_every_setting_is_described() -> None:
    text = (HERE / "settings.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"`{variable(name)}`" in text


def test_every_relationship_type_and_label_is_described() -> None:
    text = (HERE / "schema.md").read_text(encoding="utf-8")
    for relationship in schema.RELATIONSHIPS:
        assert relationship.type in text
    for node in schema.NODES:
        assert f"(:{node.label})" in text


def _commands() -> list[str]:
    group = typer.main.get_command(app)
    names = []
    for name in COMMANDS:
        command = group.get_command(None, name)  # type: ignore[attr-defined]
        nested = getattr(command, "commands", None)
        names += [f"{name} {inner}" for inner in nested] if nested else [name]
    return names


@pytest.mark.parametrize("command", _commands())
def test_every_command_is_described(command: str) -> None:
    text = (HERE / "command.md").read_text(encoding="utf-8")
    assert f"hubgraph {command}" in text


def test_every_report_is_described() -> None:
    text = (HERE / "cypher.md").read_text(encoding="utf-8")
    for report in catalogue().values():
        assert report.name in text, report.name


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda p: p.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(
        r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")
    ):
        assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_every_page_is_photographed_each_into_a_file_of_its_own() -> None:
    found = list(shots())
    assert len({file_name(*shot) for shot in found}) == len(found)
    seen = {url for url, _, _ in found}
    assert all(seen & set(made.examples) for made in pages.declared() if made.template)


def test_pictures_are_made_shown_described_and_small() -> None:
    files = {path.name: path for path in (HERE / "images").iterdir()}
    assert files.keys() - {"architecture.svg"} == {f"{name}.webp" for name in PICTURES}
    shown = re.findall(r"!\[([^]]*)\]\((?:docs/)?images/([^)]+)\)", ALL_TEXT)
    assert {name for _, name in shown} == files.keys()
    assert all(len(words.split()) >= 3 for words, _ in shown)
    assert sum(path.stat().st_size for path in files.values()) < 1_200_000


def test_every_dependency_has_its_line_in_the_readme() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = set(
        re.findall(r'^    "([a-z0-9-]+)(?:\[[a-z]+\])?(?:>=[^"]*)?",$', project, re.MULTILINE)
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    missing = {name for name in names if f"| {name} |" not in readme and f"`{name}`" not in readme}
    assert not missing


def test_no_machine_and_no_registry_is_named() -> None:
    hosts = (
        r"repo1?\.maven|maven\.apache\.org/maven2|files\.pythonhosted|//pypi\.org|registry\.npmjs"
    )
    machine = r"(?<![\w.])/(root|work)/"
    for path in TRACKED:
        if path.name == "test_docs.py":
            continue
        found = re.search(f"{hosts}|{machine}", path.read_text(encoding="utf-8"))
        assert not found, f"{path.relative_to(ROOT)}: {found and found.group()}"
