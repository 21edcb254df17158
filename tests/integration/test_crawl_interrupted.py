"""Crawls that are interrupted, at whatever moment: the same command ends them as if they were not.

A record is written before the journal says so, and the journal only grows. So whatever moment a
crawl is killed at, there is some beginning of its journal, and at least the records it tells of.
Some tests kill, others cut a journal.
"""

import json
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.store.connection import Graph
from tests.commands import Command
from tests.hub import Hub, faults
from tests.integration.crawls import Crawl, records
from tests.integration.test_ingest import SEEN, content

TREE = ("tree", "acme/root")
SAME = {*SEEN, "record_version", "observed_times", "observed_facts"}
CUTS = (0.0, 0.01, 0.1, 0.4, 0.7, 0.95, 1.0)
"""Shares of a journal."""


@pytest.fixture(autouse=True)
def _quota_for_many_crawls(hub: Hub) -> None:
    hub.quota.anonymous = {"api": 100_000, "pages": 100_000}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.jsonl.gz"


@pytest.fixture
def undisturbed(crawl: Crawl, tmp_path: Path) -> list[str]:
    """What a crawl finds that nobody interrupts."""
    whole = tmp_path / "undisturbed.jsonl"
    crawl(*TREE, "--to", str(whole))
    return _held(whole)


def _held(file: Path) -> list[str]:
    return sorted(json.dumps(record, sort_keys=True) for record in records(file))


def _parts(file: Path) -> list[Path]:
    return list(file.parent.glob(f"{file.name}.*.part"))


def _size(file: Path) -> int:
    return sum(part.stat().st_size for part in _parts(file))


def _until(command: Command, has_come: Callable[[], bool]) -> None:
    """Wait for a moment, or for the end of the command."""
    while command.poll() is None and not has_come():
        time.sleep(0.001)


def _moment(chance: random.Random, crawl: Crawl, file: Path) -> Callable[[], bool]:
    """A moment to come: so much has been asked, noted or written, or so much time has passed."""
    requests = len(crawl.hub.requests) + chance.randint(1, 90)
    noted = crawl.noted + chance.randint(1, 20_000)
    written = _size(file) + chance.randint(1, 500)
    end = time.monotonic() + chance.uniform(0.05, 0.6)
    return chance.choice(
        [
            lambda: len(crawl.hub.requests) >= requests,
            lambda: crawl.noted >= noted,
            lambda: _size(file) >= written,
            lambda: time.monotonic() >= end,
        ]
    )


def _whole_journal(crawl: Crawl, *arguments: str) -> bytes:
    """What stood in the journal of a crawl at its end, when it was taken away."""
    with crawl.start(*TREE, *arguments) as command:
        _until(command, lambda: crawl.noted > 0)
        kept = crawl.journal.parents[1] / "kept"
        kept.hardlink_to(crawl.journal)
        assert command.wait() == 0, command.said
    journal = kept.read_bytes()
    kept.unlink()
    return journal


