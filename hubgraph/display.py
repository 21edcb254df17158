"""The progress of a long task on a terminal."""

from collections.abc import Mapping
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from hubgraph.output import printable


class Display:
    """A bar for each stage on standard error, gone at the end; plain lines without a terminal.

    `titles` names stages differently; without `estimates`, the time left is not shown.
    """

    def __init__(self, titles: Mapping[str, str] | None = None, *, estimates: bool = True) -> None:
        self._console = Console(stderr=True)
        self._titles = titles or {}
        self._task: TaskID | None = None
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:26}"),
            BarColumn(),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            *((TextColumn("left"), TimeRemainingColumn()) if estimates else ()),
            console=self._console,
            transient=True,
        )

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def stage(self, name: str) -> None:
        """Begin a bar, of unknown length until something of it is done."""
        title = self._titles.get(name, name)
        if not self._console.is_terminal:
            self.note(f"{title} …")
            return
        if self._task is not None:
            self._bars.update(self._task, completed=1.0, total=1.0, detail="")
        self._task = self._bars.add_task(title, total=None, detail="")

    def advance(self, share: float | None, detail: str = "") -> None:
        """Move the bar; None when nothing says how far it is."""
        if self._task is not None:
            total = None if share is None else 1.0
            text = detail or f"{share or 0:4.0%}"
            self._bars.update(self._task, completed=share or 0.0, total=total, detail=text)

    def note(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(printable(text), highlight=False, markup=False)
