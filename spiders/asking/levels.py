"""Going down level by level, so that what can be reached on several ways counts by the shortest."""

from collections.abc import Iterator

import scrapy

from spiders.asking.paging import PagingSpider
from spiders.writing.journal import Ask


class LevelSpider(PagingSpider):
    """A spider whose asks say in `about` how deep they lie: `depth`, 0 without it.

    Attributes:
        depth: how deep it goes; None for as deep as there is something. Then the order is free.
    """

    def __init__(self, **options: str) -> None:
        super().__init__(**options)
        self.depth: int | None = None
        self._level = 0
        self._held: dict[int, list[int]] = {}

    def _line_up(self, number: int, ask: Ask, *, first: bool = False) -> None:
        """Hold back what lies deeper than the level that is asked now.

        With a limit of depth a model must first be reached by its shortest way, else what is made
        from it would seem to lie too deep. So a level begins when the one before is done.
        """
        depth = int(str(ask.about.get("depth", 0)))
        if self.depth is None or depth <= self._level:
            super()._line_up(number, ask, first=first)
        else:
            self._held.setdefault(depth, []).append(number)

    def _go(self) -> Iterator[scrapy.Request]:
        """The requests whose turn it is; of the next level when nothing of this one is left."""
        yield from super()._go()
        if self._held and not self._under_way.total():
            self._level = min(self._held)
            for number in self._held.pop(self._level):
                self._line_up(number, self.journal.pending[number])
            yield from super()._go()
