"""Serves a record file, or a made-up Hub, until it is ended by Ctrl-C."""

import argparse
import sys
import threading
from contextlib import suppress
from pathlib import Path

from graph.errors import HubgraphError
from tests.hub import Content, Quota, serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hub", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="a record file")
    parser.add_argument("--models", type=int, default=10_000, help="made-up models without a file")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up models")
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the quota's clock runs")
    asked = parser.parse_args()
    try:
        content = (
            Content.read(asked.file) if asked.file else Content.made_up(asked.models, asked.seed)
        )
    except (HubgraphError, ValueError) as error:
        parser.error(str(error))
    with (
        suppress(KeyboardInterrupt),
        serve(content, quota=Quota(speed=asked.speed), port=asked.port) as hub,
    ):
        sys.stdout.write(f"{len(content.models):,} models at {hub.url}\n")
        sys.stdout.flush()
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
