"""The issue log is safe to read, bounded, and only there when it is needed."""

import json
from pathlib import Path

import pytest

from graph.errors import ConfigurationError
from graph.observe.issue_log import MOST_ALIKE, IssueLog
from graph.observe.issues import Issue, Outcome


def test_without_issues_there_is_no_file(tmp_path: Path) -> None:
    log = IssueLog(tmp_path / "issues" / "run.jsonl")
    log.close()
    assert log.written is None
    assert list(tmp_path.iterdir()) == []


def test_an_issue_is_one_line_that_is_safe_in_any_terminal(tmp_path: Path) -> None:
    log = IssueLog(tmp_path / "issues" / "run.jsonl")
    log.add("a\nb", 7, "acme/x", Issue("task", Outcome.DROPPED, "is odd", "\x1b[31m\ud800" * 500))
    log.close()
    text = log.path.read_text(encoding="ascii")
    entry = json.loads(text)
    assert text.count("\n") == 1
    assert "\x1b" not in text
    assert entry["value"].startswith("\\x1b[31m\\ud800")
    assert len(entry.pop("value")) == 200
    assert entry == {
        "source": "a\nb", "line": 7, "record": "acme/x", "field": "task", "outcome": "dropped",
        "reason": "is odd",
    }  # fmt: skip


def test_many_issues_alike_are_counted_but_not_all_written(tmp_path: Path) -> None:
    log = IssueLog(tmp_path / "run.jsonl")
    for number in range(MOST_ALIKE + 500):
        log.add("f", number, None, Issue("id", Outcome.REJECTED, "is missing"))
    log.add("f", 1, None, Issue("likes", Outcome.DROPPED, "is negative", -1))
    log.close()
    assert log.outcomes == {"rejected": MOST_ALIKE + 500, "dropped": 1}
    lines = log.path.read_text(encoding="ascii").splitlines()
    assert len(lines) == MOST_ALIKE + 1
    assert json.loads(lines[-1])["field"] == "likes"


def test_a_log_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a directory")
    log = IssueLog(blocked / "issues" / "run.jsonl")
    with pytest.raises(ConfigurationError, match=r"cannot be written.*HUBGRAPH_LOG_DIR"):
        log.add("f", 1, None, Issue("id", Outcome.REJECTED, "is missing"))
