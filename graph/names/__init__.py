"""What the name of a model says: its family, size, format, tuning, data sets and languages."""

from graph.names.parts import NameParts, NameToken, Says
from graph.names.reader import read_name

__all__ = ["NameParts", "NameToken", "Says", "read_name"]
