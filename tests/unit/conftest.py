"""Fixtures of tests without a database."""

import pytest

from tests.remembered import GraphState


@pytest.fixture
def take() -> GraphState:
    """An empty graph in memory."""
    return GraphState()
