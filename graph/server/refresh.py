"""Write the lock anew from `jgo.toml`: `python -m graph.server.refresh` (a maintainer's task).

jgo resolves the coordinates twice, with and without Graph Data Science: what only the first has
is GDS's own and belongs into the plugin folder.
"""

import sys
import tempfile
from pathlib import Path

from jgo.env import EnvironmentBuilder, EnvironmentSpec, LockedDependency
from jgo.env import compute_spec_hash as spec_hash
from jgo.maven import MavenContext

from graph.server.lock import LOCK_PATH, SPEC_PATH, read_lock
from graph.settings import load_settings

GDS_GROUP = "org.neo4j.gds"

HEADER = """\
# Written by `python -m graph.server.refresh` from jgo.toml; do not edit.

[metadata]
spec_hash = "{spec_hash}"

[environment]
name = "{name}"
"""


def refresh(spec_path: Path = SPEC_PATH, lock_path: Path = LOCK_PATH) -> None:
    """Resolve `spec_path` against the Maven repository and write `lock_path`.

    Downloads every jar into a temporary folder, so the checksums are those of what the
    repository serves today.
    """
    with tempfile.TemporaryDirectory() as scratch:
        context = _context(Path(scratch))
        spec = EnvironmentSpec.load(spec_path)
        builder = EnvironmentBuilder(context=context, cache_dir=Path(scratch) / "environment")
        everything = builder.resolve_lockfile(spec).dependencies
        spec.coordinates = [c for c in spec.coordinates if not c.startswith(GDS_GROUP)]
        without_gds = {_name(d) for d in builder.resolve_lockfile(spec).dependencies}
        blocks = [
            _block(d, _size(context, d), "lib" if _name(d) in without_gds else "plugins")
            for d in sorted(everything, key=_name)
        ]
    header = HEADER.format(spec_hash=spec_hash(spec_path), name=spec.name)
    lock_path.write_text("\n".join([header, *blocks]), "utf-8")


def _context(scratch: Path) -> MavenContext:
    maven_url = load_settings().maven_url
    mirrors = {"mirror": maven_url} if maven_url else None
    return MavenContext(repo_cache=scratch / "repository", local_repos=[], remote_repos=mirrors)


def _name(dependency: LockedDependency) -> tuple[str, str, str]:
    return (dependency.groupId, dependency.artifactId, dependency.classifier or "")


def _size(context: MavenContext, dependency: LockedDependency) -> int:
    component = context.project(dependency.groupId, dependency.artifactId).at_version(
        dependency.version
    )
    artifact = component.artifact(dependency.classifier or "", dependency.packaging)
    return int(artifact.resolve().stat().st_size)


def _block(dependency: LockedDependency, size: int, folder: str) -> str:
    keys = ("groupId", "artifactId", "version", "packaging", "classifier", "sha256")
    values = {key: getattr(dependency, key) for key in keys} | {"folder": folder}
    lines = [f'{key} = "{value}"' for key, value in values.items() if value]
    return "\n".join(["[[dependencies]]", *lines, f"size = {size}", ""])


if __name__ == "__main__":
    refresh()
    lock = read_lock()
    sys.stdout.write(
        f"{len(lock.jars)} jars, {sum(jar.size for jar in lock.jars) / 1e6:.0f} MB: "
        f"Neo4j {lock.neo4j_version}, GDS {lock.gds_version}, Browser {lock.browser_version}\n"
    )
