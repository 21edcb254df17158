"""The state of the local server."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

StateName = Literal["running", "starting", "stopped", "stale"]


@dataclass(frozen=True)
class ServerStatus:
    """The local server as it is now.

    Args:
        state: `stale` means that it ended without being stopped (it crashed or was killed).
        detail: one sentence on why, when there is more to say.
        notice: one sentence on an import, a restore or a backup that is running or was cut off.
        data_dir: where the database files are.
        disk_bytes: what they take up on disk.
        uptime_s: seconds since the process started; None unless it runs.
    """

    state: StateName
    detail: str
    notice: str
    pid: int | None
    uptime_s: float | None
    bolt_uri: str | None
    browser_url: str | None
    neo4j_version: str
    gds_version: str
    browser_version: str
    java_version: str
    data_dir: Path
    log_dir: Path
    disk_bytes: int

    def to_dict(self) -> dict[str, Any]:
        """Values for JSON. Holds no password."""
        return {k: str(v) if isinstance(v, Path) else v for k, v in asdict(self).items()}
