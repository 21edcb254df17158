"""The issue log of a load: one JSON object a line."""

import json
from collections import Counter
from pathlib import Path
from typing import IO

from graph.errors import ConfigurationError
from graph.observe.dumps.columns import Dump
from graph.observe.issues import Issue

MOST_ALIKE = 1_000
"""Lines written for one reason; what comes after is only counted."""


class IssueLog:
    """Collects issues in a file, which appears with the first one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: Counter[str] = Counter()
        self._alike: Counter[tuple[str, str]] = Counter()
        self._file: IO[str] | None = None

    def add(self, source: str, line: int, record_id: object, issue: Issue) -> None:
        """Count an issue and write it down.

        Raises:
            ConfigurationError: the file cannot be written.
        """
        self.outcomes[issue.outcome.value] += 1
        kind = (issue.field[:80], issue.reason)
        self._alike[kind] += 1
        if self._alike[kind] > MOST_ALIKE:
            return
        entry = {
            "source": source,
            "line": line,
            "record": Issue("", issue.outcome, "", record_id).shown() if record_id else None,
            "field": Issue("", issue.outcome, "", issue.field).shown(),
            "outcome": issue.outcome.value,
            "reason": issue.reason,
            "value": issue.shown(),
        }
        try:
            if self._file is None:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.path.touch(mode=0o600)
                self._file = self.path.open("a", encoding="ascii")
            self._file.write(json.dumps(entry) + "\n")
        except OSError as error:
            raise ConfigurationError(
                f"The issue log {self.path} cannot be written: {error.strerror or error}.",
                "Set HUBGRAPH_LOG_DIR to a directory that can be written.",
            ) from error

    def add_file(self, dump: Dump) -> None:
        """Count and write down what is wrong with a file as a whole, as its line 0."""
        for issue in dump.notes:
            self.add(str(dump.path), 0, None, issue)

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()

    @property
    def written(self) -> str | None:
        """The file's path, None when there was no issue."""
        return str(self.path) if self.outcomes else None
