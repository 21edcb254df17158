"""What tests of crawls share: a family of models, a Hub that holds it, the command against it."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from graph.observe.record_files import read_file
from graph.settings import Settings
from graph.store.connection import Graph
from tests.commands import Command, Commands, variables
from tests.hub import Content, Hub, serve
from tests.integration.test_ingest import Raw, model

FAMILY = [
    model("acme/root", created_at="2023-01-01T00:00:00.000Z", likes=3, license="mit"),
    *(
        model(
            f"team{n % 5}/m{n}",
            created_at=f"2023-02-{n % 28 + 1:02}T00:00:{n % 60:02}.000Z",
            relation=("finetune", "adapter", "quantized")[n % 3],
            bases=["acme/root" if n < 20 else f"team{n // 4 % 5}/m{n // 4}"],
            downloads=n,
            task="text-generation" if n % 2 else None,
        )
        for n in range(120)
    ),
    model("solo/alone", created_at="2023-03-01T00:00:00.000Z"),
]
DATASETS: list[Raw] = [
    {"record": "dataset/1", "id": f"team{n % 3}/d{n}" if n else "squad", "downloads": n,
     "created_at": f"2023-01-{n + 1:02}T00:00:00.000Z", "likes": n % 4,
     "tags": ["language:en"] if n % 2 else []}
    for n in range(12)
]  # fmt: skip
SPACES: list[Raw] = [
    {"record": "space/1", "id": f"team{n % 3}/s{n}", "sdk": "gradio", "likes": n,
     "created_at": f"2023-02-{n + 1:02}T00:00:00.000Z", "models": ["acme/root", f"team0/m{n}"],
     "datasets": ["squad"] if n % 2 else []}
    for n in range(9)
]  # fmt: skip


class Crawl:
    """Runs `hubgraph crawl` against a Hub; keeps what the last one said and its peak of memory."""

    def __init__(self, hub: Hub, commands: Commands, settings: Settings, folder: Path) -> None:
        self.hub = hub
        self._commands = commands
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("HUBGRAPH_", "HF_"))},
            **variables(settings, folder / "logs"),
            "HUBGRAPH_HUB_URL": hub.url,
            "HUBGRAPH_CRAWL_DIR": str(folder / "crawls"),
        }
        self.said = ""
        self.peak = 0
        self._journal = Path("none so far")

    @property
    def journals(self) -> list[Path]:
        """The journals of crawls that have not ended."""
        return sorted(Path(self.environment["HUBGRAPH_CRAWL_DIR"]).glob("*"))

    @property
    def journal(self) -> Path:
        """The one that there is; where it was when there is none any more."""
        if journals := self.journals:
            (self._journal,) = journals
        return self._journal

    @property
    def issues(self) -> list[str]:
        """The lines of the one issue log."""
        (log,) = Path(self.environment["HUBGRAPH_LOG_DIR"]).glob("issues/*.jsonl")
        return log.read_text().splitlines()

    @property
    def noted(self) -> int:
        return sum(path.stat().st_size for path in self.journals)

    def start(self, *arguments: str) -> Command:
        crawl = ("crawl", *arguments, "--json")
        return self._commands.start("hubgraph", *crawl, environment=self.environment)

    def __call__(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Run it to its end; what it printed."""
        with self.start(*arguments) as command:
            return self.ended(command, code=code)

    def ended(self, command: Command, code: int = 0) -> dict[str, Any]:
        """Wait for the end of one that was started; what it printed."""
        command.wait()
        self.said, self.peak = command.said, command.peak
        assert command.code == code, self.said
        assert "Traceback" not in self.said
        return dict(json.loads(command.told)) if command.told else {}

    def scrapy(self, *arguments: str, code: int = 0) -> str:
        with self._commands.start("scrapy", *arguments, environment=self.environment) as command:
            command.wait()
            self.said, self.peak = command.said, command.peak
            assert command.code == code, self.said
            assert "Traceback" not in self.said
            return command.told


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve(Content(FAMILY)) as hub:
        yield hub


@pytest.fixture
def crawl(hub: Hub, commands: Commands, settings: Settings, tmp_path: Path) -> Crawl:
    return Crawl(hub, commands, settings, tmp_path)


def two_days_pass(graph: Graph) -> None:
    """What is suspected to be gone was missed two days earlier."""
    graph.write(
        "MATCH (c:Change {kind: 'missing'}) SET c.at = c.at - duration('P2D')",
        "MATCH (n:Model|Dataset|Space) WHERE n.suspected_since IS NOT NULL "
        "SET n.suspected_since = n.suspected_since - duration('P2D')",
    )


def absent(graph: Graph, label: str = "Model") -> tuple[set[str], set[str]]:
    """Ids of what is suspected to be gone, and of what is gone."""
    suspected, gone = (
        graph.read(f"MATCH (n:{label}) WHERE n.{name} IS NOT NULL RETURN n.id AS id").rows
        for name in ("suspected_since", "gone_since")
    )
    return {row["id"] for row in suspected}, {row["id"] for row in gone}


def records(path: Path) -> list[Raw]:
    """The records of a file, without when they were observed."""
    found = []
    for line in read_file(path):
        assert isinstance(line.raw, dict)
        found.append({k: v for k, v in line.raw.items() if k != "observed_at"})
    return found


def count(graph: Graph, pattern: str) -> int:
    """How often a pattern of Cypher is there."""
    return int(graph.read(f"MATCH {pattern} RETURN count(*) AS n").one()["n"])


def texts(found: Sequence[Raw]) -> set[str]:
    """Records as texts, to be compared whatever their order."""
    return {json.dumps(record, sort_keys=True) for record in found}
