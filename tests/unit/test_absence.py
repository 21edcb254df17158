"""What is missing or moved is believed of a server that shows what is known to be there."""

import json
import re
from pathlib import Path

import pytest
from scrapy.http import Response

from spiders.bases import BasesSpider
from spiders.hub import addresses
from spiders.tree import TreeSpider
from tests.played import HUB, begun

NAMES = ("org/a", "org/b", "org/c")
Answer = tuple[int, str]
SHOWN, REFUSED, TO_ONE = (200, ""), (404, ""), (307, "team/real")


def _answer(name: str, answer: Answer) -> Response:
    status, to = answer
    body = {"error": "no"} if status == 404 else {"id": to or name}
    headers = {"Location": f"/api/models/{to}"} if status == 307 else {}
    return Response(addresses.model(HUB, name), status, headers, json.dumps(body).encode())


@pytest.mark.parametrize(("answers", "said"), [
    ((SHOWN, SHOWN, SHOWN), None),
    ((SHOWN, SHOWN, TO_ONE), None),
    ((SHOWN, TO_ONE, (307, "team/other")), None),
    ((TO_ONE, TO_ONE, TO_ONE), "to one model, team/real|no model that is known to be public"),
    ((TO_ONE, (307, "team/other")), "no model that is known to be public"),
    ((TO_ONE,), "no model that is known to be public"),
    (((307, "ORG/A"),), None),
    (((200, "team/real"),), "nor were 1 of 1"),
    ((REFUSED, SHOWN, SHOWN), None),
    ((REFUSED, REFUSED, SHOWN), "nor were 2 of 3"),
    ((), "no model that is known to be public"),
])  # fmt: skip
@pytest.mark.parametrize("found", ["moved", "missing"])
def test_a_name_that_moved_or_is_missing_is_believed(
    tmp_path: Path, answers: tuple[Answer, ...], said: str | None, found: str
) -> None:
    spider = begun(BasesSpider, tmp_path)
    facts = {found: 1, "answered": 1} | ({"targets": {"team/real": 1}} if found == "moved" else {})
    spider.journal.note(facts)
    for name, answer in zip(NAMES, answers, strict=False):
        page = spider.canary(_answer(name, answer), name=name)
        spider.journal.done([page])
    if said is None:
        assert spider.doubt is None
    else:
        assert re.search(said, str(spider.doubt))


def test_a_start_may_have_another_name_now(tmp_path: Path) -> None:
    spider = begun(TreeSpider, tmp_path, model="org/a")
    spider.journal.note({"moved": 1, "answered": 1, "targets": {"team/real": 1}})
    page = spider.canary(_answer("org/a", TO_ONE), name="org/a")
    spider.journal.done([page])
    assert spider.doubt is None
