"""Crawls over real HTTP, by the command that people use: whole, in parts, interrupted, refused."""

import subprocess
import sys
from pathlib import Path

from hubgraph.crawl_options import SPIDERS
from tests.commands import ROOT
from tests.hub import Hub
from tests.integration.crawls import Crawl, records, texts


def test_it_is_a_command_of_the_shell_and_of_scrapy(crawl: Crawl, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    for arguments in (
        ("hubgraph", "crawl", "models", "--author", "team1", "--to", str(ours)),
        ("scrapy", "crawl", "models", "-a", "author=team1", "-s", f"HUB_TO={theirs}"),
    ):
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(
            command, env=crawl.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert texts(records(ours)) == texts(records(theirs))
    assert len(records(ours)) == 24


def test_scrapy_lists_the_spiders_and_finds_them_in_order(crawl: Crawl) -> None:
    assert crawl.scrapy("list").split() == sorted(str(spider.name) for spider in SPIDERS)
    crawl.scrapy("check")
    assert crawl.said.rstrip().endswith("OK")


def test_the_token_is_nowhere(crawl: Crawl, hub: Hub, tmp_path: Path) -> None:
    crawl.environment |= {"HF_TOKEN": "hf_verysecret", "HUBGRAPH_LOG_LEVEL": "debug"}
    crawl("tree", "acme/root", "--to", str(tmp_path / "file.jsonl"))
    assert {request.token for request in hub.requests} <= {"hf_verysecret", None}
    assert any(request.token for request in hub.requests)
    assert "verysecret" not in crawl.said
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"verysecret" not in path.read_bytes()