@pytest.mark.parametrize("seed", range(3))
def test_killed_often_ends_alike(
    crawl: Crawl, undisturbed: list[str], file: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 (nothing secret)
    for _ in range(3):
        with crawl.start(*TREE, "--to", str(file)) as command:
            _until(command, _moment(chance, crawl, file))
            command.kill()
        file.unlink(missing_ok=True)  # it may have been quicker: the next begins anew
    assert crawl(*TREE, "--to", str(file))["status"] == "complete"
    assert _held(file) == undisturbed
    assert not crawl.journals


def test_killed_at_any_line_it_ends_the_same(
    crawl: Crawl, undisturbed: list[str], file: Path
) -> None:
    whole = crawl(*TREE, "--to", str(file))["facts"]
    journal = _whole_journal(crawl, "--to", str(file))
    path, part = crawl.journal, file.read_bytes()
    part_path = file.with_name(f"{file.name}.{path.stem}.part")
    for share in CUTS:
        cut = journal[: round(share * len(journal))]
        path.write_bytes(cut)
        part_path.write_bytes(part + b"what was begun")
        told = crawl(*TREE, "--to", str(file))
        assert told["status"] == "complete"
        assert _held(file) == undisturbed
        assert {n: told["facts"][n] for n in ("records", "requests", "models")} == {
            n: whole[n] for n in ("records", "requests", "models")
        }


def test_killed_at_the_end_it_begins_anew(crawl: Crawl, undisturbed: list[str], file: Path) -> None:
    journal = _whole_journal(crawl, "--to", str(file))
    crawl.journal.write_bytes(journal)
    assert crawl(*TREE, "--to", str(file))["status"] == "complete"
    assert _held(file) == undisturbed


def test_killed_while_writing_ends_the_same(crawl: Crawl, file: Path, empty_graph: Graph) -> None:
    chance = random.Random(1)  # noqa: S311 (nothing secret)
    crawl(*TREE)
    undisturbed = content(empty_graph, SAME)
    empty_graph.command("MATCH (n) DETACH DELETE n")
    for _ in range(3):
        with crawl.start(*TREE) as command:
            _until(command, _moment(chance, crawl, file))
            command.kill()
    journal = _whole_journal(crawl)
    path = crawl.journal
    for share in (1.0, 0.9, 0.3):
        assert content(empty_graph, SAME) == undisturbed
        path.write_bytes(journal[: round(share * len(journal))])
        crawl(*TREE)
        assert content(empty_graph, SAME) == undisturbed
    runs = empty_graph.read("MATCH (r:Run {kind: 'crawl'}) RETURN r.status AS s").rows
    assert {run["s"] for run in runs} == {"complete"}


def test_ctrl_c_ends_it_in_order(crawl: Crawl, undisturbed: list[str], file: Path) -> None:
    asked = len(crawl.hub.requests)
    with crawl.start(*TREE, "--to", str(file)) as command:
        _until(command, lambda: len(crawl.hub.requests) >= asked + 30)
        command.send_signal(signal.SIGINT)
        assert crawl.ended(command, code=130)["status"] == "interrupted"
    assert "Interrupted." in crawl.said
    assert not file.exists()
    crawl(*TREE, "--to", str(file))
    assert _held(file) == undisturbed


def test_ctrl_c_twice_ends_it_at_once(crawl: Crawl, hub: Hub, file: Path) -> None:
    hub.faults.add(faults.delay(30), when="/api/models")
    with crawl.start(*TREE, "--to", str(file)) as command:
        _until(command, lambda: any(request.path != "/robots.txt" for request in hub.requests))
        command.send_signal(signal.SIGINT)
        time.sleep(0.2)
        command.send_signal(signal.SIGINT)
        assert command.wait(15) == 130
    hub.faults.clear()
    assert crawl(*TREE, "--to", str(file))["status"] == "complete"


def test_a_second_leaves_the_first_alone(crawl: Crawl, undisturbed: list[str], file: Path) -> None:
    crawl.hub.faults.add(faults.delay(2), when="/api/models/acme/root", times=1)
    asked = len(crawl.hub.requests)
    with crawl.start(*TREE, "--to", str(file)) as command:
        _until(command, lambda: len(crawl.hub.requests) >= asked + 2)
        for more in ((), ("--fresh",)):
            crawl(*TREE, "--to", str(file), *more, code=1)
            assert "already running, in another process" in crawl.said
        assert crawl.ended(command)["status"] == "complete"
    assert _held(file) == undisturbed


def test_two_crawls_of_a_file_do_not_mix(crawl: Crawl, undisturbed: list[str], file: Path) -> None:
    asked = len(crawl.hub.requests)
    with crawl.start(*TREE, "--to", str(file)) as command:
        _until(command, lambda: _size(file) > 0 and len(crawl.hub.requests) >= asked + 50)
        crawl("models", "--author", "team1", "--to", str(file))
        assert len(records(file)) == 24
        command.kill()
    crawl("models", "--author", "team2", "--to", str(file))
    crawl(*TREE, "--to", str(file))
    assert _held(file) == undisturbed
    assert not _parts(file)


def test_a_journal_that_cannot_be_read_is_said(crawl: Crawl, file: Path) -> None:
    with crawl.start(*TREE, "--to", str(file)) as command:
        _until(command, lambda: crawl.noted > 0)
        command.kill()
    crawl.journal.write_text("garbage\n")
    crawl(*TREE, "--to", str(file), code=1)
    assert "another version of hubgraph (line 1). To start over, add --fresh." in crawl.said
    assert crawl(*TREE, "--to", str(file), "--fresh")["status"] == "complete"
