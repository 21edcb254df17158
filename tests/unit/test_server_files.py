"""Small files on a full disk, and links to folders of any name."""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.errors import ServerError
from graph.server.files import disk_errors, lead_to, replace_text
from graph.server.home import Home, home_of
from graph.server.local import LocalServer
from graph.server.process import read_state
from graph.server.service import Service
from graph.settings import Settings
from tests.pretended import pretend, settings_at


class FullDisk:
    """From now on no file grows, as on a disk that is full; what is there can be overwritten."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int = errno.ENOSPC) -> None:
        def refuse(*_: object, **__: object) -> int:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(Path, "write_bytes", refuse)
        monkeypatch.setattr(Path, "write_text", refuse)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    pretend(monkeypatch.setattr)
    settings = settings_at(tmp_path)
    yield settings
    monkeypatch.undo()
    pretend(monkeypatch.setattr)
    LocalServer(settings).down()


@pytest.fixture
def home(settings: Settings) -> Home:
    return home_of(settings)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("text", ["", "new", "a much longer text than before " * 20])
def test_a_file_is_replaced_also_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, number: int
) -> None:
    file = tmp_path / "state.json"
    replace_text(file, "the old text")
    assert file.stat().st_mode & 0o777 == 0o600
    FullDisk(monkeypatch, number)
    replace_text(file, text)
    assert file.read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
    with pytest.raises(OSError, match=os.strerror(number)):
        replace_text(tmp_path / "other", text)
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_another_error_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state.json"
    replace_text(file, "the old text")
    FullDisk(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="error"):
        replace_text(file, "new")
    assert file.read_text() == "the old text"


def test_a_server_is_stopped_and_started_on_a_full_disk(
    settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = LocalServer(settings)
    server.up()
    FullDisk(monkeypatch)
    assert server.down()
    assert server.status().state == "stopped"
    assert server.up().state == "running"
    assert server.down()
    state = read_state(home.state)
    assert state is not None
    assert state.process is None


def test_a_start_that_a_full_disk_holds_up_ends_at_once(
    settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 4_096})
    monkeypatch.setattr(Service, "_problem", lambda *_: "it does not listen")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ServerError, match=r"The disk with .* is full\. Free some space"):
        LocalServer(settings).up()
    state = read_state(home.state)
    assert state is not None
    assert state.process is None


def test_a_first_start_on_a_full_disk_says_so(
    settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    FullDisk(monkeypatch)
    with pytest.raises(ServerError, match=r"The disk with .* is full\. Free some space"):
        LocalServer(settings).up()
    assert not LocalServer(settings).down()


def test_what_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(ServerError, match="nowhere cannot be used: No such file"),
        disk_errors(tmp_path),
    ):
        (tmp_path / "nowhere").read_text()


@pytest.mark.parametrize("name", ["jürgen", "\U0001f917", "a\\b", "a:b c", "x" * 200])
def test_a_link_leads_to_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    link, other = tmp_path / "link", tmp_path / "other"
    for folder in (other, tmp_path / name, tmp_path / name):
        folder.mkdir(exist_ok=True)
        lead_to(link, folder)
        assert link.resolve() == folder.resolve()
    assert not (tmp_path / "link.new").exists()
