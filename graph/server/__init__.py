"""A Neo4j with Graph Data Science and Neo4j Browser, run on this machine as its own process."""

from graph.server.local import Address, LocalServer
from graph.server.status import ServerStatus

__all__ = ["Address", "LocalServer", "ServerStatus"]
