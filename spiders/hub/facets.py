"""Names by which a listing of the website can be narrowed: tasks, libraries and orders.

`facets.txt` lists the tasks and, after an empty line, the libraries.
"""

from pathlib import Path

_TASKS, _LIBRARIES = Path(__file__).with_suffix(".txt").read_text("utf-8").split("\n\n")

TASKS = tuple(_TASKS.split())
"""The Hub's task ids, from the package @huggingface/tasks 0.21 (MIT)."""

LIBRARIES = tuple(_LIBRARIES.split())
"""Well-known libraries, those with the most models first."""

ORDERS = ("created", "modified", "downloads", "likes", "trending")
"""The orders of the website; each shows only the beginning of a listing."""
