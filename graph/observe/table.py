"""The SQL that reads a dump's rows as whole columns, as the rules of its fields build it.

A row is **plain** where no value needs a repair, a note or to be left out, as nearly all are. The
others are read one by one. Whatever the rules check decides which is which.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_PRINTABLE = "[ -~]*"


@dataclass
class Table:
    """The SQL of a dump's rows."""

    types: Mapping[str, str]  # its columns → their types as DuckDB names them
    latest_ms: int  # the latest time that is accepted, in milliseconds since 1970
    values: dict[str, str] = field(default_factory=dict)  # property → expression
    lineage: dict[str, str] = field(default_factory=dict)  # the same of what a model was made from
    checks: list[str] = field(default_factory=list)  # what holds for a plain row; never null
    texts: list[str] = field(default_factory=list)  # all printable ASCII in a plain row
    _steps: tuple[dict[str, str], ...] = field(
        default_factory=lambda: ({"row": "file_row_number + 1"}, {}, {}, {})
    )

    def has(self, *names: str) -> bool:
        """Whether the dump has one of these columns."""
        return not self.types.keys().isdisjoint(names)

    def let(self, step: int, values: Mapping[str, str]) -> None:
        """Work something out once, as columns that later steps and expressions name.

        DuckDB works an expression out anew wherever a CASE names it; not so a column.
        """
        self._steps[step].update(values)

    @property
    def stated(self) -> tuple[str, ...]:
        """The properties that every row states, sorted, without its lineage."""
        return tuple(sorted(self.values))

    @property
    def sql(self) -> str:
        """A query over the view `dump`: `row`, `id`, `plain`, the properties and the lineage."""
        source = "dump"
        for step in filter(None, self._steps):
            source = f"(SELECT *, {_listed(step)} FROM {source})"  # noqa: S608
        printable = f"regexp_full_match(concat({', '.join(self.texts)}), '{_PRINTABLE}')"
        plain = f"coalesce({' AND '.join([printable, *self.checks])}, false)"
        found = _listed({"plain": plain, **self.values, **self.lineage})
        return f"SELECT row, id, {found} FROM {source}"  # noqa: S608


def _listed(values: Mapping[str, str]) -> str:
    return ", ".join(f"{value} AS {name}" for name, value in values.items())


def quoted(name: str) -> str:
    """A column's name."""
    return '"' + name.replace('"', '""') + '"'


def every(items: str, holds: str) -> str:
    """Whether a condition on `x` holds for every item of a list."""
    return f"len([x FOR x IN ({items}) IF NOT ({holds})]) = 0"


def filled(items: str) -> str:
    """A list, or null where it is empty."""
    return f"(CASE WHEN len({items}) > 0 THEN {items} END)"


def field_type(struct: str, name: str) -> str | None:
    """The type of a field of a struct, as DuckDB names types; None where it has no such field."""
    depth = begin = 0
    body = struct.removeprefix("STRUCT(")
    for at, character in enumerate(body):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if (character == "," and depth == 0) or depth < 0:
            field, _, type_ = body[begin:at].strip().partition(" ")
            if field.strip('"') == name:
                return type_
            begin = at + 1
    return None
