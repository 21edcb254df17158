"""`python -m bench.hub`: write a Hub of any size, or describe the files of one."""

import argparse
import resource
import time
from pathlib import Path

from bench.hub.describe import describe
from bench.hub.universe import FEWEST
from bench.hub.write import write
from bench.running import run


def main() -> None:
    """Read the command line, write the files, and say what they are like."""
    parser = argparse.ArgumentParser(prog="python -m bench.hub", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="OUT_DIR")
    parser.add_argument("--models", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--next-day",
        type=int,
        default=0,
        metavar="CHANGED",
        help="write the next day's dump of the same Hub, in which so many models changed",
    )
    parser.add_argument("--json-structs", action="store_true", help="as in older dumps")
    parser.add_argument("--only-models", action="store_true", help="no datasets and Spaces")
    parser.add_argument(
        "--describe",
        action="store_true",
        help="write nothing; compare the folder's files with the real Hub",
    )
    asked = parser.parse_args()
    if asked.describe:
        describe(asked.folder)
        return
    if asked.models < FEWEST:
        parser.error(f"a made-up Hub has at least {FEWEST} models")
    started = time.perf_counter()
    write(
        asked.folder,
        asked.models,
        asked.seed,
        changed=asked.next_day,
        json_structs=asked.json_structs,
        only_models=asked.only_models,
    )
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{asked.models:,} models in {seconds:.1f} s, at most {memory:,.0f} MiB of memory:")
    for path in sorted(asked.folder.glob("*.parquet")):
        print(f"  {path.name}: {path.stat().st_size / 1e6:,.1f} MB")


if __name__ == "__main__":
    run(main)
