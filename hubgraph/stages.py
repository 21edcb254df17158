"""How far a task of several stages is, on a terminal."""

from collections.abc import Mapping
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as TimeLeftColumn


class StageProgress:
    """A bar with the time left for each stage; plain lines when the console is no terminal.

    Args:
        console: where to show it.
        titles: what a person calls a stage, where that is not its name.
    """

    def __init__(self, console: Console, titles: Mapping[str, str] | None = None) -> None:
        self._console = console
        self._titles = titles or {}
        self._task: TaskID | None = None
        self._bars = Progress(
            TextColumn("{task.description:26}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeLeftColumn(),
            console=console,
        )

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def stage(self, name: str) -> None:
        """Begin a bar."""
        title = self._titles.get(name, name)
        if not self._console.is_terminal:
            self._console.print(f"{title} …", highlight=False, markup=False)
            return
        self._task = self._bars.add_task(title, total=1.0)

    def advance(self, share: float) -> None:
        """Move the bar."""
        if self._task is not None:
            self._bars.update(self._task, completed=share)
