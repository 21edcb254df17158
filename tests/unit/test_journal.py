"""The journal of a crawl: nothing done is asked again, nothing asked is forgotten."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ConfigurationError, CrawlError
from spiders.writing.journal import Ask, Journal, Page

HEAD: dict[str, object] = {"run": "crawl-1"}


def test_what_is_not_done_is_asked_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", HEAD)
    first, second = journal.ask([Ask("u:1", "page", {"depth": 1}), Ask("u:2", "page")])
    journal.done([Page(facts={"models": 3, "last": "x"}, number=first[0])])
    journal.close(finished=False)
    again = Journal(tmp_path / "j", {"run": "crawl-2"})
    assert again.resumed
    assert (again.head, again.pending) == (HEAD, {second[0]: second[1]})
    assert again.facts == {"models": 3, "last": "x"}
    assert again.ask([Ask("u:1", "page"), Ask("u:3", "page")]) == [(2, Ask("u:3", "page"))]
    again.done([Page(facts={"models": 4, "last": "y"}, number=2)])
    assert again.facts == {"models": 7, "last": "y"}
    again.close(finished=False)


def test_a_finished_crawl_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", HEAD)
    journal.ask([Ask("u:1", "page")])
    journal.close(finished=True)
    again = Journal(tmp_path / "j", HEAD)
    assert not again.resumed
    again.close(finished=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_journal_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    journal = Journal(tmp_path / "j", HEAD)
    journal._file.close()
    monkeypatch.setattr(journal, "_file", _Refusing(number))
    for write in (
        lambda: journal.ask([Ask("u:1", "page")]),
        lambda: journal.done([Page(number=0)]),
        lambda: journal.note({"models": 1}),
        journal.begin,
    ):
        with pytest.raises(
            CrawlError, match=rf"journal .*j cannot be written: {os.strerror(number)}"
        ):
            write()
    journal.close(finished=False)


class _Refusing:
    """A file on a disk that takes no more."""

    def __init__(self, number: int) -> None:
        self._number = number

    def write(self, *_: bytes) -> int:
        raise OSError(self._number, os.strerror(self._number))

    flush = close = write


def test_fresh_forgets(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", HEAD)
    journal.ask([Ask("u:1", "page")])
    journal.close(finished=False)
    again = Journal(tmp_path / "j", HEAD, fresh=True)
    again.close(finished=False)
    assert again.pending == {}


def test_an_impossible_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="HUBGRAPH_CRAWL_DIR"):
        Journal(tmp_path / "file" / "j", HEAD)


@pytest.mark.parametrize(("content", "said"), [
    (b"<html>\n", "from another version"), (b'{"head": {}}\n', "from another version"),
    (b'{"journal": 0, "head": {}}\n', "from another version"), (b"[1]\n", "from another version"),
    (b'{"journal": 1, "head": {}}\n\x00\x00\n', r"damaged \(line 2\)"),
    (b'{"journal": 1, "head": {}}\n{"ask": {}, "number": 0}\n', "damaged"),
    (b'{"journal": 1, "head": {}}\n{"what": 1}\n{"begun": true}\n', "damaged"),
])  # fmt: skip
def test_an_unreadable_journal_is_kept(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "j"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=said):
        Journal(path, HEAD)
    assert path.read_bytes() == content
    again = Journal(path, HEAD, fresh=True)
    assert (again.resumed, again.head) == (False, HEAD)
    again.close(finished=True)


def test_only_one_has_it_at_a_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", HEAD)
    journal.ask([Ask("u:1", "page")])
    for fresh in (False, True):
        with pytest.raises(CrawlError, match="already running"):
            Journal(tmp_path / "j", HEAD, fresh=fresh)
    journal.close(finished=False)
    again = Journal(tmp_path / "j", HEAD)
    assert len(again.pending) == 1
    again.close(finished=True)


@given(
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=30), cut=st.floats(0, 1)
)
def test_cut_anywhere_it_is_the_journal_of_an_earlier_moment(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, int]], cut: float
) -> None:
    path = tmp_path_factory.mktemp("journal") / "j"
    journal = Journal(path, HEAD)
    moments: list[tuple[dict[int, Ask], dict[str, object]]] = [({}, {})]
    for asks, number in steps:
        if asks:
            journal.ask([Ask(f"u:{number}", "page")])
        elif number in journal.pending:
            journal.done([Page(facts={"n": number}, number=number)])
        moments.append((dict(journal.pending), dict(journal.facts)))
    journal.close(finished=False)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(cut * len(whole))])
    again = Journal(path, HEAD)
    again.close(finished=False)
    assert (again.pending, again.facts) in moments
