"""A Neo4j with Graph Data Science and Neo4j Browser, run on this machine as its own process."""

from graph.server.local import LocalServer
from graph.server.replacement import Replacement
from graph.server.service import Address
from graph.server.status import ServerStatus

__all__ = ["Address", "LocalServer", "Replacement", "ServerStatus"]
