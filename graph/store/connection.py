"""The two doors to Neo4j: one for writes, one for reads.

Writes are tried again after passing errors and take data only as parameters. Reads run in READ
sessions, with a row limit and a time limit that the server enforces.
"""

import logging
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeVar

import neo4j
from neo4j.exceptions import (
    AuthError,
    ClientError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)
from neo4j.exceptions import ConfigurationError as DriverConfigurationError

from graph.errors import (
    ConfigurationError,
    MemoryLimitError,
    MissingIndexError,
    QueryError,
    QueryTimeoutError,
    ServerError,
)
from graph.server.claims import WriterClaim
from graph.server.files import full_disk, is_full
from graph.server.home import home_of
from graph.server.local import LocalServer
from graph.server.service import GIVEN_UP, Address, process_behind
from graph.settings import Settings
from graph.store.values import plain_row

log = logging.getLogger(__name__)

OLDEST = (5, 26)
"""Oldest Neo4j that hubgraph works with: the long-term release whose Cypher it uses."""

ENDS_S = 2.0
"""How long a process may take to end after its connections have."""

LONG_S = 600
"""Time limit in seconds of one query over a whole graph; each takes seconds."""

Row = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """What a read returned."""

    columns: list[str]  # names in order
    rows: list[Row]  # one dict per row, values as plain Python (times as `datetime`)
    truncated: bool = False  # whether the row limit cut the result
    elapsed_ms: float = 0.0  # time until the last row arrived
    total: int | None = None  # rows there are, of an answer that was computed before
    computed_at: datetime | None = None  # when that was
    outdated: bool = False  # whether a run has written since

    def one(self) -> Row:
        """The first row, or an empty dict."""
        return self.rows[0] if self.rows else {}


@dataclass(frozen=True)
class Statement:
    """One statement of a transaction, with its parameters."""

    text: str
    parameters: Mapping[str, object] = field(default_factory=dict)  # their values
    otherwise: str = ""  # the error if it returns no row; empty where it need not


def connect(settings: Settings) -> "Graph":
    """Open the graph that the settings name and check that it can be used.

    Raises:
        ServerError: the server is not running, not reachable or too old.
        ConfigurationError: user or password is wrong or missing.
    """
    return Graph(settings)


