"""What a rule is: how properties follow from keys of the Hub, in Python and in SQL."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from graph.observe.table import Table

Json = Mapping[str, object]
Raw = dict[str, object]


class Rule(NamedTuple):
    """How properties follow from one or more keys.

    Both forms state nothing where none of the keys is there. Where a value is not of the usual
    form the SQL says that the row is not plain, and the row is read in Python.
    """

    keys: tuple[str, ...]
    read: Callable[[Raw, Json], None]  # adds to a record what an answer says
    select: Callable[[Table], None]  # adds the same to the SQL of a dump's rows
