"""Small pieces of SQL."""


def quoted(name: str) -> str:
    """A column's name."""
    return '"' + name.replace('"', '""') + '"'


def every(items: str, holds: str) -> str:
    """Whether a condition on `x` holds for every item of a list."""
    return f"len([x FOR x IN ({items}) IF NOT ({holds})]) = 0"


def filled(items: str) -> str:
    """A list, or null where it is empty."""
    return f"(CASE WHEN len({items}) > 0 THEN {items} END)"
