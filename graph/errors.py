"""The exceptions that reach a person: one line each, what is wrong and what to do."""


class HubgraphError(Exception):
    """Base of every expected failure.

    The command prints `message` (and `hint`) as one line and exits with 1; the web app turns it
    into the error envelope. Neither text may hold a secret.

    Args:
        message: what went wrong and where.
        hint: what the reader can do about it.
    """

    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigurationError(HubgraphError):
    """A setting is missing, malformed or contradicts another."""

    code = "configuration"


class DataError(HubgraphError):
    """Input records cannot be used: not a record file, or too many bad records."""

    code = "data"


class CrawlError(HubgraphError):
    """The Hub gave no usable answer."""


class QueryError(HubgraphError):
    """A query was refused, timed out or was given bad parameters."""

    code = "query"


class QueryTimeoutError(QueryError):
    """A query took longer than its time limit; the server ended it."""

    code = "timeout"


class MemoryLimitError(QueryError):
    """A query needs more memory than the server has or allows."""


class MissingIndexError(QueryError):
    """A full-text index is not there: nothing was loaded yet, or it is being built."""


class ParameterError(QueryError):
    """One named parameter is missing, unknown or of the wrong type.

    Args:
        parameter: the parameter's name.
        message: what is wrong with it.
        hint: what would be accepted.
    """

    code = "parameter"

    def __init__(self, parameter: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.parameter = parameter


class RefusedQueryError(QueryError):
    """A query that a person wrote is not run.

    Args:
        message: what in it is wrong or not allowed.
        hint: what to write instead.
        line: where that is, from 1; 0 if it has no place.
        column: the same.
    """

    code = "refused"

    def __init__(self, message: str, hint: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message, hint)
        self.line = line
        self.column = column


class ServerError(HubgraphError):
    """Neo4j cannot be started, reached or used."""

    code = "server"
