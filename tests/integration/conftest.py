"""Fixtures of the tests that run commands against a local Hub."""

from collections.abc import Iterator

import pytest

from tests.commands import Commands
from tests.integration.crawls import crawl, hub

__all__ = ["commands", "crawl", "hub"]


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """Starts commands that need not wait for Python."""
    commands = Commands()
    yield commands
    commands.close()