class Graph:
    """A checked connection to one Neo4j database. Use as a context manager; safe across threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._home = home_of(settings)
        self._claim = WriterClaim(self._home) if settings.uses_local_server else None
        address = _address(settings)
        self._process = process_behind(self._home, address.uri)
        self.database = address.database
        self.uri = address.uri
        self.proof: Statement | None = None
        """What shows in a transaction that this connection is the one writer of observations."""
        self._driver = _driver(address)
        try:
            self.version = self._check(address)
        except BaseException:
            self._driver.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._driver.close()
        if self._claim:
            self._claim.release()

    def read(
        self,
        cypher: str,
        parameters: Mapping[str, object] | None = None,
        *,
        timeout_s: float | None = None,
        row_limit: int | None = None,
    ) -> Result:
        """Run one read query; the limits of time and rows are those of the settings by default.

        Raises:
            QueryError: the query is wrong, tried to write, or took too long.
            ServerError: the database went away.
        """
        timeout = self._settings.query_timeout_s if timeout_s is None else timeout_s
        limit = self._settings.row_limit if row_limit is None else row_limit
        query = neo4j.Query(cypher, timeout=timeout)
        started = time.perf_counter()
        with self.reading(timeout, fetch_size=min(limit + 1, 10_000)) as session:
            answer = session.run(query, dict(parameters or {}))
            columns = list(answer.keys())
            records = answer.fetch(limit + 1)
        rows = [plain_row(r) for r in records[:limit]]
        return Result(columns, rows, len(records) > limit, (time.perf_counter() - started) * 1000)

    @contextmanager
    def reading(self, timeout_s: float, *, fetch_size: int) -> Iterator[neo4j.Session]:
        """A READ session; what fails in it is raised as `read` does."""
        try:
            with self._session(neo4j.READ_ACCESS, fetch_size=fetch_size) as session:
                yield session
        except (Neo4jError, DriverError) as error:
            raise self._explain(error, timeout_s) from error

    def collect(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """Run reads that each return one list, in one transaction; passing errors are tried again.

        The values are as the driver has them: for many rows at once.

        Raises:
            QueryError: a statement is wrong.
            ServerError: the database stayed away through every retry.
        """
        if not statements:
            return []
        return self._try(lambda s: s.execute_read(_collect_all, statements), neo4j.READ_ACCESS)

    def write(self, *statements: Statement | str) -> list[Row]:
        """Run statements in one transaction, all or none; passing errors are tried again.

        Returns the rows of the last statement.

        Raises:
            QueryError: a statement is wrong.
            ServerError: the database stayed away through every retry.
        """
        self._claim_writing()
        steps = [Statement(s) if isinstance(s, str) else s for s in statements]
        return self._try(lambda session: session.execute_write(_run_all, steps), neo4j.WRITE_ACCESS)

    def _session(self, access: str, **more: Any) -> neo4j.Session:
        return self._driver.session(database=self.database, default_access_mode=access, **more)

    def _try(self, work: Callable[[neo4j.Session], T], access: str) -> T:
        """Do some work in a session, again after passing errors."""
        attempt = 0
        while True:
            try:
                with self._session(access) as session:
                    return work(session)
            except (Neo4jError, DriverError) as error:
                attempt += 1
                passing = isinstance(error, ServiceUnavailable) or error.is_retryable()
                if self._has_ended or not passing or attempt > self._settings.max_retries:
                    raise self._explain(error) from error
                wait = min(30.0, 0.5 * 2**attempt) * random.uniform(0.5, 1.0)  # noqa: S311 (jitter, no secret)
                what, name = access.capitalize(), type(error).__name__
                log.warning("%s failed (%s); trying again in %.1f s.", what, name, wait)
                end = time.monotonic() + wait
                while not self._has_ended and (left := end - time.monotonic()) > 0:
                    time.sleep(min(left, 0.5))

    @property
    def _has_ended(self) -> bool:
        """Whether this is the local server and its process is over: it never answers again."""
        return self._process is not None and not self._process.is_alive

    def _explain(
        self, error: Neo4jError | DriverError, timeout_s: float | None = None
    ) -> QueryError | ServerError:
        is_lost = isinstance(error, ServiceUnavailable | SessionExpired)
        end = time.monotonic() + ENDS_S
        while is_lost and self._process and not self._has_ended and time.monotonic() < end:
            time.sleep(0.05)
        if self._has_ended:
            return ServerError(
                "The local Neo4j server ended while it was in use.",
                "Start it again with `hubgraph up` (before that, `hubgraph status` says why it "
                "ended), then run this again.",
            )
        if self._process and is_full(self._home.root):
            return full_disk(self._home.root)
        if GIVEN_UP in str(error):
            return _given_up()
        if is_lost:
            return ServerError(
                f"The connection to Neo4j at {self.uri} was lost.",
                "See that it runs, then run this again.",
            )
        return _explain(error, timeout_s)

    def command(self, cypher: str, parameters: Mapping[str, object] | None = None) -> Result:
        """Run one statement in a transaction of its own, without a time limit.

        For what cannot run inside a managed transaction: schema changes, GDS procedures,
        `CALL … IN TRANSACTIONS`.

        Raises:
            QueryError: the statement is wrong or was refused.
            ServerError: the database went away.
        """
        self._claim_writing()
        try:
            with self._session(neo4j.WRITE_ACCESS) as session:
                answer = session.run(neo4j.Query(cypher, timeout=0), dict(parameters or {}))
                columns = list(answer.keys())
                return Result(columns, [plain_row(r) for r in answer])
        except (Neo4jError, DriverError) as error:
            raise self._explain(error) from error

    def gds_version(self) -> str | None:
        """Version of the Graph Data Science plugin; None without it."""
        try:
            return str(self.read("RETURN gds.version() AS version").one()["version"])
        except QueryError:
            return None

    def require_gds(self) -> str:
        """Version of the Graph Data Science plugin.

        Raises:
            ServerError: the database has none.
        """
        version = self.gds_version()
        if version is None:
            raise ServerError(
                f"The Neo4j at {self.uri} has no Graph Data Science plugin.",
                "Install the plugin there, compute without it (`hubgraph influence --engine "
                "duckdb`), or unset HUBGRAPH_NEO4J_URI to use the local server.",
            )
        return version

    def _claim_writing(self) -> None:
        """From the first write on, the local server is neither replaced nor backed up."""
        if self._claim:
            self._claim.hold()

    def _check(self, address: Address) -> str:
        """Reach the server, sign in, and read its version."""
        try:
            with self._session(neo4j.READ_ACCESS) as session:
                row = session.run(
                    "CALL dbms.components() YIELD name, versions "
                    "WHERE name = 'Neo4j Kernel' RETURN versions[0] AS version"
                ).single(strict=True)
        except AuthError as error:
            if self._process:
                raise self._home.wrong_password() from error
            raise ConfigurationError(
                f"Neo4j at {self.uri} refused user {address.user!r}: wrong user or password.",
                "Set HUBGRAPH_NEO4J_USER and HUBGRAPH_NEO4J_PASSWORD.",
            ) from error
        except (Neo4jError, DriverError, OSError, ValueError) as error:
            if self._process and is_full(self._home.root):
                raise full_disk(self._home.root) from error
            raise _unreachable(error, self.uri, self.database) from error
        version = str(row["version"])
        if tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST:
            raise ServerError(
                f"Neo4j at {self.uri} is {version}, which is too old.",
                f"hubgraph needs {'.'.join(map(str, OLDEST))} or newer.",
            )
        return version


def _address(settings: Settings) -> Address:
    if settings.neo4j_uri is not None:
        if settings.neo4j_password is None:
            raise ConfigurationError(
                "HUBGRAPH_NEO4J_URI is set, but HUBGRAPH_NEO4J_PASSWORD is not.",
                "Set it in the environment or in .env.",
            )
        return Address(
            uri=settings.neo4j_uri,
            user=settings.neo4j_user,
            password=settings.neo4j_password,
            database=settings.neo4j_database,
            browser_url=settings.browser_url,
        )
    server = LocalServer(settings)
    address = server.address()
    if address is None:
        raise server.not_running()
    return address


def _driver(address: Address) -> neo4j.Driver:
    try:
        return neo4j.GraphDatabase.driver(
            address.uri,
            auth=(address.user, address.password.get_secret_value()),
            connection_timeout=10,
            connection_acquisition_timeout=30,
            max_transaction_retry_time=0,
            notifications_min_severity="OFF",
            user_agent="hubgraph",
        )
    except (DriverConfigurationError, ValueError) as error:
        raise ConfigurationError(f"HUBGRAPH_NEO4J_URI cannot be used: {error}.") from error


def _unreachable(error: Exception, uri: str, database: str) -> ServerError:
    if isinstance(error, Neo4jError) and (error.code or "").endswith("DatabaseNotFound"):
        return ServerError(
            f"Neo4j at {uri} has no database {database!r}.", "Set HUBGRAPH_NEO4J_DATABASE."
        )
    if GIVEN_UP in str(error):
        return _given_up()
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ServerError(
        f"Neo4j at {uri} cannot be reached: {reason}.",
        "Check that it runs and that the address and the encryption (+s, +ssc) are right.",
    )


def _explain(error: Neo4jError | DriverError, timeout_s: float | None) -> QueryError | ServerError:
    code = (error.code or "") if isinstance(error, Neo4jError) else ""
    text = str(getattr(error, "message", None) or error).splitlines()[0]
    if "TransactionTimedOut" in code or "TransactionTerminated" in code:
        limit = f" {timeout_s:g} seconds" if timeout_s else " the server's limit"
        return QueryTimeoutError(
            f"The query took longer than{limit}.", "Narrow it, or raise the limit."
        )
    if "AccessMode" in code:
        return QueryError("The query tries to write; only reads are allowed here.")
    if "OutOfMemory" in code or "minimum estimated memory" in text:  # the latter is GDS's
        return MemoryLimitError("The query needs more memory than the server allows.", "Narrow it.")
    if "no such fulltext schema index" in text:
        return MissingIndexError("The graph has no full-text index yet.", "Load records first.")
    if isinstance(error, ClientError):
        return QueryError(f"Neo4j refused the query: {text}")
    return ServerError(f"The database did not answer: {text}", "Is it still running?")


def _given_up() -> ServerError:
    return ServerError(
        "Neo4j has stopped its database after an error, such as a full disk.",
        "Free some space if the disk is full, then start it again: `hubgraph up`.",
    )


def _run_all(transaction: neo4j.ManagedTransaction, steps: Sequence[Statement]) -> list[Row]:
    rows: list[Row] = []
    for step in steps:
        answer = transaction.run(step.text, dict(step.parameters))
        rows = [dict(record) for record in answer]
        if step.otherwise and not rows:
            raise ServerError(step.otherwise)
    return rows


def _collect_all(transaction: neo4j.ManagedTransaction, steps: Sequence[Statement]) -> list[Any]:
    answers = (transaction.run(step.text, dict(step.parameters)) for step in steps)
    return [answer.single(strict=True).value() for answer in answers]
