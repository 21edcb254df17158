"""The examples of the documentation's pages, to be run."""

import re

from docs.generate import HERE


def blocks(page: str, language: str) -> list[str]:
    """What stands in a page's fenced blocks of one language, in order."""
    text = (HERE / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
