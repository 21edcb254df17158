"""Reading the query string: typed, bounded, and refusing by name what it cannot use."""

import re
from collections.abc import Collection
from datetime import UTC, datetime

from flask import request

from graph.answers.cursor import Cursor
from graph.errors import ParameterError

LONGEST = 300
"""Most characters of a text parameter; an id of the Hub has 97 at most."""
LONGEST_CURSOR = 3_000


class Query:
    """The query string of the request; remembers which parameters were asked for."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def text(self, name: str, default: str | None = None, longest: int = LONGEST) -> str | None:
        """A text without surrounding blanks; empty counts as absent.

        Raises:
            ParameterError: it is too long or holds control characters.
        """
        self.known.add(name)
        value = request.args.get(name, "").strip()
        if len(value) > longest:
            raise ParameterError(name, f"`{name}` is too long.", f"At most {longest} characters.")
        if not value.isprintable():
            raise ParameterError(name, f"`{name}` holds control characters.")
        return value or default

    def choice(self, name: str, options: Collection[str], default: str) -> str:
        """One of `options`.

        Raises:
            ParameterError: it is another.
        """
        value = self.text(name) or default
        if value not in options:
            raise ParameterError(
                name, f"`{name}` cannot be {value!r}.", f"One of: {', '.join(options)}."
            )
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number between `low` and `high`.

        Raises:
            ParameterError: it is none, or outside.
        """
        value = self.text(name)
        if value is None:
            return default
        number = int(value) if re.fullmatch("-?[0-9]{1,15}", value) else None
        if number is None or not low <= number <= high:
            raise ParameterError(
                name, f"`{name}` must be a whole number from {low} to {high}, not {value!r}."
            )
        return number

    def moment(self, name: str) -> datetime | None:
        """A date or time; a date is the moment at which it begins, and UTC where no zone is said.

        Raises:
            ParameterError: it is none.
        """
        value = self.text(name)
        if value is None:
            return None
        try:
            when = datetime.fromisoformat(value)
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, OverflowError):
            raise ParameterError(
                name,
                f"`{name}` cannot be {value!r}.",
                "A date or time, such as 2025-05-01 or 2025-05-01T12:00Z.",
            ) from None

    def cursor(self, name: str, kind: str, of: type) -> Cursor | None:
        """Where a page begins, as the page before it said.

        Args:
            name: `after` or `before`.
            kind: what is listed and how; a cursor of another list is refused.
            of: the type of the sort value.

        Raises:
            ParameterError: it is not a cursor of this list.
        """
        value = self.text(name, longest=LONGEST_CURSOR)
        if value is None:
            return None
        return Cursor.read(value, name, kind, of)

    def refuse_others(self) -> None:
        """Refuse parameters that nothing asked for.

        Raises:
            ParameterError: naming the first of them.
        """
        for name in request.args:
            if name not in self.known:
                known = ", ".join(sorted(self.known)) or "none"
                raise ParameterError(name, f"Unknown parameter `{name}`.", f"Known: {known}.")
