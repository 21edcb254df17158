"""The documentation of the web app names what the app has."""

import re
from pathlib import Path

from graph.settings import Settings
from webapp import create_app

TEXT = (Path(__file__).parents[2] / "docs" / "web.md").read_text()


def test_every_address_is_documented_and_no_other() -> None:
    app = create_app(Settings())
    documented = set(re.findall(r"`(/[^`\s]*)`", TEXT)) - {"/api/v1"}
    assert documented == {rule.rule for rule in app.url_map.iter_rules()}


def test_every_error_code_is_documented() -> None:
    source = (Path(__file__).parents[2] / "webapp" / "errors.py").read_text()
    codes = set(re.findall(r'(?:Problem\(\d+, |code = )"([a-z_]+)"', source))
    assert len(codes) >= 3
    for code in codes:
        assert f"`{code}`" in TEXT
